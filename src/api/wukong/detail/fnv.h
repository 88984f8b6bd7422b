// SPDX-License-Identifier: Apache-2.0
// FNV-1a with 64 bits: names temporary channels after their recipients, and numbers list entries
// (wukong-http 7.9, 8.1).
#pragma once

#include <cstdint>
#include <string_view>

namespace fenshen::api::wukong::detail {

constexpr std::uint64_t fnv1a_64(std::string_view text) {
    std::uint64_t hash = 0xCBF29CE484222325U;
    for (const char c : text) {
        hash ^= static_cast<unsigned char>(c);
        hash *= 0x100000001B3U;
    }
    return hash;
}

// The vectors of wukong-semantics 17.
static_assert(fnv1a_64("u1,u2") == 17922244540036557902U);
static_assert(fnv1a_64("u1") == 631765120777144307U);

}  // namespace fenshen::api::wukong::detail
