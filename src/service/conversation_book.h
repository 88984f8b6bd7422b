// SPDX-License-Identifier: Apache-2.0
// The conversation rows of one shard's accounts: what is stored, overlaid with what is under way,
// so that two changes to one row in a turn see each other.
#pragma once

#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "storage/rows.h"

namespace fenshen::service {

class Shard;

class ConversationBook {
public:
    explicit ConversationBook(Shard& shard) : shard_(shard) {}

    /// One row, by one point read where it is not under way.
    Result<std::optional<storage::ConversationRow>> read(SlotId slot,
                                                         const Uid& uid,
                                                         const ChannelKey& channel) const;
    /// Adds to the turn's batch of `slot`.
    void put(SlotId slot, const Uid& uid, const storage::ConversationRow& row);
    void erase(SlotId slot, const Uid& uid, const ChannelKey& channel);

    /// What of `uid` is under way; to be laid over a list that was read on the pool.
    struct Change {
        ChannelKey channel;
        std::optional<storage::ConversationRow> row;  ///< none: erased
    };
    std::vector<Change> under_way(const Uid& uid) const;

private:
    struct Overlay {
        std::optional<storage::ConversationRow> row;
        std::uint32_t commits = 0;
    };
    using PerChannel = std::unordered_map<ChannelKey, Overlay>;

    void overlay(SlotId slot,
                 const Uid& uid,
                 const ChannelKey& channel,
                 std::optional<storage::ConversationRow> row);

    Shard& shard_;
    std::unordered_map<Uid, PerChannel> under_way_;
};

/// `rows` with `changes` laid over them.
void lay_over(std::vector<storage::ConversationRow>& rows,
              const std::vector<ConversationBook::Change>& changes);

}  // namespace fenshen::service
