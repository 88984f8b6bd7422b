// SPDX-License-Identifier: Apache-2.0
// Sends many messages at the same time, so that they share commits.
#pragma once

#include <atomic>
#include <coroutine>
#include <memory>
#include <utility>
#include <vector>

#include "base/task.h"
#include "model/message.h"
#include "service/messages/messages.h"

namespace fenshen::api::wukong::detail {

/// `co_await` it: an outcome for each, in their order. The coroutine goes on where the last one
/// ended.
class SendAll {
public:
    SendAll(service::World& world, std::vector<std::shared_ptr<Message>> messages)
        : world_(world),
          messages_(std::move(messages)),
          progress_(std::make_shared<Progress>(messages_.size())) {}

    bool await_ready() const { return messages_.empty(); }
    bool await_suspend(std::coroutine_handle<> waiting) {
        // From the last message on, this awaiter may be gone at any moment.
        const auto progress = progress_;
        progress->waiting = waiting;
        for (std::size_t i = 0; i < progress->outcomes.size(); ++i) {
            start(service::send_from_api(world_, std::move(messages_[i]), nullptr),
                  [progress, i](const service::SendOutcome& outcome) {
                      progress->outcomes[i] = outcome;
                      if (progress->one_less()) progress->waiting.resume();
                  });
        }
        return !progress->one_less();
    }
    std::vector<service::SendOutcome> await_resume() { return std::move(progress_->outcomes); }

private:
    struct Progress {
        explicit Progress(std::size_t count) : outcomes(count), left(count + 1) {}
        /// Whether it was the last. The starter counts as one, too.
        bool one_less() { return left.fetch_sub(1, std::memory_order_acq_rel) == 1; }

        std::vector<service::SendOutcome> outcomes;
        std::atomic<std::size_t> left;
        std::coroutine_handle<> waiting;
    };

    service::World& world_;
    std::vector<std::shared_ptr<Message>> messages_;
    std::shared_ptr<Progress> progress_;
};

}  // namespace fenshen::api::wukong::detail
