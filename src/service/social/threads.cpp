// SPDX-License-Identifier: Apache-2.0
// A thread's rows lie in the slot of its own channel, its name in the list of its group in the
// group's. They are made in the order list, thread and unmade in the order thread, list: a list may
// for a moment name a thread that is not there, and is read so.
#include "service/social/threads.h"

#include <algorithm>

#include "service/social/detail/group_work.h"
#include "storage/rows.h"

namespace fenshen::service {

using detail::GroupWork;
using detail::open_group;
using storage::GroupRole;
using storage::GroupRow;
using storage::ThreadRow;

namespace {

bool is_valid_name(std::string_view name) {
    return !name.empty() && name.size() <= thread_name_bytes_max;
}

/// What of the group a thread's verbs need.
struct Parent {
    std::vector<Uid> members;
    bool is_member = false;
    bool is_manager = false;
};

Task<Result<Parent>> parent_of(World& world, EventOrigin by, ChannelKey group) {
    auto opening = open_group(world, by, std::move(group));
    auto work = co_await opening;
    if (!work) co_return std::unexpected(work.error());
    Parent parent;
    parent.members = work->member_uids();
    parent.is_member = work->is_app() || work->member(by.uid) != nullptr;
    parent.is_manager = work->is_manager();
    co_return parent;
}

/// The thread, open, and what its group says; the thread's loop.
struct ThreadWork {
    GroupWork thread;
    Parent parent;

    AccountEvent event(AccountEventKind kind, std::vector<Uid> uids = {}) const {
        auto made = thread.event(kind, std::move(uids));
        made.value = thread.row.message_id.value();
        return made;
    }
    bool leads() const {
        return thread.is_app() || parent.is_manager || thread.row.owner == thread.by.uid;
    }
    void tell_group(const AccountEvent& told) { thread.tell(told, parent.members); }
};

Task<Result<ThreadWork>> open_thread(World& world, EventOrigin by, ChannelKey thread) {
    auto viewing = group_of(world, thread);
    const auto view = co_await viewing;
    if (!view) co_return std::unexpected(view.error());
    if (view->row.parent.type == ChannelType::none) co_return std::unexpected(Errc::not_found);
    auto asking = parent_of(world, by, view->row.parent);
    auto parent = co_await asking;
    if (!parent) co_return std::unexpected(parent.error());
    auto opening = open_group(world, std::move(by), std::move(thread));
    auto work = co_await opening;
    if (!work) co_return std::unexpected(work.error());
    ThreadWork opened{std::move(*work), std::move(*parent)};
    co_return Result<ThreadWork>(std::move(opened));
}

/// Puts the thread on its group's list. Errc: conflict, too_big.
Task<Result<void>> enlist(World& world, EventOrigin by, ChannelKey group, ThreadRow row) {
    auto opening = open_group(world, std::move(by), std::move(group));
    auto work = co_await opening;
    if (!work) co_return std::unexpected(work.error());
    if (!work->is_app() && work->member(work->by.uid) == nullptr) {
        co_return std::unexpected(Errc::not_a_member);
    }
    const auto threads = storage::read_threads(work->shard.under_way(), work->slot(), work->key());
    if (!threads) co_return std::unexpected(threads.error());
    if (threads->size() >= threads_of_group_max) co_return std::unexpected(Errc::too_big);
    if (std::ranges::find(*threads, row.message_id, &ThreadRow::message_id) != threads->end()) {
        co_return std::unexpected(Errc::conflict);
    }
    storage::Batch batch;
    storage::put_thread(batch, work->key(), row);
    work->shard.under_way().add(work->slot(), batch);
    auto committing = detail::finish_group(*work);
    co_return co_await committing;
}

Task<Result<void>> strike_off(World& world, ChannelKey group, std::string id) {
    Shard& shard = world.shard_of_channel(group);
    co_await move_to(shard.home());
    const SlotId slot = world.slots.of_channel(group);
    storage::Batch batch;
    storage::erase_thread(batch, group, id);
    shard.under_way().add(slot, batch);
    const storage::Batch nothing_more;
    co_return co_await shard.commit(slot, nothing_more);
}

/// Everything of an open thread goes. Its members leave without a word: they have been told.
Task<Result<void>> take_down(ThreadWork& work) {
    GroupWork& thread = work.thread;
    const ChannelKey key = thread.key();
    const ChannelKey group = thread.row.parent;
    storage::ChannelRow row = thread.channel->row;
    row.flags.disband = true;
    storage::Batch batch;
    storage::erase_group(batch, key);
    storage::put_channel(batch, key, row);
    thread.shard.under_way().add(thread.slot(), batch);
    thread.remove_silently(thread.member_uids());
    auto committing = detail::commit_group(thread);
    const auto committed = co_await committing;
    if (!committed) co_return committed;
    thread.channel->row = row;
    co_await thread.shard.effects().settled(thread.slot());
    auto striking = strike_off(thread.world, group, key.id);
    co_return co_await striking;
}

}  // namespace

Task<Result<ChannelKey>> create_thread(World& world, EventOrigin by, CreateThread command) {
    if (!is_valid_name(command.name)) co_return std::unexpected(Errc::bad_request);
    auto asking = parent_of(world, by, command.group);
    auto parent = co_await asking;
    if (!parent) co_return std::unexpected(parent.error());
    const auto id = std::to_string(world.ids.next(world.clock.wall()).value());
    auto enlisting = enlist(world, by, command.group, {id, command.message_id});
    const auto enlisted = co_await enlisting;
    if (!enlisted) co_return std::unexpected(enlisted.error());
    auto opening = detail::open_new_group(world, std::move(by), group_channel(id));
    auto work = co_await opening;
    if (!work) co_return std::unexpected(work.error());
    const ChannelKey key = work->key();
    GroupRow row;
    row.name = std::move(command.name);
    row.owner = work->by.uid;
    row.users_max = group_users_max;
    row.created_at = work->now;
    row.parent = std::move(command.group);
    row.message_id = command.message_id;
    work->row = std::move(row);
    work->put_row();
    storage::Batch batch;
    storage::put_channel(batch, key, {{}, work->now});
    work->shard.under_way().add(work->slot(), batch);
    ThreadWork opened{std::move(*work), std::move(*parent)};
    GroupWork& thread = opened.thread;
    if (!thread.is_app()) {
        thread.add({thread.by.uid}, opened.event(AccountEventKind::thread_created));
    }
    opened.tell_group(opened.event(AccountEventKind::thread_seen_created));
    auto committing = detail::commit_group(thread);
    const auto committed = co_await committing;
    if (!committed) co_return std::unexpected(committed.error());
    thread.channel->exists = true;
    thread.channel->row.created_at = thread.now;
    co_await thread.shard.effects().settled(thread.slot());
    co_return key;
}

Task<Result<void>> destroy_thread(World& world, EventOrigin by, ChannelKey thread) {
    auto opening = open_thread(world, std::move(by), std::move(thread));
    auto work = co_await opening;
    if (!work) co_return std::unexpected(work.error());
    if (!work->leads()) co_return std::unexpected(Errc::denied);
    work->thread.tell_own(work->event(AccountEventKind::thread_destroyed));
    // Members of the thread are members of the group: this tells them, too.
    work->tell_group(work->event(AccountEventKind::thread_seen_destroyed));
    auto taking = take_down(*work);
    co_return co_await taking;
}

Task<Result<void>> join_thread(World& world, EventOrigin by, ChannelKey thread) {
    auto opening = open_thread(world, std::move(by), std::move(thread));
    auto work = co_await opening;
    if (!work) co_return std::unexpected(work.error());
    GroupWork& open = work->thread;
    if (!work->parent.is_member || open.is_app()) co_return std::unexpected(Errc::not_a_member);
    if (open.member(open.by.uid) != nullptr) co_return Result<void>{};
    open.add({open.by.uid}, work->event(AccountEventKind::thread_joined));
    auto committing = detail::finish_group(open);
    co_return co_await committing;
}

Task<Result<void>> leave_thread(World& world, EventOrigin by, ChannelKey thread) {
    auto opening = open_thread(world, std::move(by), std::move(thread));
    auto work = co_await opening;
    if (!work) co_return std::unexpected(work.error());
    GroupWork& open = work->thread;
    if (open.member(open.by.uid) == nullptr) co_return std::unexpected(Errc::not_a_member);
    open.remove({open.by.uid}, work->event(AccountEventKind::thread_left));
    auto committing = detail::finish_group(open);
    co_return co_await committing;
}

Task<Result<void>> rename_thread(World& world,
                                 EventOrigin by,
                                 ChannelKey thread,
                                 std::string name) {
    if (!is_valid_name(name)) co_return std::unexpected(Errc::bad_request);
    auto opening = open_thread(world, std::move(by), std::move(thread));
    auto work = co_await opening;
    if (!work) co_return std::unexpected(work.error());
    if (!work->leads()) co_return std::unexpected(Errc::denied);
    GroupWork& open = work->thread;
    open.row.name = std::move(name);
    open.put_row();
    open.tell_own(work->event(AccountEventKind::thread_renamed));
    auto seen = work->event(AccountEventKind::thread_seen_renamed);
    seen.text = std::to_string(open.channel->committed.value());
    work->tell_group(seen);
    auto committing = detail::finish_group(open);
    co_return co_await committing;
}

Task<Result<void>> remove_thread_member(World& world, EventOrigin by, ChannelKey thread, Uid uid) {
    auto opening = open_thread(world, std::move(by), std::move(thread));
    auto work = co_await opening;
    if (!work) co_return std::unexpected(work.error());
    if (!work->parent.is_manager) co_return std::unexpected(Errc::denied);
    GroupWork& open = work->thread;
    if (open.member(uid) == nullptr) co_return std::unexpected(Errc::not_a_member);
    const auto told = work->event(AccountEventKind::thread_member_removed, {uid});
    if (open.by.uid != uid) open.tell_own(told);
    open.remove({uid}, told);
    auto committing = detail::finish_group(open);
    co_return co_await committing;
}

namespace {

Task<Result<std::vector<ThreadRow>>> list_of_threads(World& world, ChannelKey group) {
    co_await move_to(world.pool);
    co_return storage::read_threads(world.store, world.slots.of_channel(group), group);
}

}  // namespace

Task<Result<std::optional<storage::GroupRow>>> thread_row(World& world, ChannelKey thread) {
    co_await move_to(world.pool);
    auto row = storage::read_group(world.store, world.slots.of_channel(thread), thread);
    if (row && *row && (**row).parent.type == ChannelType::none) row->reset();
    co_return row;
}

Task<Result<std::vector<GroupView>>> threads_of(World& world, ChannelKey group) {
    auto grouping = group_of(world, group);
    const auto present = co_await grouping;
    if (!present) co_return std::unexpected(present.error());
    auto listing = list_of_threads(world, std::move(group));
    const auto rows = co_await listing;
    if (!rows) co_return std::unexpected(rows.error());
    std::vector<GroupView> views;
    for (const auto& row : *rows) {
        auto viewing = group_of(world, group_channel(row.id));
        auto view = co_await viewing;
        if (!view && view.error() == Errc::not_found) continue;
        if (!view) co_return std::unexpected(view.error());
        views.push_back(std::move(*view));
    }
    co_return std::move(views);
}

Task<Result<void>> destroy_threads_of(World& world, EventOrigin by, ChannelKey group) {
    auto listing = list_of_threads(world, group);
    const auto rows = co_await listing;
    if (!rows) co_return std::unexpected(rows.error());
    for (const auto& row : *rows) {
        auto destroying = destroy_thread(world, by, group_channel(row.id));
        const auto destroyed = co_await destroying;
        if (destroyed) continue;
        if (destroyed.error() != Errc::not_found) co_return destroyed;
        auto striking = strike_off(world, group, row.id);
        const auto struck = co_await striking;
        if (!struck) co_return struck;
    }
    co_return Result<void>{};
}

Task<Result<void>> leave_threads_of(World& world, ChannelKey group, std::vector<Uid> uids) {
    if (uids.empty()) co_return Result<void>{};
    auto listing = list_of_threads(world, std::move(group));
    const auto rows = co_await listing;
    if (!rows) co_return std::unexpected(rows.error());
    for (const auto& row : *rows) {
        const EventOrigin app{};
        auto opening = open_group(world, app, group_channel(row.id));
        auto work = co_await opening;
        if (!work && work.error() == Errc::not_found) continue;
        if (!work) co_return std::unexpected(work.error());
        std::vector<Uid> leaving;
        for (const auto& uid : uids) {
            if (work->member(uid) != nullptr) leaving.push_back(uid);
        }
        if (leaving.empty()) continue;
        work->remove_silently(leaving);
        auto committing = detail::finish_group(*work);
        const auto committed = co_await committing;
        if (!committed) co_return committed;
    }
    co_return Result<void>{};
}

}  // namespace fenshen::service
