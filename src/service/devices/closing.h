// SPDX-License-Identifier: Apache-2.0
// Waiting until ended sessions have really closed. Whoever ends a session hands a hold along with
// the reason; the session's connection keeps it until its socket is closed.
#pragma once

#include <coroutine>
#include <memory>
#include <utility>

#include "base/executor.h"

namespace fenshen::service {

/// Lets go on any thread.
using UntilClosed = std::shared_ptr<const void>;

/// Used on `home` only.
class Closing {
public:
    explicit Closing(Executor& home) : latch_(std::make_shared<Latch>(home)) {}

    UntilClosed hold() const { return latch_; }

    /// `co_await closing.all()`, once: continues on `home` when every hold is gone.
    auto all() {
        struct Awaiter {
            std::shared_ptr<Latch> latch;
            bool await_ready() const { return latch.use_count() == 1; }
            void await_suspend(std::coroutine_handle<> waiting) {
                latch->waiting = waiting;
                // Its destructor posts, so the coroutine cannot go on before this has returned.
                latch.reset();
            }
            void await_resume() const {}
        };
        return Awaiter{std::move(latch_)};
    }

private:
    struct Latch {
        explicit Latch(Executor& executor) : home(executor) {}
        Latch(const Latch&) = delete;
        Latch& operator=(const Latch&) = delete;
        ~Latch() {
            if (waiting) home.post([waiting = waiting] { waiting.resume(); });
        }
        Executor& home;
        std::coroutine_handle<> waiting = nullptr;
    };

    std::shared_ptr<Latch> latch_;
};

}  // namespace fenshen::service
