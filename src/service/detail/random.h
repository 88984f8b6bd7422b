// SPDX-License-Identifier: Apache-2.0
// Bytes that nobody can guess.
#pragma once

#include <openssl/rand.h>

#include <cstddef>
#include <cstdlib>

#include "base/bytes.h"

namespace fenshen::service::detail {

/// Ends the process where there is no randomness to be had.
inline Bytes random_bytes(std::size_t count) {
    Bytes bytes(count, '\0');
    auto* into = reinterpret_cast<unsigned char*>(bytes.data());
    if (RAND_priv_bytes(into, static_cast<int>(count)) != 1) std::abort();
    return bytes;
}

}  // namespace fenshen::service::detail
