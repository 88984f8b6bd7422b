// SPDX-License-Identifier: Apache-2.0
// What an MsyncSession needs of its connection and of its loop: little enough that a test brings
// its own.
#pragma once

#include <string>

#include "base/bytes.h"
#include "base/clock.h"
#include "gateway/client_session.h"
#include "gateway/loop_gateway.h"
#include "model/ids.h"
#include "service/shard.h"
#include "telemetry/log.h"

namespace fenshen::gateway {

class MsyncLink {
public:
    virtual ~MsyncLink() = default;
    /// One binary WebSocket message.
    virtual void send(BytesView frame) = 0;
    /// Sends what is waiting, and closes.
    virtual void close(CloseReason reason, Millis grace) = 0;
    virtual SessionRef ref() const = 0;
    virtual std::string address() const = 0;
    virtual service::Shard& shard() = 0;
    virtual telemetry::Log& log() = 0;
    virtual GatewayStats& stats() = 0;
    virtual MonoTime now() = 0;
};

}  // namespace fenshen::gateway
