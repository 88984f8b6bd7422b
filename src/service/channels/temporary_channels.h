// SPDX-License-Identifier: Apache-2.0
// Temporary channels: their members are in memory only (wukong-http 7.7).
#pragma once

#include <vector>

#include "base/task.h"
#include "model/channel.h"
#include "model/error.h"
#include "model/ids.h"

namespace fenshen::service {

struct World;

/// Replaces the members for as long as the channel stays in memory: until the server stops, or the
/// channel was idle while there were too many. Blank uids are passed over. Errc: store_unavailable,
/// store_corrupt (the channel's log cannot be read).
Task<Result<void>> set_temporary_subscribers(World& world,
                                             ChannelKey channel,
                                             std::vector<Uid> uids);

}  // namespace fenshen::service
