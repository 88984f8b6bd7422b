// SPDX-License-Identifier: Apache-2.0
// Threads that may wait for the disk: what a loop must not do (architecture 2), a coroutine does
// here, between `co_await move_to(pool)` and `co_await move_to(loop)`.
#pragma once

#include <condition_variable>
#include <deque>
#include <mutex>
#include <thread>
#include <vector>

#include "base/executor.h"

namespace fenshen::runtime {

class Pool final : public BlockingPool {
public:
    explicit Pool(std::size_t threads);
    ~Pool() override;

    void post(Work work) override;
    /// Never "here": a pool thread that asks to be on the pool takes another turn.
    bool is_here() const override { return false; }
    /// Does what was posted, then ends the threads. Later posts are dropped.
    void stop();
    std::size_t waiting() const;

private:
    void run();

    mutable std::mutex mutex_;
    std::condition_variable something_;
    std::deque<Work> queue_;  // guarded by mutex_
    bool stopping_ = false;   // guarded by mutex_
    std::vector<std::thread> threads_;
};

}  // namespace fenshen::runtime
