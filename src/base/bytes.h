// SPDX-License-Identifier: Apache-2.0
// Bytes are chars here: every library that we hand them to (RocksDB, OpenSSL, simdjson, the socket
// calls) speaks char, and a second byte type would only add casts. A BytesView is valid as long as
// what it looks into.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace fenshen {

using Bytes = std::string;
using BytesView = std::string_view;

constexpr std::uint8_t byte_at(BytesView bytes, std::size_t i) {
    return static_cast<std::uint8_t>(bytes[i]);
}

/// Big-endian numbers: network order on the wire, key order in the store.
template <class T>
constexpr T load_be(BytesView bytes) {
    T value = 0;
    for (std::size_t i = 0; i < sizeof(T); ++i) {
        value = static_cast<T>((static_cast<std::uint64_t>(value) << 8U) | byte_at(bytes, i));
    }
    return value;
}

template <class T>
void append_be(Bytes& out, T value) {
    char raw[sizeof(T)];
    for (std::size_t i = 0; i < sizeof(T); ++i) {
        raw[sizeof(T) - 1 - i] = static_cast<char>(static_cast<std::uint64_t>(value) >> (8U * i));
    }
    out.append(raw, sizeof(T));
}

}  // namespace fenshen
