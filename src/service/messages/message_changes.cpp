// SPDX-License-Identifier: Apache-2.0
#include "service/messages/message_changes.h"

#include <algorithm>

#include "base/task.h"
#include "service/messages/conversations.h"
#include "service/shard.h"

namespace fenshen::service {

namespace {

void answer(Shard& here, const SendCommand& command, std::optional<Errc> error) {
    const Message& message = *command.message;
    const WallTime now = here.world().clock.wall();
    SendOutcome outcome{.session = command.origin,
                        .client_seq = message.client_seq,
                        .flags = message.flags,
                        .id = here.world().ids.next(now),
                        .seq = MessageSeq(0),
                        .error = error,
                        .at = now};
    if (command.answer) return (*command.answer)(outcome);
    here.parcel_for(command.origin.loop).outcomes.push_back(std::move(outcome));
}

Result<void> may_change(const ChangeMessage& command, const Message& stored, WallTime now) {
    if (command.by && stored.from != *command.by) return std::unexpected(Errc::denied);
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

/// Suspends until the change is told, or refused; resumes on the channel's loop.
class Changing {
public:
    Changing(World& world, ChangeMessage command, SendCommand told)
        : world_(world), command_(std::move(command)), told_(std::move(told)) {}
    bool await_ready() const { return false; }
    void await_suspend(std::coroutine_handle<> waiting) {
        told_.answer = std::make_unique<std::move_only_function<void(const SendOutcome&)>>(
            [this, waiting](const SendOutcome& outcome) {
                outcome_ = outcome;
                waiting.resume();
            });
        change_message(world_, std::move(command_), std::move(told_));
    }
    SendOutcome await_resume() { return std::move(outcome_); }

private:
    World& world_;
    ChangeMessage command_;
    SendCommand told_;
    SendOutcome outcome_;
};

/// Answers who has sent it, and how many have read it by now. Ends on the channel's loop.
Task<Result<std::pair<Uid, std::size_t>>> note_reader(Shard& shard,
                                                      const AcknowledgeMessage& command,
                                                      Uid reader) {
    World& world = shard.world();
    const SlotId slot = world.slots.of_channel(command.channel);
    co_await move_to(world.pool);
    const auto found = storage::find_message(world.store, slot, command.channel, command.id);
    co_await move_to(shard.home());
    if (!found) co_return std::unexpected(found.error());
    if (!*found) co_return std::unexpected(Errc::not_found);
    const Uid sender = (*found)->from;
    if (sender == reader) co_return std::unexpected(Errc::denied);
    const auto is_member = storage::is_member(
        shard.under_way(), slot, command.channel, storage::ListKind::subscriber, reader);
    if (!is_member) co_return std::unexpected(is_member.error());
    if (!*is_member) co_return std::unexpected(Errc::not_a_member);
    const auto readers =
        storage::read_message_readers(shard.under_way(), slot, command.channel, command.id);
    if (!readers) co_return std::unexpected(readers.error());
    const bool is_known =
        std::ranges::find(*readers, reader, &storage::MessageReaderRow::uid) != readers->end();
    if (is_known) co_return std::pair(sender, readers->size());
    storage::Batch batch;
    storage::put_message_reader(batch, command.channel, command.id, {reader, world.clock.wall()});
    shard.under_way().add(slot, batch);
    const storage::Batch nothing_more;
    const auto committed = co_await shard.commit(slot, nothing_more);
    if (!committed) co_return std::unexpected(committed.error());
    co_return std::pair(sender, readers->size() + 1);
}

Task<void> acknowledge_and_tell(Shard& shard, AcknowledgeMessage command, SendCommand told) {
    auto noting = note_reader(shard, command, told.message->from);
    const auto noted = co_await noting;
    if (!noted) {
        answer(shard, told, noted.error());
        co_return;
    }
    command.complete(*told.message, noted->second);
    told.audience = std::make_shared<const std::vector<Uid>>(1, noted->first);
    shard.send(std::move(told));
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

Task<SendOutcome> change_from_api(World& world,
                                  ChangeMessage command,
                                  std::shared_ptr<Message> told) {
    SendCommand sending;
    sending.message = std::move(told);
    sending.from_api = true;
    Changing changing(world, std::move(command), std::move(sending));
    co_return co_await changing;
}

void read_channel(World& world, ChannelKey channel, SendCommand told, bool tells) {
    Shard& shard = world.shard_of_account(told.message->from);
    auto task = read_and_tell(world, std::move(channel), std::move(told), tells);
    shard.home().post([task = std::move(task)]() mutable { start(std::move(task), [] {}); });
}

void acknowledge_message(World& world, AcknowledgeMessage command, SendCommand told) {
    Shard& shard = world.shard_of_channel(command.channel);
    auto task = acknowledge_and_tell(shard, std::move(command), std::move(told));
    shard.home().post([task = std::move(task)]() mutable { start(std::move(task), [] {}); });
}

Task<Result<std::vector<storage::MessageReaderRow>>> readers_of(World& world,
                                                                ChannelKey channel,
                                                                MessageId id) {
    co_await move_to(world.pool);
    const SlotId slot = world.slots.of_channel(channel);
    co_return storage::read_message_readers(world.store, slot, channel, id);
}

}  // namespace fenshen::service
