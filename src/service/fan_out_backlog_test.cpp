// SPDX-License-Identifier: Apache-2.0
#include "service/fan_out_backlog.h"

#include <gtest/gtest.h>

#include <map>

namespace fenshen::service {
namespace {

class FanOutBacklogTest : public ::testing::Test {
protected:
    using Uids = std::shared_ptr<const std::vector<Uid>>;

    static Uids members(int count) {
        std::vector<Uid> uids;
        for (int i = 0; i < count; ++i) uids.emplace_back("u" + std::to_string(i));
        return std::make_shared<const std::vector<Uid>>(std::move(uids));
    }
    void say(const std::string& channel, int number, const Uids& audience) {
        auto message = std::make_shared<Message>();
        message->channel = {ChannelType::group, channel};
        message->id = MessageId(number);
        backlog_.add({message, {}, audience});
    }
    /// Answers how many sessions were told; everybody has `devices` of them.
    std::size_t work_off(std::size_t sessions_max, std::size_t devices = 1) {
        std::size_t told = 0;
        backlog_.work_off(sessions_max, [&](const Uid& uid, std::span<const Delivery> deliveries) {
            ++looked_at_;
            for (const auto& delivery : deliveries) {
                received_[uid.value()].push_back(delivery.message->channel.id +
                                                 std::to_string(delivery.message->id.value()));
            }
            told += devices;
            return devices;
        });
        return told;
    }
    static ChannelKey group(const std::string& id) { return {ChannelType::group, id}; }

    FanOutBacklog backlog_;
    std::map<std::string, std::vector<std::string>> received_;
    std::size_t looked_at_ = 0;
};

using Texts = std::vector<std::string>;

TEST_F(FanOutBacklogTest, ASliceTellsNoMoreThanItMay) {
    say("g", 1, members(1050));
    EXPECT_EQ(work_off(500), 500U);
    EXPECT_EQ(work_off(500), 500U);
    EXPECT_TRUE(backlog_.holds(group("g")));
    EXPECT_EQ(work_off(500), 50U);
    EXPECT_TRUE(backlog_.empty());
    EXPECT_FALSE(backlog_.holds(group("g")));
    EXPECT_EQ(backlog_.size(), 0U);
    EXPECT_EQ(received_.size(), 1050U);
    EXPECT_EQ(work_off(500), 0U);
}

TEST_F(FanOutBacklogTest, EachReaderGetsAChannelsMessagesInOrder) {
    const auto audience = members(10);
    int said = 0;
    for (int turn = 0; turn < 40; ++turn) {
        if (turn < 25) say("g", ++said, audience);
        work_off(4);
    }
    while (!backlog_.empty()) work_off(4);
    Texts all;
    for (int i = 1; i <= said; ++i) all.push_back("g" + std::to_string(i));
    ASSERT_EQ(received_.size(), 10U);
    for (const auto& [uid, texts] : received_) EXPECT_EQ(texts, all) << uid;
}

TEST_F(FanOutBacklogTest, WhatComesDuringARoundGoesOutTogether) {
    const auto audience = members(10);
    say("g", 1, audience);
    work_off(5);
    for (int i = 2; i <= 9; ++i) say("g", i, audience);
    EXPECT_EQ(backlog_.size(), 9U);
    work_off(5);
    EXPECT_EQ(backlog_.size(), 8U);
    looked_at_ = 0;
    work_off(100);
    EXPECT_EQ(looked_at_, 10U);  // once for all eight
    EXPECT_EQ(received_["u9"].size(), 9U);
}

TEST_F(FanOutBacklogTest, ARoundDoesNotGrowForEver) {
    const auto audience = members(3);
    constexpr int most = static_cast<int>(FanOutBacklog::messages_a_round_max);
    for (int i = 1; i <= most + 1; ++i) say("g", i, audience);
    work_off(3);
    EXPECT_EQ(received_["u0"].size(), FanOutBacklog::messages_a_round_max);
    EXPECT_EQ(backlog_.size(), 1U);
}

TEST_F(FanOutBacklogTest, AnotherAudienceIsAnotherRound) {
    say("g", 1, members(2));
    say("g", 2, members(3));
    say("g", 3, members(1));
    work_off(100);
    EXPECT_TRUE(backlog_.empty());
    EXPECT_EQ(received_["u0"], (Texts{"g1", "g2", "g3"}));
    EXPECT_EQ(received_["u1"], (Texts{"g1", "g2"}));
    EXPECT_EQ(received_["u2"], Texts{"g2"});
}

TEST_F(FanOutBacklogTest, ChannelsTakeTurns) {
    say("a", 1, members(100));
    say("b", 1, members(5));
    work_off(10);
    EXPECT_TRUE(backlog_.holds(group("b")));
    work_off(10);
    EXPECT_FALSE(backlog_.holds(group("b")));
    EXPECT_TRUE(backlog_.holds(group("a")));
    EXPECT_EQ(received_["u4"], (Texts{"a1", "b1"}));
}

// Nobody is online, and still looking for them takes its time.
TEST_F(FanOutBacklogTest, LookingCountsToo) {
    say("g", 1, members(200));
    work_off(10, 0);
    EXPECT_EQ(looked_at_, 10 * FanOutBacklog::accounts_a_session);
    work_off(10, 0);
    EXPECT_TRUE(backlog_.empty());
    EXPECT_EQ(looked_at_, 200U);
}

TEST_F(FanOutBacklogTest, AnAccountWithManyDevicesEndsASlice) {
    say("g", 1, members(3));
    EXPECT_EQ(work_off(2, 5), 5U);
    EXPECT_EQ(work_off(2, 5), 5U);
    EXPECT_FALSE(backlog_.empty());
}

TEST_F(FanOutBacklogTest, NobodyToTell) {
    say("g", 1, members(0));
    EXPECT_EQ(work_off(10), 0U);
    EXPECT_TRUE(backlog_.empty());
}

}  // namespace
}  // namespace fenshen::service
