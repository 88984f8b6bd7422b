// SPDX-License-Identifier: Apache-2.0
#include "service/messages/missed_messages.h"

#include <algorithm>

#include "model/names.h"
#include "service/messages/conversations.h"
#include "service/shard.h"
#include "storage/rows_social.h"

namespace fenshen::service {

namespace {

/// Read at once on the way back through a log.
constexpr std::uint64_t step_back = 64;

struct Search {
    const Uid& uid;
    const storage::DeviceSyncedRow& synced;  ///< of the device; its name is there in any case
    bool is_new = false;
    WallTime oldest;  ///< what is older is given up

    bool wants(const Message& message, MessageSeq read_to) const {
        const bool is_own = message.from == uid;
        if (is_own ? is_new : message.seq <= read_to) return false;
        // What it said itself it has, also when it never heard that it was taken.
        if (is_own && message.from_device == synced.device_id.value()) return false;
        return !std::ranges::binary_search(synced.beyond, message.id);
    }
    bool is_behind(const Message& message) const {
        return message.id <= synced.floor || message.at < oldest;
    }
};

storage::DeviceSyncedRow* synced_of(AccountEntry& entry,
                                    DeviceClass device_class,
                                    const DeviceId& device_id) {
    const auto row = std::ranges::find_if(entry.synced, [&](const auto& each) {
        return each.device_class == device_class && each.device_id == device_id;
    });
    return row == entry.synced.end() ? nullptr : &*row;
}

/// Adds what was missed beyond `after`, from the newest back, at most `count_max`. On the pool.
Result<void> search_log(const World& world,
                        const ChannelKey& channel,
                        MessageSeq after,
                        MessageSeq read_to,
                        const Search& search,
                        std::size_t count_max,
                        std::vector<MissedMessage>& found) {
    const SlotId slot = world.slots.of_channel(channel);
    const auto last = storage::read_last_seq(world.store, slot, channel);
    if (!last) return std::unexpected(last.error());
    const bool is_command = is_command_channel(channel);
    std::size_t left = count_max;
    std::uint64_t high = last->value();
    bool is_done = false;
    while (high > after.value() && left > 0 && !is_done) {
        const std::uint64_t low = std::max(after.value(), high > step_back ? high - step_back : 0);
        std::vector<MissedMessage> step;
        bool reached_known = false;
        const auto visited = storage::visit_messages(
            world.store,
            slot,
            channel,
            MessageSeq(low + 1),
            MessageSeq(high),
            [&](Message&& message) {
                if (search.is_behind(message)) {
                    reached_known = true;
                } else if (search.wants(message, read_to) &&
                           (!is_command || message.format == MessageFormat::msync)) {
                    step.push_back({channel, message.seq, message.id});
                }
                return true;
            });
        if (!visited) return std::unexpected(visited.error());
        const std::size_t taken = std::min(left, step.size());
        found.insert(found.end(), step.end() - static_cast<std::ptrdiff_t>(taken), step.end());
        left -= taken;
        is_done = reached_known;
        high = low;
    }
    return {};
}

/// What the account has deleted of its history is not handed to it after all: looked up where a
/// channel has anything from `first` on. On the pool.
Result<void> drop_hidden(const World& world,
                         const Uid& uid,
                         const ChannelKey& channel,
                         std::vector<MissedMessage>& found,
                         std::size_t first) {
    if (found.size() == first) return {};
    const SlotId slot = world.slots.of_account(uid);
    const auto mark = storage::read_conversation_mark(world.store, slot, uid, channel);
    if (!mark) return std::unexpected(mark.error());
    const auto single = storage::read_hidden_messages(world.store, slot, uid, channel);
    if (!single) return std::unexpected(single.error());
    const MessageSeq hidden_to = *mark ? (**mark).hidden_to : MessageSeq(0);
    const auto begin = found.begin() + static_cast<std::ptrdiff_t>(first);
    const auto kept = std::remove_if(begin, found.end(), [&](const MissedMessage& message) {
        return message.seq <= hidden_to || std::ranges::binary_search(*single, message.seq);
    });
    found.erase(kept, found.end());
    return {};
}

/// The newest `count_max` of those that `is_meant` picks stay.
template <class IsMeant>
void keep_newest(std::vector<MissedMessage>& messages, std::size_t count_max, IsMeant is_meant) {
    std::size_t count = 0;
    for (auto message = messages.rbegin(); message != messages.rend(); ++message) {
        if (is_meant(*message) && ++count > count_max) message->seq = MessageSeq(0);
    }
    std::erase_if(messages, [](const auto& message) { return message.seq.value() == 0; });
}

}  // namespace

Task<Result<Missed>> missed_messages(World& world,
                                     Uid uid,
                                     DeviceClass device_class,
                                     DeviceId device_id) {
    Shard& shard = world.shard_of_account(uid);
    co_await move_to(shard.home());
    Missed missed;
    missed.synced.device_class = device_class;
    missed.synced.device_id = device_id;
    bool is_new = true;
    {
        auto entry = co_await shard.accounts().get(uid);
        if (!entry) co_return std::unexpected(entry.error());
        if (const auto* row = synced_of(**entry, device_class, device_id)) {
            missed.synced = *row;
            is_new = false;
        }
    }
    auto reading_chats = conversation_rows(world, uid, storage::ConversationKind::chat);
    const auto chats = co_await reading_chats;
    if (!chats) co_return std::unexpected(chats.error());
    auto reading_commands = conversation_rows(world, uid, storage::ConversationKind::command);
    const auto commands = co_await reading_commands;
    if (!commands) co_return std::unexpected(commands.error());

    const auto& rules = world.rules.easemob;
    const Millis age_max = rules.offline_age_max;
    const Search search{
        uid, missed.synced, is_new, WallTime{world.clock.wall().ms - age_max.count()}};
    const std::size_t count_max = std::max(rules.offline_single_max, rules.offline_group_max);
    std::size_t left = conversations_a_sync_max;
    for (const auto& row : *chats) {
        if (left-- == 0) break;
        // Who begins a conversation has read it up to there (wukong-semantics 5.2), and yet has
        // devices that were away then.
        const bool may_begin_with_own = row.read_to == MessageSeq(1);
        const MessageSeq after =
            may_begin_with_own ? row.deleted_to : std::max(row.read_to, row.deleted_to);
        const std::size_t first = missed.messages.size();
        const auto searched =
            search_log(world, row.channel, after, row.read_to, search, count_max, missed.messages);
        if (!searched) co_return std::unexpected(searched.error());
        const auto dropped = drop_hidden(world, uid, row.channel, missed.messages, first);
        if (!dropped) co_return std::unexpected(dropped.error());
    }
    for (const auto& row : *commands) {
        if (is_new || left-- == 0) break;
        const auto searched =
            search_log(world, row.channel, {}, {}, search, count_max, missed.messages);
        if (!searched) co_return std::unexpected(searched.error());
    }
    auto& messages = missed.messages;
    std::ranges::sort(messages, {}, &MissedMessage::id);
    const auto is_single = [](const MissedMessage& message) {
        return message.channel.type == ChannelType::person;
    };
    keep_newest(messages, rules.offline_single_max, is_single);
    keep_newest(messages, rules.offline_group_max, std::not_fn(is_single));
    co_return missed;
}

Task<Result<ReadMissed>> read_missed(World& world,
                                     std::vector<MissedMessage> wanted,
                                     std::size_t bytes_max) {
    co_await move_to(world.pool);
    ReadMissed read;
    std::size_t bytes = 0;
    for (const auto& each : wanted) {
        if (bytes >= bytes_max) break;
        auto message = storage::read_message(
            world.store, world.slots.of_channel(each.channel), each.channel, each.seq);
        if (!message) co_return std::unexpected(message.error());
        ++read.taken;
        if (!*message) continue;
        bytes += storage::message_bytes(**message);
        read.messages.push_back(std::make_shared<const Message>(std::move(**message)));
    }
    co_return read;
}

void note_synced(World& world, Uid uid, storage::DeviceSyncedRow row, bool durable) {
    Shard& shard = world.shard_of_account(uid);
    shard.home().post([&shard, uid = std::move(uid), row = std::move(row), durable] {
        shard.accounts().with(uid, [&shard, row, durable](Result<Pin<AccountEntry>> entry) {
            if (!entry) return;
            auto* known = synced_of(**entry, row.device_class, row.device_id);
            if (known) {
                *known = row;
            } else {
                (*entry)->synced.push_back(row);
            }
            if (durable) {
                storage::put_device_synced(shard.batch_of((*entry)->slot), (*entry)->uid, row);
            }
        });
    });
}

void forget_synced(AccountEntry& entry,
                   storage::Batch& batch,
                   DeviceClass device_class,
                   const DeviceId& device_id) {
    const auto erased = std::erase_if(entry.synced, [&](const auto& each) {
        return each.device_class == device_class && each.device_id == device_id;
    });
    if (erased > 0) storage::erase_device_synced(batch, entry.uid, device_class, device_id);
}

}  // namespace fenshen::service
