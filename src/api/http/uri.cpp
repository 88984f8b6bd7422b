// SPDX-License-Identifier: Apache-2.0
#include "api/http/uri.h"

#include <optional>

#include "model/names.h"

namespace fenshen::http {

namespace {

constexpr int hex_value(char c) {
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    if (c >= 'A' && c <= 'F') return c - 'A' + 10;
    return -1;
}

/// What stands before the next `separator`; `rest` becomes what stands behind it, or ends.
std::string_view take_until(std::optional<std::string_view>& rest, char separator) {
    const std::string_view text = *rest;
    const std::size_t at = text.find(separator);
    if (at == std::string_view::npos) {
        rest.reset();
        return text;
    }
    rest = text.substr(at + 1);
    return text.substr(0, at);
}

bool is_clean(std::string_view decoded) {
    return decoded.find('\0') == std::string_view::npos && is_valid_utf8(decoded);
}

/// A file server or a proxy behind us must never see a step upwards, whichever slash it knows.
bool has_dot_part(std::string_view path) {
    std::size_t start = 0;
    while (start <= path.size()) {
        const std::size_t end = std::min(path.find_first_of("/\\", start), path.size());
        const std::string_view part = path.substr(start, end - start);
        if (part == "." || part == "..") return true;
        start = end + 1;
    }
    return false;
}

/// Drops "http://host:port"; empty when there is neither that nor a leading slash.
std::string_view without_authority(std::string_view target) {
    if (target.starts_with('/')) return target;
    const std::size_t scheme_end = target.find("://");
    if (scheme_end == std::string_view::npos) return {};
    const std::string_view scheme = target.substr(0, scheme_end);
    if (!same_ignoring_case(scheme, "http") && !same_ignoring_case(scheme, "https")) return {};
    const std::string_view rest = target.substr(scheme_end + 3);
    const std::size_t path = rest.find_first_of("/?");
    if (path == 0) return {};
    if (path == std::string_view::npos) return "/";
    return rest.substr(path);
}

std::string_view parse_path(std::string_view raw, std::size_t segments_max, Target& out) {
    std::optional<std::string_view> rest = raw.substr(1);
    while (rest) {
        if (out.segments.size() == segments_max) return "too many path segments";
        std::string segment;
        if (!percent_decode(take_until(rest, '/'), false, segment)) {
            return "bad percent-encoding in the path";
        }
        if (!is_clean(segment)) return "the path is not UTF-8";
        out.path += '/';
        out.path += segment;
        out.segments.push_back(std::move(segment));
    }
    if (has_dot_part(out.path)) return "the path has a \".\" or \"..\" part";
    return {};
}

std::string_view parse_query(std::string_view raw, std::size_t parameters_max, Query& out) {
    std::optional<std::string_view> rest = raw;
    while (rest) {
        std::optional<std::string_view> pair = take_until(rest, '&');
        if (pair->empty()) continue;
        if (out.size() == parameters_max) return "too many query parameters";
        std::string name;
        std::string value;
        if (!percent_decode(take_until(pair, '='), true, name) ||
            (pair && !percent_decode(*pair, true, value))) {
            return "bad percent-encoding in the query";
        }
        if (!is_clean(name) || !is_clean(value)) return "the query is not UTF-8";
        out.add(std::move(name), std::move(value));
    }
    return {};
}

}  // namespace

bool percent_decode(std::string_view text, bool plus_is_space, std::string& out) {
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] == '%') {
            if (text.size() - i < 3) return false;
            const int high = hex_value(text[i + 1]);
            const int low = hex_value(text[i + 2]);
            if (high < 0 || low < 0) return false;
            out += static_cast<char>(high * 16 + low);
            i += 2;
        } else {
            out += text[i] == '+' && plus_is_space ? ' ' : text[i];
        }
    }
    return true;
}

std::expected<Target, std::string_view> parse_target(std::string_view target,
                                                     const TargetLimits& limits) {
    Target out;
    if (target == "*") {
        out.path = "*";
        return out;
    }
    if (target.find('#') != std::string_view::npos) {
        return std::unexpected("a request target has no fragment");
    }
    std::optional<std::string_view> rest = without_authority(target);
    if (rest->empty()) return std::unexpected("the request target is not a path");

    std::string_view path = take_until(rest, '?');
    if (path.empty()) path = "/";  // "http://host?a=b"
    if (const auto error = parse_path(path, limits.segments_max, out); !error.empty()) {
        return std::unexpected(error);
    }
    if (!rest) return out;
    if (const auto error = parse_query(*rest, limits.parameters_max, out.query); !error.empty()) {
        return std::unexpected(error);
    }
    return out;
}

}  // namespace fenshen::http
