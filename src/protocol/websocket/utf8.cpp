// SPDX-License-Identifier: Apache-2.0
#include <cstring>

#include "protocol/websocket/detail/utf8.h"

namespace fenshen::ws::detail {

namespace {

std::size_t ascii_run(const char* bytes, std::size_t size) {
    constexpr std::uint64_t high_bits = 0x8080'8080'8080'8080U;
    std::size_t run = 0;
    for (; run + sizeof high_bits <= size; run += sizeof high_bits) {
        std::uint64_t word = 0;
        std::memcpy(&word, bytes + run, sizeof word);
        if ((word & high_bits) != 0) break;
    }
    while (run < size && static_cast<std::uint8_t>(bytes[run]) < 0x80) ++run;
    return run;
}

/// Most of what is not ASCII is characters of three bytes whose second byte has no bounds of its
/// own: Chinese, Japanese, Korean. They are worth a way of their own, three times as fast.
std::size_t plain_three_byte_run(const char* bytes, std::size_t size) {
    const auto at = [bytes](std::size_t i) { return static_cast<std::uint8_t>(bytes[i]); };
    std::size_t run = 0;
    for (; run + 3 <= size; run += 3) {
        const std::uint8_t lead = at(run);
        if (lead <= 0xE0 || lead > 0xEF || lead == 0xED) break;
        if (((at(run + 1) ^ 0x80U) | (at(run + 2) ^ 0x80U)) > 0x3FU) break;
    }
    return run;
}

}  // namespace

bool Utf8Check::take(BytesView bytes) {
    std::size_t i = 0;
    while (i < bytes.size()) {
        if (awaited_ == 0) {
            i += ascii_run(bytes.data() + i, bytes.size() - i);
            i += plain_three_byte_run(bytes.data() + i, bytes.size() - i);
            if (i == bytes.size()) return true;
            if (!begin(byte_at(bytes, i++))) return false;
        }
        for (; awaited_ > 0 && i < bytes.size(); ++i, --awaited_) {
            const std::uint8_t byte = byte_at(bytes, i);
            if (byte < low_ || byte > high_) return false;
            low_ = 0x80;
            high_ = 0xBF;
        }
    }
    return true;
}

// The bounds of the second byte are what rules out overlong forms, surrogates and too large
// numbers.
bool Utf8Check::begin(std::uint8_t lead) {
    low_ = 0x80;
    high_ = 0xBF;
    if (lead < 0x80) {
        awaited_ = 0;
    } else if (lead >= 0xC2 && lead <= 0xDF) {
        awaited_ = 1;
    } else if (lead >= 0xE0 && lead <= 0xEF) {
        awaited_ = 2;
        if (lead == 0xE0) low_ = 0xA0;
        if (lead == 0xED) high_ = 0x9F;
    } else if (lead >= 0xF0 && lead <= 0xF4) {
        awaited_ = 3;
        if (lead == 0xF0) low_ = 0x90;
        if (lead == 0xF4) high_ = 0x8F;
    } else {
        return false;
    }
    return true;
}

}  // namespace fenshen::ws::detail
