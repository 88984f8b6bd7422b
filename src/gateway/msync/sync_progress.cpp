// SPDX-License-Identifier: Apache-2.0
#include "gateway/msync/sync_progress.h"

#include <algorithm>
#include <utility>

#include "domain/snowflake.h"

namespace fenshen::gateway {

void SyncProgress::begin(const storage::DeviceSyncedRow& row) {
    // What it was told while that was being read stays.
    const auto told = std::exchange(known_.beyond, {});
    known_ = row;
    begun_ = changed_ = true;
    for (const MessageId id : told) has(id);
}

void SyncProgress::has(MessageId id) {
    if (begun_ && id <= known_.floor) return;
    auto& beyond = known_.beyond;
    const auto place = std::ranges::lower_bound(beyond, id);
    if (place != beyond.end() && *place == id) return;
    beyond.insert(place, id);
    changed_ = true;
    // A flood: the oldest are taken for settled.
    if (beyond.size() > beyond_max) {
        known_.floor = beyond.front();
        beyond.erase(beyond.begin());
    }
}

bool SyncProgress::knows(MessageId id) const {
    return id <= known_.floor || std::ranges::binary_search(known_.beyond, id);
}

storage::DeviceSyncedRow SyncProgress::row(WallTime now, std::optional<MessageId> missing) {
    const WallTime settled{now.ms - settled_after.count()};
    MessageId floor = std::max(known_.floor, domain::Snowflake::first_of(settled));
    if (missing) floor = std::min(floor, MessageId(missing->value() - 1));
    storage::DeviceSyncedRow row = known_;
    row.floor = floor;
    std::erase_if(row.beyond, [&](MessageId id) { return id <= floor; });
    if (!missing) known_ = row;
    changed_ = false;
    return row;
}

}  // namespace fenshen::gateway
