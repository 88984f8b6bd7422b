// SPDX-License-Identifier: Apache-2.0
#include "cli/detail/time_words.h"

#include <array>
#include <cstdint>
#include <ctime>

#include "base/rfc3339.h"

namespace fenshen::cli {
namespace {

constexpr std::int64_t minute_ms = 60'000;
constexpr std::int64_t hour_ms = 60 * minute_ms;

}  // namespace

std::optional<WallTime> parse_rfc3339(std::string_view text) {
    if (text.substr(0, 4) < "1970") return std::nullopt;
    return from_rfc3339(text);
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
