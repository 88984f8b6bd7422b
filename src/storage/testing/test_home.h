// SPDX-License-Identifier: Apache-2.0
// Homes for tests of engines: one with a thread, one whose work is done when the test says so.
#pragma once

#include <condition_variable>
#include <deque>
#include <future>
#include <mutex>
#include <thread>
#include <utility>

#include "base/executor.h"
#include "storage/commit_log.h"

namespace fenshen::storage::testing {

class ThreadHome final : public Executor {
public:
    ThreadHome() : thread_([this] { run(); }) {}
    /// Does what is posted first.
    ~ThreadHome() override {
        {
            const std::scoped_lock lock(mutex_);
            ending_ = true;
        }
        something_.notify_all();
        thread_.join();
    }

    void post(Work work) override {
        // Notified under the lock: who posts may still be in here when the last work is done and
        // the home ends.
        const std::scoped_lock lock(mutex_);
        work_.push_back(std::move(work));
        something_.notify_all();
    }
    bool is_here() const override { return std::this_thread::get_id() == thread_.get_id(); }

private:
    void run() {
        std::unique_lock lock(mutex_);
        for (;;) {
            something_.wait(lock, [this] { return ending_ || !work_.empty(); });
            if (work_.empty()) return;
            Work work = std::move(work_.front());
            work_.pop_front();
            lock.unlock();
            work();
            work = nullptr;
            lock.lock();
        }
    }

    std::mutex mutex_;
    std::condition_variable something_;
    std::deque<Work> work_;
    bool ending_ = false;
    std::thread thread_;  // last: it uses the others
};

class ManualHome final : public Executor {
public:
    void post(Work work) override { work_.push_back(std::move(work)); }
    bool is_here() const override { return true; }
    std::size_t posted() const { return work_.size(); }
    void do_one() {
        Work work = std::move(work_.front());
        work_.pop_front();
        work();
    }
    void do_all() {
        while (!work_.empty()) do_one();
    }

private:
    std::deque<Work> work_;
};

/// Commits and waits for the outcome. Not from `home` itself.
inline Result<void> commit_now(CommitLog& log, SlotId slot, Batch batch, Executor& home) {
    std::promise<Result<void>> outcome;
    auto done = outcome.get_future();
    auto set = [outcome = std::move(outcome)](Result<void> result) mutable {
        outcome.set_value(result);
    };
    log.commit(slot, std::move(batch), home, std::move(set));
    return done.get();
}

}  // namespace fenshen::storage::testing
