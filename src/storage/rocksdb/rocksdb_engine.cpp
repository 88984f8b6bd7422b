// SPDX-License-Identifier: Apache-2.0
#include "storage/rocksdb/rocksdb_engine.h"

#include <fcntl.h>
#include <pthread.h>
#include <rocksdb/cache.h>
#include <rocksdb/db.h>
#include <rocksdb/filter_policy.h>
#include <rocksdb/options.h>
#include <rocksdb/rate_limiter.h>
#include <rocksdb/slice_transform.h>
#include <rocksdb/table.h>
#include <rocksdb/write_batch.h>
#include <unistd.h>

#include <algorithm>
#include <condition_variable>
#include <map>
#include <mutex>
#include <span>
#include <thread>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "storage/detail/row_codec.h"
#include "storage/detail/store_key.h"

namespace fenshen::storage {

namespace {

using rocksdb::Slice;

constexpr std::uint8_t store_format = 1;
constexpr std::uint8_t mark_format = 1;
constexpr std::size_t group_bytes_max = 4UL * 1024 * 1024;
constexpr int sync_probes = 20;
constexpr std::size_t sync_probe_bytes = 4096;

/// Not in any slot: no slot has this number.
const Bytes& store_row_key() {
    static const Bytes key("\xff\xff\x00store", 8);
    return key;
}

Slice slice(BytesView bytes) {
    return {bytes.data(), bytes.size()};
}

BytesView view(const Slice& bytes) {
    return {bytes.data(), bytes.size()};
}

Errc errc_of(const rocksdb::Status& status) {
    return status.IsCorruption() ? Errc::store_corrupt : Errc::store_unavailable;
}

/// A store's options, as measured (docs/operations/tuning.md).
rocksdb::Options options_of(const RocksdbConfig& config) {
    rocksdb::Options options;
    options.create_if_missing = true;
    options.write_buffer_size = 32UL * 1024 * 1024;
    options.max_write_buffer_number = 3;
    options.allow_concurrent_memtable_write = false;  // there is one writer
    options.level_compaction_dynamic_level_bytes = true;
    options.compression = rocksdb::kLZ4Compression;
    options.max_total_wal_size = 96UL * 1024 * 1024;
    options.bytes_per_sync = 1024UL * 1024;
    options.max_background_jobs =
        std::max(2, static_cast<int>(std::thread::hardware_concurrency()) / 2);
    options.wal_recovery_mode = rocksdb::WALRecoveryMode::kPointInTimeRecovery;
    options.keep_log_file_num = 4;
    rocksdb::BlockBasedTableOptions table;
    table.block_size = 16UL * 1024;
    table.filter_policy.reset(rocksdb::NewBloomFilterPolicy(10));
    table.whole_key_filtering = true;
    table.block_cache = rocksdb::NewLRUCache(config.block_cache_bytes);
    table.cache_index_and_filter_blocks = true;
    table.pin_l0_filter_and_index_blocks_in_cache = true;
    options.table_factory.reset(rocksdb::NewBlockBasedTableFactory(table));
    return options;
}

std::chrono::microseconds measure_sync(const std::filesystem::path& directory) {
    const std::string path = directory / "sync-probe";
    const int fd = ::open(path.c_str(), O_CREAT | O_WRONLY | O_CLOEXEC, 0600);
    if (fd < 0) return {};
    const std::string block(sync_probe_bytes, 'x');
    std::vector<std::chrono::microseconds> costs;
    for (int i = 0; i < sync_probes; ++i) {
        const auto begin = std::chrono::steady_clock::now();
        if (write(fd, block.data(), block.size()) < 0 || fdatasync(fd) != 0) break;
        costs.push_back(std::chrono::duration_cast<std::chrono::microseconds>(
            std::chrono::steady_clock::now() - begin));
    }
    ::close(fd);
    unlink(path.c_str());
    if (costs.empty()) return {};
    std::ranges::nth_element(costs, costs.begin() + static_cast<std::ptrdiff_t>(costs.size() / 2));
    return costs[costs.size() / 2];
}

class Engine final : public RocksdbEngine, public Store, public CommitLog {
public:
    Engine(std::unique_ptr<rocksdb::DB> db, const RocksdbConfig& config, const Clock& clock)
        : db_(std::move(db)), config_(config), clock_(clock) {}
    ~Engine() override { close(); }

    /// The error, or nothing.
    std::string prepare() {
        if (auto error = check_store_row(); !error.empty()) return error;
        read_marks();
        sync_cost_ = measure_sync(config_.directory);
        committer_ = std::thread([this] { run(); });
        return {};
    }

    // RocksdbEngine
    const Store& store() const override { return *this; }
    CommitLog& log() override { return *this; }
    const CommitStats& stats() const override { return stats_; }
    std::uint16_t slot_count() const override { return slot_count_; }
    WallTime last_commit_at() const override { return last_commit_at_; }
    std::chrono::microseconds sync_cost() const override { return sync_cost_; }
    std::optional<std::string> trouble() const override {
        const std::scoped_lock lock(mutex_);
        return trouble_;
    }
    void close() override {
        {
            const std::scoped_lock lock(mutex_);
            closing_ = true;
        }
        something_.notify_all();
        if (committer_.joinable()) committer_.join();
    }

    // Store
    Result<std::optional<Bytes>> get(SlotId slot, Table table, BytesView key) const override {
        Bytes value;
        const auto status =
            db_->Get(rocksdb::ReadOptions(), slice(detail::store_key(slot, table, key)), &value);
        if (status.IsNotFound()) return std::nullopt;
        if (!status.ok()) return std::unexpected(errc_of(status));
        return value;
    }

    Result<void> scan(SlotId slot,
                      Table table,
                      BytesView from,
                      BytesView to,
                      const RowVisitor& visit) const override {
        const Bytes end = detail::store_range_end(slot, table, to);
        const Slice upper = slice(end);
        const auto iterator = iterate(upper);
        for (iterator->Seek(slice(detail::store_key(slot, table, from))); iterator->Valid();
             iterator->Next()) {
            const BytesView key = view(iterator->key()).substr(detail::store_prefix_bytes);
            if (!visit(key, view(iterator->value()))) break;
        }
        if (!iterator->status().ok()) return std::unexpected(errc_of(iterator->status()));
        return {};
    }

    Result<std::optional<std::pair<Bytes, Bytes>>> last(SlotId slot,
                                                        Table table,
                                                        BytesView from,
                                                        BytesView to) const override {
        const Bytes end = detail::store_range_end(slot, table, to);
        const Slice upper = slice(end);
        const auto iterator = iterate(upper);
        iterator->SeekForPrev(upper);
        if (!iterator->status().ok()) return std::unexpected(errc_of(iterator->status()));
        const bool found =
            iterator->Valid() && view(iterator->key()) >= detail::store_key(slot, table, from);
        if (!found) return std::nullopt;
        return std::pair(Bytes(view(iterator->key()).substr(detail::store_prefix_bytes)),
                         Bytes(view(iterator->value())));
    }

    // CommitLog
    void commit(SlotId slot, Batch batch, Executor& home, Done done) override {
        const std::size_t bytes = batch.bytes();
        bool was_empty = false;
        {
            const std::scoped_lock lock(mutex_);
            if (closing_) {
                home.post(
                    [done = std::move(done)]() mutable { done(std::unexpected(Errc::stopping)); });
                return;
            }
            was_empty = waiting_.empty();
            waiting_.push_back({slot, std::move(batch), &home, std::move(done)});
        }
        stats_.waiting_bytes.fetch_add(bytes, std::memory_order_relaxed);
        if (was_empty) something_.notify_one();
    }
    std::size_t waiting_bytes() const override {
        return stats_.waiting_bytes.load(std::memory_order_relaxed);
    }

private:
    struct Item {
        SlotId slot;
        Batch batch;
        Executor* home;  // null: the slot's home knows of the failure, go on
        Done done;
    };
    struct Finished {
        Done done;
        Result<void> result;
        SlotId slot;
    };
    using Group = std::vector<Item>;

    std::unique_ptr<rocksdb::Iterator> iterate(const Slice& upper) const {
        rocksdb::ReadOptions options;
        options.iterate_upper_bound = &upper;
        return std::unique_ptr<rocksdb::Iterator>(db_->NewIterator(options));
    }

    std::string check_store_row() {
        Bytes value;
        const auto status = db_->Get(rocksdb::ReadOptions(), slice(store_row_key()), &value);
        if (status.IsNotFound()) {
            slot_count_ = config_.slot_count;
            detail::RowWriter row(store_format);
            row.varint(slot_count_).time(clock_.wall());
            rocksdb::WriteOptions synced;
            synced.sync = true;
            const auto written = db_->Put(synced, slice(store_row_key()), slice(row.bytes()));
            return written.ok() ? "" : "cannot write: " + written.ToString();
        }
        if (!status.ok()) return "cannot be read: " + status.ToString();
        detail::RowReader in(value);
        const auto format = in.u8();
        if (format != store_format) {
            return "holds a store of format " + std::to_string(format) + "; this release knows " +
                   std::to_string(store_format);
        }
        slot_count_ = static_cast<std::uint16_t>(in.varint());
        if (!in.ok() || slot_count_ == 0) return "its store record cannot be read";
        return {};
    }

    void read_marks() {
        for (std::uint16_t slot = 0; slot < slot_count_; ++slot) {
            const auto mark = get(SlotId(slot), Table::applied_mark, {});
            if (!mark || !*mark) continue;
            detail::RowReader in(**mark);
            if (in.u8() != mark_format) continue;
            marks_[SlotId(slot)] = in.varint();
            last_commit_at_ = std::max(last_commit_at_, in.time());
        }
    }

    // --- the committer's thread
    void run() {
        pthread_setname_np(pthread_self(), "committer");
        auto synced_at = std::chrono::steady_clock::now();
        bool unsynced = false;
        std::unique_lock lock(mutex_);
        for (;;) {
            const auto ready = [this] { return closing_ || !waiting_.empty(); };
            if (unsynced) {
                something_.wait_until(lock, synced_at + *config_.sync_interval, ready);
            } else {
                something_.wait(lock, ready);
            }
            if (closing_ && waiting_.empty()) break;
            Group taken = std::exchange(waiting_, {});
            lock.unlock();
            work_off(taken);
            unsynced = unsynced || !taken.empty();
            if (config_.sync_interval) {
                const auto now = std::chrono::steady_clock::now();
                if (unsynced && now - synced_at >= *config_.sync_interval) {
                    db_->SyncWAL();
                    synced_at = now;
                    unsynced = false;
                }
            } else {
                unsynced = false;
            }
            lock.lock();
        }
        lock.unlock();
        db_->SyncWAL();
    }

    /// Writes everything, in groups of bounded size.
    void work_off(Group& taken) {
        std::size_t begin = 0;
        while (begin < taken.size()) {
            std::size_t end = begin;
            std::size_t bytes = 0;
            while (end < taken.size() && bytes < group_bytes_max)
                bytes += taken[end++].batch.bytes();
            write_group(std::span(taken).subspan(begin, end - begin), bytes);
            begin = end;
        }
    }

    void write_group(std::span<Item> items, std::size_t bytes) {
        rocksdb::WriteBatch write;
        std::unordered_set<SlotId> slots;
        std::vector<Result<void>> results(items.size());
        for (std::size_t i = 0; i < items.size(); ++i) {
            Item& item = items[i];
            if (item.home == nullptr) {
                if (--failed_[item.slot] == 0) failed_.erase(item.slot);
            } else if (failed_.contains(item.slot)) {
                results[i] = std::unexpected(Errc::store_unavailable);
                ++failed_[item.slot];
            } else if (!item.batch.empty()) {
                append(write, item);
                slots.insert(item.slot);
            }
        }
        if (!slots.empty()) {
            append_marks(write, slots);
            const auto status = write_synced(write);
            note_health(status);
            if (!status.ok()) {
                stats_.failures.fetch_add(1, std::memory_order_relaxed);
                for (std::size_t i = 0; i < items.size(); ++i) {
                    const bool was_in = items[i].home != nullptr && results[i];
                    if (!was_in || !slots.contains(items[i].slot)) continue;
                    results[i] = std::unexpected(Errc::store_unavailable);
                    ++failed_[items[i].slot];
                }
                db_->Resume();
            }
        }
        stats_.batches.fetch_add(items.size(), std::memory_order_relaxed);
        stats_.bytes.fetch_add(bytes, std::memory_order_relaxed);
        stats_.waiting_bytes.fetch_sub(bytes, std::memory_order_relaxed);
        complete(items, results);
    }

    static void append(rocksdb::WriteBatch& write, const Item& item) {
        item.batch.for_each([&](const Batch::Op& op) {
            const Bytes key = detail::store_key(item.slot, op.table, op.key);
            switch (op.kind) {
                case Batch::OpKind::put:
                    write.Put(slice(key), slice(op.value));
                    break;
                case Batch::OpKind::erase:
                    write.Delete(slice(key));
                    break;
                case Batch::OpKind::erase_range:
                    write.DeleteRange(
                        slice(key), slice(detail::store_range_end(item.slot, op.table, op.value)));
                    break;
            }
        });
    }

    void append_marks(rocksdb::WriteBatch& write, const std::unordered_set<SlotId>& slots) {
        const WallTime now = clock_.wall();
        for (const SlotId slot : slots) {
            detail::RowWriter mark(mark_format);
            mark.varint(++marks_[slot]).time(now);
            write.Put(slice(detail::store_key(slot, Table::applied_mark, {})), slice(mark.bytes()));
        }
    }

    rocksdb::Status write_synced(rocksdb::WriteBatch& write) {
        rocksdb::WriteOptions options;
        options.sync = !config_.sync_interval;
        const auto begin = std::chrono::steady_clock::now();
        auto status = db_->Write(options, &write);
        const auto took =
            static_cast<std::uint64_t>(std::chrono::duration_cast<std::chrono::microseconds>(
                                           std::chrono::steady_clock::now() - begin)
                                           .count());
        stats_.groups.fetch_add(1, std::memory_order_relaxed);
        stats_.write_us.fetch_add(took, std::memory_order_relaxed);
        if (took > stats_.write_us_max.load(std::memory_order_relaxed)) {
            stats_.write_us_max.store(took, std::memory_order_relaxed);
        }
        return status;
    }

    void note_health(const rocksdb::Status& status) {
        if (status.ok() && !in_trouble_) return;
        const std::scoped_lock lock(mutex_);
        in_trouble_ = !status.ok();
        if (in_trouble_) {
            trouble_ = status.ToString();
        } else {
            trouble_.reset();
        }
    }

    /// One piece of work for each home, its continuations in order.
    void complete(std::span<Item> items, const std::vector<Result<void>>& results) {
        std::vector<std::pair<Executor*, std::vector<Finished>>> by_home;
        for (std::size_t i = 0; i < items.size(); ++i) {
            Item& item = items[i];
            if (item.home == nullptr) continue;
            auto place =
                std::ranges::find(by_home, item.home, [](const auto& p) { return p.first; });
            if (place == by_home.end()) {
                by_home.emplace_back(item.home, std::vector<Finished>());
                place = std::prev(by_home.end());
            }
            place->second.push_back({std::move(item.done), results[i], item.slot});
        }
        for (auto& [home, list] : by_home) {
            home->post([this, finished = std::move(list)]() mutable {
                for (auto& each : finished) {
                    if (!each.result) allow_again(each.slot);
                    each.done(each.result);
                }
            });
        }
    }

    /// The home knows that the slot failed: what it hands in from now on is decided on what is
    /// really there.
    void allow_again(SlotId slot) {
        const std::scoped_lock lock(mutex_);
        waiting_.push_back({slot, {}, nullptr, {}});
    }

    const std::unique_ptr<rocksdb::DB> db_;
    const RocksdbConfig config_;
    const Clock& clock_;
    std::uint16_t slot_count_ = 0;
    WallTime last_commit_at_;
    std::chrono::microseconds sync_cost_{};

    mutable std::mutex mutex_;
    std::condition_variable something_;
    Group waiting_;                       // guarded by mutex_
    bool closing_ = false;                // guarded by mutex_
    std::optional<std::string> trouble_;  // guarded by mutex_

    // of the committer's thread
    std::unordered_map<SlotId, std::uint64_t> marks_;  // batches committed, by slot
    std::unordered_map<SlotId, std::size_t> failed_;  // failures that their home has not been told of
    bool in_trouble_ = false;

    CommitStats stats_;
    std::thread committer_;
};

}  // namespace

std::expected<std::unique_ptr<RocksdbEngine>, std::string> RocksdbEngine::open(
    const RocksdbConfig& config, const Clock& clock) {
    const std::string where = config.directory.string();
    std::error_code error;
    std::filesystem::create_directories(config.directory, error);
    if (error) return std::unexpected("cannot create " + where + ": " + error.message());
    rocksdb::DB* raw = nullptr;
    const auto status = rocksdb::DB::Open(options_of(config), where, &raw);
    if (!status.ok()) {
        const std::string text = status.ToString();
        if (text.find("lock") != std::string::npos) {
            return std::unexpected("another fenshen uses " + where);
        }
        return std::unexpected("cannot open the store in " + where + ": " + text);
    }
    auto engine = std::make_unique<Engine>(std::unique_ptr<rocksdb::DB>(raw), config, clock);
    if (auto problem = engine->prepare(); !problem.empty()) {
        return std::unexpected(where + " " + problem);
    }
    return engine;
}

}  // namespace fenshen::storage
