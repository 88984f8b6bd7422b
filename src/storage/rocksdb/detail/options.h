// SPDX-License-Identifier: Apache-2.0
// How RocksDB is set up, as measured (docs/decisions/0003, 0004), and which keys are searched
// through the prefix filter.
#pragma once

#include <rocksdb/options.h>

#include <optional>

#include "base/bytes.h"
#include "storage/rocksdb/rocksdb_engine.h"

namespace fenshen::storage::detail {

/// Without log and listeners.
rocksdb::Options options_of(const RocksdbConfig& config);

/// Of a message's key, with slot and table: what all keys of its channel begin with. None for any
/// other key, and for one that has more or less behind it than a sequence.
std::optional<BytesView> channel_prefix_of(BytesView key);

/// The channel prefix that all keys of a range begin with, if there is one.
std::optional<BytesView> shared_channel_prefix(BytesView from, BytesView to);

}  // namespace fenshen::storage::detail
