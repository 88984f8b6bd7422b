// SPDX-License-Identifier: Apache-2.0
// A store in memory, for tests and the simulation: deterministic, and able to fail, to hold commits
// back, and to crash.
#pragma once

#include <deque>
#include <map>
#include <mutex>
#include <unordered_map>

#include "storage/commit_log.h"
#include "storage/store.h"

namespace fenshen::storage {

/// Thread-safe. A commit is durable at once unless it is held.
class MemoryEngine final : public Store, public CommitLog {
public:
    // Store
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

    // CommitLog
    void commit(SlotId slot, Batch batch, Executor& home, Done done) override;
    std::size_t waiting_bytes() const override;

    /// From now on commits wait for `release`.
    void hold();
    /// Makes the oldest `count` held commits durable, or fails them.
    void release(std::size_t count, bool fail = false);
    std::size_t held() const;
    /// Forgets what is held: the power was cut. Nobody is told.
    void crash();

private:
    struct Waiting {
        SlotId slot;
        Batch batch;
        Executor* home;  // null: the slot's home knows of a failure, and goes on from here
        Done done;
    };
    void apply(SlotId slot, const Batch& batch);

    mutable std::mutex mutex_;
    std::map<Bytes, Bytes> rows_;
    std::deque<Waiting> waiting_;
    std::unordered_map<SlotId, std::size_t> failed_;  // failures that their home has not been told of
    bool holding_ = false;
};

}  // namespace fenshen::storage
