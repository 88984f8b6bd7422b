// SPDX-License-Identifier: Apache-2.0
#include "cli/detail/text_width.h"

#include <algorithm>
#include <cstdint>
#include <span>

#include "cli/detail/wide_code_points.h"

namespace fenshen::cli {
namespace {

constexpr char32_t broken = 0xfffd;

struct Taken {
    char32_t code = broken;
    std::size_t bytes = 1;  ///< of the text, at least 1
};

/// The first code point of `text`, which is not empty. A byte that begins nothing valid is
/// `broken` by itself.
Taken take(std::string_view text) {
    const auto byte = [text](std::size_t i) { return static_cast<unsigned char>(text[i]); };
    const unsigned char lead = byte(0);
    if (lead < 0x80) return {lead, 1};
    const std::size_t bytes = lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : 2;
    if (lead < 0xc2 || lead > 0xf4 || text.size() < bytes) return {};
    char32_t code = lead & (0xffU >> (bytes + 1));
    for (std::size_t i = 1; i < bytes; ++i) {
        if ((byte(i) & 0xc0U) != 0x80) return {};
        code = (code << 6U) | (byte(i) & 0x3fU);
    }
    constexpr char32_t least[] = {0, 0, 0x80, 0x800, 0x10000};
    const bool surrogate = code >= 0xd800 && code <= 0xdfff;
    if (code < least[bytes] || code > 0x10ffff || surrogate) return {};
    return {code, bytes};
}

bool is_harmless(char32_t code) {
    const auto within = [code](char32_t first, char32_t last) {
        return code >= first && code <= last;
    };
    return !(code < 0x20 || within(0x7f, 0x9f) || code == 0x061c || within(0x200e, 0x200f) ||
             within(0x2028, 0x202e) || within(0x2066, 0x2069) || code == 0xfeff ||
             within(0xe0000, 0xe007f));
}

bool is_among(std::span<const CodePoints> ranges, char32_t code) {
    const auto after = std::ranges::upper_bound(ranges, code, {}, &CodePoints::first);
    return after != ranges.begin() && code <= std::prev(after)->last;
}

std::size_t columns_of(char32_t code) {
    if (code < 0x300) return 1;
    if (is_among(zero_width_code_points, code)) return 0;
    return is_among(wide_code_points, code) ? 2 : 1;
}

}  // namespace

std::string printable(std::string_view text) {
    std::string out;
    out.reserve(text.size());
    while (!text.empty()) {
        const Taken taken = take(text);
        const bool shown = taken.code != broken && is_harmless(taken.code);
        out += shown ? text.substr(0, taken.bytes) : std::string_view("\xef\xbf\xbd");
        text.remove_prefix(taken.bytes);
    }
    return out;
}

std::size_t columns_of(std::string_view text) {
    std::size_t columns = 0;
    while (!text.empty()) {
        const Taken taken = take(text);
        columns += columns_of(taken.code);
        text.remove_prefix(taken.bytes);
    }
    return columns;
}

std::string cut_to(std::string_view text, std::size_t columns) {
    if (columns_of(text) <= columns) return std::string(text);
    if (columns == 0) return {};
    std::size_t kept_bytes = 0;
    std::size_t used = 1;  // the ellipsis
    while (true) {
        const Taken taken = take(text.substr(kept_bytes));
        used += columns_of(taken.code);
        if (used > columns) break;
        kept_bytes += taken.bytes;
    }
    return std::string(text.substr(0, kept_bytes)) + "…";
}

}  // namespace fenshen::cli
