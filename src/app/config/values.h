// SPDX-License-Identifier: Apache-2.0
// Kinds of values that only the configuration knows: a listener's port, durability, limits with
// words of their own.
#pragma once

#include <charconv>
#include <cstdint>
#include <expected>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "base/duration.h"
#include "http_client/url.h"

namespace fenshen::config {

/// A whole number in all of `text`.
template <class T>
constexpr std::optional<T> parse_number(std::string_view text) {
    T number{};
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
    return number;
}

/// Where a listener listens; 0 switches it off. "any" leaves the choice to the kernel, for tests
/// and for many servers on one machine.
class Port {
public:
    static constexpr std::string_view takes = "1 to 65535, 0 (off) or \"any\" (a free one)";

    constexpr explicit Port(std::uint16_t number) : number_(number) {}

    static std::expected<Port, std::string> parse(std::string_view text) {
        Port port(0);
        if (text == "any") {
            port.is_any_ = true;
            return port;
        }
        const auto number = parse_number<std::uint16_t>(text);
        if (!number) return std::unexpected(std::string(takes));
        port.number_ = *number;
        return port;
    }
    std::string text() const { return is_any_ ? "any" : std::to_string(number_); }

    bool is_off() const { return number_ == 0 && !is_any_; }
    bool is_any() const { return is_any_; }
    /// For bind(): 0 is the kernel's choice. Ask is_off() first.
    std::uint16_t number() const { return number_; }
    bool operator==(const Port&) const = default;

private:
    std::uint16_t number_;
    bool is_any_ = false;
};

/// What an acknowledgement promises (product "Nothing acknowledged is lost").
class Durability {
public:
    static constexpr std::string_view takes = "\"fsync\" or \"interval(MS)\" with 1 to 60000 ms";
    static constexpr Millis interval_max{60'000};

    /// "interval(50)"; also "interval(2s)".
    static std::expected<Durability, std::string> parse(std::string_view text) {
        Durability durability;
        if (text == "fsync") return durability;
        constexpr std::string_view before = "interval(";
        if (text.starts_with(before) && text.ends_with(')')) {
            const auto interval =
                parse_duration(text.substr(before.size(), text.size() - before.size() - 1));
            if (interval && *interval >= Millis{1} && *interval <= interval_max) {
                durability.interval_ = interval;
                return durability;
            }
        }
        return std::unexpected(std::string(takes));
    }
    std::string text() const {
        return interval_ ? "interval(" + std::to_string(interval_->count()) + ")" : "fsync";
    }

    /// None: on disk before it is acknowledged. Else: what was acknowledged within this time before
    /// a power cut may be lost.
    std::optional<Millis> interval() const { return interval_; }
    bool operator==(const Durability&) const = default;

private:
    std::optional<Millis> interval_;
};

/// `org#app`.
struct AppKey {
    bool holds(std::string_view text) const {
        const auto hash = text.find('#');
        return hash != std::string_view::npos && is_name(text.substr(0, hash)) &&
               is_name(text.substr(hash + 1));
    }
    std::string says() const { return "org#app, each of letters, digits, '.', '_' and '-'"; }

private:
    static bool is_name(std::string_view name) {
        return !name.empty() && name.size() <= 64 &&
               name.find_first_not_of(
                   "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
                   "0123456789._-") == std::string_view::npos;
    }
};

/// Empty, or where an HTTP server is.
struct HttpUrl {
    bool holds(std::string_view text) const {
        return text.empty() || parse_base_url(text).has_value();
    }
    std::string says() const { return "http://HOST:PORT/PATH, or nothing"; }
};

/// Names of Easemob platforms (easemob-config).
struct Platforms {
    bool holds(const std::map<std::string, std::uint32_t>& limits) const {
        for (const auto& [platform, limit] : limits) {
            if (!is_platform(platform) || limit > limit_max) return false;
        }
        return true;
    }
    std::string says() const {
        return "a table of android, ios, web, windows, macos, linux, custom1 to custom100, each "
               "with 0 to 1000";
    }
    static constexpr std::uint32_t limit_max = 1000;

private:
    static bool is_platform(std::string_view name) {
        for (const std::string_view known :
             {"android", "ios", "web", "windows", "macos", "linux"}) {
            if (name == known) return true;
        }
        if (!name.starts_with("custom")) return false;
        const std::string_view number = name.substr(6);
        const auto n = parse_number<unsigned>(number);
        return n && *n >= 1 && *n <= 100 && number.front() != '0';
    }
};

}  // namespace fenshen::config
