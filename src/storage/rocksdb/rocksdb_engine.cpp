// SPDX-License-Identifier: Apache-2.0
#include "storage/rocksdb/rocksdb_engine.h"

#include <pthread.h>
#include <rocksdb/db.h>
#include <rocksdb/write_batch.h>

#include <algorithm>
#include <cassert>
#include <cerrno>
#include <system_error>
#include <thread>
#include <utility>
#include <vector>

#include "storage/detail/commit_queue.h"
#include "storage/detail/row_codec.h"
#include "storage/detail/store_key.h"
#include "storage/rocksdb/detail/database.h"
#include "storage/rocksdb/detail/disk.h"
#include "storage/rocksdb/detail/group_writer.h"
#include "storage/rocksdb/detail/health.h"
#include "storage/rocksdb/detail/options.h"
#include "storage/rocksdb/detail/wal.h"

namespace fenshen::storage {

namespace {

using Steady = std::chrono::steady_clock;

constexpr std::uint8_t store_format = 1;
constexpr std::uint16_t slot_count_max = 256;  // cluster-design 2
constexpr std::size_t group_bytes_max = 4UL * 1024 * 1024;
constexpr std::size_t group_count_max = 1UL << 16U;
/// What a store is not opened anew without, beside room for what its logs hold.
constexpr std::size_t room_bytes_min = 16UL * 1024 * 1024;

/// Not in any slot: no slot has this number.
constexpr BytesView store_row_key("\xff\xff\x00store", 8);

std::uint64_t micros_since(Steady::time_point begin) {
    return static_cast<std::uint64_t>(
        std::chrono::duration_cast<std::chrono::microseconds>(Steady::now() - begin).count());
}

void raise(std::atomic<std::uint64_t>& max, std::uint64_t value) {
    if (value > max.load(std::memory_order_relaxed)) max.store(value, std::memory_order_relaxed);
}

std::string place_of(const detail::WalFault& fault) {
    return fault.file.filename().string() + " at byte " + std::to_string(fault.offset);
}

class Engine final : public RocksdbEngine, public CommitLog {
public:
    Engine(const RocksdbConfig& config, const Clock& clock)
        : config_(config),
          clock_(clock),
          health_(config.on_warning),
          queue_(std::make_shared<detail::CommitQueue>()),
          errors_(std::make_shared<detail::ErrorListener>(health_, [this] { queue_->nudge(); })),
          database_(health_) {}
    ~Engine() override { Engine::close(); }

    /// What is wrong, or nothing.
    std::string start();

    // RocksdbEngine
    const Store& store() const override { return database_; }
    CommitLog& log() override { return *this; }
    const CommitStats& stats() const override { return stats_; }
    std::uint16_t slot_count() const override { return config_.slot_count; }
    WallTime last_commit_at() const override { return opened_with_; }
    std::chrono::microseconds sync_cost() const override { return sync_cost_; }
    std::optional<std::string> trouble() const override { return health_.trouble(); }
    DamageReport damage() const override { return health_.damage(); }
    void close() override;

    // CommitLog
    void commit(SlotId slot, Batch batch, Executor& home, Done done) override {
        assert(slot.value() < config_.slot_count);
        queue_->push(slot, std::move(batch), home, std::move(done));
    }
    std::size_t waiting_bytes() const override { return queue_->waiting_bytes(); }

private:
    std::string lock_directory();
    std::string check_log() const;
    std::string open_database();
    std::string check_store_row();
    std::string read_marks();

    // the committer's thread
    void run();
    detail::CommitQueue::Deadline deadline() const;
    void write(detail::CommitQueue::Group& group);
    rocksdb::Status write_durably(rocksdb::WriteBatch& batch);
    void sync_when_due();
    void fail(const rocksdb::Status& status);
    void refuse(detail::CommitQueue::Group& group);
    void try_again();
    bool recover();
    std::string open_anew();
    rocksdb::Status put_store_row();

    const RocksdbConfig config_;
    const Clock& clock_;
    detail::Health health_;
    detail::DirectoryLock lock_;
    const std::shared_ptr<detail::CommitQueue> queue_;
    const std::shared_ptr<detail::ErrorListener> errors_;
    detail::Database database_;
    CommitStats stats_;
    WallTime opened_with_;
    std::chrono::microseconds sync_cost_{};
    Bytes store_row_;

    // of the committer's thread
    detail::GroupWriter writer_;
    WallTime last_commit_at_;
    std::uint64_t acknowledged_ = 0;  // RocksDB's sequence of the last change that was not refused
    bool failing_ = false;            // RocksDB takes no writes
    bool unsynced_ = false;
    Steady::time_point sync_due_;
    Steady::time_point retry_at_;

    std::thread committer_;
};

// --- opening

std::string Engine::start() {
    if (config_.slot_count == 0 || config_.slot_count > slot_count_max) {
        return "cannot have " + std::to_string(config_.slot_count) + " slots: 1 to " +
               std::to_string(slot_count_max);
    }
    std::error_code error;
    std::filesystem::create_directories(config_.directory, error);
    if (error) return "cannot be created: " + error.message();
    if (auto wrong = lock_directory(); !wrong.empty()) return wrong;
    if (auto wrong = check_log(); !wrong.empty()) return wrong;
    if (auto wrong = open_database(); !wrong.empty()) return wrong;
    if (auto wrong = check_store_row(); !wrong.empty()) return wrong;
    if (auto wrong = read_marks(); !wrong.empty()) return wrong;
    acknowledged_ = database_.get()->GetLatestSequenceNumber();
    sync_cost_ = detail::measure_sync(config_.directory);
    committer_ = std::thread([this] { run(); });
    return {};
}

std::string Engine::lock_directory() {
    switch (lock_.lock(config_.directory)) {
        case detail::DirectoryLock::Outcome::in_use:
            return "is used by another fenshen";
        case detail::DirectoryLock::Outcome::failed:
            return "cannot be locked: " + std::generic_category().message(errno);
        case detail::DirectoryLock::Outcome::locked:
            break;
    }
    return {};
}

// Without this, RocksDB would drop what lies behind a damaged record, acknowledged or not, and say
// nothing. With an interval, a power cut may leave just that, and it was accepted beforehand.
std::string Engine::check_log() const {
    const auto fault = detail::check_logs(config_.directory);
    if (!fault) return fault.error();
    if (!*fault) return {};
    const std::string place = place_of(**fault);
    if (!(*fault)->records_behind) {
        health_.warn("an unfinished write is dropped: " + place + ", " +
                     std::to_string((*fault)->bytes_behind) + " bytes");
        return {};
    }
    const bool accepted = config_.accept_damaged_log || config_.sync_interval.has_value();
    if (!accepted) {
        return "has a damaged log, " + place +
               ", with acknowledged changes behind the damage. Restore the directory from a copy, "
               "or accept that they are lost (accept_damaged_log)";
    }
    health_.warn("the log is damaged, " + place + "; changes behind it are lost");
    return {};
}

std::string Engine::open_database() {
    auto options = detail::options_of(config_);
    options.info_log = detail::make_logger(health_);
    options.listeners.push_back(errors_);
    rocksdb::DB* db = nullptr;
    const auto status = rocksdb::DB::Open(options, config_.directory.string(), &db);
    if (status.ok()) {
        database_.set(std::unique_ptr<rocksdb::DB>(db));
        return {};
    }
    return "cannot be opened: " + status.ToString();
}

std::string Engine::check_store_row() {
    const auto db = database_.get();
    const auto status = db->Get(rocksdb::ReadOptions(), detail::slice(store_row_key), &store_row_);
    if (status.IsNotFound()) {
        const std::unique_ptr<rocksdb::Iterator> any(db->NewIterator(rocksdb::ReadOptions()));
        any->SeekToFirst();
        if (any->Valid() || !any->status().ok()) return "holds a database that is not fenshen's";
        detail::RowWriter row(store_format);
        row.varint(config_.slot_count).time(clock_.wall());
        store_row_ = row.bytes();
        const auto written = put_store_row();
        return written.ok() ? "" : "cannot be written: " + written.ToString();
    }
    if (!status.ok()) return "cannot be read: " + status.ToString();
    detail::RowReader in(store_row_);
    const unsigned format = in.u8();
    if (format > store_format) {
        return "holds a store of format " + std::to_string(format) +
               ", made by a newer release; this one knows format " + std::to_string(store_format);
    }
    const auto slots = in.number<std::uint16_t>();
    in.time();
    if (format != store_format || !in.done()) return "has a store record that cannot be read";
    if (slots != config_.slot_count) {
        return "was created with " + std::to_string(slots) + " slots, which never change; " +
               std::to_string(config_.slot_count) + " are configured";
    }
    return {};
}

std::string Engine::read_marks() {
    for (std::uint16_t slot = 0; slot < config_.slot_count; ++slot) {
        const auto mark = database_.get(SlotId(slot), Table::applied_mark, {});
        if (!mark) return "cannot be read: " + health_.damage().last;
        if (!*mark) continue;
        const auto at = writer_.read_mark(SlotId(slot), **mark);
        if (!at) return "has a mark of slot " + std::to_string(slot) + " that cannot be read";
        opened_with_ = std::max(opened_with_, *at);
    }
    last_commit_at_ = opened_with_;
    return {};
}

rocksdb::Status Engine::put_store_row() {
    rocksdb::WriteOptions synced;
    synced.sync = true;
    return database_.get()->Put(synced, detail::slice(store_row_key), detail::slice(store_row_));
}

void Engine::close() {
    queue_->close();
    if (committer_.joinable()) committer_.join();
    database_.close();
}

// --- the committer

void Engine::run() {
    pthread_setname_np(pthread_self(), "committer");
    detail::CommitQueue::Group group;
    while (queue_->take(group, group_count_max, group_bytes_max, deadline())) {
        try_again();
        if (!group.empty()) write(group);
        sync_when_due();
    }
    if (const auto db = database_.get(); db && !failing_) {
        // So that the next start has nothing to replay. If it fails, the log has it all.
        db->SyncWAL();
        db->Flush(rocksdb::FlushOptions());
    }
}

detail::CommitQueue::Deadline Engine::deadline() const {
    if (errors_->errors().any || failing_) return retry_at_;
    if (unsynced_) return sync_due_;
    return std::nullopt;
}

void Engine::write(detail::CommitQueue::Group& group) {
    if (failing_) return refuse(group);
    last_commit_at_ = std::max(last_commit_at_, clock_.wall());
    std::uint64_t bytes = 0;
    for (const auto& item : group) {
        if (item.refused || item.batch.empty()) continue;
        writer_.add(item.slot, item.batch);
        bytes += item.batch.bytes();
    }
    if (auto* batch = writer_.finish(last_commit_at_)) {
        const auto status = write_durably(*batch);
        writer_.clear(status.ok());
        if (!status.ok()) {
            fail(status);
            return refuse(group);
        }
        stats_.groups.fetch_add(1, std::memory_order_relaxed);
        stats_.batches.fetch_add(group.size(), std::memory_order_relaxed);
        stats_.bytes.fetch_add(bytes, std::memory_order_relaxed);
    }
    queue_->finish(group, {});
}

rocksdb::Status Engine::write_durably(rocksdb::WriteBatch& batch) {
    const auto db = database_.get();
    rocksdb::WriteOptions options;
    options.sync = !config_.sync_interval;
    const auto begin = Steady::now();
    auto status = db->Write(options, &batch);
    const auto took_us = micros_since(begin);
    stats_.write_us.fetch_add(took_us, std::memory_order_relaxed);
    raise(stats_.write_us_max, took_us);
    if (status.ok()) acknowledged_ = db->GetLatestSequenceNumber();
    if (status.ok() && config_.sync_interval && !unsynced_) {
        unsynced_ = true;
        sync_due_ = Steady::now() + *config_.sync_interval;
    }
    return status;
}

void Engine::sync_when_due() {
    if (!unsynced_ || failing_ || Steady::now() < sync_due_) return;
    const auto begin = Steady::now();
    const auto status = database_.get()->SyncWAL();
    const auto took_us = micros_since(begin);
    stats_.syncs.fetch_add(1, std::memory_order_relaxed);
    stats_.sync_us.fetch_add(took_us, std::memory_order_relaxed);
    raise(stats_.sync_us_max, took_us);
    unsynced_ = false;
    if (!status.ok()) fail(status);
}

void Engine::fail(const rocksdb::Status& status) {
    health_.in_trouble(status.ToString());
    failing_ = true;
    retry_at_ = Steady::now() + config_.retry_interval;
}

void Engine::refuse(detail::CommitQueue::Group& group) {
    stats_.failures.fetch_add(1, std::memory_order_relaxed);
    queue_->finish(group, std::unexpected(Errc::store_unavailable));
}

void Engine::try_again() {
    const auto errors = errors_->errors();
    if (!failing_ && !errors.any) return;
    failing_ = failing_ || errors.stopped;
    if (Steady::now() < retry_at_) return;
    if (recover()) {
        failing_ = false;
        health_.well();
    }
    retry_at_ = Steady::now() + config_.retry_interval;
}

// RocksDB's own Resume() is kept to where nothing but a compaction failed. Elsewhere it can wait
// for ever on a disk that is still full, and goes on with a log that failed if there is nothing to
// flush.
bool Engine::recover() {
    if (errors_->errors().damage) return false;  // what is stored is wrong: this is the operator's
    // While there is no room, what is open can at least be read.
    if (!detail::has_room(config_.directory, room_bytes_min)) return false;
    if (!failing_) {
        errors_->forget();
        return database_.get()->Resume().ok();
    }
    if (auto wrong = open_anew(); !wrong.empty()) {
        health_.in_trouble("the store " + wrong);
        return false;
    }
    const auto written = put_store_row();
    if (!written.ok()) {
        health_.in_trouble(written.ToString());
        return false;
    }
    acknowledged_ = database_.get()->GetLatestSequenceNumber();
    return true;
}

/// What is wrong, or nothing.
std::string Engine::open_anew() {
    // What a cut would lose is still in memory here.
    const auto fault = detail::check_logs(config_.directory);
    if (!fault) return fault.error();
    if (*fault && (*fault)->records_behind) return "has a damaged log, " + place_of(**fault);
    database_.close();
    errors_->forget();
    if (const auto cut = detail::cut_logs(config_.directory, acknowledged_); !cut) {
        return cut.error();
    }
    return open_database();
}

}  // namespace

std::expected<std::unique_ptr<RocksdbEngine>, std::string> RocksdbEngine::open(
    const RocksdbConfig& config, const Clock& clock) {
    auto engine = std::make_unique<Engine>(config, clock);
    if (auto wrong = engine->start(); !wrong.empty()) {
        return std::unexpected(config.directory.string() + " " + wrong);
    }
    return engine;
}

}  // namespace fenshen::storage
