// SPDX-License-Identifier: Apache-2.0
#include "storage/rocksdb/detail/options.h"

#include <rocksdb/cache.h>
#include <rocksdb/filter_policy.h>
#include <rocksdb/rate_limiter.h>
#include <rocksdb/slice_transform.h>
#include <rocksdb/table.h>

#include <algorithm>
#include <memory>
#include <thread>

#include "storage/detail/row_codec.h"
#include "storage/detail/store_key.h"

namespace fenshen::storage::detail {

namespace {

constexpr std::size_t sequence_bytes = sizeof(std::uint64_t);
/// Of flushes and compactions together; RocksDB lowers it while there is little to do.
constexpr std::int64_t background_bytes_per_second_max = 128L * 1024 * 1024;

/// Bytes of slot, table, channel type and channel id; 0 when `key` has not got that far.
std::size_t channel_prefix_bytes(BytesView key) {
    if (key.size() <= store_prefix_bytes) return 0;
    if (static_cast<Table>(key[store_prefix_bytes - 1]) != Table::message) return 0;
    RowReader in(key.substr(store_prefix_bytes));
    in.u8();
    in.text();
    return in.ok() ? key.size() - in.rest().size() : 0;
}

/// The name is part of the stored files: another rule needs another name.
class ChannelPrefix final : public rocksdb::SliceTransform {
public:
    const char* Name() const override { return "fenshen.message_channel.1"; }
    rocksdb::Slice Transform(const rocksdb::Slice& key) const override {
        const auto prefix = channel_prefix_of({key.data(), key.size()});
        return prefix ? rocksdb::Slice(prefix->data(), prefix->size()) : key;
    }
    bool InDomain(const rocksdb::Slice& key) const override {
        return channel_prefix_of({key.data(), key.size()}).has_value();
    }
};

}  // namespace

std::optional<BytesView> channel_prefix_of(BytesView key) {
    const std::size_t bytes = channel_prefix_bytes(key);
    if (bytes == 0 || key.size() != bytes + sequence_bytes) return std::nullopt;
    return key.substr(0, bytes);
}

std::optional<BytesView> shared_channel_prefix(BytesView from, BytesView to) {
    const std::size_t bytes = channel_prefix_bytes(from);
    // A range that begins between two sequences is none of a channel's log.
    if (bytes == 0) return std::nullopt;
    if (from.size() != bytes && from.size() != bytes + sequence_bytes) return std::nullopt;
    const BytesView prefix = from.substr(0, bytes);
    if (to > end_of_prefix(prefix)) return std::nullopt;
    return prefix;
}

rocksdb::Options options_of(const RocksdbConfig& config) {
    rocksdb::Options options;
    options.create_if_missing = true;
    options.write_buffer_size = 20UL * 1024 * 1024;
    options.max_write_buffer_number = 3;
    options.allow_concurrent_memtable_write = false;  // there is one writer
    options.level_compaction_dynamic_level_bytes = true;
    options.compression = rocksdb::kLZ4Compression;
    options.max_total_wal_size = 64UL * 1024 * 1024;
    options.bytes_per_sync = 1024UL * 1024;
    options.max_background_jobs =
        std::max(2, static_cast<int>(std::thread::hardware_concurrency()) / 2);
    options.rate_limiter.reset(
        rocksdb::NewGenericRateLimiter(background_bytes_per_second_max,
                                       100'000,
                                       10,
                                       rocksdb::RateLimiter::Mode::kWritesOnly,
                                       /*auto_tuned=*/true));
    options.wal_recovery_mode = rocksdb::WALRecoveryMode::kPointInTimeRecovery;
    options.prefix_extractor = std::make_shared<ChannelPrefix>();
    rocksdb::BlockBasedTableOptions table;
    table.block_size = 16UL * 1024;
    table.filter_policy.reset(rocksdb::NewBloomFilterPolicy(10));
    table.block_cache = rocksdb::NewLRUCache(config.block_cache_bytes);
    table.cache_index_and_filter_blocks = true;
    table.pin_l0_filter_and_index_blocks_in_cache = true;
    options.table_factory.reset(rocksdb::NewBlockBasedTableFactory(table));
    return options;
}

}  // namespace fenshen::storage::detail
