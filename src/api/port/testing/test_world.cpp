// SPDX-License-Identifier: Apache-2.0
#include "api/port/testing/test_world.h"

#include <gtest/gtest.h>

#include "api/http/uri.h"

namespace fenshen::api::testing_support {

TestWorld::TestWorld(const Settings& settings, std::vector<Manner> manners) {
    ids_ = std::make_unique<domain::Snowflake>(NodeId(1), clock.wall());
    world.reset(new service::World{.clock = clock,
                                   .slots = SlotMap(8),
                                   .node = NodeId(1),
                                   .store = engine,
                                   .log = engine,
                                   .pool = pool_,
                                   .ids = *ids_,
                                   .rules = settings.rules,
                                   .shards = {}});
    for (std::size_t i = 0; i < loops_.size(); ++i) {
        const LoopId id(static_cast<std::uint16_t>(i));
        world->shards.push_back(std::make_unique<service::Shard>(*world, id, loops_[i]));
        world->shards.back()->set_sessions(sessions);
    }
    for (const auto& shard : world->shards) {
        EXPECT_TRUE(shard->effects().recover());
        shard->effects().resume([] {});
    }
    telemetry::LogOptions quiet;
    quiet.level = telemetry::Level::off;
    log = std::make_unique<telemetry::Log>(quiet, clock);
    port = std::make_unique<Port>(
        Port{.token = settings.token, .clock = clock, .log = *log, .manners = std::move(manners)});
    router = std::make_unique<http::Router>(router_hooks(*port));
}

TestWorld::~TestWorld() = default;

http::Response TestWorld::ask(http::Method method,
                              std::string_view target,
                              std::string_view body,
                              const http::Headers& headers) {
    auto parsed = http::parse_target(target);
    if (!parsed) {
        ADD_FAILURE() << "not a target: " << target;
        return {};
    }
    http::Request request;
    request.method = method;
    request.target = target;
    request.path = parsed->path;
    request.segments = parsed->segments;
    request.query = parsed->query;
    request.headers = headers;
    request.body = body;
    request.peer_address = "192.0.2.7";
    std::optional<http::Response> answer;
    start(router->handle(request), [&](http::Response response) { answer = std::move(response); });
    settle();
    EXPECT_TRUE(answer.has_value()) << "no answer to " << target;
    return answer.value_or(http::Response{});
}

SessionRef TestWorld::session_of(std::uint64_t serial) const {
    return {NodeId(1), LoopId(static_cast<std::uint16_t>(serial % loops_.size())), serial};
}

std::uint64_t TestWorld::connect(std::string_view uid,
                                 std::uint8_t device_class,
                                 std::string_view device_id,
                                 std::string_view token) {
    const std::uint64_t serial = next_serial_++;
    service::ConnectCommand command;
    command.session = session_of(serial);
    command.uid = Uid(std::string(uid));
    command.device_id = DeviceId(std::string(device_id));
    command.device_class = DeviceClass(device_class);
    command.token = token;
    command.client = "wkproto 5";
    command.address = "192.0.2.9";
    service::connect_device(*world, std::move(command));
    settle();
    return sessions.accepted[serial] ? serial : 0;
}

void TestWorld::fail_writes(bool fail) {
    failing_ = fail;
    fail ? engine.hold() : engine.release(1);
}

bool TestWorld::run_one() {
    for (std::size_t i = 0; i < loops_.size(); ++i) {
        if (loops_[i].idle()) continue;
        running_ = &loops_[i];
        loops_[i].do_one();
        world->shards[i]->end_turn();
        running_ = nullptr;
        return true;
    }
    if (pool_.idle()) return false;
    running_ = &pool_;
    pool_.do_one();
    running_ = nullptr;
    return true;
}

void TestWorld::settle() {
    while (true) {
        while (run_one()) {
        }
        if (engine.held() == 0) return;
        engine.release(engine.held(), failing_);
        if (failing_) engine.hold();
    }
}

}  // namespace fenshen::api::testing_support
