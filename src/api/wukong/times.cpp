// SPDX-License-Identifier: Apache-2.0
#include "api/wukong/detail/times.h"

#include <array>
#include <chrono>
#include <cstdio>
#include <utility>

namespace fenshen::api::wukong::detail {

std::string duration_text(std::int64_t seconds) {
    constexpr std::array<std::pair<std::int64_t, char>, 5> units{{
        {365 * 24 * 3600, 'y'},
        {24 * 3600, 'd'},
        {3600, 'h'},
        {60, 'm'},
        {1, 's'},
    }};
    std::string text;
    std::int64_t rest = seconds < 0 ? 0 : seconds;
    for (const auto& [length, letter] : units) {
        const std::int64_t count = rest / length;
        rest %= length;
        if (count > 0 || !text.empty() || letter == 's') text += std::to_string(count) + letter;
    }
    return text;
}

std::string rfc3339(WallTime time) {
    using namespace std::chrono;
    const sys_time<milliseconds> at{milliseconds(time.ms)};
    const auto day = floor<days>(at);
    const year_month_day date(day);
    const hh_mm_ss clock(at - day);
    std::array<char, 64> text{};
    std::snprintf(text.data(),
                  text.size(),
                  "%04d-%02u-%02uT%02d:%02d:%02d.%03dZ",
                  int{date.year()},
                  unsigned{date.month()},
                  unsigned{date.day()},
                  static_cast<int>(clock.hours().count()),
                  static_cast<int>(clock.minutes().count()),
                  static_cast<int>(clock.seconds().count()),
                  static_cast<int>(clock.subseconds().count()));
    return text.data();
}

}  // namespace fenshen::api::wukong::detail
