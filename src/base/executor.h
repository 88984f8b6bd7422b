// SPDX-License-Identifier: Apache-2.0
// Where work is done: a loop of the server, or the scheduler of a simulation. All state belongs to
// one executor, and whoever wants something done to it posts the work there.
#pragma once

#include <coroutine>
#include <functional>

#include "base/task.h"

namespace fenshen {

using Work = std::move_only_function<void()>;

class Executor {
public:
    virtual ~Executor() = default;
    /// Runs `work` there, later; in the order of the calls as far as they are ordered. Thread-safe,
    /// never blocks.
    virtual void post(Work work) = 0;
    /// Whether the caller is on it now.
    virtual bool is_here() const = 0;
};

/// `co_await move_to(loop)`: the coroutine goes on there; at once when it is there already.
class MoveTo {
public:
    explicit MoveTo(Executor& target) : target_(target) {}
    bool await_ready() const { return target_.is_here(); }
    void await_suspend(std::coroutine_handle<> waiter) const {
        target_.post([waiter] { waiter.resume(); });
    }
    void await_resume() const noexcept {}

private:
    Executor& target_;
};
inline MoveTo move_to(Executor& target) {
    return MoveTo(target);
}

/// `co_await next_turn(loop)`: lets others on the loop go first.
class NextTurn {
public:
    explicit NextTurn(Executor& home) : home_(home) {}
    bool await_ready() const { return false; }
    void await_suspend(std::coroutine_handle<> waiter) const {
        home_.post([waiter] { waiter.resume(); });
    }
    void await_resume() const noexcept {}

private:
    Executor& home_;
};
inline NextTurn next_turn(Executor& home) {
    return NextTurn(home);
}

/// For threads that may wait for the disk. Reads of many rows go there.
class BlockingPool : public Executor {};

}  // namespace fenshen
