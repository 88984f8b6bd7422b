// SPDX-License-Identifier: Apache-2.0
// JSON request bodies with typed access. Two manners: `lenient` is what WuKong's clients are used
// to (the rules of Go's decoder, wukong-http 2.2), `strict` is for our own API. Errors do not
// interrupt: read everything, then ask once whether all was well. The parsing library stays in
// json_body.cpp.
#pragma once

#include <array>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <expected>
#include <initializer_list>
#include <limits>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.h"

namespace fenshen::http {

enum class JsonManner : std::uint8_t {
    /// Field names match whatever their case, of several the last that is not null counts.
    lenient,
    /// Names match exactly, a name must not stand twice, JsonObject::only() refuses unknown ones.
    strict,
};

struct JsonLimits {
    std::size_t bytes_max = 16UZ * 1024 * 1024;
    std::size_t depth_max = 64;
    /// In one object that is read by field name. (A look-up walks them all.)
    std::size_t fields_max = 1024;
    /// Of any array that is read.
    std::size_t elements_max = 1'000'000;
};

namespace detail {
struct JsonState;
/// An element of the parsed document, in a box of the library's size.
struct JsonElement {
    alignas(8) std::array<std::byte, 16> box{};
    bool present = false;
};
}  // namespace detail

/// A view: valid while its JsonDocument is. One thread at a time.
class JsonObject {
public:
    /// Whether the field is there and not null.
    bool has(std::string_view name) const;

    // Each answers the field's value; if it is missing or null, the fallback; if it has another
    // type or does not fit, the fallback too, and an error is noted. A number with a fraction or an
    // exponent is not an integer, nor is one in quotes.
    std::string string(std::string_view name, std::string_view fallback = {});
    template <std::integral T>
        requires(!std::same_as<T, bool>)
    T integer(std::string_view name, T fallback = 0) {
        if constexpr (std::is_signed_v<T>) {
            return static_cast<T>(signed_integer(
                name, fallback, std::numeric_limits<T>::min(), std::numeric_limits<T>::max()));
        } else {
            return static_cast<T>(unsigned_integer(name, fallback, std::numeric_limits<T>::max()));
        }
    }
    double number(std::string_view name, double fallback = 0);
    bool boolean(std::string_view name, bool fallback = false);
    /// A string of standard base64 with padding, line breaks allowed (wukong-http 2.2).
    Bytes base64(std::string_view name);

    /// Arrays; missing or null: empty. A null element is the zero value in lenient manner, an error
    /// in strict.
    std::vector<std::string> strings(std::string_view name);
    template <std::integral T>
        requires(!std::same_as<T, bool>)
    std::vector<T> integers(std::string_view name) {
        std::vector<T> values;
        if constexpr (std::is_signed_v<T>) {
            for (const std::int64_t value : signed_integers(
                     name, std::numeric_limits<T>::min(), std::numeric_limits<T>::max())) {
                values.push_back(static_cast<T>(value));
            }
        } else {
            for (const std::uint64_t value :
                 unsigned_integers(name, std::numeric_limits<T>::max())) {
                values.push_back(static_cast<T>(value));
            }
        }
        return values;
    }

    /// Missing or null: an object without fields.
    JsonObject object(std::string_view name);
    std::vector<JsonObject> objects(std::string_view name);

    /// The field's value as JSON text without blanks, whatever its type; missing: empty.
    Bytes raw(std::string_view name) const;

    /// The names of its fields, in their order, those of null too. In strict manner each once, and
    /// one that stands twice is an error.
    std::vector<std::string> names();

    /// Notes an error if the field is missing, null, or an empty string.
    void require(std::initializer_list<std::string_view> names);
    /// Notes an error for each field that is not among these (strict manner).
    void only(std::initializer_list<std::string_view> names);
    /// Notes an error of the caller's own about a field: "must not be blank".
    void refuse(std::string_view name, std::string_view why);

private:
    friend class JsonDocument;
    friend struct detail::JsonState;

    std::int64_t signed_integer(std::string_view name,
                                std::int64_t fallback,
                                std::int64_t min,
                                std::int64_t max);
    std::uint64_t unsigned_integer(std::string_view name,
                                   std::uint64_t fallback,
                                   std::uint64_t max);
    std::vector<std::int64_t> signed_integers(std::string_view name,
                                              std::int64_t min,
                                              std::int64_t max);
    std::vector<std::uint64_t> unsigned_integers(std::string_view name, std::uint64_t max);

    detail::JsonState* state_ = nullptr;
    detail::JsonElement element_;
    /// "messages[3]": where this object stands, for error texts. Empty for the root.
    std::string place_;
};

/// A parsed body. Owns a parser until it dies (parsers are kept per thread and used again), so it
/// may live across a co_await; drop it early all the same.
class JsonDocument {
public:
    /// Copies what it needs of `body`. The error is a text for the client; an empty body is "EOF"
    /// (wukong-http 2.2).
    static std::expected<JsonDocument, std::string> parse(BytesView body,
                                                          JsonManner manner = JsonManner::lenient,
                                                          const JsonLimits& limits = {});
    ~JsonDocument();
    JsonDocument(JsonDocument&&) noexcept;
    JsonDocument& operator=(JsonDocument&&) noexcept;

    // The root as what it is expected to be; another type notes an error and is read as empty. null
    // is empty in lenient manner.
    JsonObject object();
    std::vector<std::string> strings();
    std::vector<JsonObject> objects();

    bool is_array() const;

    /// Whether everything read so far was as it had to be.
    bool ok() const;
    /// What was not, in one line: "device_flag: must be an integer from 0 to 255; uid: must be a
    /// string". Only the first few are told.
    std::string error() const;

private:
    explicit JsonDocument(std::unique_ptr<detail::JsonState> state);

    std::unique_ptr<detail::JsonState> state_;
};

}  // namespace fenshen::http
