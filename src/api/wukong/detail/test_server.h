// SPDX-License-Identifier: Apache-2.0
// For this room's tests: the whole API on a server without threads, sockets or disk.
#pragma once

#include <memory>
#include <string_view>

#include "api/port/testing/test_world.h"
#include "api/wukong/context.h"
#include "model/channel.h"

namespace fenshen::api::wukong::testing_support {

using api::testing_support::Json;
using api::testing_support::Settings;
using api::testing_support::TestClock;
using api::testing_support::TestLoop;
using api::testing_support::TestSessions;

class TestServer : public api::testing_support::TestWorld {
public:
    explicit TestServer(const Settings& settings = {});
    ~TestServer();

    /// Expects 200; answers the body.
    Json get_json(std::string_view target);
    Json post_json(std::string_view path, const Json& body);
    /// Expects HTTP 400; answers `msg`.
    std::string error_of(std::string_view path, const Json& body);

    /// Sends as a device does.
    service::SendOutcome send(std::uint64_t serial,
                              std::string_view from,
                              std::string_view channel_id,
                              ChannelType type,
                              std::string_view payload);

    telemetry::MetricRegistry metrics;
    std::unique_ptr<Context> context;
};

}  // namespace fenshen::api::wukong::testing_support
