// SPDX-License-Identifier: Apache-2.0
// Writes JSON text, appending only. It sets commas and escapes; that objects are closed and keys
// alternate with values is up to the caller.
//
//     JsonWriter json(out);
//     json.begin_object().member("uid", uid).key("tags").begin_array().string("a").end_array();
//     json.end_object();
#pragma once

#include <concepts>
#include <cstdint>
#include <string_view>
#include <type_traits>

#include "base/bytes.h"

namespace fenshen {

class JsonWriter {
public:
    /// Appends to `out`, which outlives the writer.
    explicit JsonWriter(Bytes& out) : out_(out) {}

    JsonWriter& begin_object() { return open('{'); }
    JsonWriter& end_object() { return close('}'); }
    JsonWriter& begin_array() { return open('['); }
    JsonWriter& end_array() { return close(']'); }

    /// The next call writes its value.
    JsonWriter& key(std::string_view name);

    /// Escaped; invalid UTF-8 becomes U+FFFD.
    JsonWriter& string(std::string_view text);
    template <std::integral T>
        requires(!std::same_as<T, bool>)
    JsonWriter& number(T value) {
        if constexpr (std::is_signed_v<T>) {
            return signed_number(value);
        } else {
            return unsigned_number(value);
        }
    }
    /// The shortest text that reads back the same; null for what JSON has no number for.
    JsonWriter& number(double value);
    JsonWriter& boolean(bool value) { return raw(value ? "true" : "false"); }
    JsonWriter& null() { return raw("null"); }
    /// A value that is JSON text already.
    JsonWriter& raw(std::string_view json);
    /// A string of the bytes in standard base64.
    JsonWriter& base64(BytesView bytes);

    // A key and its value.
    JsonWriter& member(std::string_view name, std::string_view text) {
        return key(name).string(text);
    }
    JsonWriter& member(std::string_view name, const char* text) { return key(name).string(text); }
    JsonWriter& member(std::string_view name, std::same_as<bool> auto value) {
        return key(name).boolean(value);
    }
    template <class T>
        requires(std::is_arithmetic_v<T> && !std::same_as<T, bool>)
    JsonWriter& member(std::string_view name, T value) {
        return key(name).number(value);
    }

private:
    JsonWriter& open(char bracket);
    JsonWriter& close(char bracket);
    JsonWriter& signed_number(std::int64_t value);
    JsonWriter& unsigned_number(std::uint64_t value);
    void separate();

    Bytes& out_;
    bool needs_comma_ = false;
};

/// Appends `text` as a JSON string, with quotes.
void append_json_string(Bytes& out, std::string_view text);

}  // namespace fenshen
