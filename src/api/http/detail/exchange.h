// SPDX-License-Identifier: Apache-2.0
// One request and the answer it is waiting for: where a connection, bound to its loop, and a
// handler's task, which ends on any thread, meet. Shared by both, since either may be gone first.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <utility>

#include "api/http/message.h"

namespace fenshen::http::detail {

class Exchange {
public:
    /// The handler's until finish(), then the connection's.
    Request request;
    Response response;

    /// By the handler's task: the response is there. Any thread, once.
    void finish() { end(State::finished); }
    /// By the connection: it waits no more.
    void abandon() { end(State::abandoned); }

    /// By the connection, once: have `resume` called, on whichever thread, when the answer is there
    /// or the exchange abandoned; at once if so already.
    void wait(std::move_only_function<void()> resume) {
        resume_ = std::move(resume);
        State expected = State::running;
        if (state_.compare_exchange_strong(expected, State::waiting)) return;
        std::exchange(resume_, nullptr)();
    }

    bool finished() const { return state_.load() == State::finished; }

private:
    enum class State : std::uint8_t { running, waiting, finished, abandoned };

    void end(State how) {
        // Whoever finds it waiting resumes it: one of the two, once.
        if (state_.exchange(how) == State::waiting) std::exchange(resume_, nullptr)();
    }

    std::atomic<State> state_{State::running};
    std::move_only_function<void()> resume_;
};

}  // namespace fenshen::http::detail
