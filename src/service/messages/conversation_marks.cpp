// SPDX-License-Identifier: Apache-2.0
#include "service/messages/conversation_marks.h"

#include <algorithm>

#include "service/messages/messages.h"
#include "service/shard.h"
#include "service/social/account_effects.h"
#include "storage/rows.h"

namespace fenshen::service {

namespace {

using storage::ConversationMarkRow;

AccountEvent event_of(const World& world,
                      AccountEventKind kind,
                      const EventOrigin& by,
                      const ChannelKey& channel,
                      std::int64_t value = 0) {
    return {
        .at = world.clock.wall(), .kind = kind, .origin = by, .channel = channel, .value = value};
}

Result<ConversationMarkRow> marks_of(const Shard& shard,
                                     SlotId slot,
                                     const Uid& uid,
                                     const ChannelKey& channel) {
    auto row = storage::read_conversation_mark(shard.under_way(), slot, uid, channel);
    if (!row) return std::unexpected(row.error());
    return row->value_or(ConversationMarkRow{.channel = channel});
}

void put(Shard& shard, SlotId slot, const Uid& uid, const ConversationMarkRow& row) {
    storage::Batch batch;
    storage::put_conversation_mark(batch, uid, row);
    shard.under_way().add(slot, batch);
}

/// A conversation as it stands, and how much of it is to go.
struct Removal {
    std::optional<storage::ConversationRow> row;
    ConversationMarkRow marks;
    MessageSeq last;       ///< deleted up to here
    MessageSeq hidden_to;  ///< so is the history; 0: none of it
};

Result<Removal> read_removal(Shard& shard,
                             SlotId slot,
                             const Uid& uid,
                             const ChannelKey& channel,
                             MessageSeq last,
                             MessageSeq hidden_to) {
    auto row = shard.conversations().read(slot, uid, channel);
    if (!row) return std::unexpected(row.error());
    auto marks = marks_of(shard, slot, uid, channel);
    if (!marks) return std::unexpected(marks.error());
    return Removal{std::move(*row), std::move(*marks), last, hidden_to};
}

/// Marks the conversation as deleted, takes its marks off, and hides the history.
void remove(Shard& shard, SlotId slot, const Uid& uid, const Removal& removal) {
    if (removal.row && removal.row->deleted_to < removal.last) {
        storage::ConversationRow row = *removal.row;
        row.deleted_to = removal.last;
        row.read_to = std::max(row.read_to, removal.last);
        row.updated_at = shard.world().clock.wall();
        shard.conversations().put(slot, uid, row);
    }
    const ConversationMarkRow left{
        .channel = removal.marks.channel,
        .hidden_to = std::max(removal.marks.hidden_to, removal.hidden_to)};
    if (left != removal.marks) put(shard, slot, uid, left);
}

/// Single messages that `hidden_to` covers need no row of their own.
void drop_covered(
    Shard& shard, SlotId slot, const Uid& uid, const ChannelKey& channel, MessageSeq hidden_to) {
    const auto hidden = storage::read_hidden_messages(shard.under_way(), slot, uid, channel);
    if (!hidden) return;  // they do no harm
    storage::Batch batch;
    for (const auto seq : *hidden) {
        if (seq <= hidden_to) storage::erase_hidden_message(batch, uid, channel, seq);
    }
    shard.under_way().add(slot, batch);
}

/// The last message that was said at `until` or before; 0 when there is none. On the pool: a binary
/// search, as times do not go back within a channel.
Result<MessageSeq> last_said_until(const World& world, const ChannelKey& channel, WallTime until) {
    const SlotId slot = world.slots.of_channel(channel);
    const auto last = storage::read_last_seq(world.store, slot, channel);
    if (!last) return std::unexpected(last.error());
    std::uint64_t low = 0;
    std::uint64_t high = last->value();
    while (low < high) {
        const std::uint64_t middle = low + (high - low + 1) / 2;
        const auto message = storage::read_message(world.store, slot, channel, MessageSeq(middle));
        if (!message) return std::unexpected(message.error());
        if (*message && (**message).at <= until) {
            low = middle;
        } else {
            high = middle - 1;
        }
    }
    return MessageSeq(low);
}

}  // namespace

Task<Result<WallTime>> pin_conversation(World& world,
                                        EventOrigin by,
                                        ChannelKey channel,
                                        bool pinned) {
    Shard& shard = world.shard_of_account(by.uid);
    co_await move_to(shard.home());
    const SlotId slot = world.slots.of_account(by.uid);
    auto row = marks_of(shard, slot, by.uid, channel);
    if (!row) co_return std::unexpected(row.error());
    if ((row->pinned_at.ms != 0) == pinned) co_return row->pinned_at;
    if (pinned) {
        const auto all = storage::read_conversation_marks(shard.under_way(), slot, by.uid);
        if (!all) co_return std::unexpected(all.error());
        const auto pins =
            std::ranges::count_if(*all, [](const auto& each) { return each.pinned_at.ms != 0; });
        if (std::cmp_greater_equal(pins, pinned_conversations_max)) {
            co_return std::unexpected(Errc::too_big);
        }
    }
    row->pinned_at = pinned ? world.clock.wall() : WallTime{};
    const auto kind =
        pinned ? AccountEventKind::conversation_pinned : AccountEventKind::conversation_unpinned;
    const auto told = log_event(shard, by.uid, event_of(world, kind, by, channel));
    if (!told) co_return std::unexpected(told.error());
    put(shard, slot, by.uid, *row);
    const storage::Batch nothing_more;
    const auto committed = co_await shard.commit(slot, nothing_more);
    if (!committed) co_return std::unexpected(committed.error());
    co_return row->pinned_at;
}

Task<Result<void>> mark_conversations(World& world, EventOrigin by, MarkConversations command) {
    if (command.mark > mark_max) co_return std::unexpected(Errc::bad_request);
    if (command.channels.size() > marked_a_call_max) co_return std::unexpected(Errc::too_big);
    Shard& shard = world.shard_of_account(by.uid);
    co_await move_to(shard.home());
    const SlotId slot = world.slots.of_account(by.uid);
    const std::uint32_t bit = std::uint32_t{1} << command.mark;
    for (const auto& channel : command.channels) {
        auto row = marks_of(shard, slot, by.uid, channel);
        if (!row) co_return std::unexpected(row.error());
        if (((row->marks & bit) != 0) == command.marked) continue;
        row->marks ^= bit;
        const auto kind = command.marked ? AccountEventKind::conversation_marked
                                         : AccountEventKind::conversation_unmarked;
        const auto told =
            log_event(shard, by.uid, event_of(world, kind, by, channel, command.mark));
        if (!told) co_return told;
        put(shard, slot, by.uid, *row);
    }
    const storage::Batch nothing_more;
    co_return co_await shard.commit(slot, nothing_more);
}

Task<Result<void>> remove_conversation(World& world,
                                       EventOrigin by,
                                       ChannelKey channel,
                                       bool history) {
    auto asking = last_seq(world, channel);
    const auto last = co_await asking;
    if (!last) co_return std::unexpected(last.error());
    Shard& shard = world.shard_of_account(by.uid);
    co_await move_to(shard.home());
    const SlotId slot = world.slots.of_account(by.uid);
    const MessageSeq hidden_to = history ? *last : MessageSeq(0);
    const auto removal = read_removal(shard, slot, by.uid, channel, *last, hidden_to);
    if (!removal) co_return std::unexpected(removal.error());
    const auto event =
        event_of(world, AccountEventKind::conversation_deleted, by, channel, history ? 1 : 0);
    const auto told = log_event(shard, by.uid, event);
    if (!told) co_return told;
    remove(shard, slot, by.uid, *removal);
    if (history) drop_covered(shard, slot, by.uid, channel, hidden_to);
    const storage::Batch nothing_more;
    co_return co_await shard.commit(slot, nothing_more);
}

Task<Result<void>> hide_messages(
    World& world, EventOrigin by, ChannelKey channel, std::vector<MessageId> ids, Telling telling) {
    if (ids.size() > hidden_a_call_max) co_return std::unexpected(Errc::too_big);
    co_await move_to(world.pool);
    std::vector<MessageSeq> meant;
    for (const auto id : ids) {
        const auto message =
            storage::find_message(world.store, world.slots.of_channel(channel), channel, id);
        if (!message) co_return std::unexpected(message.error());
        if (*message) meant.push_back((**message).seq);
    }
    Shard& shard = world.shard_of_account(by.uid);
    co_await move_to(shard.home());
    const SlotId slot = world.slots.of_account(by.uid);
    if (telling == Telling::devices) {
        const auto event = event_of(world, AccountEventKind::roaming_deleted, by, channel);
        const auto told = log_event(shard, by.uid, event);
        if (!told) co_return told;
    }
    storage::Batch batch;
    for (const auto seq : meant) storage::put_hidden_message(batch, by.uid, channel, seq);
    shard.under_way().add(slot, batch);
    const storage::Batch nothing_more;
    co_return co_await shard.commit(slot, nothing_more);
}

Task<Result<void>> hide_messages_until(
    World& world, EventOrigin by, ChannelKey channel, WallTime until, Telling telling) {
    co_await move_to(world.pool);
    const auto last = last_said_until(world, channel, until);
    if (!last) co_return std::unexpected(last.error());
    Shard& shard = world.shard_of_account(by.uid);
    co_await move_to(shard.home());
    const SlotId slot = world.slots.of_account(by.uid);
    auto row = marks_of(shard, slot, by.uid, channel);
    if (!row) co_return std::unexpected(row.error());
    if (telling == Telling::devices) {
        const auto event = event_of(world, AccountEventKind::roaming_deleted, by, channel);
        const auto told = log_event(shard, by.uid, event);
        if (!told) co_return told;
    }
    if (*last > row->hidden_to) {
        row->hidden_to = *last;
        put(shard, slot, by.uid, *row);
        drop_covered(shard, slot, by.uid, channel, *last);
    }
    const storage::Batch nothing_more;
    co_return co_await shard.commit(slot, nothing_more);
}

Task<Result<void>> clear_history(World& world, EventOrigin by) {
    co_await move_to(world.pool);
    const SlotId slot = world.slots.of_account(by.uid);
    const auto rows = storage::read_conversations(world.store, slot, by.uid);
    if (!rows) co_return std::unexpected(rows.error());
    std::vector<std::pair<ChannelKey, MessageSeq>> ends;
    for (const auto& row : *rows) {
        if (row.kind != storage::ConversationKind::chat) continue;
        const auto last =
            storage::read_last_seq(world.store, world.slots.of_channel(row.channel), row.channel);
        if (!last) co_return std::unexpected(last.error());
        ends.emplace_back(row.channel, *last);
    }
    Shard& shard = world.shard_of_account(by.uid);
    co_await move_to(shard.home());
    std::vector<Removal> removals;
    for (const auto& [channel, last] : ends) {
        auto removal = read_removal(shard, slot, by.uid, channel, last, last);
        if (!removal) co_return std::unexpected(removal.error());
        removals.push_back(std::move(*removal));
    }
    const auto told =
        log_event(shard, by.uid, event_of(world, AccountEventKind::history_cleared, by, {}));
    if (!told) co_return told;
    for (const auto& removal : removals) {
        remove(shard, slot, by.uid, removal);
        drop_covered(shard, slot, by.uid, removal.marks.channel, removal.hidden_to);
    }
    const storage::Batch nothing_more;
    co_return co_await shard.commit(slot, nothing_more);
}

Task<Result<void>> read_conversation_to(World& world,
                                        EventOrigin by,
                                        ChannelKey channel,
                                        MessageSeq seq) {
    co_await move_to(world.pool);
    const SlotId slot = world.slots.of_account(by.uid);
    const auto last = storage::read_last_seq(world.store, world.slots.of_channel(channel), channel);
    if (!last) co_return std::unexpected(last.error());
    const auto credential = storage::read_credential(world.store, slot, by.uid);
    if (!credential) co_return std::unexpected(credential.error());
    Shard& shard = world.shard_of_account(by.uid);
    co_await move_to(shard.home());
    const auto present = shard.conversations().read(slot, by.uid, channel);
    if (!present) co_return std::unexpected(present.error());
    const WallTime now = world.clock.wall();
    storage::ConversationRow row = present->value_or(storage::ConversationRow{});
    row.channel = channel;
    if (!*present) row.created_at = now;
    const MessageSeq target = std::min(seq, *last);
    if (target <= row.read_to) co_return Result<void>{};
    row.read_to = target;
    row.updated_at = now;
    const bool has_listeners = *credential || !by.device_id.value().empty();
    if (has_listeners) {
        const auto event = event_of(world,
                                    AccountEventKind::conversation_read,
                                    by,
                                    channel,
                                    static_cast<std::int64_t>(target.value()));
        const auto told = log_event(shard, by.uid, event);
        if (!told) co_return told;
    }
    shard.conversations().put(slot, by.uid, row);
    const storage::Batch nothing_more;
    co_return co_await shard.commit(slot, nothing_more);
}

bool Hidden::covers(MessageSeq seq) const {
    return seq <= up_to || std::ranges::binary_search(single, seq);
}

Task<Result<Hidden>> hidden_from(World& world, Uid uid, ChannelKey channel) {
    co_await move_to(world.pool);
    const SlotId slot = world.slots.of_account(uid);
    const auto row = storage::read_conversation_mark(world.store, slot, uid, channel);
    if (!row) co_return std::unexpected(row.error());
    auto single = storage::read_hidden_messages(world.store, slot, uid, channel);
    if (!single) co_return std::unexpected(single.error());
    Hidden hidden;
    if (*row) hidden.up_to = (**row).hidden_to;
    hidden.single = std::move(*single);
    co_return hidden;
}

Task<Result<std::vector<ConversationMarkRow>>> conversation_marks(World& world, Uid uid) {
    co_await move_to(world.pool);
    co_return storage::read_conversation_marks(world.store, world.slots.of_account(uid), uid);
}

Task<Result<void>> pin_message(World& world, EventOrigin by, PinMessage command) {
    co_await move_to(world.pool);
    const SlotId slot = world.slots.of_channel(command.channel);
    const auto message = storage::find_message(world.store, slot, command.channel, command.id);
    if (!message) co_return std::unexpected(message.error());
    if (!*message) co_return std::unexpected(Errc::not_found);
    Shard& shard = world.shard_of_channel(command.channel);
    co_await move_to(shard.home());
    const auto pins = storage::read_pinned_messages(shard.under_way(), slot, command.channel);
    if (!pins) co_return std::unexpected(pins.error());
    const bool is_pinned =
        std::ranges::find(*pins, command.id, &storage::PinnedMessageRow::id) != pins->end();
    if (is_pinned == command.pinned) co_return Result<void>{};
    if (command.pinned && pins->size() >= pinned_messages_max) {
        co_return std::unexpected(Errc::too_big);
    }
    storage::Batch batch;
    if (command.pinned) {
        storage::put_pinned_message(
            batch, command.channel, {command.id, by.uid, world.clock.wall()});
    } else {
        storage::erase_pinned_message(batch, command.channel, command.id);
    }
    shard.under_way().add(slot, batch);
    AccountEffect effect;
    effect.event = event_of(
        world,
        command.pinned ? AccountEventKind::message_pinned : AccountEventKind::message_unpinned,
        by,
        command.channel,
        command.id.value());
    effect.accounts = std::move(command.others);
    if (std::ranges::find(effect.accounts, by.uid) == effect.accounts.end()) {
        effect.accounts.push_back(by.uid);
    }
    shard.effects().add(slot, effect);
    const storage::Batch nothing_more;
    co_return co_await shard.commit(slot, nothing_more);
}

Task<Result<std::vector<storage::PinnedMessageRow>>> pinned_messages(World& world,
                                                                     ChannelKey channel) {
    co_await move_to(world.pool);
    auto rows =
        storage::read_pinned_messages(world.store, world.slots.of_channel(channel), channel);
    if (!rows) co_return std::unexpected(rows.error());
    std::ranges::sort(*rows, std::ranges::greater{}, &storage::PinnedMessageRow::at);
    co_return std::move(*rows);
}

}  // namespace fenshen::service
