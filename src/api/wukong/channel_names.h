// SPDX-License-Identifier: Apache-2.0
// How callers name channels, and what we call them: a person channel by the peer's uid and "me",
// an agent channel, when written to, by the agent's uid (wukong-http 2.3).
#pragma once

#include <string>
#include <string_view>

#include "model/channel.h"
#include "model/ids.h"

namespace fenshen::api::wukong {

/// The channel that `reader` calls `channel_id`. What holds an `@` is a combined id already. Ids of
/// command channels keep their suffix.
ChannelKey channel_as_read(std::string_view reader, std::string channel_id, ChannelType type);

/// The channel that `sender` writes to.
ChannelKey channel_as_written(std::string_view sender, std::string channel_id, ChannelType type);

/// What `reader` calls it: of a person channel the peer's uid.
std::string name_for(std::string_view reader, const ChannelKey& channel);

}  // namespace fenshen::api::wukong
