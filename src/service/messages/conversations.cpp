// SPDX-License-Identifier: Apache-2.0
#include "service/messages/conversations.h"

#include <algorithm>

#include "domain/unread.h"
#include "model/names.h"
#include "service/messages/messages.h"
#include "service/shard.h"

namespace fenshen::service {

namespace {

constexpr std::uint64_t scan_page = 500;
/// How far back the account's own last message is looked for; it matters only where more than this
/// is unread.
constexpr std::uint64_t own_search_max = 20'000;

MessageSeq before(MessageSeq seq, std::uint64_t steps) {
    return MessageSeq(seq.value() > steps ? seq.value() - steps : 0);
}

/// The newest message of `uid` among those beyond `floor`; 0 when there is none. On the pool.
Result<MessageSeq> last_own(const World& world,
                            const ChannelKey& channel,
                            const Uid& uid,
                            MessageSeq floor,
                            MessageSeq last) {
    const SlotId slot = world.slots.of_channel(channel);
    const MessageSeq lowest = std::max(floor, before(last, own_search_max));
    MessageSeq high = last;
    while (high > lowest) {
        const MessageSeq low = std::max(lowest, before(high, scan_page));
        MessageSeq own;
        const auto visited = storage::visit_messages(
            world.store, slot, channel, MessageSeq(low.value() + 1), high, [&](Message&& message) {
                if (message.from == uid) own = message.seq;
                return true;
            });
        if (!visited) return std::unexpected(visited.error());
        if (own.value() > 0) return own;
        high = low;
    }
    return MessageSeq(0);
}

/// What the conversations of one answer share. Once the messages have filled a page, each further
/// conversation comes with its newest only, and at four times that with none.
struct Room {
    const std::size_t recents_max;  ///< of one conversation
    const std::size_t page_bytes_max;
    std::size_t bytes = 0;

    bool is_full() const { return bytes / 4 >= page_bytes_max; }
    std::size_t left() const { return page_bytes_max - std::min(bytes, page_bytes_max); }
};

/// Reads one conversation's newest messages beyond `bound` and does the arithmetic. On the pool.
Result<Conversation> look_at(const World& world,
                             const Uid& uid,
                             const ChannelKey& channel,
                             MessageSeq read_to,
                             MessageSeq bound,
                             Room& room) {
    const SlotId slot = world.slots.of_channel(channel);
    Conversation view;
    view.channel = channel;
    const auto last = storage::read_last_seq(world.store, slot, channel);
    if (!last) return std::unexpected(last.error());
    if (*last <= bound || room.recents_max == 0 || room.is_full()) return view;
    auto slice = storage::read_newest_messages(world.store,
                                               slot,
                                               channel,
                                               MessageSeq(bound.value() + 1),
                                               *last,
                                               room.recents_max,
                                               room.left());
    if (!slice) return std::unexpected(slice.error());
    room.bytes += slice->bytes;
    auto& recents = slice->messages;
    if (recents.empty()) return view;

    const auto own = last_own(world, channel, uid, read_to, *last);
    if (!own) return std::unexpected(own.error());
    const auto counted = domain::unread_of({
        .last = *last,
        .read_to = read_to,
        .own_last = *own,
        .newest_is_own = recents.back().from == uid,
    });
    view.unread = counted.unread;
    view.read_to = counted.read_to;
    view.last = *last;
    view.recents.assign(std::make_move_iterator(recents.rbegin()),
                        std::make_move_iterator(recents.rend()));
    return view;
}

/// The account's rows with what is under way, newest first. Ends on the pool.
Task<Result<std::vector<storage::ConversationRow>>> rows_of(World& world,
                                                            Uid uid,
                                                            storage::ConversationKind kind) {
    Shard& shard = world.shard_of_account(uid);
    co_await move_to(shard.home());
    const auto changes = shard.conversations().under_way(uid);
    co_await move_to(world.pool);
    auto rows = storage::read_conversations(world.store, world.slots.of_account(uid), uid);
    if (!rows) co_return std::unexpected(rows.error());
    lay_over(*rows, changes);
    std::erase_if(*rows, [&](const auto& row) { return row.kind != kind; });
    std::ranges::sort(*rows, std::ranges::greater{}, &storage::ConversationRow::updated_at);
    co_return std::move(*rows);
}

bool is_with_system(const ChannelKey& channel) {
    if (channel.type != ChannelType::person) return false;
    const auto pair = split_person_id(channel.id);
    return pair.first == system_uid || pair.second == system_uid;
}

template <class T>
void take_page(std::vector<T>& items, std::size_t page, std::size_t page_size) {
    if (page == 0) return;
    const std::size_t first = std::min((page - 1) * page_size, items.size());
    const std::size_t last = std::min(first + page_size, items.size());
    items = std::vector<T>(items.begin() + static_cast<std::ptrdiff_t>(first),
                           items.begin() + static_cast<std::ptrdiff_t>(last));
}

MessageSeq bound_of(const storage::ConversationRow& row,
                    const SyncConversations& command,
                    const SyncConversations::Known* known) {
    MessageSeq bound;
    if (known && known->last.value() > 0) {
        bound = known->last;
    } else if (command.only_unread) {
        bound = row.read_to;
    }
    return std::max(bound, row.deleted_to);
}

}  // namespace

Task<Result<std::vector<Conversation>>> sync_conversations(World& world,
                                                           SyncConversations command) {
    std::vector<Conversation> views;
    if (command.recents_max == 0) co_return views;
    auto reading = rows_of(world, command.uid, storage::ConversationKind::chat);
    auto rows = co_await reading;
    if (!rows) co_return std::unexpected(rows.error());
    if (rows->size() > conversations_a_sync_max) rows->resize(conversations_a_sync_max);
    take_page(*rows, command.page, command.page_size);
    Room room{command.recents_max, world.rules.page_bytes_max};
    for (const auto& row : *rows) {
        if (is_with_system(row.channel)) continue;
        const auto known =
            std::ranges::find(command.known, row.channel, &SyncConversations::Known::channel);
        const bool is_known = known != command.known.end();
        const auto& excluded_types = command.exclude_types;
        const bool excluded =
            std::ranges::find(excluded_types, static_cast<std::uint8_t>(row.channel.type)) !=
            excluded_types.end();
        if (excluded && !is_known) continue;
        const MessageSeq bound = bound_of(row, command, is_known ? &*known : nullptr);
        auto view = look_at(world, command.uid, row.channel, row.read_to, bound, room);
        if (!view) co_return std::unexpected(view.error());
        if (!view->recents.empty()) views.push_back(std::move(*view));
    }
    std::ranges::sort(views, std::ranges::greater{}, [](const Conversation& view) {
        return view.recents.front().at;
    });
    co_return views;
}

Task<Result<std::vector<Conversation>>> conversations_of(World& world,
                                                         Uid uid,
                                                         std::vector<ChannelKey> channels,
                                                         std::size_t recents_max) {
    auto reading = rows_of(world, uid, storage::ConversationKind::chat);
    const auto rows = co_await reading;
    if (!rows) co_return std::unexpected(rows.error());
    std::vector<Conversation> views;
    Room room{recents_max, world.rules.page_bytes_max};
    for (const auto& channel : channels) {
        const auto row = std::ranges::find(*rows, channel, &storage::ConversationRow::channel);
        const MessageSeq read_to = row == rows->end() ? MessageSeq(0) : row->read_to;
        auto view = look_at(world, uid, channel, read_to, MessageSeq(0), room);
        if (!view) co_return std::unexpected(view.error());
        views.push_back(std::move(*view));
    }
    co_return views;
}

Task<Result<std::vector<storage::ConversationRow>>> conversation_rows(
    World& world, Uid uid, storage::ConversationKind kind) {
    auto reading = rows_of(world, std::move(uid), kind);
    co_return co_await reading;
}

namespace {

/// Changes one row of the account: `change(row, last seq of the channel)` says whether there is
/// anything to write.
template <class Change>
Task<Result<void>> change_row(
    World& world, Uid uid, ChannelKey channel, storage::ConversationKind kind, Change change) {
    auto asking = last_seq(world, channel);
    const auto last = co_await asking;
    if (!last) co_return std::unexpected(last.error());
    Shard& shard = world.shard_of_account(uid);
    co_await move_to(shard.home());
    const SlotId slot = world.slots.of_account(uid);
    auto present = shard.conversations().read(slot, uid, channel);
    if (!present) co_return std::unexpected(present.error());
    const WallTime now = world.clock.wall();
    const bool is_there = present->has_value();
    storage::ConversationRow row = is_there ? **present : storage::ConversationRow{};
    row.channel = channel;
    row.kind = kind;
    if (!is_there) row.created_at = now;
    if (!change(row, *last) && is_there) co_return Result<void>{};
    row.updated_at = now;
    shard.conversations().put(slot, uid, row);
    const storage::Batch nothing_more;
    co_return co_await shard.commit(slot, nothing_more);
}

}  // namespace

Task<Result<void>> set_unread(World& world, Uid uid, ChannelKey channel, std::int64_t unread) {
    const auto change = [unread](storage::ConversationRow& row, MessageSeq last) {
        const MessageSeq target = domain::read_position_for_unread(last, unread);
        if (target <= row.read_to) return false;
        row.read_to = target;
        return true;
    };
    auto changing = change_row(
        world, std::move(uid), std::move(channel), storage::ConversationKind::chat, change);
    co_return co_await changing;
}

Task<Result<void>> delete_conversation(World& world, Uid uid, ChannelKey channel) {
    const auto change = [](storage::ConversationRow& row, MessageSeq last) {
        if (last <= row.deleted_to) return false;
        row.deleted_to = last;
        return true;
    };
    auto changing = change_row(
        world, std::move(uid), std::move(channel), storage::ConversationKind::chat, change);
    co_return co_await changing;
}

Task<Result<void>> command_consumed(World& world, Uid uid, ChannelKey channel, MessageSeq seq) {
    const auto change = [seq](storage::ConversationRow& row, MessageSeq last) {
        const MessageSeq target = std::min(seq, last);
        if (target <= row.read_to) return false;
        row.read_to = target;
        return true;
    };
    auto changing = change_row(
        world, std::move(uid), std::move(channel), storage::ConversationKind::command, change);
    co_return co_await changing;
}

Task<Result<Commands>> sync_commands(World& world, Uid uid, std::size_t count_max) {
    auto reading = rows_of(world, uid, storage::ConversationKind::command);
    const auto rows = co_await reading;
    if (!rows) co_return std::unexpected(rows.error());
    Commands commands;
    std::vector<std::pair<ChannelKey, MessageSeq>> handed_out;
    std::size_t bytes = 0;
    for (const auto& row : *rows) {
        const std::size_t left = count_max - commands.messages.size();
        if (left == 0 || bytes >= world.rules.page_bytes_max) break;
        auto slice = storage::read_messages(world.store,
                                            world.slots.of_channel(row.channel),
                                            row.channel,
                                            MessageSeq(row.read_to.value() + 1),
                                            MessageSeq(UINT64_MAX),
                                            left,
                                            world.rules.page_bytes_max - bytes);
        if (!slice) co_return std::unexpected(slice.error());
        if (slice->messages.empty()) continue;
        bytes += slice->bytes;
        handed_out.emplace_back(row.channel, slice->messages.back().seq);
        std::ranges::move(slice->messages, std::back_inserter(commands.messages));
    }
    Shard& shard = world.shard_of_account(uid);
    co_await move_to(shard.home());
    auto account = co_await shard.accounts().get(uid);
    if (!account) co_return std::unexpected(account.error());
    (*account)->handed_out = std::move(handed_out);
    co_return commands;
}

Task<Result<void>> acknowledge_commands(World& world, Uid uid) {
    Shard& shard = world.shard_of_account(uid);
    co_await move_to(shard.home());
    std::vector<std::pair<ChannelKey, MessageSeq>> handed_out;
    {
        // Let go of here: what follows may go on elsewhere.
        auto account = co_await shard.accounts().get(uid);
        if (!account) co_return std::unexpected(account.error());
        handed_out = std::exchange((*account)->handed_out, {});
    }
    for (const auto& [channel, seq] : handed_out) {
        auto consuming = command_consumed(world, uid, channel, seq);
        const auto consumed = co_await consuming;
        if (!consumed) co_return consumed;
    }
    co_return Result<void>{};
}

}  // namespace fenshen::service
