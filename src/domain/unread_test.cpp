// SPDX-License-Identifier: Apache-2.0
#include "domain/unread.h"

#include <gtest/gtest.h>

namespace fenshen::domain {
namespace {

Unread unread(std::uint64_t last, std::uint64_t read, std::uint64_t own, bool newest_own = false) {
    return unread_of({MessageSeq(last), MessageSeq(read), MessageSeq(own), newest_own});
}
Unread expected(std::uint64_t count, std::uint64_t read_to) {
    return {count, MessageSeq(read_to)};
}

// The examples of wukong-semantics 5.3.
TEST(UnreadOf, TheExamples) {
    EXPECT_EQ(unread(10, 4, 7), expected(3, 7));
    EXPECT_EQ(unread(10, 8, 3), expected(2, 8));
    EXPECT_EQ(unread(10, 8, 10, true), expected(0, 10));
}

TEST(UnreadOf, TheAcceptanceChecks) {
    EXPECT_EQ(unread(1, 0, 0), expected(1, 0));        // u2 after u1's first message
    EXPECT_EQ(unread(2, 0, 2, true), expected(0, 2));  // and after its own answer
    EXPECT_EQ(unread(5, 5, 0), expected(0, 5));        // a new member after five messages
    EXPECT_EQ(unread(6, 5, 0), expected(1, 5));        // and after one more
}

TEST(UnreadOf, AnEmptyChannelHasNone) {
    EXPECT_EQ(unread(0, 0, 0), expected(0, 0));
}

TEST(UnreadOf, APositionBeyondTheWindowIsKept) {
    EXPECT_EQ(unread(10, 12, 0), expected(0, 12));
    EXPECT_EQ(unread(10, 12, 11), expected(0, 12));
}

// The arithmetic of the specification, literally, over all small numbers.
TEST(UnreadOf, IsTheSpecifiedArithmetic) {
    for (std::int64_t last = 0; last <= 8; ++last) {
        for (std::int64_t read = 0; read <= 9; ++read) {
            for (std::int64_t own = 0; own <= 9; ++own) {
                for (const bool newest_own : {false, true}) {
                    std::int64_t count = std::max<std::int64_t>(0, last - read);
                    std::int64_t read_to = read;
                    if (own > read && last - own < count) {
                        count = std::max<std::int64_t>(0, last - own);
                        read_to = own;
                    }
                    if (newest_own) {
                        count = 0;
                        read_to = last;
                    }
                    const auto u64 = [](std::int64_t n) { return static_cast<std::uint64_t>(n); };
                    EXPECT_EQ(unread(u64(last), u64(read), u64(own), newest_own).unread,
                              u64(count));
                    // Beyond the newest message nothing is unread, and the mark stays.
                    if (own > last && read >= last && !newest_own) continue;
                    EXPECT_EQ(unread(u64(last), u64(read), u64(own), newest_own).read_to.value(),
                              u64(read_to))
                        << last << " " << read << " " << own << " " << newest_own;
                }
            }
        }
    }
}

TEST(ReadPosition, LeavesSoManyUnread) {
    const auto position = [](std::uint64_t last, std::int64_t count) {
        return read_position_for_unread(MessageSeq(last), count).value();
    };
    EXPECT_EQ(position(10, 0), 10U);
    EXPECT_EQ(position(10, -3), 10U);
    EXPECT_EQ(position(10, INT64_MIN), 10U);
    EXPECT_EQ(position(10, 1), 9U);
    EXPECT_EQ(position(10, 10), 0U);
    EXPECT_EQ(position(10, 11), 9U);
    EXPECT_EQ(position(10, INT64_MAX), 9U);
    EXPECT_EQ(position(0, 0), 0U);
    EXPECT_EQ(position(0, 5), 0U);
}

TEST(Marks, OnlyMoveForward) {
    EXPECT_EQ(forward(MessageSeq(3), MessageSeq(5)), MessageSeq(5));
    EXPECT_EQ(forward(MessageSeq(5), MessageSeq(3)), MessageSeq(5));
}

std::uint64_t after(std::uint64_t known,
                    bool only_unread,
                    std::uint64_t read_to,
                    std::uint64_t deleted_to) {
    return shown_after(
               {MessageSeq(known), only_unread, MessageSeq(read_to), MessageSeq(deleted_to)})
        .value();
}

// wukong-http 12.1, step 4.
TEST(ShownAfter, WhatTheClientKnowsThenWhatIsReadThenNothing) {
    EXPECT_EQ(after(0, false, 7, 0), 0U);
    EXPECT_EQ(after(0, true, 7, 0), 7U);
    EXPECT_EQ(after(4, true, 7, 0), 4U);
    EXPECT_EQ(after(4, false, 7, 0), 4U);
}

TEST(ShownAfter, NothingThatWasDeleted) {
    EXPECT_EQ(after(0, false, 0, 5), 5U);
    EXPECT_EQ(after(0, true, 7, 5), 7U);
    EXPECT_EQ(after(4, false, 7, 5), 5U);
    EXPECT_EQ(after(6, false, 7, 5), 6U);
}

}  // namespace
}  // namespace fenshen::domain
