// SPDX-License-Identifier: Apache-2.0
#include "service/channel_entry.h"

#include <algorithm>

#include "storage/rows_social.h"

namespace fenshen::service {

namespace {

Result<void> load_list(const storage::Store& store,
                       const ChannelEntry& entry,
                       storage::ListKind kind,
                       UidSet& into) {
    auto uids = storage::read_members(store, entry.slot, entry.key, kind);
    if (!uids) return std::unexpected(uids.error());
    into.insert(std::make_move_iterator(uids->begin()), std::make_move_iterator(uids->end()));
    return {};
}

/// The ordinary window; of a channel that was busy to the end, as far back as its clients may have
/// been away when it is loaded.
Result<MessageSeq> first_to_remember(const storage::Store& store, const ChannelEntry& entry) {
    constexpr std::int64_t away_ms = 5 * 60 * 1000;
    const auto last = entry.committed.value();
    const auto newest = storage::read_message(store, entry.slot, entry.key, entry.committed);
    if (!newest) return std::unexpected(newest.error());
    for (std::uint64_t window = domain::DedupWindow::count_max_default;; window *= 4) {
        window = std::min<std::uint64_t>(window, domain::DedupWindow::count_max_busy);
        if (last <= window) return MessageSeq(1);
        const MessageSeq first(last - window + 1);
        if (window == domain::DedupWindow::count_max_busy || !*newest) return first;
        const auto oldest = storage::read_message(store, entry.slot, entry.key, first);
        if (!oldest) return std::unexpected(oldest.error());
        if (!*oldest || (*newest)->at.ms - (*oldest)->at.ms >= away_ms) return first;
    }
}

// The same number again is recognised for the last messages, also after a restart or a move
// (architecture 10).
Result<void> rebuild_dedup(const storage::Store& store, ChannelEntry& entry) {
    const auto last = entry.committed.value();
    if (last == 0) return {};
    const auto first = first_to_remember(store, entry);
    if (!first) return std::unexpected(first.error());
    return storage::visit_messages(
        store, entry.slot, entry.key, *first, entry.committed, [&](Message&& message) {
            entry.dedup.add(message.from,
                            message.client_msg_no,
                            {message.id, message.seq, domain::fingerprint_of(message.payload)},
                            message.at);
            return true;
        });
}

}  // namespace

Result<GroupVoice> read_group_voice(const storage::Store& store,
                                    SlotId slot,
                                    const ChannelKey& channel) {
    GroupVoice voice;
    const auto group = storage::read_group(store, slot, channel);
    if (!group) return std::unexpected(group.error());
    if (!*group) return voice;
    voice.all_muted = (**group).all_muted;
    const auto members = storage::read_group_members(store, slot, channel);
    if (!members) return std::unexpected(members.error());
    for (const auto& member : *members) {
        if (member.role != storage::GroupRole::member || member.allow_listed) {
            voice.exempt.insert(member.uid);
        }
        if (member.muted_until != 0) voice.muted_until.emplace(member.uid, member.muted_until);
    }
    return voice;
}

Result<std::unique_ptr<ChannelEntry>> load_channel(const storage::Store& store,
                                                   SlotId slot,
                                                   const ChannelKey& key,
                                                   domain::DedupBudget& budget) {
    auto entry = std::make_unique<ChannelEntry>();
    entry->dedup.draw_on(budget);
    entry->key = key;
    entry->slot = slot;
    const auto row = storage::read_channel(store, slot, key);
    if (!row) return std::unexpected(row.error());
    if (*row) {
        entry->exists = true;
        entry->row = **row;
    }
    const auto last = storage::read_last_seq(store, slot, key);
    if (!last) return std::unexpected(last.error());
    entry->given = entry->committed = *last;
    for (const auto& [kind, list] : {std::pair{storage::ListKind::subscriber, &entry->subscribers},
                                     std::pair{storage::ListKind::deny, &entry->deny},
                                     std::pair{storage::ListKind::allow, &entry->allow}}) {
        if (const auto loaded = load_list(store, *entry, kind, *list); !loaded) {
            return std::unexpected(loaded.error());
        }
    }
    if (key.type == ChannelType::group) {
        auto voice = read_group_voice(store, slot, key);
        if (!voice) return std::unexpected(voice.error());
        entry->voice = std::move(*voice);
    }
    if (const auto rebuilt = rebuild_dedup(store, *entry); !rebuilt) {
        return std::unexpected(rebuilt.error());
    }
    return entry;
}

}  // namespace fenshen::service
