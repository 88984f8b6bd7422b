// SPDX-License-Identifier: Apache-2.0
// What the endpoints of the WuKong-compatible API are handed. Built once in app/, filled in before
// the HTTP server starts, then only read, by all loops at a time; outlives every request.
#pragma once

#include <cstdint>
#include <functional>
#include <string>

#include "base/clock.h"
#include "service/shard.h"
#include "telemetry/log.h"
#include "telemetry/metrics.h"

namespace fenshen::api::wukong {

/// Where clients connect, as they reach it from outside (wukong-http 4). Empty: not offered.
struct ClientAddresses {
    std::string tcp;           ///< "im.example.com:5100", without a scheme
    std::string ws;            ///< "ws://im.example.com:5200"
    std::string wss;           ///< "wss://im.example.com:5210"
    std::string intranet_tcp;  ///< for callers that ask with intranet=1; empty: as `tcp`
};

/// What the gateways have counted since the start.
struct Traffic {
    std::int64_t connections = 0;  ///< open now
    std::uint64_t messages_in = 0;
    std::uint64_t messages_out = 0;
    std::uint64_t bytes_in = 0;
    std::uint64_t bytes_out = 0;
    std::uint64_t slow_clients = 0;  ///< closed because they read too slowly
};

struct Context {
    service::World& world;
    telemetry::MetricRegistry& metrics;
    telemetry::Log& log;
    ClientAddresses addresses;
    /// When not empty, every request except for health must carry it.
    std::string token;
    /// Why the server takes no work at the moment; empty: it does. Called on any loop.
    std::function<std::string()> not_ready;
    /// Called on any loop.
    std::function<Traffic()> traffic;
    /// 64 bits that nobody can guess. Called on any loop. The client numbers of messages that come
    /// without one are made of them.
    std::function<std::uint64_t()> random;
    std::string version;
    MonoTime started_at;
};

}  // namespace fenshen::api::wukong
