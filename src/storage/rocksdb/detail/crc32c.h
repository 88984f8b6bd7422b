// SPDX-License-Identifier: Apache-2.0
// CRC-32C (Castagnoli), which RocksDB's log is written with; the library does not export its own.
#pragma once

#include <cstdint>

#include "base/bytes.h"

namespace fenshen::storage::detail {

std::uint32_t crc32c(BytesView bytes);

}  // namespace fenshen::storage::detail
