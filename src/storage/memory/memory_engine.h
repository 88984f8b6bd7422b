// SPDX-License-Identifier: Apache-2.0
// A store in memory, for tests and the simulation: deterministic, and able to fail, to hold commits
// back, and to crash.
#pragma once

#include <map>
#include <memory>
#include <mutex>

#include "storage/commit_log.h"
#include "storage/store.h"

namespace fenshen::storage {

namespace detail {
class CommitQueue;
}

/// Thread-safe. A commit is durable, and its completion posted, before the call returns, unless
/// commits are held.
class MemoryEngine final : public Store, public CommitLog {
public:
    MemoryEngine();
    ~MemoryEngine() override;

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
    /// Makes the oldest `count` held commits durable as one write, or fails it. Goes on holding.
    void release(std::size_t count, bool fail = false);
    /// Makes all held commits durable, and those to come at once.
    void let_go();
    std::size_t held() const;
    /// The next `count` writes fail.
    void fail_next(std::size_t count);
    /// `after` reads from now on succeed, then the next `count` fail.
    void fail_next_reads(std::size_t count, std::size_t after = 0);
    /// How many of those have not been asked for yet.
    std::size_t reads_to_fail() const;
    /// Forgets what is held: the power was cut. Nobody is told. Holds no longer.
    void crash();
    /// Takes nothing more: what comes is answered with `stopping`. What is held stays so.
    void close();

private:
    void write(std::size_t count, bool fail);
    void apply(SlotId slot, const Batch& batch);
    /// With the mutex held: whether this read is one that is to fail.
    bool read_fails() const;

    mutable std::mutex mutex_;
    std::map<Bytes, Bytes> rows_;
    std::shared_ptr<detail::CommitQueue> queue_;
    std::size_t fail_next_ = 0;
    mutable std::size_t reads_until_failure_ = 0;
    mutable std::size_t reads_to_fail_ = 0;
    bool holding_ = false;
};

}  // namespace fenshen::storage
