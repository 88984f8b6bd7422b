// SPDX-License-Identifier: Apache-2.0
// One request and the answer it is waiting for: where a connection, bound to its loop, and a
// handler's task, which ends on any thread, meet. Shared by both, since either may be gone first.
#pragma once

#include <functional>
#include <mutex>
#include <utility>

#include "api/http/message.h"

namespace fenshen::http::detail {

class Exchange {
public:
    /// The handler's until finish(), then the connection's.
    Request request;
    Response response;

    /// By the handler's task: the response is there. Any thread, once.
    void finish() { end(true); }
    /// By the connection: it waits no more.
    void abandon() { end(false); }

    /// By the connection: have `resume` called once, on whichever thread, when the answer is there
    /// or the exchange abandoned; at once if so already.
    void wait(std::move_only_function<void()> resume) {
        {
            const std::lock_guard lock(mutex_);
            if (!finished_ && !abandoned_) {
                resume_ = std::move(resume);
                return;
            }
        }
        resume();
    }

    bool finished() const {
        const std::lock_guard lock(mutex_);
        return finished_;
    }

private:
    void end(bool with_answer) {
        std::move_only_function<void()> resume;
        {
            const std::lock_guard lock(mutex_);
            (with_answer ? finished_ : abandoned_) = true;
            resume = std::exchange(resume_, nullptr);
        }
        if (resume) resume();
    }

    // Held for a few instructions; the two threads of one request are all that ever meet here.
    mutable std::mutex mutex_;
    bool finished_ = false;
    bool abandoned_ = false;
    std::move_only_function<void()> resume_;
};

}  // namespace fenshen::http::detail
