// SPDX-License-Identifier: Apache-2.0
#include "base/rfc3339.h"

#include <algorithm>
#include <charconv>
#include <chrono>

namespace fenshen {

namespace {

constexpr std::int64_t day_ms = 86'400'000;
constexpr std::int64_t first_ms = -62'167'219'200'000;  // 0000-01-01T00:00:00.000Z
constexpr std::int64_t last_ms = 253'402'300'799'999;   // 9999-12-31T23:59:59.999Z

void append_digits(std::string& out, std::int64_t value, std::size_t width) {
    const std::string digits = std::to_string(value);
    out.append(width - std::min(width, digits.size()), '0');
    out += digits;
}

/// Takes from the front; after the first fault everything reads as 0.
class Reader {
public:
    explicit Reader(std::string_view text) : rest_(text) {}

    bool done() const { return ok_ && rest_.empty(); }
    bool ok() const { return ok_; }
    void fail() { ok_ = false; }
    char peek() const { return rest_.empty() ? '\0' : rest_.front(); }

    int digits(std::size_t count, int min, int max) {
        int value = 0;
        const auto text = rest_.substr(0, count);
        const bool all = text.size() == count && std::ranges::all_of(text, is_digit);
        if (!all) return fail(), 0;
        std::from_chars(text.data(), text.data() + text.size(), value);
        if (value < min || value > max) return fail(), 0;
        rest_.remove_prefix(count);
        return value;
    }
    char one_of(std::string_view choice) {
        const char c = peek();
        if (rest_.empty() || choice.find(c) == std::string_view::npos) return fail(), '\0';
        rest_.remove_prefix(1);
        return c;
    }
    /// Thousandths; more digits are passed over.
    int fraction() {
        int value = 0;
        int unit = 100;
        if (!is_digit(peek())) fail();
        for (; is_digit(peek()); rest_.remove_prefix(1)) {
            value += (peek() - '0') * unit;
            unit /= 10;
        }
        return value;
    }

private:
    static bool is_digit(char c) { return c >= '0' && c <= '9'; }

    std::string_view rest_;
    bool ok_ = true;
};

}  // namespace

std::string rfc3339(WallTime time) {
    const std::int64_t ms = std::clamp(time.ms, first_ms, last_ms);
    const std::int64_t day = (ms >= 0 ? ms : ms - (day_ms - 1)) / day_ms;
    const std::int64_t in_day = ms - day * day_ms;
    const std::chrono::year_month_day date{
        std::chrono::sys_days{std::chrono::days{static_cast<int>(day)}}};
    std::string out;
    append_digits(out, static_cast<int>(date.year()), 4);
    out += '-';
    append_digits(out, static_cast<unsigned>(date.month()), 2);
    out += '-';
    append_digits(out, static_cast<unsigned>(date.day()), 2);
    out += 'T';
    append_digits(out, in_day / 3'600'000, 2);
    out += ':';
    append_digits(out, in_day / 60'000 % 60, 2);
    out += ':';
    append_digits(out, in_day / 1000 % 60, 2);
    out += '.';
    append_digits(out, in_day % 1000, 3);
    out += 'Z';
    return out;
}

std::optional<WallTime> from_rfc3339(std::string_view text) {
    Reader in(text);
    const int year = in.digits(4, 0, 9999);
    in.one_of("-");
    const auto month = static_cast<unsigned>(in.digits(2, 1, 12));
    in.one_of("-");
    const auto day = static_cast<unsigned>(in.digits(2, 1, 31));
    in.one_of("Tt ");
    const int hour = in.digits(2, 0, 23);
    in.one_of(":");
    const int minute = in.digits(2, 0, 59);
    in.one_of(":");
    const int second = in.digits(2, 0, 60);
    int thousandths = 0;
    if (in.peek() == '.') {
        in.one_of(".");
        thousandths = in.fraction();
    }
    int offset = 0;
    const char zone = in.one_of("Zz+-");
    if (zone == '+' || zone == '-') {
        offset = in.digits(2, 0, 23) * 60;
        in.one_of(":");
        offset += in.digits(2, 0, 59);
        if (zone == '-') offset = -offset;
    }
    const std::chrono::year_month_day date{
        std::chrono::year{year}, std::chrono::month{month}, std::chrono::day{day}};
    if (!in.done() || !date.ok()) return std::nullopt;
    const std::int64_t days = std::chrono::sys_days{date}.time_since_epoch().count();
    const std::int64_t minutes = days * 1440 + hour * 60 + minute - offset;
    return WallTime{(minutes * 60 + second) * 1000 + thousandths};
}

}  // namespace fenshen
