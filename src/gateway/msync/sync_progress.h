// SPDX-License-Identifier: Apache-2.0
// Which messages a device has, so that it gets what it misses later, once: a floor, and the ids
// beyond it. Ids are given out before the commit, so what is told last may have a smaller id than
// what was told before: only what is older than any delivery takes counts by its age alone. Pure.
#pragma once

#include <cstddef>
#include <optional>
#include <vector>

#include "base/clock.h"
#include "model/ids.h"
#include "storage/rows.h"

namespace fenshen::gateway {

class SyncProgress {
public:
    /// Longer than a message takes from its number to the last of its readers.
    static constexpr Millis settled_after{20'000};
    static constexpr std::size_t beyond_max = 2'048;

    /// From what was kept; until then nothing is known.
    void begin(const storage::DeviceSyncedRow& row);
    bool has_begun() const { return begun_; }
    /// The device has this one: it acknowledged it, or said it.
    void has(MessageId id);
    bool knows(MessageId id) const;
    /// Something has changed since the last row.
    bool is_changed() const { return changed_; }
    /// `missing`: the least id that it has not acknowledged, if there is one.
    storage::DeviceSyncedRow row(WallTime now, std::optional<MessageId> missing);

private:
    storage::DeviceSyncedRow known_;
    bool begun_ = false;
    bool changed_ = false;
};

}  // namespace fenshen::gateway
