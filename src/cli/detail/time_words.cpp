// SPDX-License-Identifier: Apache-2.0
#include "cli/detail/time_words.h"

#include <array>
#include <chrono>
#include <cstdint>
#include <ctime>

#include "app/config/values.h"

namespace fenshen::cli {
namespace {

using config::parse_number;

constexpr std::int64_t minute_ms = 60'000;
constexpr std::int64_t hour_ms = 60 * minute_ms;

/// Digits only, and exactly so many as `text` has.
std::optional<int> digits(std::string_view text) {
    for (const char c : text) {
        if (c < '0' || c > '9') return std::nullopt;
    }
    return parse_number<int>(text);
}

/// "Z", "+01:00": minutes east of UTC.
std::optional<int> parse_offset(std::string_view text) {
    if (text == "Z" || text == "z") return 0;
    if (text.size() != 6 || (text[0] != '+' && text[0] != '-') || text[3] != ':') {
        return std::nullopt;
    }
    const auto hours = digits(text.substr(1, 2));
    const auto minutes = digits(text.substr(4, 2));
    if (!hours || !minutes || *hours > 23 || *minutes > 59) return std::nullopt;
    return (*hours * 60 + *minutes) * (text[0] == '-' ? -1 : 1);
}

/// Takes ".123" off the front of `text`.
std::optional<int> take_fraction_ms(std::string_view& text) {
    if (!text.starts_with('.')) return 0;
    const auto end = text.find_first_not_of("0123456789", 1);
    if (end == std::string_view::npos || end == 1) return std::nullopt;
    std::string ms(text.substr(1, end - 1));
    ms.resize(3, '0');
    text.remove_prefix(end);
    return digits(ms);
}

}  // namespace

std::optional<WallTime> parse_rfc3339(std::string_view text) {
    constexpr std::size_t seconds_end = 19;
    if (text.size() <= seconds_end || text[4] != '-' || text[7] != '-' || text[13] != ':' ||
        text[16] != ':' || (text[10] != 'T' && text[10] != 't' && text[10] != ' ')) {
        return std::nullopt;
    }
    const auto year = digits(text.substr(0, 4));
    const auto month = digits(text.substr(5, 2));
    const auto day = digits(text.substr(8, 2));
    const auto hour = digits(text.substr(11, 2));
    const auto minute = digits(text.substr(14, 2));
    const auto second = digits(text.substr(17, 2));
    if (!year || !month || !day || !hour || !minute || !second) return std::nullopt;
    const std::chrono::year_month_day date{std::chrono::year(*year),
                                           std::chrono::month(static_cast<unsigned>(*month)),
                                           std::chrono::day(static_cast<unsigned>(*day))};
    if (!date.ok() || *year < 1970 || *hour > 23 || *minute > 59 || *second > 60) {
        return std::nullopt;
    }
    text.remove_prefix(seconds_end);
    const auto fraction_ms = take_fraction_ms(text);
    if (!fraction_ms) return std::nullopt;
    const auto offset_minutes = parse_offset(text);
    if (!offset_minutes) return std::nullopt;
    const std::int64_t days = std::chrono::sys_days(date).time_since_epoch().count();
    const std::int64_t minutes = days * 24 * 60 + *hour * 60 + *minute - *offset_minutes;
    return WallTime{minutes * minute_ms + *second * 1'000 + *fraction_ms};
}

std::string TimeWords::absolute(WallTime time) const {
    const std::time_t seconds = time.seconds();
    std::tm parts{};
    if (utc_) {
        ::gmtime_r(&seconds, &parts);
    } else {
        ::localtime_r(&seconds, &parts);
    }
    std::array<char, 40> text{};
    const char* form = utc_ ? "%Y-%m-%d %H:%M:%SZ" : "%Y-%m-%d %H:%M:%S %z";
    std::string said(text.data(), std::strftime(text.data(), text.size(), form, &parts));
    if (!utc_) said.insert(said.size() - 2, ":");  // +0100 is no offset of RFC 3339
    return said;
}

std::string TimeWords::relative(WallTime time) const {
    const std::int64_t age_ms = now_.ms - time.ms;
    const std::int64_t distance_ms = age_ms < 0 ? -age_ms : age_ms;
    if (distance_ms >= 48 * hour_ms) return absolute(time);
    std::string text;
    if (distance_ms < 5'000) return "just now";
    if (distance_ms < minute_ms) {
        text = std::to_string(distance_ms / 1'000) + " s";
    } else if (distance_ms < hour_ms) {
        text = std::to_string(distance_ms / minute_ms) + " min";
    } else {
        text = std::to_string(distance_ms / hour_ms) + " h";
    }
    return age_ms < 0 ? "in " + text : text + " ago";
}

std::string TimeWords::absolute(std::string_view rfc3339) const {
    const auto time = parse_rfc3339(rfc3339);
    return time ? absolute(*time) : std::string(rfc3339);
}

std::string TimeWords::relative(std::string_view rfc3339) const {
    const auto time = parse_rfc3339(rfc3339);
    return time ? relative(*time) : std::string(rfc3339);
}

}  // namespace fenshen::cli
