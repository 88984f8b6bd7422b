// SPDX-License-Identifier: Apache-2.0
#include "http_client/url.h"

#include <charconv>

namespace fenshen {
namespace {

bool is_unreserved(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
           c == '_' || c == '.' || c == '~';
}

bool is_plain(std::string_view text) {
    for (const char c : text) {
        if (c <= ' ' || c == 0x7f || c == '?' || c == '#' || c == '\\') return false;
    }
    return true;
}

std::unexpected<std::string> refuse(const char* why) {
    return std::unexpected<std::string>(why);
}

}  // namespace

std::string BaseUrl::authority() const {
    const bool is_v6 = host.find(':') != std::string::npos;
    return (is_v6 ? "[" + host + "]" : host) + ":" + std::to_string(port);
}

std::expected<BaseUrl, std::string> parse_base_url(std::string_view text) {
    constexpr const char* form = "takes http://HOST:PORT, such as http://127.0.0.1:5001";
    constexpr std::string_view scheme = "http://";
    if (text.starts_with("https://")) {
        return refuse("https is not spoken here; name the server's own http://HOST:PORT");
    }
    if (!text.starts_with(scheme) || !is_plain(text)) return refuse(form);
    text.remove_prefix(scheme.size());
    BaseUrl url;
    const auto slash = text.find('/');
    if (slash != std::string_view::npos) {
        url.prefix = text.substr(slash);
        while (url.prefix.ends_with('/')) url.prefix.pop_back();
        text = text.substr(0, slash);
    }
    if (text.find('@') != std::string_view::npos) {
        return refuse("takes no name or password: an address is no place for a secret");
    }
    const bool bracketed = text.starts_with('[');
    const auto host_end = bracketed ? text.find(']') : text.find(':');
    if (bracketed && host_end == std::string_view::npos) return refuse(form);
    url.host = bracketed ? text.substr(1, host_end - 1) : text.substr(0, host_end);
    if (url.host.empty()) return refuse(form);
    const auto rest_at = bracketed ? host_end + 1 : host_end;
    const std::string_view rest =
        rest_at == std::string_view::npos ? std::string_view() : text.substr(rest_at);
    if (rest.empty()) return url;
    const char* const end = rest.data() + rest.size();
    const auto read = std::from_chars(rest.data() + 1, end, url.port);
    const bool is_port = read.ec == std::errc() && read.ptr == end && url.port != 0;
    if (rest.front() != ':' || !is_port) return refuse(form);
    return url;
}

std::string percent_encoded(std::string_view text) {
    constexpr std::string_view hex = "0123456789ABCDEF";
    const bool dots = text == "." || text == "..";
    std::string out;
    for (const char c : text) {
        if (is_unreserved(c) && !dots) {
            out += c;
            continue;
        }
        const auto byte = static_cast<unsigned char>(c);
        out += '%';
        out += hex[byte >> 4U];
        out += hex[byte & 0xfU];
    }
    return out;
}

}  // namespace fenshen
