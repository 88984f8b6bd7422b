// SPDX-License-Identifier: Apache-2.0
// Reads the fields of a frame's body in order (wukong-wire 1.3). After the first error everything
// reads as empty: read all fields, then ask once.
#pragma once

#include <expected>
#include <optional>
#include <utility>

#include "base/bytes.h"
#include "protocol/wukong/codec.h"

namespace fenshen::wukong::detail {

class BodyReader {
public:
    explicit BodyReader(BytesView body) : rest_(body) {}

    template <class T>
    T number() {
        if (rest_.size() < sizeof(T)) {
            fail(WireError::truncated_body);
            return T{};
        }
        const T value = load_be<T>(rest_);
        rest_.remove_prefix(sizeof(T));
        return value;
    }

    Reason reason() { return static_cast<Reason>(number<std::uint8_t>()); }

    std::string_view string() {
        const auto size = number<std::uint16_t>();
        if (size > string_bytes_max || size > rest_.size()) {
            fail(WireError::bad_string);
            return {};
        }
        return take(size);
    }

    /// A string at the end that older peers don't write; what isn't one whole string counts as
    /// trailing bytes.
    std::string_view trailing_string() {
        if (rest_.size() < 2) return {};
        const auto size = load_be<std::uint16_t>(rest_);
        if (size > string_bytes_max || size > rest_.size() - 2) return {};
        rest_.remove_prefix(2);
        return take(size);
    }

    BytesView rest() { return take(rest_.size()); }

    template <class T>
    std::expected<T, WireError> finish(T frame) const {
        if (error_) return std::unexpected(*error_);
        return frame;
    }

private:
    void fail(WireError error) {
        if (!error_) error_ = error;
        rest_ = {};
    }
    BytesView take(std::size_t size) {
        const BytesView taken = rest_.substr(0, size);
        rest_.remove_prefix(size);
        return taken;
    }

    BytesView rest_;
    std::optional<WireError> error_;
};

}  // namespace fenshen::wukong::detail
