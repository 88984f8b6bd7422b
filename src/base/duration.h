// SPDX-License-Identifier: Apache-2.0
// Durations as people write them: "180s", "2m", "1500ms". A bare number counts milliseconds.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/clock.h"

namespace fenshen {

namespace detail {
struct DurationUnit {
    std::string_view name;
    std::int64_t ms;
};
inline constexpr std::array duration_units{DurationUnit{"d", 86'400'000},
                                           DurationUnit{"h", 3'600'000},
                                           DurationUnit{"m", 60'000},
                                           DurationUnit{"s", 1'000},
                                           DurationUnit{"ms", 1}};
}  // namespace detail

/// A whole number and one of d, h, m, s, ms. Nothing else, no sign, no blanks; at most 10^9 days.
constexpr std::optional<Millis> parse_duration(std::string_view text) {
    std::int64_t count = 0;
    std::size_t digits = 0;
    for (; digits < text.size() && text[digits] >= '0' && text[digits] <= '9'; ++digits) {
        if (digits == 10) return std::nullopt;
        count = count * 10 + (text[digits] - '0');
    }
    if (digits == 0) return std::nullopt;
    const std::string_view unit = text.substr(digits);
    if (unit.empty()) return Millis{count};
    for (const auto& known : detail::duration_units) {
        if (unit == known.name) return Millis{count * known.ms};
    }
    return std::nullopt;
}

/// In the largest unit that says it exactly: "3m", "90s", "1500ms", "0s".
inline std::string text_of(Millis duration) {
    if (duration == Millis{0}) return "0s";
    for (const auto& unit : detail::duration_units) {
        if (duration.count() % unit.ms == 0) {
            return std::to_string(duration.count() / unit.ms) + std::string(unit.name);
        }
    }
    return std::to_string(duration.count()) + "ms";
}

}  // namespace fenshen
