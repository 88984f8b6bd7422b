// SPDX-License-Identifier: Apache-2.0
// Where a page of messages begins and ends.
#include <gtest/gtest.h>

#include "storage/memory/memory_engine.h"
#include "storage/rows.h"
#include "storage/testing/test_home.h"

namespace fenshen::storage {
namespace {

const SlotId slot{5};

class PagesTest : public ::testing::Test {
protected:
    static constexpr std::uint64_t count = 50;
    PagesTest() {
        for (std::uint64_t seq = 1; seq <= count; ++seq) {
            Message message;
            message.channel = channel_;
            message.seq = MessageSeq(seq);
            message.id = MessageId(static_cast<std::int64_t>(seq));
            message.payload = Bytes(100, 'x');
            put(message);
        }
    }
    void put(const Message& message) {
        Batch batch;
        put_message(batch, message);
        engine_.commit(slot, batch, home_, [](Result<void> result) { ASSERT_TRUE(result); });
        home_.do_all();
    }
    /// "first-last", with "+" behind it where the page was cut.
    static std::string said(const Result<MessageSlice>& slice) {
        if (!slice) return "failed";
        if (slice->messages.empty()) return slice->cut ? "+" : "";
        const auto& messages = slice->messages;
        for (std::size_t i = 1; i < messages.size(); ++i) {
            EXPECT_EQ(messages[i].seq.value(), messages[i - 1].seq.value() + 1);
        }
        EXPECT_EQ(slice->bytes, messages.size() * 100);
        return std::to_string(messages.front().seq.value()) + "-" +
               std::to_string(messages.back().seq.value()) + (slice->cut ? "+" : "");
    }
    std::string oldest(std::uint64_t first,
                       std::uint64_t last,
                       std::size_t most,
                       std::size_t room) {
        return said(read_messages(
            engine_, slot, channel_, MessageSeq(first), MessageSeq(last), most, room));
    }
    std::string newest(std::uint64_t first,
                       std::uint64_t last,
                       std::size_t most,
                       std::size_t room) {
        return said(read_newest_messages(
            engine_, slot, channel_, MessageSeq(first), MessageSeq(last), most, room));
    }

    MemoryEngine engine_;
    testing::ManualHome home_;
    const ChannelKey channel_{ChannelType::group, "g"};
};

TEST_F(PagesTest, EndWithTheWindowTheCountOrTheBytes) {
    EXPECT_EQ(oldest(1, 50, 100, 5000), "1-50");
    EXPECT_EQ(oldest(1, 50, 100, 4999), "1-49+");
    EXPECT_EQ(oldest(11, 50, 10, 1000), "11-20");  // full of both: not cut by bytes
    EXPECT_EQ(oldest(11, 50, 10, 999), "11-19+");
    EXPECT_EQ(oldest(11, 13, 10, 300), "11-13");
    EXPECT_EQ(oldest(60, 70, 10, 300), "");
    EXPECT_EQ(oldest(20, 10, 10, 300), "");
    EXPECT_EQ(newest(1, 50, 100, 5000), "1-50");
    EXPECT_EQ(newest(1, 50, 100, 4999), "2-50+");
    EXPECT_EQ(newest(1, 40, 10, 1000), "31-40");
    EXPECT_EQ(newest(1, 40, 10, 999), "32-40+");
    EXPECT_EQ(newest(38, 40, 10, 300), "38-40");
    EXPECT_EQ(newest(0, 3, 10, 300), "1-3");
    EXPECT_EQ(newest(20, 10, 10, 300), "");
    EXPECT_EQ(newest(0, 0, 10, 300), "");
}

TEST_F(PagesTest, TheFirstMessageComesWhateverItsSize) {
    EXPECT_EQ(oldest(1, 50, 100, 0), "1-1+");
    EXPECT_EQ(newest(1, 50, 100, 0), "50-50+");
    EXPECT_EQ(oldest(50, 50, 100, 0), "50-50");
    EXPECT_EQ(newest(1, 1, 100, 0), "1-1");
    EXPECT_EQ(oldest(1, 50, 0, 1000), "");
    EXPECT_EQ(newest(1, 50, 0, 1000), "");
}

// The way back goes in steps: none of their edges shows.
TEST_F(PagesTest, TheNewestOfEveryCount) {
    for (std::uint64_t most = 1; most <= count; ++most) {
        const std::string all = std::to_string(count - most + 1) + "-50";
        EXPECT_EQ(newest(1, count, most, SIZE_MAX), all);
        EXPECT_EQ(newest(count - most + 1, count, SIZE_MAX, SIZE_MAX), all);
        EXPECT_EQ(newest(1, count, SIZE_MAX, most * 100), all + (most < count ? "+" : ""));
    }
}

TEST_F(PagesTest, AVisitEndsWhenItHasSeenEnough) {
    std::vector<std::uint64_t> seen;
    EXPECT_TRUE(visit_messages(
        engine_, slot, channel_, MessageSeq(3), MessageSeq(40), [&](Message&& message) {
            seen.push_back(message.seq.value());
            return seen.size() < 3;
        }));
    EXPECT_EQ(seen, (std::vector<std::uint64_t>{3, 4, 5}));
}

// Every text that a client chooses takes room, not the payload alone.
TEST_F(PagesTest, LongTextsCount) {
    Message message;
    message.channel = channel_;
    message.seq = MessageSeq(count + 1);
    message.topic = Bytes(1000, 't');
    message.client_msg_no = Bytes(1000, 'n');
    EXPECT_EQ(message_bytes(message), 2000U);
    put(message);
    const auto slice =
        read_newest_messages(engine_, slot, channel_, MessageSeq(1), message.seq, 100, 2099);
    ASSERT_TRUE(slice);
    EXPECT_EQ(slice->messages.size(), 1U);
    EXPECT_TRUE(slice->cut);
}

}  // namespace
}  // namespace fenshen::storage
