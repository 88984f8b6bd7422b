// SPDX-License-Identifier: Apache-2.0
// Appends one frame: its size is added up first, so that the output grows once.
#pragma once

#include <bit>
#include <cassert>
#include <cstring>
#include <type_traits>

#include "base/bytes.h"
#include "protocol/wukong/codec.h"
#include "protocol/wukong/detail/layout.h"

namespace fenshen::wukong::detail {

/// The part of a string that its length field can say.
inline std::string_view clip(std::string_view text) {
    return text.substr(0, string_bytes_max);
}

inline std::size_t string_size(std::string_view text) {
    return 2 + clip(text).size();
}

template <class... Texts>
std::size_t string_sizes(Texts... texts) {
    return (string_size(texts) + ... + 0UZ);
}

class FrameWriter {
public:
    /// `body_bytes` is what the calls that follow add up to.
    FrameWriter(Bytes& out, FrameType type, unsigned low_nibble, std::size_t body_bytes) {
        char head[5];
        std::size_t head_bytes = 0;
        head[head_bytes++] =
            static_cast<char>((static_cast<unsigned>(type) << 4U) | (low_nibble & 0x0FU));
        for (std::size_t left = body_bytes;;) {
            const auto group = left & 0x7FU;
            left >>= 7U;
            assert(head_bytes < sizeof(head));
            head[head_bytes++] = static_cast<char>(group | (left != 0 ? 0x80U : 0U));
            if (left == 0 || head_bytes == sizeof(head)) break;
        }
        const std::size_t start = out.size();
        out.resize(start + head_bytes + body_bytes);
        at_ = out.data() + start;
        end_ = out.data() + out.size();
        bytes({head, head_bytes});
    }
    ~FrameWriter() { assert(at_ == end_); }
    FrameWriter(const FrameWriter&) = delete;
    FrameWriter& operator=(const FrameWriter&) = delete;

    template <class T>
    FrameWriter& number(T value) {
        auto bits = static_cast<std::make_unsigned_t<T>>(value);
        if constexpr (sizeof(T) > 1 && std::endian::native == std::endian::little) {
            bits = swap(bits);
        }
        std::memcpy(at_, &bits, sizeof(bits));
        at_ += sizeof(bits);
        return *this;
    }
    FrameWriter& reason(Reason value) { return number(static_cast<std::uint8_t>(value)); }
    FrameWriter& string(std::string_view text) {
        text = clip(text);
        return number(static_cast<std::uint16_t>(text.size())).bytes(text);
    }
    FrameWriter& bytes(BytesView raw) {
        if (!raw.empty()) std::memcpy(at_, raw.data(), raw.size());
        at_ += raw.size();
        return *this;
    }
    /// message_seq has grown to 64 bits with version 6.
    FrameWriter& message_seq(std::uint64_t value, std::uint8_t version) {
        if (has_wide_message_seq(version)) return number(value);
        return number(static_cast<std::uint32_t>(value));
    }

private:
    static std::uint16_t swap(std::uint16_t v) { return __builtin_bswap16(v); }
    static std::uint32_t swap(std::uint32_t v) { return __builtin_bswap32(v); }
    static std::uint64_t swap(std::uint64_t v) { return __builtin_bswap64(v); }

    char* at_ = nullptr;
    char* end_ = nullptr;
};

}  // namespace fenshen::wukong::detail
