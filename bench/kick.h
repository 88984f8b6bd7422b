// SPDX-License-Identifier: Apache-2.0
// Single logins, looked at closely: how long one takes, and how soon the device that has to make
// way is told, once the new one is let in.
#pragma once

#include <cstdint>
#include <stop_token>

#include "options.h"
#include "percentiles.h"
#include "server_process.h"

namespace fenshen::bench {

struct KickResult {
    Latencies login;            ///< from the new device's CONNECT to its CONNACK
    Latencies told;             ///< from the new device's CONNECT to the old one's DISCONNECT
    double after_login_ms = 0;  ///< median from the CONNACK to the DISCONNECT; both as they arrive
    std::uint32_t logins = 0;
    std::uint32_t ended = 0;
};
/// One device an account is allowed; for each account a first one logs in, then a second one. One
/// account after the other.
KickResult measure_kicks(const Options& options, ServerProcess& server);

/// One device after the other logs in, until it is told to stop: from connecting to the CONNACK.
Latencies measure_logins(const Options& options, ServerProcess& server, std::stop_token stop);

}  // namespace fenshen::bench
