// SPDX-License-Identifier: Apache-2.0
// A WuKong session on a real connection and a real shard, with a clock that the test moves: what is
// sent again, and when (wukong-wire 5.11).
#include "gateway/wukong/session.h"

#include <gtest/gtest.h>

#include "gateway/testing/test_gateway.h"

namespace fenshen::gateway {
namespace {

using testing::Peer;
using testing::TestGateway;

constexpr std::uint8_t version = 4;

class WukongSessionTest : public ::testing::Test {
protected:
    WukongSessionTest() {
        options_.encryption = false;
        peer_ = std::make_unique<Peer>(world_.connect({}, [this](Connection& connection) {
            serial_ = connection.serial();
            return std::make_unique<WukongSession>(connection, loop_);
        }));
        wukong::Connect connect;
        connect.version = version;
        connect.uid = "bob";
        connect.device_id = "phone";
        write(connect);
        world_.turns();
        const std::string answer = peer_->read();
        const auto raw = wukong::take_frame(answer, wukong::frame_bytes_max_default);
        EXPECT_TRUE(raw && *raw);
        EXPECT_EQ(wukong::decode_connack(**raw, version)->reason, wukong::Reason::success);
    }

    void write(const auto& frame) {
        Bytes bytes;
        wukong::encode(bytes, frame, version);
        peer_->write(bytes);
    }
    void deliver(std::int64_t id, bool no_persist = false) {
        auto message = std::make_shared<Message>();
        message->channel = {ChannelType::group, "g"};
        message->from = Uid("ann");
        message->id = MessageId(id);
        message->seq = MessageSeq(static_cast<std::uint64_t>(id));
        message->payload = "hello";
        message->flags.no_persist = no_persist;
        const service::SessionDelivery delivery{serial_, std::move(message)};
        world_.gateway->deliver({&delivery, 1});
        world_.turn();
    }
    void acknowledge(std::int64_t id) {
        wukong::Recvack ack;
        ack.message_id = id;
        ack.message_seq = static_cast<std::uint64_t>(id);
        write(ack);
        world_.turn();
    }
    /// Ids of the RECVs that have come; the client keeps its connection alive.
    std::vector<std::int64_t> received() {
        const std::string bytes = peer_->read();
        std::vector<std::int64_t> ids;
        BytesView in = bytes;
        while (!in.empty()) {
            const auto raw = wukong::take_frame(in, wukong::frame_bytes_max_default);
            if (!raw || !*raw) {
                ADD_FAILURE() << "half a frame";
                break;
            }
            if ((*raw)->type == wukong::FrameType::recv) {
                const auto frame = wukong::decode_recv(**raw, version);
                EXPECT_EQ(frame->payload, "hello");
                EXPECT_FALSE(frame->flags.dup);
                ids.push_back(frame->message_id);
            }
            in.remove_prefix((*raw)->size);
        }
        return ids;
    }
    std::vector<std::int64_t> after(Millis time) {
        for (std::int64_t left = time.count(); left > 0; left -= 30'000) {
            write(wukong::Ping{});
            world_.turn();
            world_.pass(Millis(std::min<std::int64_t>(left, 30'000)));
        }
        return received();
    }

    TestGateway world_;
    WukongOptions options_;
    WukongLoop loop_{options_};
    std::unique_ptr<Peer> peer_;
    std::uint64_t serial_ = 0;
};

using Ids = std::vector<std::int64_t>;

TEST_F(WukongSessionTest, AnUnacknowledgedRecvComesAgainEveryMinuteFiveTimes) {
    deliver(7);
    EXPECT_EQ(received(), Ids{7});
    for (int again = 0; again < 5; ++again) {
        EXPECT_EQ(after(Millis(59'750)), Ids{}) << again;
        EXPECT_EQ(after(Millis(250)), Ids{7}) << again;
    }
    EXPECT_EQ(after(Millis(600'000)), Ids{});
    EXPECT_EQ(world_.gateway->stats().resent, 5U);
    EXPECT_EQ(world_.gateway->stats().connections, 1);
}

TEST_F(WukongSessionTest, WhatIsAcknowledgedDoesNotComeAgain) {
    for (const std::int64_t id : {1, 2, 3}) deliver(id);
    EXPECT_EQ(received(), (Ids{1, 2, 3}));
    acknowledge(2);
    EXPECT_EQ(after(Millis(62'000)), (Ids{1, 3}));
    acknowledge(1);
    acknowledge(1);
    EXPECT_EQ(after(Millis(62'000)), Ids{3});
    acknowledge(3);
    EXPECT_EQ(after(Millis(600'000)), Ids{});
}

TEST_F(WukongSessionTest, WhatIsNotKeptDoesNotComeAgain) {
    deliver(5, true);
    EXPECT_EQ(received(), Ids{5});
    EXPECT_EQ(after(Millis(120'000)), Ids{});
}

TEST_F(WukongSessionTest, OfManyOnlyTheLastHundredComeAgain) {
    Ids all;
    for (std::int64_t id = 1; id <= 103; ++id) {
        deliver(id);
        all.push_back(id);
        ASSERT_EQ(received(), Ids{id});
    }
    const Ids last(all.begin() + 3, all.end());
    std::vector<std::int64_t> again = after(Millis(62'000));
    for (int i = 0; i < 20; ++i) {
        world_.turn();
        for (const auto id : received()) again.push_back(id);
    }
    EXPECT_EQ(again, last);
}

}  // namespace
}  // namespace fenshen::gateway
