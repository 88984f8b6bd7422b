// SPDX-License-Identifier: Apache-2.0
// How rows and keys are written: varints, length-prefixed texts, big-endian numbers where order
// matters. The reader never reads beyond its bytes; after the first fault everything reads as empty
// and `ok()` is false.
#pragma once

#include <cstdint>
#include <limits>
#include <string>
#include <string_view>
#include <utility>

#include "base/bytes.h"
#include "base/clock.h"

namespace fenshen::storage::detail {

inline void append_varint(Bytes& out, std::uint64_t value) {
    while (value >= 0x80) {
        out.push_back(static_cast<char>(value | 0x80U));
        value >>= 7U;
    }
    out.push_back(static_cast<char>(value));
}

inline void append_text(Bytes& out, BytesView text) {
    append_varint(out, text.size());
    out += text;
}

class RowReader {
public:
    explicit RowReader(BytesView bytes) : rest_(bytes) {}

    bool ok() const { return ok_; }
    /// Everything was read, and nothing is left.
    bool done() const { return ok_ && rest_.empty(); }
    BytesView rest() const { return rest_; }
    void fail() {
        ok_ = false;
        rest_ = {};
    }

    std::uint8_t u8() {
        if (rest_.empty()) {
            fail();
            return 0;
        }
        const std::uint8_t value = byte_at(rest_, 0);
        rest_.remove_prefix(1);
        return value;
    }
    /// Errors: cut off, longer than it need be, or beyond 64 bits. So each number has one spelling.
    std::uint64_t varint() {
        std::uint64_t value = 0;
        for (unsigned shift = 0; shift < 64; shift += 7) {
            const std::uint8_t byte = u8();
            if (!ok_ || (byte == 0 && shift > 0) || (shift == 63 && byte > 1)) break;
            value |= std::uint64_t{byte & 0x7FU} << shift;
            if (byte < 0x80) return value;
        }
        fail();
        return 0;
    }
    /// A varint that fits T.
    template <class T>
    T number() {
        const std::uint64_t value = varint();
        if (value <= std::numeric_limits<T>::max()) return static_cast<T>(value);
        fail();
        return {};
    }
    /// A byte that is one of the enumerators first ... last.
    template <class E>
    E one_of(E first, E last) {
        const std::uint8_t value = u8();
        if (value >= static_cast<std::uint8_t>(first) && value <= static_cast<std::uint8_t>(last)) {
            return static_cast<E>(value);
        }
        fail();
        return first;
    }
    template <class T>
    T be() {
        if (rest_.size() < sizeof(T)) {
            fail();
            return {};
        }
        const T value = load_be<T>(rest_);
        rest_.remove_prefix(sizeof(T));
        return value;
    }
    BytesView text() {
        const std::uint64_t size = varint();
        if (!ok_ || size > rest_.size()) {
            fail();
            return {};
        }
        const BytesView value = rest_.substr(0, size);
        rest_.remove_prefix(size);
        return value;
    }
    std::string string() { return std::string(text()); }
    /// All that is left.
    std::string take_rest() { return std::string(std::exchange(rest_, {})); }
    WallTime time() { return {static_cast<std::int64_t>(varint())}; }

private:
    BytesView rest_;
    bool ok_ = true;
};

class RowWriter {
public:
    explicit RowWriter(std::uint8_t format) { bytes_.push_back(static_cast<char>(format)); }

    RowWriter& u8(std::uint8_t value) {
        bytes_.push_back(static_cast<char>(value));
        return *this;
    }
    RowWriter& varint(std::uint64_t value) {
        append_varint(bytes_, value);
        return *this;
    }
    RowWriter& text(BytesView value) {
        append_text(bytes_, value);
        return *this;
    }
    RowWriter& time(WallTime value) { return varint(static_cast<std::uint64_t>(value.ms)); }
    const Bytes& bytes() const { return bytes_; }
    Bytes& bytes() { return bytes_; }

private:
    Bytes bytes_;
};

/// The least key that is greater than every key beginning with `prefix`; empty when there is none.
inline Bytes end_of_prefix(BytesView prefix) {
    Bytes end(prefix);
    while (!end.empty() && byte_at(end, end.size() - 1) == 0xFF) end.pop_back();
    if (!end.empty()) end.back() = static_cast<char>(byte_at(end, end.size() - 1) + 1U);
    return end;
}

}  // namespace fenshen::storage::detail
