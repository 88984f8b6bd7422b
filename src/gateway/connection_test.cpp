// SPDX-License-Identifier: Apache-2.0
// One connection: its time limits, what it holds, and how it ends.
#include "gateway/connection.h"

#include <gtest/gtest.h>

#include "gateway/testing/test_gateway.h"

namespace fenshen::gateway {
namespace {

using testing::Peer;
using testing::TestGateway;

using Ends = std::vector<CloseReason>;
using Lines = std::vector<std::string>;

TEST(TimeLimits, WhoSaysNothingIsClosedSoon) {
    TestGateway world;
    auto peer = world.connect();
    world.pass(Millis(1'750));
    EXPECT_EQ(world.ends, Ends{});
    world.pass(Millis(250));
    EXPECT_EQ(world.ends, Ends{CloseReason::login_timeout});
    peer.read();
    EXPECT_TRUE(peer.at_end());
    EXPECT_EQ(world.gateway->stats().connections, 0);
}

// Also with a byte now and then.
TEST(TimeLimits, WhoDoesNotFinishItsLoginIsClosed) {
    TestGateway world;
    auto peer = world.connect();
    for (int second = 0; second < 9; ++second) {
        peer.write("x");
        world.turn();
        world.pass(Millis(1'000));
    }
    EXPECT_EQ(world.ends, Ends{});
    world.pass(Millis(1'000));
    EXPECT_EQ(world.ends, Ends{CloseReason::login_timeout});
}

TEST(TimeLimits, WhoIsSilentIsClosedAndWhoSpeaksIsNot) {
    TestGateway world;
    auto silent = world.connect();
    auto speaking = world.connect();
    for (auto* session : world.sessions) world.log_in(*session);
    world.pass(Millis(179'000));
    speaking.write("x");
    world.turn();
    world.pass(Millis(2'000));
    EXPECT_EQ(world.ends, Ends{CloseReason::idle});
    silent.read();
    EXPECT_TRUE(silent.at_end());
    world.pass(Millis(176'000));
    EXPECT_EQ(world.ends.size(), 1U);
    world.pass(Millis(4'000));
    EXPECT_EQ(world.ends.size(), 2U);
}

TEST(HeldInput, IsNotReadOnAndNotLost) {
    TestGateway world;
    auto peer = world.connect();
    auto& session = *world.sessions[0];
    session.held_after_a_line = true;
    Lines said;
    std::string all;
    for (int i = 0; i < 20'000; ++i) {
        said.push_back(std::to_string(i));
        all += said.back() + "\n";
    }
    std::size_t written = peer.write(all);
    world.turns();
    EXPECT_EQ(session.lines, Lines{"0"});
    EXPECT_TRUE(session.connection.is_read_no_further());
    const auto held = world.gateway->stats().input_bytes.load();
    EXPECT_GT(held, 0);
    EXPECT_LE(held, 16 * 1024);  // one read, however much is sent
    session.held_after_a_line = false;
    service::SendOutcome outcome;
    outcome.session = session.connection.ref();
    world.gateway->sends_decided({&outcome, 1});
    while (written < all.size()) {
        world.turns();
        written += peer.write(std::string_view(all).substr(written));
    }
    world.turns();
    EXPECT_EQ(session.lines, said);
    EXPECT_EQ(world.gateway->stats().input_bytes, 0);
    EXPECT_FALSE(session.connection.is_read_no_further());
}

TEST(HeldInput, WaitsWhileALoginIsDecided) {
    TestGateway world;
    auto peer = world.connect();
    auto& session = *world.sessions[0];
    session.held_after_a_line = true;
    peer.write("login\nmore\nand more\n");
    world.turns();
    EXPECT_EQ(session.lines, Lines{"login"});
    session.held = session.held_after_a_line = false;
    world.log_in(session);
    EXPECT_EQ(session.lines, (Lines{"login", "more", "and more"}));
}

TEST(HeldInput, WaitsWhileTheStoreIsBehind) {
    GatewayLimits limits;
    limits.commit_bytes_max = 1000;
    TestGateway world(limits);
    auto peer = world.connect();
    auto& session = *world.sessions[0];
    world.log_in(session);
    world.engine.hold();
    storage::Batch batch;
    batch.put(storage::Table::member, "key", Bytes(2000, 'x'));
    world.engine.commit(SlotId(0), batch, world.loop, [](Result<void>) {});
    peer.write("a line\n");
    world.turns();
    EXPECT_EQ(session.lines, Lines{});
    world.engine.let_go();
    world.turns();
    EXPECT_EQ(session.lines, Lines{"a line"});
}

TEST(IncompleteInput, HasALimitThatIsLowerBeforeTheLogin) {
    GatewayLimits limits;
    limits.login_bytes_max = 20'000;
    limits.input_bytes_max = 100'000;
    TestGateway world(limits);
    auto stranger = world.connect();
    auto known = world.connect();
    world.log_in(*world.sessions[1]);
    const std::string part(10'000, 'x');
    for (int i = 0; i < 6; ++i) {
        stranger.write(part);
        known.write(part);
        world.turns();
    }
    EXPECT_EQ(world.ends, Ends{CloseReason::protocol_error});
    EXPECT_EQ(world.gateway->stats().input_bytes, 60'000);
    for (int i = 0; i < 6; ++i) {
        known.write(part);
        world.turns();
    }
    EXPECT_EQ(world.ends.size(), 2U);
    EXPECT_EQ(world.gateway->stats().input_bytes, 0);
}

TEST(SlowReader, IsClosedWhenTooMuchWaitsForIt) {
    GatewayLimits limits;
    limits.out_bytes_max = 100'000;
    TestGateway world(limits);
    auto slow = world.connect();
    auto quick = world.connect();
    const std::string frame(30'000, 'f');
    std::string got;
    for (int i = 0; i < 5; ++i) {
        for (auto* session : world.sessions) {
            if (world.ends.empty() || session != world.sessions[0]) session->connection.send(frame);
        }
        for (int turn = 0; turn < 20; ++turn) {
            world.turn();
            got += quick.read();
        }
    }
    EXPECT_EQ(world.ends, Ends{CloseReason::too_slow});
    EXPECT_EQ(got.size(), 5 * frame.size());
    EXPECT_EQ(world.gateway->stats().bytes_waiting, 0);
}

TEST(SlowReader, IsClosedSoonerWhenAllTogetherAreSlow) {
    GatewayLimits limits;
    limits.out_bytes_all_max = 150'000;
    limits.out_bytes_spared = 20'000;
    TestGateway world(limits);
    std::vector<Peer> peers;
    for (int i = 0; i < 3; ++i) peers.push_back(world.connect());
    world.sessions[0]->connection.send(std::string(15'000, 'f'));
    world.sessions[1]->connection.send(std::string(60'000, 'f'));
    world.turns();
    EXPECT_EQ(world.ends, Ends{});
    world.sessions[2]->connection.send(std::string(120'000, 'f'));
    world.turns();
    EXPECT_EQ(world.ends, Ends{CloseReason::too_slow});
    EXPECT_TRUE(peers[2].read().size() < 120'000);
    EXPECT_TRUE(peers[2].at_end());
    peers[0].read();
    EXPECT_FALSE(peers[0].at_end());
}

TEST(Closing, SaysItsLastWordAndWaitsForThePeer) {
    TestGateway world;
    auto peer = world.connect();
    world.sessions[0]->connection.send("good-bye");
    world.sessions[0]->connection.close_after_flush(CloseReason::ended, Millis(700));
    world.turns();
    EXPECT_EQ(peer.read(), "good-bye");
    EXPECT_TRUE(peer.at_end());
    world.pass(Millis(500));
    EXPECT_EQ(world.ends, Ends{});
    EXPECT_EQ(world.gateway->stats().connections, 1);
    EXPECT_EQ(peer.write("too late\n"), 9U);  // still heard, and for nothing
    world.turns();
    EXPECT_EQ(world.sessions[0]->lines, Lines{});
    peer.close();
    world.turns();
    EXPECT_EQ(world.ends, Ends{CloseReason::ended});
}

TEST(Closing, EndsWhateverThePeerDoes) {
    TestGateway world;
    auto peer = world.connect();
    world.log_in(*world.sessions[0]);
    world.sessions[0]->connection.close_after_flush(CloseReason::ended, Millis(700));
    for (int i = 0; i < 2; ++i) {
        peer.write("still here\n");
        world.turns();
        world.pass(Millis(250));
    }
    EXPECT_EQ(world.ends, Ends{});
    world.pass(Millis(250));
    EXPECT_EQ(world.ends, Ends{CloseReason::ended});
}

TEST(Closing, ByThePeer) {
    TestGateway world;
    auto peer = world.connect();
    peer.write("last words\n");
    peer.close();
    world.turns();
    EXPECT_EQ(world.ends, Ends{CloseReason::peer_closed});
    EXPECT_EQ(world.gateway->stats().closed[static_cast<std::size_t>(CloseReason::peer_closed)],
              1U);
}

ConnectionKind behind_proxy() {
    return {.is_trusted_proxy = [](const std::string&) { return true; }};
}

TEST(ProxyHeader, NamesTheClientHoweverItIsCut) {
    const std::string header = "PROXY TCP4 198.51.100.7 192.0.2.1 40000 5100\r\n";
    const std::string all = header + "hello\n";
    for (std::size_t cut = 1; cut < all.size(); ++cut) {
        TestGateway world;
        auto peer = world.connect(behind_proxy());
        peer.write(all.substr(0, cut));
        world.turn();
        peer.write(all.substr(cut));
        world.turn();
        ASSERT_EQ(world.sessions[0]->lines, Lines{"hello"}) << cut;
        EXPECT_EQ(world.sessions[0]->connection.address().substr(0, 12), "198.51.100.7") << cut;
    }
}

TEST(ProxyHeader, IsNotAskedForAndMayBeMissing) {
    TestGateway world;
    auto peer = world.connect(behind_proxy());
    peer.write("hello\n");
    world.turn();
    EXPECT_EQ(world.sessions[0]->lines, Lines{"hello"});
}

TEST(ProxyHeader, MeansNothingFromAnybodyElse) {
    TestGateway world;
    auto peer = world.connect({.is_trusted_proxy = [](const std::string&) { return false; }});
    peer.write("PROXY TCP4 198.51.100.7 192.0.2.1 40000 5100\r\n");
    world.turn();
    EXPECT_EQ(world.sessions[0]->lines, Lines{"PROXY TCP4 198.51.100.7 192.0.2.1 40000 5100\r"});
    EXPECT_EQ(world.sessions[0]->connection.address().find("198.51.100.7"), std::string::npos);
}

TEST(ProxyHeader, ThatLiesClosesTheConnection) {
    TestGateway world;
    auto peer = world.connect(behind_proxy());
    peer.write("PROXY TCP4 nonsense\r\nhello\n");
    world.turn();
    EXPECT_EQ(world.ends, Ends{CloseReason::protocol_error});
}

}  // namespace
}  // namespace fenshen::gateway
