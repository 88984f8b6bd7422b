// SPDX-License-Identifier: Apache-2.0
// For this room's tests: a gateway on a loop without a thread, a clock that the test moves, and the
// client's end of each connection. Nothing happens but in turn() and tick().
#pragma once

#include <deque>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "gateway/loop_gateway.h"
#include "service/shard.h"
#include "storage/memory/memory_engine.h"
#include "storage/testing/test_home.h"

namespace fenshen::gateway::testing {

class ManualClock final : public Clock {
public:
    WallTime wall() const override { return {1'776'844'800'000 + now_ms}; }
    MonoTime mono() const override { return {now_ms}; }
    std::int64_t now_ms = 1'000'000;
};

/// Takes lines; says what it was told.
class FakeSession final : public ClientSession {
public:
    explicit FakeSession(Connection& connection_in) : connection(connection_in) {}

    std::size_t on_bytes(BytesView in, bool is_whole_text) override;
    bool is_held() const override { return held; }
    bool is_logged_in() const override { return logged_in; }
    void on_closed(CloseReason reason) override;
    void on_tick(MonoTime /*now*/) override { ++ticks; }
    void on_connect_decided(const service::ConnectOutcome& /*outcome*/) override {
        logged_in = true;
    }
    void on_send_decided(const service::SendOutcome& /*outcome*/) override { held = false; }
    void on_message(const SharedMessage& message) override { connection.send(message->payload); }
    void on_end(const service::SessionEnd& /*end*/) override {}
    void on_muted(bool /*muted*/) override {}

    Connection& connection;
    std::vector<std::string> lines;
    bool held = false;
    bool held_after_a_line = false;  ///< a line is something that has to be decided first
    bool logged_in = false;
    int ticks = 0;
    /// Outlives the session: where it writes down how it ended.
    std::vector<CloseReason>* ends = nullptr;
};

/// The client's end of a connection.
class Peer {
public:
    explicit Peer(int fd) : fd_(fd) {}
    ~Peer();
    Peer(Peer&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
    Peer& operator=(Peer&&) = delete;

    /// As much of it as the socket takes; answers how much.
    std::size_t write(std::string_view bytes) const;
    /// All that has come.
    std::string read();
    /// The other end has said its last word; after a read.
    bool at_end() const { return at_end_; }
    void close();

private:
    int fd_;
    bool at_end_ = false;
};

class TestGateway {
public:
    explicit TestGateway(const GatewayLimits& limits = {});
    ~TestGateway();

    /// A new connection with a FakeSession, `sessions.back()`.
    Peer connect(const ConnectionKind& kind = {});
    Peer connect(const ConnectionKind& kind, const SessionFactory& make_session);
    /// The gateway is told that the session has logged in.
    void log_in(FakeSession& session);

    /// What is ready and posted, on the pool, too, until nothing is left to do.
    void turns();
    void turn() { loop.turn_by_hand(); }
    /// Time passes, tick by tick.
    void pass(Millis time);

    ManualClock clock;
    storage::MemoryEngine engine;
    storage::testing::ManualHome pool;
    domain::Snowflake ids{NodeId(1), WallTime{1'776'844'800'000}};
    service::World world;
    telemetry::Log log;
    runtime::Loop loop{LoopId(0), clock};
    std::unique_ptr<LoopGateway> gateway;
    std::vector<FakeSession*> sessions;  ///< by order of connecting; some may be gone
    std::vector<CloseReason> ends;       ///< in the order in which they ended

private:
    static telemetry::LogOptions quiet();
};

}  // namespace fenshen::gateway::testing
