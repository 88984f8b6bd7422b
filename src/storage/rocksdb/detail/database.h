// SPDX-License-Identifier: Apache-2.0
// The open RocksDB, which can be closed and opened anew under its readers: a full or broken disk
// can leave the library in a state that nothing else mends.
#pragma once

#include <rocksdb/db.h>

#include <condition_variable>
#include <memory>
#include <mutex>

#include "storage/rocksdb/detail/health.h"
#include "storage/store.h"

namespace fenshen::storage::detail {

/// Thread-safe; set() and close() are called by one thread.
class Database final : public Store {
public:
    explicit Database(Health& health) : health_(health) {}
    ~Database() override { close(); }

    /// Null while there is none. It stays open for as long as somebody holds it.
    std::shared_ptr<rocksdb::DB> get() const;
    void set(std::unique_ptr<rocksdb::DB> db);
    /// Waits for its readers; new ones find nothing. Idempotent.
    void close();

    // Store. Errc: store_unavailable while there is none.
    Result<std::optional<Bytes>> get(SlotId slot, Table table, BytesView key) const override;
    Result<void> scan(SlotId slot,
                      Table table,
                      BytesView from,
                      BytesView to,
                      const RowVisitor& visit) const override;
    Result<std::optional<std::pair<Bytes, Bytes>>> last(SlotId slot,
                                                        Table table,
                                                        BytesView from,
                                                        BytesView to) const override;
    void found_corrupt(SlotId slot, Table table, BytesView key) const override;

private:
    Errc errc_of(const rocksdb::Status& status) const;

    Health& health_;
    mutable std::mutex mutex_;
    std::condition_variable closed_;
    std::shared_ptr<rocksdb::DB> db_;
    bool is_open_ = false;  // from set() until the last holder has let go
};

}  // namespace fenshen::storage::detail
