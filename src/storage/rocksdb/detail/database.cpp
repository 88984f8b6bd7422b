// SPDX-License-Identifier: Apache-2.0
#include "storage/rocksdb/detail/database.h"

#include "base/hex.h"
#include "storage/detail/row_codec.h"
#include "storage/detail/store_key.h"
#include "storage/rocksdb/detail/group_writer.h"
#include "storage/rocksdb/detail/options.h"

namespace fenshen::storage::detail {

namespace {

BytesView view(const rocksdb::Slice& bytes) {
    return {bytes.data(), bytes.size()};
}

/// One range, as RocksDB reads it: through the prefix filter where it lies within one channel.
struct Range {
    Range(SlotId slot, Table table, BytesView from_key, BytesView to_key)
        : from(store_key(slot, table, from_key)),
          to(store_range_end(slot, table, to_key)),
          channel(shared_channel_prefix(from, to)),
          upper(slice(to)) {}
    Range(const Range&) = delete;
    Range& operator=(const Range&) = delete;

    /// Its options refer to the range.
    std::unique_ptr<rocksdb::Iterator> iterate(rocksdb::DB& db) const {
        rocksdb::ReadOptions options;
        options.iterate_upper_bound = &upper;
        options.total_order_seek = !channel;
        options.prefix_same_as_start = channel.has_value();
        return std::unique_ptr<rocksdb::Iterator>(db.NewIterator(options));
    }
    /// Where to search forward from: with the filter, it must be asked for a key of the channel.
    Bytes first_wanted() const {
        if (!channel || channel_prefix_of(from)) return from;
        return Bytes(*channel) + Bytes(sizeof(std::uint64_t), '\0');
    }
    /// Where to search backward from.
    Bytes last_wanted() const {
        if (!channel || channel_prefix_of(to) == channel) return to;
        return Bytes(*channel) + Bytes(sizeof(std::uint64_t), '\xFF');
    }

    const Bytes from;
    const Bytes to;
    const std::optional<BytesView> channel;
    const rocksdb::Slice upper;
};

}  // namespace

std::shared_ptr<rocksdb::DB> Database::get() const {
    const std::scoped_lock lock(mutex_);
    return db_;
}

void Database::set(std::unique_ptr<rocksdb::DB> db) {
    const auto when_let_go = [this](rocksdb::DB* last) {
        delete last;
        const std::scoped_lock lock(mutex_);
        is_open_ = false;
        closed_.notify_all();
    };
    const std::scoped_lock lock(mutex_);
    is_open_ = true;
    db_ = std::shared_ptr<rocksdb::DB>(db.release(), when_let_go);
}

void Database::close() {
    std::unique_lock lock(mutex_);
    auto ours = std::exchange(db_, nullptr);
    lock.unlock();
    ours.reset();
    lock.lock();
    closed_.wait(lock, [this] { return !is_open_; });
}

Errc Database::errc_of(const rocksdb::Status& status) const {
    if (!status.IsCorruption()) return Errc::store_unavailable;
    health_.found_damage(status.ToString());
    return Errc::store_corrupt;
}

Result<std::optional<Bytes>> Database::get(SlotId slot, Table table, BytesView key) const {
    const auto db = get();
    if (!db) return std::unexpected(Errc::store_unavailable);
    Bytes value;
    const auto status = db->Get(rocksdb::ReadOptions(), slice(store_key(slot, table, key)), &value);
    if (status.IsNotFound()) return std::nullopt;
    if (!status.ok()) return std::unexpected(errc_of(status));
    return value;
}

Result<void> Database::scan(
    SlotId slot, Table table, BytesView from, BytesView to, const RowVisitor& visit) const {
    const auto db = get();
    if (!db) return std::unexpected(Errc::store_unavailable);
    const Range range(slot, table, from, to);
    if (range.from >= range.to) return {};
    const auto rows = range.iterate(*db);
    for (rows->Seek(slice(range.first_wanted())); rows->Valid(); rows->Next()) {
        const BytesView key = view(rows->key());
        if (!visit(key.substr(store_prefix_bytes), view(rows->value()))) break;
    }
    if (!rows->status().ok()) return std::unexpected(errc_of(rows->status()));
    return {};
}

Result<std::optional<std::pair<Bytes, Bytes>>> Database::last(SlotId slot,
                                                              Table table,
                                                              BytesView from,
                                                              BytesView to) const {
    const auto db = get();
    if (!db) return std::unexpected(Errc::store_unavailable);
    const Range range(slot, table, from, to);
    if (range.from >= range.to) return std::nullopt;
    const auto rows = range.iterate(*db);
    rows->SeekForPrev(slice(range.last_wanted()));
    if (!rows->status().ok()) return std::unexpected(errc_of(rows->status()));
    if (!rows->Valid() || view(rows->key()) < range.from) return std::nullopt;
    return std::pair(Bytes(view(rows->key()).substr(store_prefix_bytes)),
                     Bytes(view(rows->value())));
}

void Database::found_corrupt(SlotId slot, Table table, BytesView key) const {
    health_.found_damage("row " + to_hex(key) + " of table " +
                         std::to_string(static_cast<unsigned>(table)) + " in slot " +
                         std::to_string(slot.value()));
}

}  // namespace fenshen::storage::detail
