// SPDX-License-Identifier: Apache-2.0
#include "service/conversation_book.h"

#include <algorithm>

#include "service/shard.h"

namespace fenshen::service {

Result<std::optional<storage::ConversationRow>> ConversationBook::read(
    SlotId slot, const Uid& uid, const ChannelKey& channel) const {
    if (const auto account = under_way_.find(uid); account != under_way_.end()) {
        if (const auto found = account->second.find(channel); found != account->second.end()) {
            return found->second.row;
        }
    }
    return storage::read_conversation(shard_.world().store, slot, uid, channel);
}

void ConversationBook::put(SlotId slot, const Uid& uid, const storage::ConversationRow& row) {
    storage::put_conversation(shard_.batch_of(slot), uid, row);
    overlay(slot, uid, row.channel, row);
}

void ConversationBook::erase(SlotId slot, const Uid& uid, const ChannelKey& channel) {
    storage::erase_conversation(shard_.batch_of(slot), uid, channel);
    overlay(slot, uid, channel, std::nullopt);
}

void ConversationBook::overlay(SlotId slot,
                               const Uid& uid,
                               const ChannelKey& channel,
                               std::optional<storage::ConversationRow> row) {
    Overlay& place = under_way_[uid][channel];
    place.row = std::move(row);
    ++place.commits;
    shard_.when_committed(slot, [this, uid, channel](Result<void> /*result*/) {
        const auto account = under_way_.find(uid);
        const auto found = account->second.find(channel);
        if (--found->second.commits > 0) return;
        account->second.erase(found);
        if (account->second.empty()) under_way_.erase(account);
    });
}

std::vector<ConversationBook::Change> ConversationBook::under_way(const Uid& uid) const {
    std::vector<Change> changes;
    if (const auto account = under_way_.find(uid); account != under_way_.end()) {
        for (const auto& [channel, place] : account->second)
            changes.push_back({channel, place.row});
    }
    return changes;
}

void lay_over(std::vector<storage::ConversationRow>& rows,
              const std::vector<ConversationBook::Change>& changes) {
    for (const auto& change : changes) {
        std::erase_if(rows, [&](const auto& row) { return row.channel == change.channel; });
        if (change.row) rows.push_back(*change.row);
    }
}

}  // namespace fenshen::service
