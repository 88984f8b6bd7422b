// SPDX-License-Identifier: Apache-2.0
#include "service/social/detail/group_work.h"

#include <algorithm>
#include <set>

#include "service/channels/channels.h"
#include "storage/rows.h"

namespace fenshen::service::detail {

using storage::GroupMemberRow;
using storage::GroupRole;

GroupMemberRow* GroupWork::member(const Uid& uid) {
    const auto found = std::ranges::find(members, uid, &GroupMemberRow::uid);
    return found == members.end() ? nullptr : &*found;
}

bool GroupWork::is_manager() {
    if (is_owner()) return true;
    const auto* me = member(by.uid);
    return me != nullptr && me->role != GroupRole::member;
}

bool GroupWork::may_act_on(const GroupMemberRow& target) {
    if (target.role == GroupRole::owner) return false;
    return is_owner() || (is_manager() && target.role == GroupRole::member);
}

Result<bool> GroupWork::is_blocked(const Uid& uid) const {
    return storage::is_member(shard.under_way(), slot(), key(), storage::ListKind::deny, uid);
}

AccountEvent GroupWork::event(AccountEventKind kind, std::vector<Uid> uids) const {
    return {.at = now,
            .kind = kind,
            .origin = by,
            .channel = key(),
            .parent = row.parent,
            .uids = std::move(uids),
            .name = row.name};
}

void GroupWork::tell(const AccountEvent& event,
                     std::vector<Uid> accounts,
                     AccountChange change,
                     bool tells) {
    if (accounts.empty()) return;
    shard.effects().add(slot(), AccountEffect{change, tells, event, std::move(accounts)});
}

void GroupWork::tell_own(const AccountEvent& event) {
    if (!is_app()) tell(event, {by.uid});
}

std::vector<Uid> GroupWork::member_uids() const {
    std::vector<Uid> uids;
    for (const auto& each : members) uids.push_back(each.uid);
    return uids;
}

std::vector<Uid> GroupWork::manager_uids() const {
    std::vector<Uid> uids;
    for (const auto& each : members) {
        if (each.role != GroupRole::member) uids.push_back(each.uid);
    }
    return uids;
}

std::vector<Uid> GroupWork::without(std::vector<Uid> uids, const std::vector<Uid>& left_out) const {
    const std::set<Uid> out(left_out.begin(), left_out.end());
    std::erase_if(uids, [&](const Uid& uid) { return out.contains(uid); });
    return uids;
}

void GroupWork::put_row() {
    storage::Batch batch;
    storage::put_group(batch, key(), row);
    shard.under_way().add(slot(), batch);
}

void GroupWork::put_member(const GroupMemberRow& changed) {
    storage::Batch batch;
    storage::put_group_member(batch, key(), changed);
    shard.under_way().add(slot(), batch);
}

void GroupWork::add(const std::vector<Uid>& uids, const AccountEvent& told) {
    if (uids.empty()) return;
    ConversationEffect entered;
    entered.op = ConversationEffect::Op::overwrite;
    entered.channel = key();
    entered.at = now;
    storage::Batch batch;
    for (const auto& uid : uids) {
        const GroupMemberRow added{.uid = uid,
                                   .role = uid == row.owner ? GroupRole::owner : GroupRole::member,
                                   .joined_at = now};
        storage::put_group_member(batch, key(), added);
        storage::put_member(batch, key(), storage::ListKind::subscriber, uid);
        storage::erase_group_request(batch, key(), uid);
        members.push_back(added);
        came.push_back(uid);
        entered.accounts.push_back({uid, channel->committed});
    }
    shard.under_way().add(slot(), batch);
    shard.effects().add(slot(), entered);
    tell(told, uids, AccountChange::joined);
}

void GroupWork::remove(const std::vector<Uid>& uids, const AccountEvent& told) {
    if (uids.empty()) return;
    take_out(uids);
    tell(told, uids, AccountChange::left);
}

void GroupWork::remove_silently(const std::vector<Uid>& uids) {
    if (uids.empty()) return;
    take_out(uids);
    tell(event(AccountEventKind::group_left), uids, AccountChange::left, false);
}

void GroupWork::take_out(const std::vector<Uid>& uids) {
    ConversationEffect left;
    left.op = ConversationEffect::Op::remove;
    left.channel = key();
    left.at = now;
    storage::Batch batch;
    for (const auto& uid : uids) {
        storage::erase_group_member(batch, key(), uid);
        storage::erase_member(batch, key(), storage::ListKind::subscriber, uid);
        gone.push_back(uid);
        left.accounts.push_back({uid, MessageSeq(0)});
    }
    const std::set<Uid> leaving(uids.begin(), uids.end());
    std::erase_if(members, [&](const GroupMemberRow& each) { return leaving.contains(each.uid); });
    voice_changed = true;
    shard.under_way().add(slot(), batch);
    shard.effects().add(slot(), left);
}

void GroupWork::tell_came(const std::vector<Uid>& uids) {
    if (uids.empty()) return;
    auto presence = event(AccountEventKind::group_member_came, uids);
    presence.value = static_cast<std::int64_t>(members.size());
    tell(presence, without(member_uids(), uids));
}

void GroupWork::tell_gone(const std::vector<Uid>& uids) {
    if (uids.empty()) return;
    auto absence = event(AccountEventKind::group_member_gone, uids);
    absence.value = static_cast<std::int64_t>(members.size());
    tell(absence, without(member_uids(), uids));
}

Task<Result<GroupWork>> open_new_group(World& world, EventOrigin by, ChannelKey channel) {
    Shard& shard = world.shard_of_channel(channel);
    co_await move_to(shard.home());
    auto found = co_await shard.channels().get(channel);
    if (!found) co_return std::unexpected(found.error());
    GroupWork work{.world = world,
                   .shard = shard,
                   .channel = std::move(*found),
                   .by = std::move(by),
                   .now = world.clock.wall(),
                   .row = {},
                   .members = {}};
    co_return Result<GroupWork>(std::move(work));
}

Task<Result<GroupWork>> open_group(World& world, EventOrigin by, ChannelKey channel) {
    auto opening = open_new_group(world, std::move(by), channel);
    auto work = co_await opening;
    if (!work) co_return std::unexpected(work.error());
    const auto& rows = work->shard.under_way();
    auto row = storage::read_group(rows, work->slot(), channel);
    if (!row) co_return std::unexpected(row.error());
    if (!*row) co_return std::unexpected(Errc::not_found);
    auto members = storage::read_group_members(rows, work->slot(), channel);
    if (!members) co_return std::unexpected(members.error());
    work->row = std::move(**row);
    work->members = std::move(*members);
    co_return Result<GroupWork>(std::move(*work));
}

Task<Result<void>> commit_group(GroupWork& work) {
    const storage::Batch nothing_more;
    const auto committed = co_await work.shard.commit(work.slot(), nothing_more);
    if (!committed) co_return committed;
    ChannelEntry& entry = *work.channel;
    entry.subscribers.insert(work.came.begin(), work.came.end());
    for (const auto& uid : work.gone) entry.subscribers.erase(uid);
    if (!work.came.empty() || !work.gone.empty()) members_changed(work.shard, entry);
    if (!work.voice_changed) co_return Result<void>{};
    auto voice = read_group_voice(work.world.store, work.slot(), work.key());
    if (!voice) co_return std::unexpected(voice.error());
    entry.voice = std::move(*voice);
    co_return Result<void>{};
}

Task<Result<void>> finish_group(GroupWork& work) {
    auto committing = commit_group(work);
    const auto committed = co_await committing;
    if (!committed) co_return committed;
    co_await work.shard.effects().settled(work.slot());
    co_return Result<void>{};
}

}  // namespace fenshen::service::detail
