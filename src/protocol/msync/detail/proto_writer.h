// SPDX-License-Identifier: Apache-2.0
// Writes protobuf from its end to its beginning: when the length of a nested message is due, the
// message has been written and its length is known, so nothing is measured twice or moved.
#pragma once

#include <bit>
#include <cassert>
#include <cstddef>
#include <cstdint>
#include <cstring>

#include "base/bytes.h"
#include "protocol/msync/detail/proto_reader.h"

namespace fenshen::msync::detail {

constexpr std::size_t varint_size(std::uint64_t value) {
    return static_cast<std::size_t>(std::bit_width(value | 1U) + 6) / 7;
}

constexpr std::uint64_t tag_of(std::uint32_t number, WireType type) {
    return (static_cast<std::uint64_t>(number) << 3U) | static_cast<std::uint8_t>(type);
}

class ProtoWriter {
public:
    /// Writes what ends before `end`; the caller has measured that there is room.
    explicit ProtoWriter(char* end) : at_(end) {}

    const char* at() const { return at_; }

    void varint(std::uint64_t value) {
        at_ -= varint_size(value);
        char* to = at_;
        for (; value >= 0x80; value >>= 7U) *to++ = static_cast<char>((value & 0x7FU) | 0x80U);
        *to = static_cast<char>(value);
    }

    template <class T>
    void fixed(T bits) {
        at_ -= sizeof(T);
        for (std::size_t i = 0; i < sizeof(T); ++i) {
            at_[i] = static_cast<char>(bits >> (8U * i));
        }
    }

    void bytes(BytesView bytes) {
        at_ -= bytes.size();
        if (!bytes.empty()) std::memcpy(at_, bytes.data(), bytes.size());
    }

    void tag(std::uint32_t number, WireType type) { varint(tag_of(number, type)); }

    /// The length and tag of what lies between here and `end`.
    void close_nested(std::uint32_t number, const char* end) {
        varint(static_cast<std::uint64_t>(end - at_));
        tag(number, WireType::bytes);
    }

private:
    char* at_;
};

}  // namespace fenshen::msync::detail
