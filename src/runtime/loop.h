// SPDX-License-Identifier: Apache-2.0
// A loop: one thread, one Asio io_context, and within it a private epoll set for client sockets
// (docs/decisions/0002). A turn reads every ready socket, does the posted work, and then runs the
// turn-end hooks, which commit and flush what the turn has gathered: work moves in batches.
#pragma once

#include <cstdint>
#include <memory>
#include <thread>
#include <vector>

#include "base/clock.h"
#include "base/executor.h"
#include "model/ids.h"

namespace boost::asio {
class io_context;
}

namespace fenshen::runtime {

/// Told by the loop that its descriptor is ready. Must outlive its registration.
class Watcher {
public:
    virtual ~Watcher() = default;
    /// `events` as epoll says them.
    virtual void on_ready(std::uint32_t events) = 0;
};

class Loop final : public Executor {
public:
    Loop(LoopId id, const Clock& clock);
    ~Loop() override;
    Loop(const Loop&) = delete;
    Loop& operator=(const Loop&) = delete;

    LoopId id() const { return id_; }
    const Clock& clock() const { return clock_; }
    /// The time when this turn began; for everything that need not be exact.
    MonoTime now() const { return now_; }
    boost::asio::io_context& io();

    // Executor
    void post(Work work) override;
    /// On the loop's thread and within a turn. A plain Asio handler of io() is not: what it
    /// gathered would lie until the next turn ends, and `move_to` takes it into one.
    bool is_here() const override;

    // On the loop's thread only.
    /// `events` is an epoll mask, level-triggered.
    void watch(int fd, std::uint32_t events, Watcher& watcher);
    void rewatch(int fd, std::uint32_t events, Watcher& watcher);
    void unwatch(int fd);

    // Before start() only.
    /// Runs at the end of each turn, in the order of registration.
    void at_turn_end(Work hook);
    /// Runs about every 250 ms, on the loop.
    void on_tick(std::move_only_function<void(MonoTime)> hook);

    void start();
    // In place of start(), on the calling thread: for tests that hold the clock.
    /// A turn: the sockets that are ready now, what is posted, the hooks.
    void turn_by_hand();
    /// What on_tick asked for, at once.
    void tick_by_hand();
    /// Ends the thread after the turn under way; work posted later is dropped. Thread-safe.
    void stop();
    void join();
    /// After join(): forgets what was posted and not done. It may refer to what is destroyed before
    /// the loop.
    void drop_work();

private:
    struct Impl;
    void turn();
    void end_turn();
    void arm();
    void arm_tick();
    void tick();
    bool drain_inbox();

    const LoopId id_;
    const Clock& clock_;
    MonoTime now_;
    std::unique_ptr<Impl> impl_;
};

/// All loops of the server. Which loop a slot belongs to never changes while it runs.
class Loops {
public:
    Loops(std::size_t count, const Clock& clock);

    std::size_t count() const { return loops_.size(); }
    Loop& at(std::size_t i) { return *loops_[i]; }
    void start();
    void stop_and_join();

private:
    std::vector<std::unique_ptr<Loop>> loops_;
};

}  // namespace fenshen::runtime
