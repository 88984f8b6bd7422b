// SPDX-License-Identifier: Apache-2.0
// What members of a group may do: admins, mutes, the allow list, and what is kept beside a member.
#include <algorithm>

#include "base/json_writer.h"
#include "service/social/detail/group_work.h"
#include "service/social/groups.h"

namespace fenshen::service {

using detail::GroupWork;
using detail::open_group;
using storage::GroupMemberRow;
using storage::GroupRole;

namespace {

/// The ones meant, the owner and the admins; without who acts, which is told by itself
/// (easemob-multidevice 5.2).
std::vector<Uid> concerned(const GroupWork& work, const std::vector<Uid>& meant) {
    std::vector<Uid> uids = work.manager_uids();
    uids.insert(uids.end(), meant.begin(), meant.end());
    std::ranges::sort(uids);
    const auto rest = std::ranges::unique(uids);
    uids.erase(rest.begin(), rest.end());
    return work.without(std::move(uids), {work.by.uid});
}

std::size_t bytes_of(const std::map<std::string, std::string>& attributes) {
    std::size_t bytes = 0;
    for (const auto& [name, value] : attributes) bytes += name.size() + value.size();
    return bytes;
}

/// Changes those of `uids` who are members and may be changed by who acts.
template <class Change>
Task<Result<MemberOutcomes>> change_members(World& world,
                                            EventOrigin by,
                                            ChannelKey channel,
                                            std::vector<Uid> uids,
                                            AccountEventKind kind,
                                            std::int64_t value,
                                            Change change) {
    auto opening = open_group(world, std::move(by), std::move(channel));
    auto work = co_await opening;
    if (!work) co_return std::unexpected(work.error());
    if (!work->is_manager()) co_return std::unexpected(Errc::denied);
    MemberOutcomes outcomes;
    std::vector<Uid> done;
    for (const auto& uid : uids) {
        MemberOutcome outcome{.uid = uid, .until = value};
        auto* member = work->member(uid);
        if (member == nullptr) {
            outcome.error = Errc::not_found;
        } else if (!change(*work, *member)) {
            outcome.error = Errc::denied;
            outcome.is_owner = member->role == GroupRole::owner;
        } else {
            work->put_member(*member);
            done.push_back(uid);
        }
        outcomes.push_back(std::move(outcome));
    }
    work->voice_changed = true;
    if (!done.empty()) {
        auto changed = work->event(kind, done);
        changed.value = value;
        work->tell_own(changed);
        work->tell(changed, concerned(*work, done));
    }
    auto committing = detail::finish_group(*work);
    const auto committed = co_await committing;
    if (!committed) co_return std::unexpected(committed.error());
    co_return outcomes;
}

}  // namespace

Task<Result<void>> set_group_admin(
    World& world, EventOrigin by, ChannelKey channel, Uid uid, bool admin) {
    auto opening = open_group(world, std::move(by), std::move(channel));
    auto work = co_await opening;
    if (!work) co_return std::unexpected(work.error());
    if (!work->is_owner()) co_return std::unexpected(Errc::denied);
    auto* member = work->member(uid);
    if (member == nullptr) co_return std::unexpected(Errc::not_a_member);
    if (member->role == GroupRole::owner) co_return std::unexpected(Errc::denied);
    const auto role = admin ? GroupRole::admin : GroupRole::member;
    if (member->role == role) co_return Result<void>{};
    const auto admins = std::ranges::count(work->members, GroupRole::admin, &GroupMemberRow::role);
    if (admin && std::cmp_greater_equal(admins, group_admins_max)) {
        co_return std::unexpected(Errc::too_big);
    }
    member->role = role;
    work->put_member(*member);
    work->voice_changed = true;
    const auto told = work->event(
        admin ? AccountEventKind::group_admin_added : AccountEventKind::group_admin_removed, {uid});
    work->tell_own(told);
    work->tell(told, concerned(*work, {uid}));
    auto committing = detail::finish_group(*work);
    co_return co_await committing;
}

Task<Result<MemberOutcomes>> mute_group_members(World& world, EventOrigin by, MuteMembers command) {
    const bool mutes = command.duration_ms != 0;
    std::int64_t until = 0;
    if (command.duration_ms > 0) until = world.clock.wall().ms + command.duration_ms;
    if (command.duration_ms < 0) until = -1;
    const auto change = [until](GroupWork& work, GroupMemberRow& member) {
        if (!work.may_act_on(member)) return false;
        member.muted_until = until;
        return true;
    };
    auto changing = change_members(
        world,
        std::move(by),
        std::move(command.channel),
        std::move(command.uids),
        mutes ? AccountEventKind::group_member_muted : AccountEventKind::group_member_unmuted,
        until,
        change);
    co_return co_await changing;
}

Task<Result<void>> mute_group(World& world, EventOrigin by, ChannelKey channel, bool muted) {
    auto opening = open_group(world, std::move(by), std::move(channel));
    auto work = co_await opening;
    if (!work) co_return std::unexpected(work.error());
    if (!work->is_manager()) co_return std::unexpected(Errc::denied);
    if (work->row.all_muted == muted) co_return Result<void>{};
    work->row.all_muted = muted;
    work->put_row();
    work->voice_changed = true;
    work->tell(work->event(muted ? AccountEventKind::group_all_muted
                                 : AccountEventKind::group_all_unmuted),
               work->member_uids());
    auto committing = detail::finish_group(*work);
    co_return co_await committing;
}

Task<Result<MemberOutcomes>> allow_group_members(
    World& world, EventOrigin by, ChannelKey channel, std::vector<Uid> uids, bool allowed) {
    const auto change = [allowed](GroupWork& /*work*/, GroupMemberRow& member) {
        member.allow_listed = allowed;
        return true;
    };
    auto changing = change_members(
        world,
        std::move(by),
        std::move(channel),
        std::move(uids),
        allowed ? AccountEventKind::group_allow_added : AccountEventKind::group_allow_removed,
        0,
        change);
    co_return co_await changing;
}

Task<Result<void>> shield_group(World& world, EventOrigin by, ChannelKey channel, bool shielded) {
    auto opening = open_group(world, std::move(by), std::move(channel));
    auto work = co_await opening;
    if (!work) co_return std::unexpected(work.error());
    auto* member = work->member(work->by.uid);
    if (member == nullptr) co_return std::unexpected(Errc::not_a_member);
    if (member->shielded == shielded) co_return Result<void>{};
    member->shielded = shielded;
    work->put_member(*member);
    work->tell_own(work->event(shielded ? AccountEventKind::group_shielded
                                        : AccountEventKind::group_unshielded));
    auto committing = detail::finish_group(*work);
    co_return co_await committing;
}

Task<Result<void>> set_member_attributes(World& world,
                                         EventOrigin by,
                                         ChannelKey channel,
                                         Uid uid,
                                         std::map<std::string, std::string> attributes) {
    auto opening = open_group(world, std::move(by), std::move(channel));
    auto work = co_await opening;
    if (!work) co_return std::unexpected(work.error());
    auto* member = work->member(uid);
    if (member == nullptr) co_return std::unexpected(Errc::not_a_member);
    if (work->by.uid != uid && !work->is_manager()) co_return std::unexpected(Errc::denied);
    auto changed = work->event(AccountEventKind::member_attributes, {uid});
    JsonWriter json(changed.detail);
    json.begin_object();
    for (auto& [name, value] : attributes) {
        json.member(name, value);
        if (value.empty()) {
            member->attributes.erase(name);
        } else {
            member->attributes.insert_or_assign(name, value);
        }
    }
    json.end_object();
    if (bytes_of(member->attributes) > member_attributes_bytes_max) {
        co_return std::unexpected(Errc::too_big);
    }
    work->put_member(*member);
    work->tell(changed, work->member_uids());
    auto committing = detail::finish_group(*work);
    co_return co_await committing;
}

}  // namespace fenshen::service
