// SPDX-License-Identifier: Apache-2.0
#include "service/channels/channels.h"

#include <algorithm>

#include "model/names.h"
#include "service/shard.h"

namespace fenshen::service {

namespace {

/// Conversations of live channels are not kept (wukong-semantics 5.2).
bool keeps_conversations(ChannelType type) {
    return type != ChannelType::person && type != ChannelType::live;
}

std::vector<Uid> without_blanks(std::vector<Uid> uids) {
    std::erase_if(uids, [](const Uid& uid) { return is_blank(uid.value()); });
    return uids;
}

UidSet& list_in(ChannelEntry& channel, storage::ListKind kind) {
    switch (kind) {
        case storage::ListKind::deny:
            return channel.deny;
        case storage::ListKind::allow:
            return channel.allow;
        case storage::ListKind::subscriber:
            break;
    }
    return channel.subscribers;
}

ConversationEffect effect_on(const ChannelEntry& channel,
                             ConversationEffect::Op op,
                             const std::vector<Uid>& uids,
                             MessageSeq read_to,
                             WallTime at) {
    ConversationEffect effect;
    effect.op = op;
    effect.channel = channel.key;
    effect.at = at;
    for (const auto& uid : uids) effect.accounts.push_back({uid, read_to});
    return effect;
}

void mute_sessions(Shard& shard, const AccountEntry& entry) {
    for (const auto& session : entry.sessions) {
        Shard& there = *shard.world().shards[session.session.loop.value()];
        const auto serial = session.session.serial;
        const bool muted = entry.row.flags.send_ban;
        there.home().post([&there, serial, muted] { there.sessions().set_muted(serial, muted); });
    }
}

Task<Result<void>> describe_account(World& world, Uid uid, ChannelFlags flags) {
    Shard& shard = world.shard_of_account(uid);
    co_await move_to(shard.home());
    auto found = co_await shard.accounts().get(uid);
    if (!found) co_return std::unexpected(found.error());
    AccountEntry& entry = **found;
    storage::AccountRow row = entry.row;
    row.flags = flags;
    if (!entry.exists) row.created_at = world.clock.wall();
    storage::Batch batch;
    storage::put_account(batch, uid, row);
    const auto committed = co_await shard.commit(entry.slot, batch);
    if (!committed) co_return committed;
    entry.row = row;
    entry.exists = true;
    mute_sessions(shard, entry);
    co_return Result<void>{};
}

/// A person named by its uid; the combined id of two names a channel.
bool is_account(const ChannelKey& channel) {
    return channel.type == ChannelType::person && channel.id.find('@') == std::string::npos;
}

Task<Result<void>> change_person_list(World& world, ChangeList command) {
    const Uid owner(command.channel.id);
    Shard& shard = world.shard_of_account(owner);
    co_await move_to(shard.home());
    auto found = co_await shard.accounts().get(owner);
    if (!found) co_return std::unexpected(found.error());
    AccountEntry& entry = **found;

    storage::Batch batch;
    const bool clears =
        command.change == ListChange::replace || command.change == ListChange::clear;
    if (clears) storage::erase_person_list(batch, owner, command.kind);
    for (const auto& uid : command.uids) {
        if (command.change == ListChange::remove) {
            storage::erase_person_listed(batch, owner, command.kind, uid);
        } else if (command.change != ListChange::clear) {
            storage::put_person_listed(batch, owner, command.kind, uid);
        }
    }
    // Friends find each other in their conversation lists (wukong-http 7.9).
    if (command.kind == storage::ListKind::allow && command.change == ListChange::add) {
        for (const auto& uid : command.uids) {
            if (uid == owner) continue;
            ConversationEffect effect;
            effect.channel = {ChannelType::person, person_channel_id(uid.value(), owner.value())};
            effect.at = world.clock.wall();
            effect.accounts.push_back({uid, MessageSeq(0)});
            shard.effects().add(entry.slot, effect);
        }
    }
    const auto committed = co_await shard.commit(entry.slot, batch);
    if (!committed) co_return committed;

    auto& kept = command.kind == storage::ListKind::deny ? entry.deny : entry.allow;
    if (clears) kept.clear();
    for (const auto& uid : command.uids) {
        if (command.change == ListChange::remove) {
            unlist(kept, uid);
        } else if (command.change != ListChange::clear) {
            list(kept, uid);
        }
    }
    co_return Result<void>{};
}

void apply(ChannelEntry& channel, const ChangeList& command) {
    UidSet& kept = list_in(channel, command.kind);
    if (command.change == ListChange::replace || command.change == ListChange::clear) kept.clear();
    for (const auto& uid : command.uids) {
        if (command.change == ListChange::remove) {
            kept.erase(uid);
        } else if (command.change != ListChange::clear) {
            kept.insert(uid);
        }
    }
}

/// What a deny list does to conversations: who is put on it loses the channel's, who is taken off
/// gets it back.
void deny_list_effects(Shard& shard, const ChannelEntry& channel, const ChangeList& command) {
    if (command.kind != storage::ListKind::deny || !keeps_conversations(channel.key.type)) return;
    if (command.change == ListChange::clear || command.uids.empty()) return;
    const auto op = command.change == ListChange::remove ? ConversationEffect::Op::ensure
                                                         : ConversationEffect::Op::remove;
    shard.effects().add(
        channel.slot,
        effect_on(channel, op, command.uids, MessageSeq(0), shard.world().clock.wall()));
}

}  // namespace

void members_changed(Shard& shard, ChannelEntry& channel) {
    channel.audience_is_current = false;
    channel.conversations_ensured = false;
    // Its command channel sends to the same people.
    if (auto* commands = shard.channels().find(command_channel_of(channel.key))) {
        commands->subscribers = channel.subscribers;
        commands->audience_is_current = false;
        commands->conversations_ensured = false;
    }
}

Task<Result<void>> describe_channel(World& world, ChannelKey channel, ChannelFlags flags) {
    if (is_account(channel)) {
        auto described = describe_account(world, Uid(channel.id), flags);
        co_return co_await described;
    }
    Shard& shard = world.shard_of_channel(channel);
    co_await move_to(shard.home());
    auto found = co_await shard.channels().get(channel);
    if (!found) co_return std::unexpected(found.error());
    ChannelEntry& entry = **found;
    storage::ChannelRow row = entry.row;
    row.flags = flags;
    if (!entry.exists) row.created_at = world.clock.wall();
    storage::Batch batch;
    storage::put_channel(batch, channel, row);
    const auto committed = co_await shard.commit(entry.slot, batch);
    if (!committed) co_return committed;
    entry.row = row;
    entry.exists = true;
    co_return Result<void>{};
}

Task<Result<void>> disband_channel(World& world, ChannelKey channel) {
    Shard& shard = world.shard_of_channel(channel);
    co_await move_to(shard.home());
    auto found = co_await shard.channels().get(channel);
    if (!found) co_return std::unexpected(found.error());
    ChannelEntry& entry = **found;
    if (!entry.exists) co_return Result<void>{};
    ChannelFlags flags = entry.row.flags;
    flags.disband = true;
    auto described = describe_channel(world, channel, flags);
    co_return co_await described;
}

Task<Result<void>> add_subscribers(World& world, AddSubscribers command) {
    command.uids = without_blanks(std::move(command.uids));
    Shard& shard = world.shard_of_channel(command.channel);
    co_await move_to(shard.home());
    auto found = co_await shard.channels().get(command.channel);
    if (!found) co_return std::unexpected(found.error());
    ChannelEntry& entry = **found;

    storage::Batch batch;
    const WallTime now = world.clock.wall();
    const bool creates = !entry.exists && command.describe;
    if (creates) storage::put_channel(batch, entry.key, {entry.row.flags, now});
    if (command.reset) {
        storage::erase_members(batch, entry.key, storage::ListKind::subscriber);
    }
    for (const auto& uid : command.uids) {
        storage::put_member(batch, entry.key, storage::ListKind::subscriber, uid);
    }
    if (keeps_conversations(entry.key.type) && !command.uids.empty()) {
        shard.effects().add(
            entry.slot,
            effect_on(
                entry, ConversationEffect::Op::overwrite, command.uids, entry.committed, now));
    }
    const auto committed = co_await shard.commit(entry.slot, batch);
    if (!committed) co_return committed;
    if (creates) {
        entry.exists = true;
        entry.row.created_at = now;
    }
    if (command.reset) entry.subscribers.clear();
    entry.subscribers.insert(command.uids.begin(), command.uids.end());
    members_changed(shard, entry);
    co_return Result<void>{};
}

Task<Result<void>> remove_subscribers(World& world, ChannelKey channel, std::vector<Uid> uids) {
    uids = without_blanks(std::move(uids));
    Shard& shard = world.shard_of_channel(channel);
    co_await move_to(shard.home());
    auto found = co_await shard.channels().get(channel);
    if (!found) co_return std::unexpected(found.error());
    ChannelEntry& entry = **found;
    storage::Batch batch;
    for (const auto& uid : uids) {
        storage::erase_member(batch, channel, storage::ListKind::subscriber, uid);
    }
    if (keeps_conversations(channel.type) && !uids.empty()) {
        shard.effects().add(
            entry.slot,
            effect_on(
                entry, ConversationEffect::Op::remove, uids, MessageSeq(0), world.clock.wall()));
    }
    const auto committed = co_await shard.commit(entry.slot, batch);
    if (!committed) co_return committed;
    for (const auto& uid : uids) entry.subscribers.erase(uid);
    members_changed(shard, entry);
    co_return Result<void>{};
}

Task<Result<void>> remove_all_subscribers(World& world, ChannelKey channel) {
    Shard& shard = world.shard_of_channel(channel);
    co_await move_to(shard.home());
    auto found = co_await shard.channels().get(channel);
    if (!found) co_return std::unexpected(found.error());
    ChannelEntry& entry = **found;
    storage::Batch batch;
    storage::erase_members(batch, channel, storage::ListKind::subscriber);
    const auto committed = co_await shard.commit(entry.slot, batch);
    if (!committed) co_return committed;
    entry.subscribers.clear();
    members_changed(shard, entry);
    co_return Result<void>{};
}

Task<Result<void>> change_list(World& world, ChangeList command) {
    command.uids = without_blanks(std::move(command.uids));
    if (is_account(command.channel)) {
        auto changed = change_person_list(world, std::move(command));
        co_return co_await changed;
    }
    Shard& shard = world.shard_of_channel(command.channel);
    co_await move_to(shard.home());
    auto found = co_await shard.channels().get(command.channel);
    if (!found) co_return std::unexpected(found.error());
    ChannelEntry& entry = **found;

    storage::Batch batch;
    if (command.change == ListChange::replace || command.change == ListChange::clear) {
        storage::erase_members(batch, entry.key, command.kind);
    }
    for (const auto& uid : command.uids) {
        if (command.change == ListChange::remove) {
            storage::erase_member(batch, entry.key, command.kind, uid);
        } else if (command.change != ListChange::clear) {
            storage::put_member(batch, entry.key, command.kind, uid);
        }
    }
    deny_list_effects(shard, entry, command);
    const auto committed = co_await shard.commit(entry.slot, batch);
    if (!committed) co_return committed;
    apply(entry, command);
    co_return Result<void>{};
}

Task<Result<std::vector<Uid>>> list_of(World& world, ChannelKey channel, storage::ListKind kind) {
    co_await move_to(world.pool);
    if (is_account(channel)) {
        const Uid owner(channel.id);
        co_return storage::read_person_list(
            world.store, world.slots.of_account(owner), owner, kind);
    }
    co_return storage::read_members(world.store, world.slots.of_channel(channel), channel, kind);
}

Task<Result<void>> change_system_uids(World& world, std::vector<Uid> uids, bool add) {
    uids = without_blanks(std::move(uids));
    const SlotId control(0);
    Shard& shard = world.shard_of(control);
    co_await move_to(shard.home());
    storage::Batch batch;
    for (const auto& uid : uids) {
        add ? storage::put_system_uid(batch, uid) : storage::erase_system_uid(batch, uid);
    }
    const auto committed = co_await shard.commit(control, batch);
    if (!committed) co_return committed;
    // Told to every loop before the caller is answered: who sends next meets the new list.
    for (const auto& each : world.shards) {
        each->home().post([&other = *each, uids, add] {
            for (const auto& uid : uids) {
                add ? void(other.system_uids().insert(uid)) : void(other.system_uids().erase(uid));
            }
        });
    }
    co_return Result<void>{};
}

Task<std::vector<Uid>> system_uids(World& world) {
    Shard& shard = world.shard_of(SlotId(0));
    co_await move_to(shard.home());
    std::vector<Uid> uids(shard.system_uids().begin(), shard.system_uids().end());
    std::ranges::sort(uids);
    co_return uids;
}

Result<void> load_system_uids(World& world) {
    const auto uids = storage::read_system_uids(world.store);
    if (!uids) return std::unexpected(uids.error());
    for (const auto& shard : world.shards) {
        shard->system_uids().insert(uids->begin(), uids->end());
    }
    return {};
}

}  // namespace fenshen::service
