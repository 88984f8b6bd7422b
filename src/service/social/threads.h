// SPDX-License-Identifier: Apache-2.0
// Threads (easemob-rest 3.11, easemob-multidevice 5.3): channels of type group that hang on a
// message of a group, for members of that group who join. The acting account's other devices are
// told what it did; every member of the group, that there is a thread, what it is called, and that
// it is gone. Errc of all: not_found (no such thread or group), store_unavailable, store_corrupt.
#pragma once

#include <string>
#include <vector>

#include "base/task.h"
#include "model/channel.h"
#include "model/error.h"
#include "model/ids.h"
#include "service/social/account_events.h"
#include "service/social/groups.h"
#include "storage/rows_social.h"

namespace fenshen::service {

struct World;

inline constexpr std::size_t threads_of_group_max = 10'000;
inline constexpr std::size_t thread_name_bytes_max = 256;

struct CreateThread {
    ChannelKey group;
    MessageId message_id;
    std::string name;
};
/// Errc: not_a_member (of the group), conflict (the message has a thread), bad_request (the name),
/// too_big (too many threads).
Task<Result<ChannelKey>> create_thread(World& world, EventOrigin by, CreateThread command);
/// Errc: denied (neither made it nor leads the group).
Task<Result<void>> destroy_thread(World& world, EventOrigin by, ChannelKey thread);
/// Errc: not_a_member (of the group). Who is in it already is no error.
Task<Result<void>> join_thread(World& world, EventOrigin by, ChannelKey thread);
/// Errc: not_a_member.
Task<Result<void>> leave_thread(World& world, EventOrigin by, ChannelKey thread);
/// Errc: denied, bad_request.
Task<Result<void>> rename_thread(World& world, EventOrigin by, ChannelKey thread, std::string name);
/// Errc: denied, not_a_member.
Task<Result<void>> remove_thread_member(World& world, EventOrigin by, ChannelKey thread, Uid uid);

/// None: there is no such thread. Errc: store_unavailable, store_corrupt. Ends on the pool.
Task<Result<std::optional<storage::GroupRow>>> thread_row(World& world, ChannelKey thread);

/// Of a group, oldest first. Errc: not_found.
Task<Result<std::vector<GroupView>>> threads_of(World& world, ChannelKey group);

/// Before a group goes.
Task<Result<void>> destroy_threads_of(World& world, EventOrigin by, ChannelKey group);
/// Who is no longer in a group is in none of its threads, and has been told of the group.
Task<Result<void>> leave_threads_of(World& world, ChannelKey group, std::vector<Uid> uids);

}  // namespace fenshen::service
