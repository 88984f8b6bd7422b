// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <algorithm>

#include "api/wukong/channel_names.h"
#include "api/wukong/detail/test_server.h"
#include "api/wukong/manner.h"
#include "api/wukong/routes.h"

namespace fenshen::api::wukong::testing_support {

TestServer::TestServer(const Settings& settings) : TestWorld(settings, {manner()}) {
    context = std::make_unique<Context>(Context{
        .world = *world,
        .metrics = metrics,
        .log = *log,
        .addresses = {"im.test:5100", "ws://im.test:5200", "wss://im.test:5210", "10.0.0.1:5100"},
        .token = settings.token,
        .not_ready = {},
        .traffic = {},
        .random = [this] { return next_random(); },
        .version = "1.2.3",
        .started_at = clock.mono(),
    });
    add_routes(*router, *context);
}

TestServer::~TestServer() = default;

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

service::SendOutcome TestServer::send(std::uint64_t serial,
                                      std::string_view from,
                                      std::string_view channel_id,
                                      ChannelType type,
                                      std::string_view payload) {
    auto message = std::make_shared<Message>();
    message->channel = channel_as_written(from, std::string(channel_id), type);
    message->addressed_to = channel_id;
    message->from = Uid(std::string(from));
    message->client_seq = static_cast<std::uint32_t>(next_random());
    message->client_msg_no = "device-" + std::to_string(message->client_seq);
    message->flags.red_dot = true;
    message->payload = payload;
    const std::uint32_t client_seq = message->client_seq;
    service::SendCommand command;
    command.origin = session_of(serial);
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

}  // namespace fenshen::api::wukong::testing_support
