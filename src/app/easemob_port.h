// SPDX-License-Identifier: Apache-2.0
// The port of the Easemob side: REST at /{org}/{app}/..., the socket at /websocket, both on one
// listener (easemob-config). HTTP reads what comes first; a connection that asks for the socket is
// handed to the gateways as it is.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "app/config/config.h"
#include "app/metrics.h"
#include "gateway/loop_gateway.h"
#include "runtime/loop.h"
#include "service/shard.h"
#include "telemetry/log.h"

namespace fenshen::app {

/// What [easemob] says, as the services' rules; the device policy is where it starts from.
void take_easemob(service::Rules& rules, const config::Config& config);

class EasemobPort {
public:
    /// All outlive it. `make_session` makes what speaks MSync; empty: there is no socket.
    EasemobPort(const config::Config& config,
                service::World& world,
                const Gateways& gateways,
                gateway::SessionFactory make_session,
                telemetry::MetricRegistry& metrics,
                telemetry::Log& log);
    ~EasemobPort();
    EasemobPort(const EasemobPort&) = delete;
    EasemobPort& operator=(const EasemobPort&) = delete;

    /// Opens it and begins to serve; the loops are running. The error, or nothing.
    std::string open(runtime::Loops& loops);
    std::uint16_t port() const;
    /// As http::Server::stop.
    void stop(Millis patience, std::function<void()> done);

private:
    struct Parts;
    const std::unique_ptr<Parts> parts_;
};

}  // namespace fenshen::app
