// SPDX-License-Identifier: Apache-2.0
// A message's value: a format byte, a checksum of key and fields (so that a record at another place
// is not itself), the fields.
#pragma once

#include <cstdint>

#include "base/bytes.h"

namespace fenshen::storage::detail {

inline constexpr std::uint8_t message_format = 1;
/// With the fields that only MessageFormat::msync has.
inline constexpr std::uint8_t msync_message_format = 2;

/// Part of the stored format.
std::uint64_t message_checksum(BytesView key, BytesView fields);

}  // namespace fenshen::storage::detail
