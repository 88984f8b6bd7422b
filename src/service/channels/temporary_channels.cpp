// SPDX-License-Identifier: Apache-2.0
#include "service/channels/temporary_channels.h"

#include "model/names.h"
#include "service/shard.h"

namespace fenshen::service {

Task<Result<void>> set_temporary_subscribers(World& world,
                                             ChannelKey channel,
                                             std::vector<Uid> uids) {
    Shard& shard = world.shard_of_channel(channel);
    co_await move_to(shard.home());
    auto found = co_await shard.channels().get(channel);
    if (!found) co_return std::unexpected(found.error());
    ChannelEntry& entry = **found;
    entry.subscribers.clear();
    for (auto& uid : uids) {
        if (!is_blank(uid.value())) entry.subscribers.insert(std::move(uid));
    }
    entry.audience_is_current = false;
    entry.conversations_ensured = false;
    if (auto* commands = shard.channels().find(command_channel_of(channel))) {
        commands->subscribers = entry.subscribers;
        commands->audience_is_current = false;
        commands->conversations_ensured = false;
    }
    co_return Result<void>{};
}

}  // namespace fenshen::service
