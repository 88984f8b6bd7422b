// SPDX-License-Identifier: Apache-2.0
// How members come into a group and leave it.
#include <algorithm>

#include "service/social/detail/group_work.h"
#include "service/social/groups.h"
#include "service/social/threads.h"
#include "storage/rows.h"

namespace fenshen::service {

using detail::GroupWork;
using detail::open_group;
using storage::GroupRequestKind;
using storage::GroupRequestRow;
using storage::GroupRole;

namespace {

Result<std::optional<GroupRequestRow>> request_of(const GroupWork& work,
                                                  const Uid& uid,
                                                  GroupRequestKind kind) {
    auto requests = storage::read_group_requests(work.shard.under_way(), work.slot(), work.key());
    if (!requests) return std::unexpected(requests.error());
    for (auto& request : *requests) {
        if (request.uid == uid && request.kind == kind) return std::optional(std::move(request));
    }
    return std::optional<GroupRequestRow>();
}

void put_request(GroupWork& work, const GroupRequestRow& row) {
    storage::Batch batch;
    storage::put_group_request(batch, work.key(), row);
    work.shard.under_way().add(work.slot(), batch);
}

void erase_request(GroupWork& work, const Uid& uid) {
    storage::Batch batch;
    storage::erase_group_request(batch, work.key(), uid);
    work.shard.under_way().add(work.slot(), batch);
}

bool is_full(const GroupWork& work) {
    return work.members.size() >= work.row.users_max;
}

/// Why `uid` cannot become a member; none: it can.
std::optional<Errc> refusal_of(GroupWork& work, const Uid& uid) {
    if (work.member(uid) != nullptr) return Errc::conflict;
    const auto blocked = work.is_blocked(uid);
    if (!blocked) return blocked.error();
    if (*blocked) return Errc::denied;
    if (is_full(work)) return Errc::too_big;
    return std::nullopt;
}

}  // namespace

Task<Result<Joining>> join_group(World& world,
                                 EventOrigin by,
                                 ChannelKey channel,
                                 std::string text) {
    auto opening = open_group(world, std::move(by), std::move(channel));
    auto work = co_await opening;
    if (!work) co_return std::unexpected(work.error());
    const Uid me = work->by.uid;
    if (!work->row.is_public) co_return std::unexpected(Errc::denied);
    if (const auto refused = refusal_of(*work, me)) co_return std::unexpected(*refused);
    Joining outcome = Joining::joined;
    if (work->row.approval) {
        outcome = Joining::waits;
        put_request(*work, {me, GroupRequestKind::application, {}, text, work->now});
        auto applied = work->event(AccountEventKind::group_apply, {me});
        applied.text = std::move(text);
        work->tell_own(applied);
        work->tell(applied, work->manager_uids());
    } else {
        work->add({me}, work->event(AccountEventKind::group_joined, {me}));
        work->tell_came({me});
    }
    auto committing = detail::finish_group(*work);
    const auto committed = co_await committing;
    if (!committed) co_return std::unexpected(committed.error());
    co_return outcome;
}

Task<Result<void>> decide_application(World& world, EventOrigin by, DecideApplication command) {
    auto opening = open_group(world, std::move(by), command.channel);
    auto work = co_await opening;
    if (!work) co_return std::unexpected(work.error());
    if (!work->is_manager()) co_return std::unexpected(Errc::denied);
    const Uid& applicant = command.applicant;
    const auto request = request_of(*work, applicant, GroupRequestKind::application);
    if (!request) co_return std::unexpected(request.error());
    if (!*request) co_return std::unexpected(Errc::not_found);
    if (!command.accepted) {
        erase_request(*work, applicant);
        auto declined = work->event(AccountEventKind::group_apply_declined, {applicant});
        declined.text = command.reason;
        work->tell_own(declined);
        work->tell(declined, {applicant});
    } else {
        if (const auto refused = refusal_of(*work, applicant)) co_return std::unexpected(*refused);
        const auto accepted = work->event(AccountEventKind::group_apply_accepted, {applicant});
        work->tell_own(accepted);
        work->add({applicant}, accepted);
        work->tell_came({applicant});
    }
    auto committing = detail::finish_group(*work);
    co_return co_await committing;
}

namespace {

enum class Bringing : std::uint8_t { asks, adds, adds_silently };

Task<Result<MemberOutcomes>> bring_in(
    World& world, EventOrigin by, ChannelKey channel, std::vector<Uid> uids, Bringing how) {
    auto opening = open_group(world, std::move(by), std::move(channel));
    auto work = co_await opening;
    if (!work) co_return std::unexpected(work.error());
    const bool is_inviter = work->row.allow_invites && work->member(work->by.uid) != nullptr;
    if (!work->is_manager() && !is_inviter) co_return std::unexpected(Errc::denied);
    MemberOutcomes outcomes;
    std::vector<Uid> invited;
    for (const auto& uid : uids) {
        const bool is_repeated = std::ranges::find(invited, uid) != invited.end();
        auto refused = is_repeated ? std::optional(Errc::conflict) : refusal_of(*work, uid);
        if (!refused && work->members.size() + invited.size() >= work->row.users_max) {
            refused = Errc::too_big;
        }
        outcomes.push_back({.uid = uid, .error = refused});
        if (!refused) invited.push_back(uid);
    }
    if (!invited.empty()) work->tell_own(work->event(AccountEventKind::group_invited, invited));
    if (how == Bringing::asks && work->row.invite_confirm) {
        for (const auto& uid : invited) {
            put_request(*work, {uid, GroupRequestKind::invitation, work->by.uid, {}, work->now});
        }
        work->tell(work->event(AccountEventKind::group_invited), invited);
    } else if (!invited.empty()) {
        work->add(invited, work->event(AccountEventKind::group_direct_joined));
        auto presence = work->event(AccountEventKind::group_member_came, invited);
        presence.value = static_cast<std::int64_t>(work->members.size());
        std::vector<Uid> left_out = invited;
        left_out.push_back(work->by.uid);  // has been told of the invitation
        if (how != Bringing::adds_silently) {
            work->tell(presence, work->without(work->member_uids(), left_out));
        }
    }
    auto committing = detail::finish_group(*work);
    const auto committed = co_await committing;
    if (!committed) co_return std::unexpected(committed.error());
    co_return outcomes;
}

}  // namespace

Task<Result<MemberOutcomes>> invite_to_group(World& world,
                                             EventOrigin by,
                                             ChannelKey channel,
                                             std::vector<Uid> uids) {
    auto bringing =
        bring_in(world, std::move(by), std::move(channel), std::move(uids), Bringing::asks);
    co_return co_await bringing;
}

Task<Result<MemberOutcomes>> add_group_members(World& world,
                                               EventOrigin by,
                                               ChannelKey channel,
                                               std::vector<Uid> uids,
                                               MemberNotices notices) {
    const auto how = notices == MemberNotices::silent ? Bringing::adds_silently : Bringing::adds;
    auto bringing = bring_in(world, std::move(by), std::move(channel), std::move(uids), how);
    co_return co_await bringing;
}

Task<Result<void>> answer_invitation(World& world,
                                     EventOrigin by,
                                     ChannelKey channel,
                                     bool accepted) {
    auto opening = open_group(world, std::move(by), std::move(channel));
    auto work = co_await opening;
    if (!work) co_return std::unexpected(work.error());
    const Uid me = work->by.uid;
    const auto request = request_of(*work, me, GroupRequestKind::invitation);
    if (!request) co_return std::unexpected(request.error());
    if (!*request) co_return std::unexpected(Errc::not_found);
    const Uid inviter = (**request).inviter;
    const auto told = work->event(accepted ? AccountEventKind::group_invite_accepted
                                           : AccountEventKind::group_invite_declined,
                                  {inviter});
    if (accepted) {
        if (const auto refused = refusal_of(*work, me)) co_return std::unexpected(*refused);
    }
    // Before the members hear who came: the inviter is one of them.
    if (!inviter.value().empty()) work->tell(told, {inviter});
    if (accepted) {
        work->add({me}, told);
        work->tell_came({me});
    } else {
        erase_request(*work, me);
        work->tell_own(told);
    }
    auto committing = detail::finish_group(*work);
    co_return co_await committing;
}

Task<Result<void>> leave_group(World& world, EventOrigin by, ChannelKey channel) {
    auto opening = open_group(world, std::move(by), channel);
    auto work = co_await opening;
    if (!work) co_return std::unexpected(work.error());
    const Uid me = work->by.uid;
    if (work->member(me) == nullptr) co_return std::unexpected(Errc::not_a_member);
    if (work->row.owner == me) co_return std::unexpected(Errc::denied);
    work->remove({me}, work->event(AccountEventKind::group_left, {me}));
    work->tell_gone({me});
    auto committing = detail::finish_group(*work);
    const auto committed = co_await committing;
    if (!committed) co_return committed;
    auto leaving = leave_threads_of(world, std::move(channel), {me});
    co_return co_await leaving;
}

namespace {

enum class Removal : std::uint8_t { remove, remove_silently, block };

Task<Result<MemberOutcomes>> take_out(
    World& world, EventOrigin by, ChannelKey channel, std::vector<Uid> uids, Removal how) {
    auto opening = open_group(world, std::move(by), channel);
    auto work = co_await opening;
    if (!work) co_return std::unexpected(work.error());
    if (!work->is_manager()) co_return std::unexpected(Errc::denied);
    MemberOutcomes outcomes;
    std::vector<Uid> removed;
    for (const auto& uid : uids) {
        const auto* member = work->member(uid);
        MemberOutcome outcome{.uid = uid};
        if (member == nullptr) {
            outcome.error = Errc::not_found;
        } else if (!work->may_act_on(*member)) {
            outcome.error = Errc::denied;
            outcome.is_owner = member->role == GroupRole::owner;
        } else {
            removed.push_back(uid);
        }
        // Who is no member can be kept out as well.
        if (how == Removal::block && outcome.error != Errc::denied) {
            outcome.error.reset();
            storage::Batch batch;
            storage::put_member(batch, channel, storage::ListKind::deny, uid);
            storage::erase_group_request(batch, channel, uid);
            work->shard.under_way().add(work->slot(), batch);
        }
        outcomes.push_back(std::move(outcome));
    }
    work->remove(removed, work->event(AccountEventKind::group_member_removed, removed));
    std::vector<Uid> done;
    for (const auto& outcome : outcomes) {
        if (!outcome.error) done.push_back(outcome.uid);
    }
    if (!done.empty()) {
        work->tell_own(work->event(how == Removal::block ? AccountEventKind::group_member_blocked
                                                         : AccountEventKind::group_member_removed,
                                   done));
    }
    if (how == Removal::remove && !removed.empty()) {
        auto absence = work->event(AccountEventKind::group_member_gone, removed);
        absence.value = static_cast<std::int64_t>(work->members.size());
        work->tell(absence, work->without(work->member_uids(), {work->by.uid}));
    }
    auto committing = detail::commit_group(*work);
    const auto committed = co_await committing;
    if (!committed) co_return std::unexpected(committed.error());
    if (how == Removal::block) work->channel->deny.insert(done.begin(), done.end());
    co_await work->shard.effects().settled(work->slot());
    auto leaving = leave_threads_of(world, std::move(channel), std::move(removed));
    const auto left = co_await leaving;
    if (!left) co_return std::unexpected(left.error());
    co_return outcomes;
}

Task<Result<MemberOutcomes>> unblock_members(World& world,
                                             EventOrigin by,
                                             ChannelKey channel,
                                             std::vector<Uid> uids) {
    auto opening = open_group(world, std::move(by), std::move(channel));
    auto work = co_await opening;
    if (!work) co_return std::unexpected(work.error());
    if (!work->is_manager()) co_return std::unexpected(Errc::denied);
    MemberOutcomes outcomes;
    std::vector<Uid> done;
    storage::Batch batch;
    for (const auto& uid : uids) {
        const auto blocked = work->is_blocked(uid);
        if (!blocked) co_return std::unexpected(blocked.error());
        MemberOutcome outcome{.uid = uid};
        if (*blocked) {
            storage::erase_member(batch, work->key(), storage::ListKind::deny, uid);
            done.push_back(uid);
        } else {
            outcome.error = Errc::not_found;
        }
        outcomes.push_back(std::move(outcome));
    }
    work->shard.under_way().add(work->slot(), batch);
    if (!done.empty()) {
        const auto told = work->event(AccountEventKind::group_member_unblocked, done);
        work->tell_own(told);
        work->tell(told, done);
    }
    auto committing = detail::commit_group(*work);
    const auto committed = co_await committing;
    if (!committed) co_return std::unexpected(committed.error());
    for (const auto& uid : done) work->channel->deny.erase(uid);
    co_await work->shard.effects().settled(work->slot());
    co_return outcomes;
}

}  // namespace

Task<Result<MemberOutcomes>> remove_group_members(World& world,
                                                  EventOrigin by,
                                                  ChannelKey channel,
                                                  std::vector<Uid> uids,
                                                  MemberNotices notices) {
    const auto how = notices == MemberNotices::silent ? Removal::remove_silently : Removal::remove;
    auto taking = take_out(world, std::move(by), std::move(channel), std::move(uids), how);
    co_return co_await taking;
}

Task<Result<void>> leave_all_groups(World& world, Uid uid) {
    auto listing = joined_by(world, uid, false);
    const auto rows = co_await listing;
    if (!rows) co_return std::unexpected(rows.error());
    for (const auto& row : *rows) {
        auto viewing = group_of(world, row.channel);
        const auto view = co_await viewing;
        if (!view && view.error() == Errc::not_found) continue;
        if (!view) co_return std::unexpected(view.error());
        const EventOrigin app{};
        if (view->row.owner == uid) {
            auto destroying = destroy_group(world, app, row.channel);
            const auto destroyed = co_await destroying;
            if (!destroyed && destroyed.error() != Errc::not_found) co_return destroyed;
        } else {
            auto removing = remove_group_members(world, app, row.channel, {uid});
            const auto removed = co_await removing;
            if (!removed && removed.error() != Errc::not_found) {
                co_return std::unexpected(removed.error());
            }
        }
    }
    co_return Result<void>{};
}

Task<Result<MemberOutcomes>> block_group_members(
    World& world, EventOrigin by, ChannelKey channel, std::vector<Uid> uids, bool blocked) {
    if (!blocked) {
        auto letting = unblock_members(world, std::move(by), std::move(channel), std::move(uids));
        co_return co_await letting;
    }
    auto taking =
        take_out(world, std::move(by), std::move(channel), std::move(uids), Removal::block);
    co_return co_await taking;
}

}  // namespace fenshen::service
