// SPDX-License-Identifier: Apache-2.0
// An MsyncLink over a real connection.
#pragma once

#include <memory>

#include "gateway/connection.h"
#include "gateway/msync/session.h"

namespace fenshen::gateway {

/// The session of a connection that has become a WebSocket. `options` outlive it.
std::unique_ptr<ClientSession> make_msync_session(Connection& connection,
                                                  const MsyncOptions& options);

}  // namespace fenshen::gateway
