// SPDX-License-Identifier: Apache-2.0
#include <array>
#include <charconv>
#include <cmath>
#include <cstdio>

#include "telemetry/detail/log_line.h"

namespace fenshen::telemetry::detail {

namespace {

constexpr std::string_view replacement = "\xEF\xBF\xBD";
constexpr std::string_view ellipsis = "\xE2\x80\xA6";

/// The bytes of the UTF-8 character at the head of `text` (not empty); 0 if there is no whole one.
std::size_t utf8_length(std::string_view text) {
    const auto at = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
    const unsigned char lead = at(0);
    if (lead < 0x80) return 1;
    const std::size_t length = lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : 2;
    if (lead < 0xC2 || lead > 0xF4 || text.size() < length) return 0;
    for (std::size_t i = 1; i < length; ++i) {
        if ((at(i) & 0xC0U) != 0x80) return 0;
    }
    const unsigned char second = at(1);
    if (lead == 0xE0 && second < 0xA0) return 0;  // overlong
    if (lead == 0xED && second > 0x9F) return 0;  // surrogates
    if (lead == 0xF0 && second < 0x90) return 0;  // overlong
    if (lead == 0xF4 && second > 0x8F) return 0;  // beyond U+10FFFF
    return length;
}

void append_escaped(std::string& out, char c) {
    switch (c) {
        case '"':
            out += "\\\"";
            break;
        case '\\':
            out += "\\\\";
            break;
        case '\n':
            out += "\\n";
            break;
        case '\r':
            out += "\\r";
            break;
        case '\t':
            out += "\\t";
            break;
        default: {
            std::array<char, 8> text{};
            std::snprintf(text.data(), text.size(), "\\u%04x", static_cast<unsigned>(c));
            out += text.data();
        }
    }
}

bool needs_escape(char c) {
    return (c >= 0 && c < 0x20) || c == 0x7F || c == '"' || c == '\\';
}

/// Quotes and all.
void append_quoted(std::string& out, std::string_view text, std::size_t bytes_max) {
    out += '"';
    const std::size_t end = text.size() > bytes_max ? bytes_max : text.size();
    std::size_t i = 0;
    while (i < end) {
        const std::size_t length = utf8_length(text.substr(i));
        if (length == 0) {
            out += replacement;
            ++i;
        } else if (needs_escape(text[i])) {
            append_escaped(out, text[i]);
            ++i;
        } else {
            out += text.substr(i, length);
            i += length;
        }
    }
    if (end < text.size()) out += ellipsis;
    out += '"';
}

/// Whether logfmt can do without quotes.
bool is_plain(std::string_view text, std::size_t bytes_max) {
    if (text.empty() || text.size() > bytes_max) return false;
    for (const char c : text) {
        if (c <= ' ' || c == '=' || needs_escape(c)) return false;  // beyond ASCII is negative
    }
    return true;
}

void append_number(std::string& out, auto number) {
    std::array<char, 32> text{};
    const auto result = std::to_chars(text.data(), text.data() + text.size(), number);
    out.append(text.data(), result.ptr);
}

struct Style {
    LogOptions::Format format;
    std::size_t bytes_max;

    bool is_json() const { return format == LogOptions::Format::json; }

    void key(std::string& out, std::string_view name) const {
        if (is_json()) {
            out += out.empty() ? '{' : ',';
            append_quoted(out, name, bytes_max);
            out += ':';
        } else {
            if (!out.empty()) out += ' ';
            out += name;
            out += '=';
        }
    }
    void text(std::string& out, std::string_view value) const {
        if (!is_json() && is_plain(value, bytes_max)) {
            out += value;
        } else {
            append_quoted(out, value, bytes_max);
        }
    }
    void value(std::string& out, const LogField::Value& value) const {
        if (const auto* flag = std::get_if<bool>(&value)) {
            out += *flag ? "true" : "false";
        } else if (const auto* number = std::get_if<std::int64_t>(&value)) {
            append_number(out, *number);
        } else if (const auto* natural = std::get_if<std::uint64_t>(&value)) {
            append_number(out, *natural);
        } else if (const auto* real = std::get_if<double>(&value)) {
            if (is_json() && !std::isfinite(*real)) {
                out += "null";  // JSON has no word for them
            } else {
                append_number(out, *real);
            }
        } else {
            text(out, std::get<std::string_view>(value));
        }
    }
};

}  // namespace

std::string timestamp(WallTime time) {
    using namespace std::chrono;
    const sys_time<milliseconds> moment{milliseconds{time.ms}};
    const auto day = floor<days>(moment);
    const year_month_day date{day};
    const hh_mm_ss clock{moment - day};
    std::array<char, 48> text{};
    std::snprintf(text.data(),
                  text.size(),
                  "%04d-%02u-%02uT%02d:%02d:%02d.%03dZ",
                  static_cast<int>(date.year()),
                  static_cast<unsigned>(date.month()),
                  static_cast<unsigned>(date.day()),
                  static_cast<int>(clock.hours().count()),
                  static_cast<int>(clock.minutes().count()),
                  static_cast<int>(clock.seconds().count()),
                  static_cast<int>(clock.subseconds().count()));
    return text.data();
}

std::string log_line(LogOptions::Format format,
                     std::size_t value_bytes_max,
                     WallTime time,
                     Level level,
                     std::string_view event,
                     LogFields fields) {
    const Style style{format, value_bytes_max};
    std::string out;
    out.reserve(160);
    style.key(out, "ts");
    style.text(out, timestamp(time));
    style.key(out, "level");
    style.text(out, name_of(level));
    style.key(out, "event");
    style.text(out, event);
    for (const LogField& field : fields) {
        style.key(out, field.key);
        style.value(out, field.value);
    }
    if (style.is_json()) out += '}';
    return out;
}

}  // namespace fenshen::telemetry::detail
