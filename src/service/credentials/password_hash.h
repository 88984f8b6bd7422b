// SPDX-License-Identifier: Apache-2.0
// Passwords are kept as scrypt makes of them (RFC 7914). Takes tens of milliseconds on purpose: on
// the pool only.
#pragma once

#include <cstdint>

#include "base/bytes.h"

namespace fenshen::service {

/// 16 bytes by lot.
Bytes make_salt();
/// By lot: names what a password change makes stale.
std::uint64_t make_generation();
/// 32 bytes. `work` is the power of two in cost and memory: 14 is 16 MiB; from 1 to 20.
Bytes hash_password(BytesView password, BytesView salt, std::uint8_t work);

}  // namespace fenshen::service
