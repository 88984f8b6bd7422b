// SPDX-License-Identifier: Apache-2.0
#include "service/message_changes.h"

#include "base/task.h"
#include "service/conversations.h"
#include "service/shard.h"

namespace fenshen::service {

namespace {

void answer(Shard& here, const SendCommand& command, std::optional<Errc> error) {
    const Message& message = *command.message;
    const WallTime now = here.world().clock.wall();
    here.parcel_for(command.origin.loop)
        .outcomes.push_back({.session = command.origin,
                             .client_seq = message.client_seq,
                             .flags = message.flags,
                             .id = here.world().ids.next(now),
                             .seq = MessageSeq(0),
                             .error = error,
                             .at = now});
}

Result<void> may_change(const ChangeMessage& command, const Message& stored, WallTime now) {
    if (stored.from != command.by) return std::unexpected(Errc::denied);
    if (command.age_max && Millis{now.ms - stored.at.ms} > *command.age_max) {
        return std::unexpected(Errc::conflict);
    }
    return {};
}

/// Ends on the channel's loop.
Task<Result<void>> change_stored(Shard& shard, const ChangeMessage& command, Message& told) {
    World& world = shard.world();
    const SlotId slot = world.slots.of_channel(command.channel);
    co_await move_to(world.pool);
    const auto found = storage::find_message(world.store, slot, command.channel, command.id);
    co_await move_to(shard.home());
    if (!found) co_return std::unexpected(found.error());
    if (!*found) co_return std::unexpected(Errc::not_found);
    // Once more: another change may have come in between.
    auto stored = storage::read_message(world.store, slot, command.channel, (*found)->seq);
    if (!stored) co_return std::unexpected(stored.error());
    if (!*stored) co_return std::unexpected(Errc::not_found);
    Message& message = **stored;
    if (const auto may = may_change(command, message, world.clock.wall()); !may) co_return may;
    if (const auto changed = command.change(message, told); !changed) co_return changed;
    storage::Batch batch;
    storage::put_message(batch, message);
    co_return co_await shard.commit(slot, batch);
}

Task<void> change_and_tell(Shard& shard, ChangeMessage command, SendCommand told) {
    auto changing = change_stored(shard, command, *told.message);
    const auto changed = co_await changing;
    if (!changed) {
        answer(shard, told, changed.error());
    } else {
        shard.send(std::move(told));
    }
}

Task<void> read_and_tell(World& world, ChannelKey channel, SendCommand told, bool tells) {
    const Uid reader = told.message->from;
    auto reading = set_unread(world, reader, std::move(channel), 0);
    const auto read = co_await reading;
    Shard& shard = world.shard_of_account(reader);
    co_await move_to(shard.home());
    if (!read || !tells) {
        answer(shard, told, read ? std::nullopt : std::optional(read.error()));
    } else {
        shard.send(std::move(told));
    }
}

}  // namespace

void change_message(World& world, ChangeMessage command, SendCommand told) {
    Shard& shard = world.shard_of_channel(command.channel);
    auto task = change_and_tell(shard, std::move(command), std::move(told));
    shard.home().post([task = std::move(task)]() mutable { start(std::move(task), [] {}); });
}

void read_channel(World& world, ChannelKey channel, SendCommand told, bool tells) {
    Shard& shard = world.shard_of_account(told.message->from);
    auto task = read_and_tell(world, std::move(channel), std::move(told), tells);
    shard.home().post([task = std::move(task)]() mutable { start(std::move(task), [] {}); });
}

}  // namespace fenshen::service
