// SPDX-License-Identifier: Apache-2.0
// What the verbs about groups and threads share: a group that is open for one change, on its
// channel's loop. Everything is added to one batch of its slot; what is in memory follows when that
// is committed. Between `open` and `commit` a verb must not wait.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "service/shard.h"
#include "service/social/account_effects.h"
#include "service/social/groups.h"

namespace fenshen::service::detail {

struct GroupWork {
    World& world;
    Shard& shard;
    Pin<ChannelEntry> channel;
    EventOrigin by;
    WallTime now;
    storage::GroupRow row;
    std::vector<storage::GroupMemberRow> members;  ///< as they stand, changed by the calls below
    // What is in memory once it is committed:
    std::vector<Uid> came = {};
    std::vector<Uid> gone = {};
    bool voice_changed = false;

    const ChannelKey& key() const { return channel->key; }
    SlotId slot() const { return channel->slot; }

    storage::GroupMemberRow* member(const Uid& uid);
    bool is_app() const { return by.uid.value().empty(); }
    bool is_owner() const { return is_app() || row.owner == by.uid; }
    bool is_manager();
    /// Managers may do it to members, the owner also to managers.
    bool may_act_on(const storage::GroupMemberRow& target);
    /// Errc: store_unavailable, store_corrupt.
    Result<bool> is_blocked(const Uid& uid) const;

    AccountEvent event(AccountEventKind kind, std::vector<Uid> uids = {}) const;
    void tell(const AccountEvent& event,
              std::vector<Uid> accounts,
              AccountChange change = AccountChange::none,
              bool tells = true);
    /// The devices of who acts, where that is an account.
    void tell_own(const AccountEvent& event);
    std::vector<Uid> member_uids() const;
    std::vector<Uid> manager_uids() const;
    std::vector<Uid> without(std::vector<Uid> uids, const std::vector<Uid>& left_out) const;

    void put_row();
    void put_member(const storage::GroupMemberRow& member);
    /// Adds members, and lets them know by `told`.
    void add(const std::vector<Uid>& uids, const AccountEvent& told);
    /// Removes members, and lets them know by `told`.
    void remove(const std::vector<Uid>& uids, const AccountEvent& told);
    void remove_silently(const std::vector<Uid>& uids);
    void tell_came(const std::vector<Uid>& uids);
    void tell_gone(const std::vector<Uid>& uids);
    void take_out(const std::vector<Uid>& uids);  ///< of the rows; for the two above
};

/// Errc: not_found (there is no such group), and those of the store.
Task<Result<GroupWork>> open_group(World& world, EventOrigin by, ChannelKey channel);
/// The channel of a group that does not exist yet, pinned, with nothing in it.
Task<Result<GroupWork>> open_new_group(World& world, EventOrigin by, ChannelKey channel);
/// Commits, and then changes what is in memory.
Task<Result<void>> commit_group(GroupWork& work);
/// The same, and comes back when the accounts concerned have it, too: who asks next finds it.
Task<Result<void>> finish_group(GroupWork& work);

}  // namespace fenshen::service::detail
