// SPDX-License-Identifier: Apache-2.0
// What a loop knows of a channel while it is in memory. `given` runs ahead of `committed` by what
// is under way; only what is committed is ever shown.
#pragma once

#include <cstdint>
#include <memory>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "domain/dedup_window.h"
#include "model/channel.h"
#include "model/error.h"
#include "model/ids.h"
#include "model/slot.h"
#include "storage/rows.h"

namespace fenshen::service {

using UidSet = std::unordered_set<Uid>;

/// Who of a group may speak, beside its lists (easemob-multidevice 5.2). Silences nobody in a
/// channel that was not made as a group.
struct GroupVoice {
    bool all_muted = false;
    UidSet exempt;  ///< owner, admins, those on the group's allow list
    std::unordered_map<Uid, std::int64_t> muted_until;  ///< ms; -1: for ever

    bool silences(const Uid& uid, WallTime now) const {
        if (const auto muted = muted_until.find(uid); muted != muted_until.end()) {
            if (muted->second < 0 || now.ms < muted->second) return true;
        }
        return all_muted && !exempt.contains(uid);
    }
};
/// As the rows of the group say. Errc: store_unavailable, store_corrupt.
Result<GroupVoice> read_group_voice(const storage::Store& store,
                                    SlotId slot,
                                    const ChannelKey& channel);

struct ChannelEntry {
    ChannelKey key;
    SlotId slot;
    bool exists = false;  ///< was ever described by /channel or the like
    storage::ChannelRow row;
    MessageSeq given;      ///< last sequence given out
    MessageSeq committed;  ///< last sequence that is durable
    UidSet subscribers;
    UidSet deny;
    UidSet allow;
    /// Recipients grouped by the loop of their account; null where a loop has none. Made anew after
    /// members changed.
    std::vector<std::shared_ptr<const std::vector<Uid>>> audience;
    bool audience_is_current = false;
    /// Command channels: every recipient has its conversation row, as of the present members.
    bool conversations_ensured = false;
    domain::DedupWindow dedup;
    GroupVoice voice;
    /// A commit failed: nothing is taken until all that is under way has failed with it.
    bool failing = false;

    std::uint32_t pins = 0;
    std::uint32_t commits_under_way = 0;
    bool in_use() const { return commits_under_way > 0; }
};

/// Reads a channel; may wait for the disk. One that was never heard of is no error: it has no
/// members and no messages. `budget` is its loop's, and outlives it.
Result<std::unique_ptr<ChannelEntry>> load_channel(const storage::Store& store,
                                                   SlotId slot,
                                                   const ChannelKey& key,
                                                   domain::DedupBudget& budget);

}  // namespace fenshen::service
