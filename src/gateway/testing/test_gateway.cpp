// SPDX-License-Identifier: Apache-2.0
#include "gateway/testing/test_gateway.h"

#include <gtest/gtest.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cerrno>

namespace fenshen::gateway::testing {

std::size_t FakeSession::on_bytes(BytesView in, bool /*is_whole_text*/) {
    std::size_t taken = 0;
    while (!held) {
        const std::size_t end = in.find('\n', taken);
        if (end == in.npos) break;
        lines.emplace_back(in.substr(taken, end - taken));
        taken = end + 1;
        held = held_after_a_line;
    }
    return taken;
}

void FakeSession::on_closed(CloseReason reason) {
    if (ends != nullptr) ends->push_back(reason);
}

Peer::~Peer() {
    close();
}

void Peer::close() {
    if (fd_ >= 0) ::close(std::exchange(fd_, -1));
}

std::size_t Peer::write(std::string_view bytes) const {
    std::size_t written = 0;
    while (written < bytes.size()) {
        const auto rest = bytes.substr(written);
        const ssize_t sent = ::send(fd_, rest.data(), rest.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
        if (sent <= 0) break;
        written += static_cast<std::size_t>(sent);
    }
    return written;
}

std::string Peer::read() {
    std::string all;
    std::array<char, 65536> buffer{};
    for (;;) {
        const ssize_t got = ::recv(fd_, buffer.data(), buffer.size(), MSG_DONTWAIT);
        if (got < 0 && errno == EAGAIN) break;
        if (got <= 0) {
            at_end_ = true;
            break;
        }
        all.append(buffer.data(), static_cast<std::size_t>(got));
    }
    return all;
}

telemetry::LogOptions TestGateway::quiet() {
    telemetry::LogOptions options;
    options.level = telemetry::Level::off;
    return options;
}

TestGateway::TestGateway(const GatewayLimits& limits)
    : world{.clock = clock,
            .slots = SlotMap(8),
            .node = NodeId(1),
            .store = engine,
            .log = engine,
            .pool = pool,
            .ids = ids,
            .rules = {},
            .shards = {}},
      log(quiet(), clock) {
    world.rules.token_checks = false;
    world.shards.push_back(std::make_unique<service::Shard>(world, loop.id(), loop));
    gateway = std::make_unique<LoopGateway>(*world.shards.front(), loop, limits, log);
}

TestGateway::~TestGateway() {
    loop.drop_work();
}

Peer TestGateway::connect(const ConnectionKind& kind) {
    return connect(kind, [this](Connection& connection) {
        auto session = std::make_unique<FakeSession>(connection);
        session->ends = &ends;
        sessions.push_back(session.get());
        return session;
    });
}

Peer TestGateway::connect(const ConnectionKind& kind, const SessionFactory& make_session) {
    std::array<int, 2> ends_of_it{};
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, ends_of_it.data()) !=
        0) {
        ADD_FAILURE() << "no socket pair";
    }
    // A slow reader is slow after a few kilobytes.
    const int bytes = 4096;
    setsockopt(ends_of_it[0], SOL_SOCKET, SO_SNDBUF, &bytes, sizeof bytes);
    gateway->adopt(ends_of_it[0], kind, make_session);
    return Peer(ends_of_it[1]);
}

void TestGateway::log_in(FakeSession& session) {
    service::ConnectOutcome outcome;
    outcome.serial = session.connection.serial();
    gateway->connect_decided(outcome);
}

void TestGateway::turns() {
    // More than any chain of work in these tests is long.
    for (int i = 0; i < 50; ++i) {
        pool.do_all();
        loop.turn_by_hand();
    }
}

void TestGateway::pass(Millis time) {
    constexpr std::int64_t tick_ms = 250;
    for (std::int64_t left = time.count(); left > 0; left -= tick_ms) {
        clock.now_ms += std::min(left, tick_ms);
        loop.tick_by_hand();
    }
}

}  // namespace fenshen::gateway::testing
