// SPDX-License-Identifier: Apache-2.0
// The life of groups, their settings, and reading them. Members come and go in group_members.cpp.
#include "service/social/groups.h"

#include <algorithm>
#include <charconv>

#include "base/json_writer.h"
#include "service/social/detail/group_work.h"
#include "service/social/threads.h"
#include "storage/rows.h"

namespace fenshen::service {

using detail::GroupWork;
using detail::open_group;
using storage::GroupMemberRow;
using storage::GroupRole;
using storage::GroupRow;

ChannelKey group_channel(std::string_view id) {
    return {ChannelType::group, std::string(id)};
}

namespace {

bool is_valid(const GroupRow& row) {
    return row.name.size() <= group_name_bytes_max &&
           row.description.size() <= group_text_bytes_max &&
           row.custom.size() <= group_text_bytes_max && row.avatar.size() <= group_text_bytes_max &&
           row.announcement.size() <= group_text_bytes_max && row.users_max >= 1 &&
           row.users_max <= group_users_max;
}

/// What of `change` is given, as devices are told (msync-wire 10.4, operation 14).
std::string detail_of(const GroupChange& change, WallTime now) {
    std::string out;
    JsonWriter json(out);
    json.begin_object();
    if (change.name) json.member("name", *change.name);
    if (change.description) json.member("description", *change.description);
    if (change.avatar) json.member("avatar", *change.avatar);
    if (change.custom) json.member("custom", *change.custom);
    if (change.is_public) json.member("public", *change.is_public);
    if (change.approval) json.member("members_only", *change.approval);
    if (change.allow_invites) json.member("allow_user_invites", *change.allow_invites);
    if (change.invite_confirm) json.member("invite_need_confirm", *change.invite_confirm);
    if (change.users_max) json.member("max_users", *change.users_max);
    json.member("last_modified", now.ms).end_object();
    return out;
}

void apply(GroupRow& row, const GroupChange& change) {
    if (change.name) row.name = *change.name;
    if (change.description) row.description = *change.description;
    if (change.avatar) row.avatar = *change.avatar;
    if (change.custom) row.custom = *change.custom;
    if (change.is_public) row.is_public = *change.is_public;
    if (change.approval) row.approval = *change.approval;
    if (change.allow_invites) row.allow_invites = *change.allow_invites;
    if (change.invite_confirm) row.invite_confirm = *change.invite_confirm;
    if (change.users_max) row.users_max = *change.users_max;
}

std::vector<Uid> without_repeats(std::vector<Uid> uids, const Uid& left_out) {
    std::ranges::sort(uids);
    const auto rest = std::ranges::unique(uids);
    uids.erase(rest.begin(), rest.end());
    std::erase_if(uids, [&](const Uid& uid) { return uid == left_out || uid.value().empty(); });
    return uids;
}

}  // namespace

Task<Result<ChannelKey>> create_group(World& world, EventOrigin by, CreateGroup command) {
    command.members = without_repeats(std::move(command.members), command.owner);
    GroupRow row = std::move(command.settings);
    row.owner = command.owner;
    row.created_at = world.clock.wall();
    row.parent = {};
    if (!is_valid(row) || command.owner.value().empty()) {
        co_return std::unexpected(Errc::bad_request);
    }
    if (command.members.size() + 1 > row.users_max) co_return std::unexpected(Errc::too_big);
    const auto id = world.ids.next(row.created_at);
    auto opening =
        detail::open_new_group(world, std::move(by), group_channel(std::to_string(id.value())));
    auto work = co_await opening;
    if (!work) co_return std::unexpected(work.error());
    const ChannelKey key = work->key();
    work->row = row;
    work->put_row();
    storage::Batch batch;
    storage::put_channel(batch, key, {{}, row.created_at});
    work->shard.under_way().add(work->slot(), batch);
    work->voice_changed = true;
    work->add({command.owner}, work->event(AccountEventKind::group_created));
    if (row.invite_confirm && !work->is_app()) {
        storage::Batch requests;
        for (const auto& uid : command.members) {
            storage::put_group_request(
                requests,
                key,
                {uid, storage::GroupRequestKind::invitation, command.owner, {}, work->now});
        }
        work->shard.under_way().add(work->slot(), requests);
        work->tell(work->event(AccountEventKind::group_invited), command.members);
    } else {
        work->add(command.members, work->event(AccountEventKind::group_direct_joined));
        work->tell_came(command.members);
    }
    auto committing = detail::commit_group(*work);
    const auto committed = co_await committing;
    if (!committed) co_return std::unexpected(committed.error());
    work->channel->exists = true;
    work->channel->row.created_at = row.created_at;
    co_await work->shard.effects().settled(work->slot());
    co_return key;
}

Task<Result<void>> destroy_group(World& world, EventOrigin by, ChannelKey channel) {
    {
        auto opening = open_group(world, by, channel);
        auto work = co_await opening;
        if (!work) co_return std::unexpected(work.error());
        if (!work->is_owner()) co_return std::unexpected(Errc::denied);
    }
    auto destroying = destroy_threads_of(world, by, channel);
    const auto destroyed = co_await destroying;
    if (!destroyed) co_return destroyed;
    auto opening = open_group(world, std::move(by), channel);
    auto work = co_await opening;
    if (!work) co_return std::unexpected(work.error());
    if (!work->is_owner()) co_return std::unexpected(Errc::denied);  // in between it may have gone
    const auto requests =
        storage::read_group_requests(work->shard.under_way(), work->slot(), channel);
    if (!requests) co_return std::unexpected(requests.error());
    storage::ChannelRow row = work->channel->row;
    row.flags.disband = true;
    storage::Batch batch;
    storage::erase_group(batch, channel);
    storage::put_channel(batch, channel, row);
    for (const auto& request : *requests) {
        storage::erase_group_request(batch, channel, request.uid);
    }
    work->shard.under_way().add(work->slot(), batch);
    work->remove(work->member_uids(), work->event(AccountEventKind::group_destroyed));
    auto committing = detail::commit_group(*work);
    const auto committed = co_await committing;
    if (!committed) co_return committed;
    work->channel->row = row;
    co_await work->shard.effects().settled(work->slot());
    co_return Result<void>{};
}

Task<Result<void>> update_group(World& world,
                                EventOrigin by,
                                ChannelKey channel,
                                GroupChange change) {
    auto opening = open_group(world, std::move(by), std::move(channel));
    auto work = co_await opening;
    if (!work) co_return std::unexpected(work.error());
    if (!work->is_manager()) co_return std::unexpected(Errc::denied);
    apply(work->row, change);
    if (!is_valid(work->row) || work->members.size() > work->row.users_max) {
        co_return std::unexpected(Errc::bad_request);
    }
    work->put_row();
    auto updated = work->event(AccountEventKind::group_updated);
    updated.detail = detail_of(change, work->now);
    work->tell(updated, work->member_uids());
    auto committing = detail::finish_group(*work);
    co_return co_await committing;
}

Task<Result<void>> change_group_owner(World& world, EventOrigin by, ChannelKey channel, Uid owner) {
    auto opening = open_group(world, std::move(by), std::move(channel));
    auto work = co_await opening;
    if (!work) co_return std::unexpected(work.error());
    if (!work->is_owner()) co_return std::unexpected(Errc::denied);
    auto* next = work->member(owner);
    if (next == nullptr) co_return std::unexpected(Errc::not_a_member);
    if (work->row.owner == owner) co_return Result<void>{};
    const Uid before = work->row.owner;
    if (auto* last = work->member(before)) {
        last->role = GroupRole::member;
        work->put_member(*last);
    }
    next->role = GroupRole::owner;
    next->muted_until = 0;
    work->put_member(*next);
    work->row.owner = owner;
    work->put_row();
    work->voice_changed = true;
    work->tell(work->event(AccountEventKind::group_owner_changed, {owner}), {owner, before});
    auto committing = detail::finish_group(*work);
    co_return co_await committing;
}

Task<Result<void>> set_announcement(World& world,
                                    EventOrigin by,
                                    ChannelKey channel,
                                    std::string text) {
    if (text.size() > group_text_bytes_max) co_return std::unexpected(Errc::too_big);
    auto opening = open_group(world, std::move(by), std::move(channel));
    auto work = co_await opening;
    if (!work) co_return std::unexpected(work.error());
    if (!work->is_manager()) co_return std::unexpected(Errc::denied);
    work->row.announcement = text;
    work->put_row();
    auto announced = work->event(AccountEventKind::group_announcement);
    announced.text = std::move(text);
    work->tell(announced, work->member_uids());
    auto committing = detail::finish_group(*work);
    co_return co_await committing;
}

// --- reading

const GroupMemberRow* GroupView::member(const Uid& uid) const {
    const auto found = std::ranges::find(members, uid, &GroupMemberRow::uid);
    return found == members.end() ? nullptr : &*found;
}

Task<Result<GroupView>> group_of(World& world, ChannelKey channel) {
    co_await move_to(world.pool);
    const SlotId slot = world.slots.of_channel(channel);
    auto row = storage::read_group(world.store, slot, channel);
    if (!row) co_return std::unexpected(row.error());
    if (!*row) co_return std::unexpected(Errc::not_found);
    auto members = storage::read_group_members(world.store, slot, channel);
    if (!members) co_return std::unexpected(members.error());
    std::ranges::sort(*members, [](const GroupMemberRow& a, const GroupMemberRow& b) {
        const bool a_owns = a.role == GroupRole::owner;
        const bool b_owns = b.role == GroupRole::owner;
        if (a_owns != b_owns) return a_owns;
        return a.joined_at != b.joined_at ? a.joined_at < b.joined_at : a.uid < b.uid;
    });
    GroupView view{std::move(channel), std::move(**row), std::move(*members)};
    co_return Result<GroupView>(std::move(view));
}

Task<Result<std::vector<storage::JoinedRow>>> joined_by(World& world, Uid uid, bool threads) {
    co_await move_to(world.pool);
    auto rows = storage::read_joined(world.store, world.slots.of_account(uid), uid);
    if (!rows) co_return std::unexpected(rows.error());
    std::erase_if(*rows, [&](const storage::JoinedRow& row) {
        return (row.parent.type != ChannelType::none) != threads;
    });
    co_return std::move(*rows);
}

// The cursor is "slot-id" of the first group of the next page: groups lie in all slots, in the
// order of their ids within each.
Task<Result<PublicGroups>> public_groups(World& world, std::string cursor, std::size_t count_max) {
    co_await move_to(world.pool);
    std::uint16_t slot = 0;
    ChannelKey from = group_channel("");
    const auto dash = cursor.find('-');
    if (dash != std::string::npos) {
        const char* const end = cursor.data() + dash;
        if (std::from_chars(cursor.data(), end, slot).ptr != end) {
            co_return std::unexpected(Errc::bad_request);
        }
        from.id = cursor.substr(dash + 1);
    }
    PublicGroups page;
    for (; slot < world.slots.count() && page.cursor.empty(); ++slot) {
        const auto visited = storage::visit_groups(
            world.store, SlotId(slot), from, [&](ChannelKey&& channel, GroupRow&& row) {
                if (!row.is_public || row.parent.type != ChannelType::none) return true;
                if (page.groups.size() >= count_max) {
                    page.cursor = std::to_string(slot) + "-" + channel.id;
                    return false;
                }
                page.groups.push_back({std::move(channel.id), std::move(row.name)});
                return true;
            });
        if (!visited) co_return std::unexpected(visited.error());
        from = group_channel("");
    }
    co_return page;
}

}  // namespace fenshen::service
