// SPDX-License-Identifier: Apache-2.0
#include "domain/snowflake.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <thread>
#include <vector>

namespace fenshen::domain {
namespace {

constexpr WallTime then{1776844800123};

// wukong-wire 8.7.
TEST(Snowflake, TheVector) {
    Snowflake ids(NodeId(1001));
    for (int sequence = 0; sequence < 5; ++sequence) ids.next(then);
    const MessageId sixth = ids.next(then);
    EXPECT_EQ(sixth, MessageId(2046861562995445765));
    EXPECT_EQ(Snowflake::time_of(sixth), then);
}

TEST(Snowflake, GrowsWhenTheClockGoesBack) {
    Snowflake ids(NodeId(1));
    auto last = ids.next(then);
    for (const std::int64_t back : {0, 1, 5000, 1'000'000'000}) {
        const auto next = ids.next({then.ms - back});
        EXPECT_GT(next, last);
        last = next;
    }
    EXPECT_GT(ids.next({0}), last);
    EXPECT_GT(ids.next({-1}), last);
}

TEST(Snowflake, RunsAheadWhenAMillisecondIsFull) {
    Snowflake ids(NodeId(1));
    std::vector<MessageId> given;
    for (int i = 0; i < 10'000; ++i) given.push_back(ids.next(then));
    EXPECT_TRUE(std::ranges::is_sorted(given, std::less_equal{}));
    EXPECT_EQ(Snowflake::time_of(given[4095]), then);
    EXPECT_EQ(Snowflake::time_of(given[4096]).ms, then.ms + 1);
    EXPECT_EQ(Snowflake::time_of(given.back()).ms, then.ms + 2);
    // When the clock has caught up it leads again.
    EXPECT_EQ(Snowflake::time_of(ids.next({then.ms + 3})).ms, then.ms + 3);
}

TEST(Snowflake, BeginsAfterWhatWasStoredLast) {
    Snowflake before(NodeId(7));
    MessageId last;
    for (int i = 0; i < 3000; ++i) last = before.next(then);
    Snowflake by_id(NodeId(7), last);
    EXPECT_GT(by_id.next(then), last);
    Snowflake by_time(NodeId(7), then);
    EXPECT_GT(by_time.next({then.ms - 1000}), last);
    Snowflake later(NodeId(7), then);
    EXPECT_EQ(Snowflake::time_of(later.next({then.ms + 5})).ms, then.ms + 5);
}

// Of two nodes no ids are ever equal, and the greater time wins, not the greater node.
TEST(Snowflake, NodesAreKeptApart) {
    Snowflake low(NodeId(0));
    Snowflake high(NodeId{Snowflake::node_max});
    EXPECT_NE(low.next(then), high.next(then));
    EXPECT_LT(high.next(then), low.next({then.ms + 1}));
}

TEST(Snowflake, StaysPositive) {
    Snowflake ids(NodeId{Snowflake::node_max});
    EXPECT_GT(ids.next({0}).value(), 0);
    const WallTime latest{Snowflake::epoch_ms + (std::int64_t{1} << 41U) - 1};
    EXPECT_GT(ids.next(latest).value(), 0);
    EXPECT_EQ(Snowflake::time_of(ids.next(latest)), latest);
}

TEST(Snowflake, NeverGivesOneTwiceToTwoThreads) {
    Snowflake ids(NodeId(1));
    constexpr std::size_t each = 20'000;
    std::vector<std::vector<MessageId>> given(4);
    {
        std::vector<std::jthread> threads;
        for (auto& own : given) {
            threads.emplace_back([&ids, &own] {
                own.reserve(each);
                for (std::size_t i = 0; i < each; ++i) own.push_back(ids.next(then));
            });
        }
    }
    std::vector<MessageId> all;
    for (const auto& own : given) {
        EXPECT_TRUE(std::ranges::is_sorted(own, std::less_equal{}));
        all.insert(all.end(), own.begin(), own.end());
    }
    std::ranges::sort(all);
    EXPECT_EQ(std::ranges::adjacent_find(all), all.end());
    EXPECT_EQ(all.size(), 4 * each);
}

}  // namespace
}  // namespace fenshen::domain
