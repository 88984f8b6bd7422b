// SPDX-License-Identifier: Apache-2.0
// How messages reach sessions, turn by turn: one loop without a thread.
#include <gtest/gtest.h>

#include <algorithm>
#include <map>

#include "service/devices/device_sessions.h"
#include "service/messages/messages.h"
#include "service/shard.h"
#include "storage/memory/memory_engine.h"
#include "storage/testing/test_home.h"

namespace fenshen::service {
namespace {

class FixedClock final : public Clock {
public:
    WallTime wall() const override { return {1'776'844'800'000}; }
    MonoTime mono() const override { return {1'000}; }
};

class Sessions final : public SessionPort {
public:
    void connect_decided(const ConnectOutcome& outcome) override {
        accepted += outcome.decision.accepted() ? 1 : 0;
    }
    void sends_decided(std::span<const SendOutcome> /*outcomes*/) override {}
    void deliver(std::span<const SessionDelivery> deliveries) override {
        for (const auto& each : deliveries) received[each.serial].push_back(each.message->payload);
        of_this_turn += deliveries.size();
    }
    void end(const SessionEnd& /*end*/) override {}
    void set_muted(std::uint64_t /*serial*/, bool /*muted*/) override {}

    int accepted = 0;
    std::size_t of_this_turn = 0;
    std::map<std::uint64_t, std::vector<Bytes>> received;
};

class DeliverTest : public ::testing::Test {
protected:
    static constexpr std::size_t online = 120;
    static constexpr std::size_t slice = 50;

    DeliverTest() {
        world_.rules.token_checks = false;
        world_.rules.slice_sessions_max = slice;
        world_.shards.push_back(std::make_unique<Shard>(world_, LoopId(0), loop_));
        shard().set_sessions(sessions_);
        std::vector<Uid> uids;
        for (std::size_t i = 1; i <= online; ++i) {
            uids.emplace_back("u" + std::to_string(i));
            ConnectCommand command;
            command.session = {NodeId(1), LoopId(0), i};
            command.uid = uids.back();
            command.device_id = DeviceId("d");
            connect_device(world_, std::move(command));
        }
        settle();
        EXPECT_EQ(sessions_.accepted, static_cast<int>(online));
        all_ = std::make_shared<const std::vector<Uid>>(uids);
        few_ = std::make_shared<const std::vector<Uid>>(uids.begin(), uids.begin() + 3);
    }

    Shard& shard() { return *world_.shards.front(); }
    /// What was posted before it, then the turn's end; answers how many deliveries it made.
    std::size_t turn() {
        sessions_.of_this_turn = 0;
        for (std::size_t left = loop_.posted(); left > 0; --left) loop_.do_one();
        shard().end_turn();
        return sessions_.of_this_turn;
    }
    void settle() {
        do {
            turn();
        } while (loop_.posted() > 0);
    }
    void say(const std::string& channel,
             const std::string& text,
             const std::shared_ptr<const std::vector<Uid>>& audience) {
        auto message = std::make_shared<Message>();
        message->channel = {ChannelType::temp, channel};
        message->addressed_to = channel;
        message->from = Uid("____system");
        message->client_msg_no = channel + text;
        message->payload = text;
        message->flags.no_persist = true;
        start(send_from_api(world_, std::move(message), audience),
              [](const SendOutcome& outcome) { EXPECT_FALSE(outcome.error); });
    }
    std::vector<std::size_t> turns() {
        std::vector<std::size_t> deliveries;
        while (deliveries.size() < 100) {
            const std::size_t made = turn();
            if (made > 0) deliveries.push_back(made);
            if (loop_.posted() == 0) break;
        }
        return deliveries;
    }

    FixedClock clock_;
    storage::MemoryEngine engine_;
    storage::testing::ManualHome loop_;
    domain::Snowflake ids_{NodeId(1), WallTime{1'776'844'800'000}};
    Sessions sessions_;
    World world_{.clock = clock_,
                 .slots = SlotMap(8),
                 .node = NodeId(1),
                 .store = engine_,
                 .log = engine_,
                 .pool = loop_,
                 .ids = ids_,
                 .rules = {},
                 .shards = {}};
    std::shared_ptr<const std::vector<Uid>> all_;
    std::shared_ptr<const std::vector<Uid>> few_;
};

using Counts = std::vector<std::size_t>;

TEST_F(DeliverTest, ASmallGroupIsToldAtOnce) {
    say("few", "hello", few_);
    EXPECT_EQ(turns(), Counts{3});
}

TEST_F(DeliverTest, ALargeGroupIsToldInSlices) {
    say("all", "hello", all_);
    EXPECT_EQ(turns(), (Counts{50, 50, 20}));
    EXPECT_EQ(sessions_.received.size(), online);
    EXPECT_EQ(shard().stats().fan_out_slices, 3U);
    EXPECT_EQ(shard().stats().fan_out_waiting, 0U);
    EXPECT_EQ(shard().stats().deliveries, online);
}

TEST_F(DeliverTest, OthersDoNotWaitForALargeGroup) {
    world_.rules.slice_sessions_max = 5;
    say("all", "large", all_);
    while (turn() == 0) {
    }
    say("few", "small", few_);
    while (sessions_.received[1].size() < 2 && loop_.posted() > 0) turn();
    EXPECT_EQ(sessions_.received[1], (std::vector<Bytes>{"large", "small"}));
    EXPECT_FALSE(sessions_.received.contains(online));  // not all have been told the large one
    settle();
    EXPECT_TRUE(sessions_.received.contains(online));
}

TEST_F(DeliverTest, AChannelKeepsItsOrderWhileItIsSliced) {
    std::vector<Bytes> said;
    for (int i = 0; i < 30; ++i) {
        said.push_back(std::to_string(i));
        say("all", said.back(), all_);
        turn();
    }
    // Smaller now, and still behind what is on its way.
    said.emplace_back("last");
    say("all", "last", few_);
    settle();
    for (std::uint64_t serial = 1; serial <= 3; ++serial) {
        EXPECT_EQ(sessions_.received[serial], said);
    }
    said.pop_back();
    for (std::uint64_t serial = 4; serial <= online; ++serial) {
        ASSERT_EQ(sessions_.received[serial], said) << serial;
    }
}

TEST_F(DeliverTest, SlicesGrowWhereMuchWaits) {
    for (int i = 0; i < 600; ++i) say("all" + std::to_string(i), "x", all_);
    std::size_t turns_with_deliveries = 0;
    do {
        turns_with_deliveries += turn() > 0 ? 1 : 0;
    } while (loop_.posted() > 0);
    EXPECT_EQ(shard().stats().deliveries, 600 * online);
    EXPECT_LT(turns_with_deliveries, 600 * online / slice);
}

}  // namespace
}  // namespace fenshen::service
