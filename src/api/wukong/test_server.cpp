// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <algorithm>

#include "api/http/uri.h"
#include "api/wukong/channel_names.h"
#include "api/wukong/detail/test_server.h"
#include "api/wukong/guard.h"
#include "api/wukong/routes.h"

namespace fenshen::api::wukong::testing_support {

TestServer::TestServer(const Settings& settings) {
    ids_ = std::make_unique<domain::Snowflake>(NodeId(1), clock.wall());
    world = std::make_unique<service::World>(service::World{.clock = clock,
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
        shard->effects().resume();
    }
    telemetry::LogOptions quiet;
    quiet.level = telemetry::Level::off;
    log = std::make_unique<telemetry::Log>(quiet, clock);
    context = std::make_unique<Context>(Context{
        .world = *world,
        .metrics = metrics,
        .log = *log,
        .addresses = {"im.test:5100", "ws://im.test:5200", "wss://im.test:5210", "10.0.0.1:5100"},
        .token = settings.token,
        .not_ready = {},
        .traffic = {},
        .random = [this] { return next_random_++; },
        .version = "1.2.3",
        .started_at = clock.mono(),
    });
    router = std::make_unique<http::Router>(router_hooks(*context));
    add_routes(*router, *context);
}

TestServer::~TestServer() = default;

http::Response TestServer::ask(http::Method method,
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

Json TestServer::get_json(std::string_view target) {
    const auto response = get(target);
    EXPECT_EQ(response.status, 200) << target << ": " << response.body;
    return Json::parse(response.body, nullptr, false);
}

Json TestServer::post_json(std::string_view path, const Json& body) {
    const auto response = post(path, body.dump());
    EXPECT_EQ(response.status, 200) << path << ": " << response.body;
    return Json::parse(response.body, nullptr, false);
}

std::string TestServer::error_of(std::string_view path, const Json& body) {
    const auto response = post(path, body.dump());
    EXPECT_EQ(response.status, 400) << path << ' ' << body << ": " << response.body;
    const auto json = Json::parse(response.body, nullptr, false);
    if (!json.is_object() || json.value("status", 0) != 400) return "not ERR: " + response.body;
    return json.value("msg", "no msg");
}

std::uint64_t TestServer::connect(std::string_view uid,
                                  std::uint8_t device_class,
                                  std::string_view device_id,
                                  std::string_view token) {
    const std::uint64_t serial = next_serial_++;
    service::ConnectCommand command;
    command.session = {
        NodeId(1), LoopId(static_cast<std::uint16_t>(serial % loops_.size())), serial};
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

service::SendOutcome TestServer::send(std::uint64_t serial,
                                      std::string_view from,
                                      std::string_view channel_id,
                                      ChannelType type,
                                      std::string_view payload) {
    auto message = std::make_shared<Message>();
    message->channel = channel_as_written(from, std::string(channel_id), type);
    message->addressed_to = channel_id;
    message->from = Uid(std::string(from));
    message->client_seq = static_cast<std::uint32_t>(next_random_++);
    message->client_msg_no = "device-" + std::to_string(message->client_seq);
    message->flags.red_dot = true;
    message->payload = payload;
    const std::uint32_t client_seq = message->client_seq;
    service::SendCommand command;
    command.origin = {
        NodeId(1), LoopId(static_cast<std::uint16_t>(serial % loops_.size())), serial};
    service::Shard& own = *world->shards[command.origin.loop.value()];
    const bool to_person = type == ChannelType::person;
    service::Shard& next = to_person ? world->shard_of_account(Uid(message->addressed_to))
                                     : world->shard_of_channel(message->channel);
    command.message = std::move(message);
    auto& parcel = own.parcel_for(next);
    (to_person ? parcel.to_peers : parcel.to_channels).push_back(std::move(command));
    own.end_turn();
    settle();
    const auto outcome =
        std::ranges::find(sessions.send_outcomes, client_seq, &service::SendOutcome::client_seq);
    EXPECT_NE(outcome, sessions.send_outcomes.end());
    return *outcome;
}

void TestServer::fail_writes(bool fail) {
    failing_ = fail;
    fail ? engine.hold() : engine.release(1);
}

bool TestServer::run_one() {
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

void TestServer::settle() {
    while (true) {
        while (run_one()) {
        }
        if (engine.held() == 0) return;
        engine.release(engine.held(), failing_);
        if (failing_) engine.hold();
    }
}

}  // namespace fenshen::api::wukong::testing_support
