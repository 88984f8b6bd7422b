// SPDX-License-Identifier: Apache-2.0
// Many connections of one loop: the bounds that they share, and how they share its time.
#include <gtest/gtest.h>

#include "gateway/testing/test_gateway.h"

namespace fenshen::gateway {
namespace {

using testing::Peer;
using testing::TestGateway;

using Ends = std::vector<CloseReason>;

GatewayLimits little_input() {
    GatewayLimits limits;
    limits.input_bytes_all_max = 40'000;
    limits.input_bytes_spared = 5'000;
    return limits;
}

TEST(Crowd, TheLongestInputsGo) {
    TestGateway world(little_input());
    std::vector<Peer> peers;
    for (const std::size_t bytes : {1'000U, 14'000U, 2'000U, 12'000U, 10'000U}) {
        peers.push_back(world.connect());
        peers.back().write(std::string(bytes, 'x'));
    }
    world.turns();
    EXPECT_EQ(world.ends, Ends{});  // 39'000
    peers[0].write(std::string(1'500, 'x'));
    world.turns();
    EXPECT_EQ(world.ends, Ends{CloseReason::input_crowded});
    peers[1].read();
    EXPECT_TRUE(peers[1].at_end());
    EXPECT_EQ(world.gateway->stats().input_bytes, 26'500);
    EXPECT_EQ(world.gateway->stats().closed[static_cast<std::size_t>(CloseReason::input_crowded)],
              1U);
    // What is left works on.
    peers[0].write("\n");
    world.turns();
    EXPECT_EQ(world.sessions[0]->lines.size(), 1U);
    EXPECT_EQ(world.gateway->stats().input_bytes, 24'000);
}

TEST(Crowd, WhoOnlyWaitsForUsIsSpared) {
    TestGateway world(little_input());
    std::vector<Peer> peers;
    for (int i = 0; i < 10; ++i) {
        peers.push_back(world.connect());
        world.sessions.back()->held = true;
        peers.back().write(std::string(4'500, 'x'));
    }
    world.turns();
    EXPECT_EQ(world.ends, Ends{});
    EXPECT_EQ(world.gateway->stats().input_bytes, 45'000);
    world.clock.now_ms += 1'000;
    peers.push_back(world.connect());
    peers.back().write(std::string(1'000, 'x'));
    world.turns();
    EXPECT_EQ(world.ends, Ends{CloseReason::input_crowded});
    peers.back().read();
    EXPECT_TRUE(peers.back().at_end());
}

TEST(Crowd, FragmentsOfAWebSocketMessageCount) {
    TestGateway world(little_input());
    auto peer = world.connect({.transport = Transport::websocket});
    peer.write(
        "GET / HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n");
    world.turns();
    EXPECT_EQ(peer.read().substr(0, 12), "HTTP/1.1 101");
    // Binary, not the last fragment, 100 bytes, masked with zeros.
    peer.write(std::string("\x02\xe4\0\0\0\0", 6) + std::string(100, 'x'));
    world.turns();
    EXPECT_EQ(world.gateway->stats().input_bytes, 100);
    peer.write(std::string("\x80\x81\0\0\0\0\n", 7));
    world.turns();
    EXPECT_EQ(world.gateway->stats().input_bytes, 0);
    EXPECT_EQ(world.sessions[0]->lines.size(), 1U);
}

TEST(Newcomers, BeyondTheLimitAreClosedAtOnce) {
    GatewayLimits limits;
    limits.unauthenticated_max = 3;
    TestGateway world(limits);
    auto& stats = world.gateway->stats();
    std::vector<Peer> peers;
    for (int i = 0; i < 3; ++i) peers.push_back(world.connect());
    auto refused = world.connect();
    refused.read();
    EXPECT_TRUE(refused.at_end());
    EXPECT_EQ(world.sessions.size(), 3U);
    EXPECT_EQ(stats.refused, 1U);
    EXPECT_EQ(stats.accepted, 3U);
    EXPECT_EQ(stats.unauthenticated, 3);

    // A login makes room for one, and so does an end.
    world.log_in(*world.sessions[0]);
    EXPECT_EQ(stats.unauthenticated, 2);
    peers.push_back(world.connect());
    EXPECT_EQ(stats.refused, 1U);
    peers[1].close();
    world.turns();
    EXPECT_EQ(stats.unauthenticated, 2);
    peers.push_back(world.connect());
    EXPECT_EQ(stats.refused, 1U);
    // The end of one that was logged in does not.
    peers[0].close();
    world.turns();
    EXPECT_EQ(stats.unauthenticated, 3);
    auto another = world.connect();
    EXPECT_EQ(stats.refused, 2U);
}

TEST(Ticks, EachConnectionHasItsTurnOnceASecond) {
    TestGateway world;
    std::vector<Peer> peers;
    for (int i = 0; i < 100; ++i) {
        peers.push_back(world.connect());
        world.log_in(*world.sessions.back());
    }
    world.pass(Millis(250));  // the last of their time as newcomers
    for (auto* session : world.sessions) session->ticks = 0;
    for (int tick = 1; tick <= 4; ++tick) {
        world.pass(Millis(250));
        int looked_at = 0;
        for (const auto* session : world.sessions) looked_at += session->ticks;
        EXPECT_EQ(looked_at, tick * 25);
    }
    for (const auto* session : world.sessions) EXPECT_EQ(session->ticks, 1);
}

}  // namespace
}  // namespace fenshen::gateway
