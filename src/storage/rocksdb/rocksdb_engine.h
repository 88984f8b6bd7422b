// SPDX-License-Identifier: Apache-2.0
// The embedded engine: RocksDB, with one committer thread that alone writes (ADR 3).
#pragma once

#include <atomic>
#include <cstdint>
#include <expected>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>

#include "base/clock.h"
#include "storage/commit_log.h"
#include "storage/store.h"

namespace fenshen::storage {

struct RocksdbConfig {
    std::filesystem::path directory;
    std::uint16_t slot_count =
        64;  ///< of a new store; an existing one keeps its own, and another is refused
    std::size_t block_cache_bytes = 256UL * 1024 * 1024;
    /// None: each group is synced before it is acknowledged. Else it is acknowledged once written,
    /// and synced this often.
    std::optional<Millis> sync_interval;
};

/// Written by the committer, read by anybody.
struct CommitStats {
    std::atomic<std::uint64_t> batches{0};
    std::atomic<std::uint64_t> groups{0};  ///< writes; with `fsync` also syncs
    std::atomic<std::uint64_t> bytes{0};
    std::atomic<std::uint64_t> failures{0};
    std::atomic<std::uint64_t> write_us{0};  ///< sum over groups
    std::atomic<std::uint64_t> write_us_max{0};
    std::atomic<std::size_t> waiting_bytes{0};
};

class RocksdbEngine {
public:
    /// Creates or opens. The error is for the operator: what is wrong with which directory.
    static std::expected<std::unique_ptr<RocksdbEngine>, std::string> open(
        const RocksdbConfig& config, const Clock& clock);
    virtual ~RocksdbEngine() = default;

    virtual const Store& store() const = 0;
    virtual CommitLog& log() = 0;
    virtual const CommitStats& stats() const = 0;
    virtual std::uint16_t slot_count() const = 0;
    /// The latest time that any commit carries: ids given out from now on must be later.
    virtual WallTime last_commit_at() const = 0;
    /// What a sync of this directory's disk costs: the median of some, taken at the start.
    virtual std::chrono::microseconds sync_cost() const = 0;
    /// None while all is well; else why writes fail.
    virtual std::optional<std::string> trouble() const = 0;
    /// Takes nothing more, commits and completes what is under way. Before the loops end.
    virtual void close() = 0;
};

}  // namespace fenshen::storage
