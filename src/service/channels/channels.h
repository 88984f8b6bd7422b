// SPDX-License-Identifier: Apache-2.0
// Describing channels and keeping their lists (wukong-http 7). A list of a person belongs to the
// account and lies in its slot; every other list belongs to the channel. What changes is in force
// when the call answers.
#pragma once

#include <vector>

#include "base/task.h"
#include "model/channel.h"
#include "model/error.h"
#include "model/ids.h"
#include "storage/rows.h"

namespace fenshen::service {

class Shard;
struct ChannelEntry;
struct World;

/// The members of `channel` are others now, in memory as in the store. On its loop.
void members_changed(Shard& shard, ChannelEntry& channel);

/// Sets all flags of a channel, or of an account where `channel` is a person named by its uid.
/// Muting (`send_ban`) reaches the account's live sessions.
Task<Result<void>> describe_channel(World& world, ChannelKey channel, ChannelFlags flags);

/// Marks as disbanded; a channel that was never described stays as it is. Messages and members are
/// kept.
Task<Result<void>> disband_channel(World& world, ChannelKey channel);

struct AddSubscribers {
    ChannelKey channel;
    std::vector<Uid> uids;  ///< blank ones are passed over
    bool reset = false;     ///< remove all present members first
    bool describe = true;   ///< create the channel's description where there is none
};
/// Adds members; each gets a conversation that is read up to now, also one who was there already.
Task<Result<void>> add_subscribers(World& world, AddSubscribers command);

/// Removes members and their conversations. Unknown ones are no error.
Task<Result<void>> remove_subscribers(World& world, ChannelKey channel, std::vector<Uid> uids);
/// Their conversations stay.
Task<Result<void>> remove_all_subscribers(World& world, ChannelKey channel);

enum class ListChange : std::uint8_t { add, remove, replace, clear };
struct ChangeList {
    ChannelKey channel;  ///< a person: by its uid
    storage::ListKind kind = storage::ListKind::deny;
    ListChange change = ListChange::add;
    std::vector<Uid> uids;  ///< blank ones are passed over
};
/// Deny and allow lists, with what they do to conversations (wukong-http 7.8, 7.9).
Task<Result<void>> change_list(World& world, ChangeList command);

Task<Result<std::vector<Uid>>> list_of(World& world, ChannelKey channel, storage::ListKind kind);

/// The accounts that may write to anybody.
Task<Result<void>> change_system_uids(World& world, std::vector<Uid> uids, bool add);
/// Without the built-in one; in ascending order.
Task<std::vector<Uid>> system_uids(World& world);
/// At start, before the loops run.
Result<void> load_system_uids(World& world);

}  // namespace fenshen::service
