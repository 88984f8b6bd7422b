// SPDX-License-Identifier: Apache-2.0
#include "api/http/detail/response_head.h"

#include <array>
#include <chrono>
#include <cstdio>

namespace fenshen::http::detail {

namespace {

std::string_view reason_of(int status) {
    struct Reason {
        int status;
        std::string_view text;
    };
    static constexpr Reason reasons[] = {
        {200, "OK"},
        {201, "Created"},
        {202, "Accepted"},
        {204, "No Content"},
        {206, "Partial Content"},
        {301, "Moved Permanently"},
        {302, "Found"},
        {304, "Not Modified"},
        {307, "Temporary Redirect"},
        {308, "Permanent Redirect"},
        {400, "Bad Request"},
        {401, "Unauthorized"},
        {403, "Forbidden"},
        {404, "Not Found"},
        {405, "Method Not Allowed"},
        {408, "Request Timeout"},
        {409, "Conflict"},
        {410, "Gone"},
        {411, "Length Required"},
        {413, "Content Too Large"},
        {414, "URI Too Long"},
        {415, "Unsupported Media Type"},
        {417, "Expectation Failed"},
        {422, "Unprocessable Content"},
        {429, "Too Many Requests"},
        {431, "Request Header Fields Too Large"},
        {500, "Internal Server Error"},
        {501, "Not Implemented"},
        {503, "Service Unavailable"},
        {504, "Gateway Timeout"},
        {505, "HTTP Version Not Supported"},
    };
    for (const Reason& reason : reasons) {
        if (reason.status == status) return reason.text;
    }
    return {};
}

bool is_token(std::string_view name) {
    static constexpr std::string_view marks = "!#$%&'*+-.^_`|~";
    const auto fits = [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
               marks.find(c) != std::string_view::npos;
    };
    return !name.empty() && std::ranges::all_of(name, fits);
}

bool is_the_servers(std::string_view name) {
    for (const std::string_view own :
         {"Content-Type", "Content-Length", "Connection", "Transfer-Encoding", "Date"}) {
        if (same_ignoring_case(name, own)) return true;
    }
    return false;
}

void append_header(Bytes& out, std::string_view name, std::string_view value) {
    out += name;
    out += ": ";
    for (const char c : value) {
        const bool control = (c >= 0 && c < 0x20) || c == 0x7F;
        out += control && c != '\t' ? ' ' : c;
    }
    out += "\r\n";
}

}  // namespace

std::string http_date(std::int64_t unix_seconds) {
    using namespace std::chrono;
    static constexpr std::array<const char*, 7> days{
        "Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
    static constexpr std::array<const char*, 12> months{
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
    const sys_seconds moment{seconds{unix_seconds}};
    const auto day = floor<std::chrono::days>(moment);
    const year_month_day date{day};
    const hh_mm_ss clock{moment - day};
    std::array<char, 48> text{};
    std::snprintf(text.data(),
                  text.size(),
                  "%s, %02u %s %04d %02d:%02d:%02d GMT",
                  days[weekday(day).c_encoding()],
                  static_cast<unsigned>(date.day()),
                  months[static_cast<unsigned>(date.month()) - 1],
                  static_cast<int>(date.year()),
                  static_cast<int>(clock.hours().count()),
                  static_cast<int>(clock.minutes().count()),
                  static_cast<int>(clock.seconds().count()));
    return text.data();
}

bool may_have_body(int status) {
    return status >= 200 && status != 204 && status != 304;
}

Bytes response_head(const Response& response, const Framing& framing, std::string_view date) {
    Bytes out;
    out.reserve(256);
    out += "HTTP/1.1 " + std::to_string(response.status) + ' ';
    out += reason_of(response.status);
    out += "\r\n";
    append_header(out, "Date", date);
    if (!response.content_type.empty()) append_header(out, "Content-Type", response.content_type);
    if (may_have_body(response.status)) {
        append_header(out, "Content-Length", std::to_string(response.body.size()));
    }
    if (!framing.keep_alive) {
        append_header(out, "Connection", "close");
    } else if (framing.is_http_1_0) {
        append_header(out, "Connection", "keep-alive");
    }
    for (const auto& [name, value] : response.headers) {
        if (is_token(name) && !is_the_servers(name)) append_header(out, name, value);
    }
    out += "\r\n";
    return out;
}

}  // namespace fenshen::http::detail
