// SPDX-License-Identifier: Apache-2.0
// Which fields a version has (wukong-wire 2): asked by both directions, so that they agree.
#pragma once

#include <cstdint>

#include "protocol/wukong/frames.h"

namespace fenshen::wukong::detail {

constexpr bool has_expire(std::uint8_t version) {
    return version >= 3;
}

constexpr bool has_stream_fields(std::uint8_t version, std::uint8_t bits) {
    return version >= 2 && version < 5 && (bits & setting::stream) != 0;
}

constexpr bool has_topic(std::uint8_t bits) {
    return (bits & setting::topic) != 0;
}

constexpr bool has_wide_message_seq(std::uint8_t version) {
    return version >= 6;
}

}  // namespace fenshen::wukong::detail
