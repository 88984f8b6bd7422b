// SPDX-License-Identifier: Apache-2.0
// The embedded engine: RocksDB, with one committer thread that alone writes (ADR 3).
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <expected>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "model/slot.h"
#include "storage/commit_log.h"
#include "storage/store.h"

namespace fenshen::storage {

struct RocksdbConfig {
    std::filesystem::path directory;
    /// Fixed when the store is created, 1 to 256; a store with another number is refused.
    std::uint16_t slot_count = default_slot_count;
    std::size_t block_cache_bytes = 256UL * 1024 * 1024;
    /// None: each group is synced before it is acknowledged. Else it is acknowledged once written,
    /// and synced this often: a power cut takes as much.
    std::optional<Millis> sync_interval;
    /// How often a store that fails is tried again.
    Millis retry_interval{1000};
    /// Opens a store whose log is damaged before its end, without what lies behind the damage.
    bool accept_damaged_log = false;
    /// Lines for the operator: damage, and what RocksDB warns of. Called on any thread; may be
    /// empty.
    std::function<void(std::string_view line)> on_warning;
};

/// Written by the committer, read by anybody.
struct CommitStats {
    std::atomic<std::uint64_t> batches{0};   ///< committed
    std::atomic<std::uint64_t> groups{0};    ///< writes; without `sync_interval` also syncs
    std::atomic<std::uint64_t> bytes{0};     ///< of the batches committed
    std::atomic<std::uint64_t> failures{0};  ///< groups that were refused
    std::atomic<std::uint64_t> write_us{0};  ///< sum over groups, with their syncs
    std::atomic<std::uint64_t> write_us_max{0};
    std::atomic<std::uint64_t> syncs{0};  ///< of `sync_interval`
    std::atomic<std::uint64_t> sync_us{0};
    std::atomic<std::uint64_t> sync_us_max{0};
};

/// Stored bytes that could not be read, since the start.
struct DamageReport {
    std::uint64_t count = 0;
    std::string last;  ///< which file or row
};

class RocksdbEngine {
public:
    /// Creates or opens; blocks while the log is replayed. `clock` outlives the engine. The error
    /// is for the operator: what is wrong with which directory.
    static std::expected<std::unique_ptr<RocksdbEngine>, std::string> open(
        const RocksdbConfig& config, const Clock& clock);
    /// Closes.
    virtual ~RocksdbEngine() = default;

    // All thread-safe.
    virtual const Store& store() const = 0;
    virtual CommitLog& log() = 0;
    virtual const CommitStats& stats() const = 0;
    virtual std::uint16_t slot_count() const = 0;
    /// The latest time that any commit carried when the store was opened; it never goes back. Ids
    /// given out from now on must be later.
    virtual WallTime last_commit_at() const = 0;
    /// What a sync of this directory's disk costs: the median of some, taken at the start.
    virtual std::chrono::microseconds sync_cost() const = 0;
    /// None while all is well; else why writes fail or what cannot be tidied up. It is tried again
    /// every `retry_interval`.
    virtual std::optional<std::string> trouble() const = 0;
    virtual DamageReport damage() const = 0;
    /// Takes nothing more (Errc::stopping), commits and completes what is under way. Before the
    /// loops end. Idempotent; one caller at a time.
    virtual void close() = 0;
};

}  // namespace fenshen::storage
