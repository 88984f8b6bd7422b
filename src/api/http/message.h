// SPDX-License-Identifier: Apache-2.0
// Requests and responses as the endpoints see them: whole, decoded, owning their bytes. No HTTP
// library shows here; server.cpp alone knows one.
#pragma once

#include <algorithm>
#include <charconv>
#include <concepts>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/bytes.h"

namespace fenshen::http {

/// `other` is any method that we give no meaning to; no route can be registered for it.
enum class Method : std::uint8_t { get, head, post, put, patch, del, options, other };

/// As on the wire: "GET", "DELETE". `other` has none.
std::string_view name_of(Method method);
/// Case matters (RFC 9110 9.1).
Method method_of(std::string_view name);

/// ASCII only, as header names are.
bool same_ignoring_case(std::string_view a, std::string_view b);

struct ExactNames {
    static bool same(std::string_view a, std::string_view b) { return a == b; }
};
struct CaselessNames {
    static bool same(std::string_view a, std::string_view b) { return same_ignoring_case(a, b); }
};

struct NamedValue {
    std::string name;
    std::string value;
    bool operator==(const NamedValue&) const = default;
};

/// Names with values, in the order of their arrival; a name may stand more than once. Views into it
/// last until it changes.
template <class Names>
class NamedValues {
public:
    using value_type = NamedValue;
    using const_iterator = std::vector<NamedValue>::const_iterator;

    void add(std::string name, std::string value) {
        entries_.push_back({std::move(name), std::move(value)});
    }

    /// The first value of that name.
    std::optional<std::string_view> find(std::string_view name) const {
        for (const NamedValue& entry : entries_) {
            if (Names::same(entry.name, name)) return entry.value;
        }
        return std::nullopt;
    }
    std::string_view get(std::string_view name, std::string_view fallback = {}) const {
        return find(name).value_or(fallback);
    }
    std::vector<std::string_view> all(std::string_view name) const {
        std::vector<std::string_view> values;
        for (const NamedValue& entry : entries_) {
            if (Names::same(entry.name, name)) values.emplace_back(entry.value);
        }
        return values;
    }

    const_iterator begin() const { return entries_.begin(); }
    const_iterator end() const { return entries_.end(); }
    std::size_t size() const { return entries_.size(); }
    bool empty() const { return entries_.empty(); }
    void clear() { entries_.clear(); }

private:
    std::vector<NamedValue> entries_;
};

using Query = NamedValues<ExactNames>;
using Headers = NamedValues<CaselessNames>;

struct Request {
    Method method = Method::get;
    /// As the client sent it, not decoded: for logs.
    std::string target;
    /// Percent-decoded, UTF-8, begins with '/'; no "." or ".." part and no NUL, however written
    /// (uri.h). A slash that was percent-encoded shows here like any other; `segments` keeps it.
    std::string path;
    std::vector<std::string> segments;
    /// Decoded; '+' is a space.
    Query query;
    Headers headers;
    Bytes body;
    /// Without the port: "192.0.2.7", "2001:db8::1".
    std::string peer_address;
    /// What the `{name}`s of the route's pattern stood for; the router fills it in.
    Query captures;
};

struct Response {
    int status = 200;
    /// Empty: no Content-Type header.
    std::string content_type;
    Bytes body;
    /// Beside Content-Type, Content-Length, Date and Connection, which the server writes. Control
    /// characters in a value are sent as spaces.
    Headers headers;
};

Response json(int status, Bytes body);
Response text(int status, std::string_view body);
Response empty(int status);

/// The whole of `text` as a decimal integer that `T` can hold; nothing else, no blanks.
template <std::integral T>
std::optional<T> to_integer(std::string_view text) {
    T value{};
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
    return value;
}

}  // namespace fenshen::http
