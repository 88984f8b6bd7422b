// SPDX-License-Identifier: Apache-2.0
// What has been handed in and is not answered yet: the order, and who fails with whom
// (commit_log.h). Engines take groups from it, make them durable, and say how that went.
#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <memory>
#include <mutex>
#include <optional>
#include <utility>
#include <vector>

#include "base/executor.h"
#include "model/error.h"
#include "model/ids.h"
#include "storage/batch.h"
#include "storage/commit_log.h"

namespace fenshen::storage::detail {

/// Thread-safe. Shared: a home that is being told of failures keeps it.
class CommitQueue : public std::enable_shared_from_this<CommitQueue> {
public:
    using Done = CommitLog::Done;
    struct Item {
        SlotId slot;
        Executor* home;
        Batch batch;
        Done done;
        bool refused = false;  ///< handed in after close(): to be answered in its turn
    };
    using Group = std::vector<Item>;
    using Deadline = std::optional<std::chrono::steady_clock::time_point>;

    void push(SlotId slot, Batch batch, Executor& home, Done done);
    /// From now on everything is refused.
    void close();
    std::size_t waiting_bytes() const { return waiting_bytes_.load(std::memory_order_relaxed); }
    std::size_t waiting_count() const;

    // --- the committer; one thread at a time
    /// The oldest items, at least one: up to `count_max`, and until they reach `bytes_max`. Waits
    /// for them; nothing comes at the deadline and when somebody nudges. False once the queue is
    /// closed and empty: who hands in now is refused at once.
    bool take(Group& group, std::size_t count_max, std::size_t bytes_max, Deadline deadline);
    /// As take(), but never waits.
    void take_now(Group& group, std::size_t count_max);
    /// Ends a wait. Any thread.
    void nudge();
    /// Tells all homes, each in one piece of work. `result` is for those that carry changes and
    /// are not refused.
    void finish(Group& group, Result<void> result);

private:
    /// What failures concern: all that one home does with one slot.
    using Line = std::pair<Executor*, SlotId>;
    struct Answer {
        SlotId slot;
        Done done;
        Result<void> result;
    };
    using Answers = std::vector<Answer>;

    void take_locked(Group& group, std::size_t count_max, std::size_t bytes_max);
    template <class Goes>
    void move_out(Goes goes);
    bool has_takeable() const;
    bool is_failing(const Line& line) const;
    bool has_waiting(const Line& line) const;
    /// Runs on the home, once a failed line or more often, until it has been told of everything.
    void tell_failure(Executor& home, std::vector<SlotId> failed, Answers answers);
    void take_failed(Executor& home, const std::vector<SlotId>& failed, Answers& answers);

    mutable std::mutex mutex_;
    std::condition_variable something_;
    Group waiting_;
    std::size_t bytes_ = 0;      // of waiting_
    std::vector<Line> failing_;  // failed, and the home has not been told of all of it yet
    bool committer_waits_ = false;
    bool nudged_ = false;
    bool closed_ = false;
    bool ended_ = false;
    std::atomic<std::size_t> waiting_bytes_{0};  // handed in, not answered
};

}  // namespace fenshen::storage::detail
