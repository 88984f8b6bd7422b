// SPDX-License-Identifier: Apache-2.0
#include "storage/detail/commit_queue.h"

#include <gtest/gtest.h>

#include <limits>
#include <string>
#include <thread>

#include "storage/testing/test_home.h"

namespace fenshen::storage::detail {
namespace {

using testing::ManualHome;
using testing::ThreadHome;

constexpr std::size_t all = std::numeric_limits<std::size_t>::max();
constexpr auto failure = std::unexpected(Errc::store_unavailable);

class CommitQueueTest : public ::testing::Test {
protected:
    /// A change named by its text; its outcome is noted as the text, "!text" or "?text" (stopping).
    void push(int slot,
              const std::string& text,
              Executor& home,
              std::function<void()> then = nullptr) {
        Batch batch;
        batch.put(Table::member, text, "");
        push(slot, text, home, std::move(batch), std::move(then));
    }
    void push_empty(int slot, const std::string& text) {
        push(slot, text, home_, Batch(), nullptr);
    }
    void push(int slot,
              const std::string& text,
              Executor& home,
              Batch batch,
              std::function<void()> then) {
        auto done = [this, text, then = std::move(then)](Result<void> result) {
            if (!result) outcomes_ += result.error() == Errc::stopping ? "?" : "!";
            outcomes_ += text;
            if (then) then();
        };
        const SlotId id(static_cast<std::uint16_t>(slot));
        queue_->push(id, std::move(batch), home, std::move(done));
    }
    void take(std::size_t count = all) { queue_->take_now(group_, count); }
    void finish(Result<void> result) { queue_->finish(group_, result); }

    std::shared_ptr<CommitQueue> queue_ = std::make_shared<CommitQueue>();
    CommitQueue::Group group_;
    ManualHome home_;
    ManualHome other_home_;
    std::string outcomes_;
};

TEST_F(CommitQueueTest, TellsEachHomeOnceAGroupInOrder) {
    push(1, "a", home_);
    push(2, "b", other_home_);
    push(2, "c", home_);
    take();
    finish({});
    EXPECT_EQ(home_.posted(), 1U);
    EXPECT_EQ(other_home_.posted(), 1U);
    home_.do_all();
    other_home_.do_all();
    EXPECT_EQ(outcomes_, "acb");
    EXPECT_EQ(queue_->waiting_bytes(), 0U);
}

TEST_F(CommitQueueTest, TakesNoMoreThanItIsAskedFor) {
    for (const char* text : {"a", "b", "c"}) push(1, text, home_);
    take(2);
    EXPECT_EQ(group_.size(), 2U);
    EXPECT_GT(queue_->waiting_bytes(), 0U);
    finish({});
    ASSERT_TRUE(queue_->take(group_, all, 1, {}));  // one is always taken, whatever its size
    EXPECT_EQ(group_.size(), 1U);
    finish({});
    home_.do_all();
    EXPECT_EQ(outcomes_, "abc");
}

TEST_F(CommitQueueTest, AFailureTakesAllThatTheHomeHasUnderWayForTheSlot) {
    push(1, "a", home_);
    take();
    push(1, "b", home_);
    push(2, "x", home_);
    push(1, "y", other_home_);
    finish(failure);
    push(1, "c", home_);
    take();  // not what is failing
    EXPECT_EQ(group_.size(), 2U);
    finish({});
    home_.do_one();
    EXPECT_EQ(outcomes_, "!a!b!c");
    push(1, "d", home_);
    take();
    finish({});
    home_.do_all();
    other_home_.do_all();
    EXPECT_EQ(outcomes_, "!a!b!cxdy");
    EXPECT_EQ(queue_->waiting_bytes(), 0U);
}

// The home hears of "a" and hands in "d", decided on top of "b", of which it has not heard yet.
TEST_F(CommitQueueTest, WhatIsHandedInBetweenTwoFailuresFailsToo) {
    push(1, "a", home_, [this] { push(1, "d", home_); });
    push(1, "b", home_);
    take();
    finish(failure);
    home_.do_one();
    EXPECT_EQ(outcomes_, "!a!b");
    take();
    EXPECT_TRUE(group_.empty());
    home_.do_all();
    EXPECT_EQ(outcomes_, "!a!b!d");
    push(1, "e", home_);
    take();
    EXPECT_EQ(group_.size(), 1U);
    finish({});
    home_.do_all();
    EXPECT_EQ(outcomes_, "!a!b!de");
}

TEST_F(CommitQueueTest, WhoTriesAgainAfterTheLastFailureIsHeard) {
    push(1, "a", home_);
    push(1, "b", home_, [this] { push(1, "again", home_); });
    take();
    finish(failure);
    home_.do_all();
    take();
    ASSERT_EQ(group_.size(), 1U);
    finish({});
    home_.do_all();
    EXPECT_EQ(outcomes_, "!a!bagain");
}

TEST_F(CommitQueueTest, SlotsThatFailOneAfterTheOtherDoNotFreeEachOther) {
    push(1, "a", home_);
    take();
    finish(failure);
    push(2, "x", home_);
    take();
    finish(failure);
    push(2, "y", home_);
    home_.do_one();  // slot 1
    EXPECT_EQ(outcomes_, "!a");
    take();
    EXPECT_TRUE(group_.empty());  // slot 2 has not been told
    home_.do_one();
    EXPECT_EQ(outcomes_, "!a!x!y");
}

TEST_F(CommitQueueTest, AnEmptyBatchFailsOnlyBehindAFailure) {
    push_empty(1, "before");
    push(1, "a", home_);
    push_empty(1, "behind");
    push_empty(2, "elsewhere");
    take();
    finish(failure);
    home_.do_all();
    EXPECT_EQ(outcomes_, "before!a!behindelsewhere");
}

TEST_F(CommitQueueTest, RefusesInOrderOnceItIsClosed) {
    push(1, "a", home_);
    queue_->close();
    push(1, "b", home_);
    ASSERT_TRUE(queue_->take(group_, all, all, {}));
    EXPECT_EQ(group_.size(), 2U);
    finish({});
    EXPECT_FALSE(queue_->take(group_, all, all, {}));
    push(1, "c", home_);
    home_.do_all();
    EXPECT_EQ(outcomes_, "a?b?c");
}

TEST_F(CommitQueueTest, AHomeThatNeverRunsKeepsNothingAlive) {
    const std::weak_ptr<CommitQueue> queue = queue_;
    {
        ManualHome gone;
        push(1, "a", gone);
        take();
        finish(failure);
        push(1, "b", gone);
        queue_.reset();
        EXPECT_FALSE(queue.expired());
    }
    EXPECT_TRUE(queue.expired());
}

TEST_F(CommitQueueTest, AWaitEndsWithWorkWithANudgeAndAtItsDeadline) {
    ASSERT_TRUE(queue_->take(group_, all, all, std::chrono::steady_clock::now()));
    EXPECT_TRUE(group_.empty());
    queue_->nudge();
    ASSERT_TRUE(queue_->take(group_, all, all, {}));
    EXPECT_TRUE(group_.empty());
    std::thread committer([this] {
        while (queue_->take(group_, all, all, {})) queue_->finish(group_, {});
    });
    ThreadHome home;
    for (int i = 0; i < 1000; ++i) {
        std::promise<Result<void>> outcome;
        auto done = outcome.get_future();
        queue_->push(SlotId(1), {}, home, [set = std::move(outcome)](Result<void> result) mutable {
            set.set_value(result);
        });
        ASSERT_TRUE(done.get());
    }
    queue_->close();
    committer.join();
}

}  // namespace
}  // namespace fenshen::storage::detail
