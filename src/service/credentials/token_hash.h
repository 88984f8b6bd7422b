// SPDX-License-Identifier: Apache-2.0
// Tokens are never stored: what is kept is HMAC-SHA-256 of them, under a key that lies beside the
// store.
#pragma once

#include "base/bytes.h"

namespace fenshen::service {

inline constexpr std::size_t token_key_bytes = 32;

/// 32 bytes. An empty token has an empty hash, which matches nothing.
Bytes hash_token(BytesView key, BytesView token);

}  // namespace fenshen::service
