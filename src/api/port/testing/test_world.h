// SPDX-License-Identifier: Apache-2.0
// For the tests of the APIs: a whole server without threads, sockets or disk. A request is asked
// and answered in one call, on two loops and a pool that run in turns. Whoever derives from it adds
// the routes.
#pragma once

#include <array>
#include <deque>
#include <map>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "api/http/router.h"
#include "api/port/guard.h"
#include "domain/snowflake.h"
#include "service/devices/device_sessions.h"
#include "service/shard.h"
#include "storage/memory/memory_engine.h"
#include "telemetry/log.h"

namespace fenshen::api::testing_support {

using Json = nlohmann::json;

class TestClock final : public Clock {
public:
    WallTime wall() const override { return {now_ms}; }
    MonoTime mono() const override { return {now_ms}; }
    std::int64_t now_ms = 1'776'844'800'000;
};

class TestLoop final : public Executor {
public:
    explicit TestLoop(const TestLoop* const& running) : running_(running) {}
    void post(Work work) override { work_.push_back(std::move(work)); }
    bool is_here() const override { return running_ == this; }
    bool idle() const { return work_.empty(); }
    void do_one() {
        Work work = std::move(work_.front());
        work_.pop_front();
        work();
    }

private:
    const TestLoop* const& running_;
    std::deque<Work> work_;
};

/// Writes down what sessions are told.
class TestSessions final : public service::SessionPort {
public:
    void connect_decided(const service::ConnectOutcome& outcome) override {
        accepted[outcome.serial] = !outcome.error && outcome.decision.accepted();
    }
    void sends_decided(std::span<const service::SendOutcome> outcomes) override {
        send_outcomes.insert(send_outcomes.end(), outcomes.begin(), outcomes.end());
    }
    void deliver(std::span<const service::SessionDelivery> deliveries) override {
        for (const auto& each : deliveries) received[each.serial].push_back(each.message);
    }
    void end(const service::SessionEnd& end) override {
        ended.push_back(end);
        ended.back().until_closed.reset();  // there is no socket: it is closed at once
    }
    void set_muted(std::uint64_t serial, bool muted) override { is_muted[serial] = muted; }

    std::map<std::uint64_t, bool> accepted;
    std::map<std::uint64_t, std::vector<SharedMessage>> received;
    std::vector<service::SendOutcome> send_outcomes;
    std::vector<service::SessionEnd> ended;
    std::map<std::uint64_t, bool> is_muted;
};

struct Settings {
    std::string token;
    service::Rules rules;
};

class TestWorld {
public:
    TestWorld(const Settings& settings, std::vector<Manner> manners);
    ~TestWorld();
    TestWorld(const TestWorld&) = delete;
    TestWorld& operator=(const TestWorld&) = delete;

    http::Response ask(http::Method method,
                       std::string_view target,
                       std::string_view body = {},
                       const http::Headers& headers = {});
    http::Response get(std::string_view target) { return ask(http::Method::get, target); }
    http::Response post(std::string_view path, std::string_view body) {
        return ask(http::Method::post, path, body);
    }

    /// Logs a device in; 0 when it was refused.
    std::uint64_t connect(std::string_view uid,
                          std::uint8_t device_class,
                          std::string_view device_id = {},
                          std::string_view token = {});

    /// From now on every write fails, or none.
    void fail_writes(bool fail);

    TestClock clock;
    storage::MemoryEngine engine;
    TestSessions sessions;
    std::unique_ptr<service::World> world;
    std::unique_ptr<telemetry::Log> log;
    std::unique_ptr<Port> port;
    std::unique_ptr<http::Router> router;

protected:
    /// Runs all loops until nothing is left to do.
    void settle();
    SessionRef session_of(std::uint64_t serial) const;
    std::uint64_t next_random() { return next_random_++; }

private:
    bool run_one();

    const TestLoop* running_ = nullptr;
    std::array<TestLoop, 2> loops_{TestLoop(running_), TestLoop(running_)};
    TestLoop pool_{running_};
    std::unique_ptr<domain::Snowflake> ids_;
    std::uint64_t next_serial_ = 1;
    std::uint64_t next_random_ = 1;
    bool failing_ = false;
};

}  // namespace fenshen::api::testing_support
