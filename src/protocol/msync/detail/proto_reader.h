// SPDX-License-Identifier: Apache-2.0
// Cuts serialized protobuf into fields, whatever they mean. Views, no copies, no allocation; every
// length is held against what is there before it is believed.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <expected>

#include "base/bytes.h"
#include "protocol/msync/codec.h"

namespace fenshen::msync::detail {

enum class WireType : std::uint8_t {
    varint = 0,
    fixed64 = 1,
    bytes = 2,
    group_start = 3,
    group_end = 4,
    fixed32 = 5,
};

inline constexpr std::size_t varint_bytes_max = 10;
inline constexpr std::size_t group_depth_max = 64;

/// A field with its value; of a group, which no message of ours has, only where it lies.
struct RawField {
    std::uint32_t number = 0;
    WireType type = WireType::varint;
    std::uint64_t value = 0;  ///< varint, fixed32, fixed64
    BytesView bytes{};        ///< of WireType::bytes
    BytesView whole{};        ///< tag and value, into the input
};

/// `depth` is what the message that is read lies in; groups count as well.
class ProtoReader {
public:
    ProtoReader(BytesView in, std::size_t depth, std::size_t nesting_max)
        : rest_(in), depth_(depth), nesting_max_(nesting_max) {}

    bool at_end() const { return rest_.empty(); }
    BytesView rest() const { return rest_; }

    std::expected<RawField, WireError> next() {
        const BytesView before = rest_;
        RawField field;
        if (!read_tag(field) || !read_value(field)) return std::unexpected(error_);
        field.whole = before.substr(0, before.size() - rest_.size());
        return field;
    }

    /// A number of a packed field.
    std::expected<std::uint64_t, WireError> varint() {
        std::uint64_t value = 0;
        if (!read_varint(value)) return std::unexpected(error_);
        return value;
    }

private:
    bool fail(WireError error) {
        error_ = error;
        return false;
    }

    bool read_varint(std::uint64_t& value) {
        if (!rest_.empty() && byte_at(rest_, 0) < 0x80) {  // nearly all of them
            value = byte_at(rest_, 0);
            rest_.remove_prefix(1);
            return true;
        }
        value = 0;
        for (std::size_t i = 0; i < varint_bytes_max; ++i) {
            if (i == rest_.size()) return fail(WireError::truncated);
            const std::uint64_t group = byte_at(rest_, i);
            // The tenth byte has room for one bit.
            if (i == varint_bytes_max - 1 && group > 1) return fail(WireError::bad_varint);
            value |= (group & 0x7FU) << (7 * i);
            if (group < 0x80) {
                rest_.remove_prefix(i + 1);
                return true;
            }
        }
        return fail(WireError::bad_varint);
    }

    bool read_tag(RawField& field) {
        std::uint64_t tag = 0;
        if (!read_varint(tag)) return false;
        if (tag > UINT32_MAX || tag >> 3U == 0 || (tag & 7U) > 5) return fail(WireError::bad_tag);
        field.number = static_cast<std::uint32_t>(tag >> 3U);
        field.type = static_cast<WireType>(tag & 7U);
        return true;
    }

    template <class T>
    bool read_fixed(std::uint64_t& value) {
        if (rest_.size() < sizeof(T)) return fail(WireError::truncated);
        value = 0;
        for (std::size_t i = 0; i < sizeof(T); ++i) {
            value |= static_cast<std::uint64_t>(byte_at(rest_, i)) << (8U * i);
        }
        rest_.remove_prefix(sizeof(T));
        return true;
    }

    bool read_bytes(BytesView& bytes) {
        std::uint64_t size = 0;
        if (!read_varint(size)) return false;
        if (size > rest_.size()) return fail(WireError::truncated);
        bytes = rest_.substr(0, static_cast<std::size_t>(size));
        rest_.remove_prefix(bytes.size());
        return true;
    }

    bool read_value(RawField& field) {
        if (field.type == WireType::group_start) return skip_group(field.number);
        if (field.type == WireType::group_end) return fail(WireError::bad_group);
        return read_plain_value(field);
    }

    bool read_plain_value(RawField& field) {
        switch (field.type) {
            case WireType::varint:
                return read_varint(field.value);
            case WireType::fixed64:
                return read_fixed<std::uint64_t>(field.value);
            case WireType::fixed32:
                return read_fixed<std::uint32_t>(field.value);
            default:
                return read_bytes(field.bytes);
        }
    }

    /// Behind the end of the group that has just begun. No recursion: a bomb of group beginnings
    /// costs no stack.
    bool skip_group(std::uint32_t number) {
        std::array<std::uint32_t, group_depth_max> open;
        std::size_t count = 0;
        for (RawField field{.number = number, .type = WireType::group_start};;) {
            if (field.type == WireType::group_start) {
                if (depth_ + count >= nesting_max_ || count == open.size()) {
                    return fail(WireError::too_deep);
                }
                open[count++] = field.number;
            } else if (field.type == WireType::group_end) {
                if (open[--count] != field.number) return fail(WireError::bad_group);
                if (count == 0) return true;
            } else if (!read_plain_value(field)) {
                return false;
            }
            if (rest_.empty()) return fail(WireError::truncated);
            if (!read_tag(field)) return false;
        }
    }

    BytesView rest_;
    std::size_t depth_;
    std::size_t nesting_max_;
    WireError error_ = WireError::truncated;
};

}  // namespace fenshen::msync::detail
