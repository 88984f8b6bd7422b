// SPDX-License-Identifier: Apache-2.0
#include <array>

#include "api/http/detail/base64.h"

namespace fenshen::http::detail {

namespace {

constexpr std::uint8_t invalid = 0xFF;

constexpr std::array<std::uint8_t, 256> sextets() {
    constexpr std::string_view alphabet =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    std::array<std::uint8_t, 256> table{};
    table.fill(invalid);
    for (std::size_t i = 0; i < alphabet.size(); ++i) {
        table[byte_at(alphabet, i)] = static_cast<std::uint8_t>(i);
    }
    return table;
}

constexpr auto sextet_of = sextets();

}  // namespace

std::optional<Bytes> decode_base64(BytesView text) {
    Bytes out;
    out.reserve(text.size() / 4 * 3);
    std::uint32_t bits = 0;
    unsigned digits = 0;   // in the group of four at hand
    unsigned padding = 0;  // in the last group
    for (std::size_t i = 0; i < text.size(); ++i) {
        const char c = text[i];
        if (c == '\r' || c == '\n') continue;
        if (c == '=') {
            // Two or three digits, then as many as make it four.
            if (digits + padding == 4 || digits < 2) return std::nullopt;
            ++padding;
            continue;
        }
        const std::uint8_t sextet = sextet_of[byte_at(text, i)];
        if (sextet == invalid || padding > 0) return std::nullopt;
        bits = (bits << 6U) | sextet;
        if (++digits < 4) continue;
        out += static_cast<char>(bits >> 16U);
        out += static_cast<char>(bits >> 8U);
        out += static_cast<char>(bits);
        bits = 0;
        digits = 0;
    }
    if (digits == 0) return padding == 0 ? std::optional(std::move(out)) : std::nullopt;
    if (digits + padding != 4) return std::nullopt;
    bits <<= 6U * padding;
    out += static_cast<char>(bits >> 16U);
    if (padding == 1) out += static_cast<char>(bits >> 8U);
    return out;
}

}  // namespace fenshen::http::detail
