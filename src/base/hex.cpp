// SPDX-License-Identifier: Apache-2.0
#include "base/hex.h"

namespace fenshen {
namespace {

int digit_of(char c) {
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    if (c >= 'A' && c <= 'F') return c - 'A' + 10;
    return -1;
}

}  // namespace

void write_hex(char* out, BytesView bytes) {
    constexpr char digits[] = "0123456789abcdef";
    for (std::size_t i = 0; i < bytes.size(); ++i) {
        out[2 * i] = digits[byte_at(bytes, i) >> 4U];
        out[2 * i + 1] = digits[byte_at(bytes, i) & 15U];
    }
}

Bytes to_hex(BytesView bytes) {
    Bytes out(bytes.size() * 2, '\0');
    write_hex(out.data(), bytes);
    return out;
}

std::optional<Bytes> from_hex(BytesView digits) {
    if (digits.size() % 2 != 0) return std::nullopt;
    Bytes out(digits.size() / 2, '\0');
    for (std::size_t i = 0; i < out.size(); ++i) {
        const int high = digit_of(digits[2 * i]);
        const int low = digit_of(digits[2 * i + 1]);
        if (high < 0 || low < 0) return std::nullopt;
        out[i] = static_cast<char>(high * 16 + low);
    }
    return out;
}

}  // namespace fenshen
