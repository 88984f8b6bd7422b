// SPDX-License-Identifier: Apache-2.0
#include "base/base64.h"

#include <array>
#include <cstdint>
#include <cstring>

namespace fenshen {
namespace {

constexpr char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/// Two characters for each 12 bits: half the look-ups of the plain alphabet.
constexpr auto pairs = [] {
    std::array<char, 4096 * 2> table{};
    for (std::size_t i = 0; i < 4096; ++i) {
        table[2 * i] = alphabet[i >> 6U];
        table[2 * i + 1] = alphabet[i & 63U];
    }
    return table;
}();

constexpr std::uint8_t no_digit = 0xFF;
constexpr auto digits = [] {
    std::array<std::uint8_t, 256> table{};
    table.fill(no_digit);
    for (std::uint8_t i = 0; i < 64; ++i) table[static_cast<std::uint8_t>(alphabet[i])] = i;
    return table;
}();

std::uint8_t digit_of(char c) {
    return digits[static_cast<std::uint8_t>(c)];
}

void write_pair(char* out, std::uint32_t bits) {
    std::memcpy(out, &pairs[bits * 2UZ], 2);
}

void write_three(char* out, std::uint32_t bits) {
    out[0] = static_cast<char>(bits >> 16U);
    out[1] = static_cast<char>(bits >> 8U);
    out[2] = static_cast<char>(bits);
}

/// Whole groups of four digits from the front, without padding or line breaks; answers how many
/// characters they were.
std::size_t read_plain_groups(char*& out, BytesView text) {
    std::size_t at = 0;
    while (text.size() - at >= 4) {
        const std::uint32_t a = digit_of(text[at]);
        const std::uint32_t b = digit_of(text[at + 1]);
        const std::uint32_t c = digit_of(text[at + 2]);
        const std::uint32_t d = digit_of(text[at + 3]);
        if ((a | b | c | d) == no_digit) break;
        write_three(out, (a << 18U) | (b << 12U) | (c << 6U) | d);
        out += 3;
        at += 4;
    }
    return at;
}

/// The rest, one character at a time. False when it isn't base64.
bool read_carefully(char*& out, BytesView text) {
    std::uint32_t bits = 0;
    unsigned held = 0;     // digits in `bits`
    unsigned padding = 0;  // '=' seen
    for (const char c : text) {
        if (c == '\r' || c == '\n') continue;
        if (c == '=') {
            if (held < 2 || held + padding >= 4) return false;
            ++padding;
            continue;
        }
        const std::uint8_t digit = digit_of(c);
        if (digit == no_digit || padding != 0) return false;
        bits = (bits << 6U) | digit;
        if (++held == 4) {
            write_three(out, bits);
            out += 3;
            bits = 0;
            held = 0;
        }
    }
    if (held == 0) return padding == 0;
    if (held + padding != 4) return false;
    bits <<= 6U * padding;
    for (unsigned i = 0; i + 1 < held; ++i) {
        *out++ = static_cast<char>(bits >> (16U - 8U * i));
    }
    return true;
}

}  // namespace

void write_base64(char* out, BytesView plain) {
    std::size_t at = 0;
    for (; plain.size() - at >= 3; at += 3) {
        const std::uint32_t bits = (std::uint32_t{byte_at(plain, at)} << 16U) |
                                   (std::uint32_t{byte_at(plain, at + 1)} << 8U) |
                                   byte_at(plain, at + 2);
        write_pair(out, bits >> 12U);
        write_pair(out + 2, bits & 0xFFFU);
        out += 4;
    }
    const std::size_t left = plain.size() - at;
    if (left == 0) return;
    const std::uint32_t bits = (std::uint32_t{byte_at(plain, at)} << 16U) |
                               (left == 2 ? std::uint32_t{byte_at(plain, at + 1)} << 8U : 0U);
    write_pair(out, bits >> 12U);
    out[2] = left == 2 ? alphabet[(bits >> 6U) & 63U] : '=';
    out[3] = '=';
}

void append_base64(Bytes& out, BytesView plain) {
    const std::size_t start = out.size();
    out.resize(start + base64_bytes(plain.size()));
    write_base64(out.data() + start, plain);
}

bool append_from_base64(Bytes& out, BytesView text) {
    const std::size_t start = out.size();
    out.resize(start + text.size() / 4 * 3);
    char* at = out.data() + start;
    const std::size_t plain = read_plain_groups(at, text);
    if (!read_carefully(at, text.substr(plain))) {
        out.resize(start);
        return false;
    }
    out.resize(static_cast<std::size_t>(at - out.data()));
    return true;
}

}  // namespace fenshen
