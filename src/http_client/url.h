// SPDX-License-Identifier: Apache-2.0
// Addresses of HTTP servers as people write them, and texts in the places where a URL would read
// something else into them.
#pragma once

#include <cstdint>
#include <expected>
#include <string>
#include <string_view>

namespace fenshen {

/// "http://host:port/prefix", with nothing behind it.
struct BaseUrl {
    std::string host;  ///< without brackets
    std::uint16_t port = 80;
    std::string prefix;  ///< empty, or "/a/b" without a slash at its end

    /// "127.0.0.1:5001", "[::1]:5001": what the header Host says.
    std::string authority() const;
    std::string text() const { return "http://" + authority() + prefix; }
    bool operator==(const BaseUrl&) const = default;
};

/// The error is a sentence for the person who wrote it. https is refused, and so is a name or a
/// password before the host: no secret is an argument.
std::expected<BaseUrl, std::string> parse_base_url(std::string_view text);

/// A whole segment of a path, or a value of a query (RFC 3986 2.1: all but unreserved characters
/// are encoded). "." and ".." are encoded too, since they would not stay segments.
std::string percent_encoded(std::string_view text);

}  // namespace fenshen
