// SPDX-License-Identifier: Apache-2.0
// What a loop knows of an account while it is in memory: its stored rows, and its live sessions,
// which are nowhere else.
#pragma once

#include <algorithm>
#include <cstdint>
#include <memory>
#include <vector>

#include "base/boxed.h"
#include "domain/admit.h"
#include "model/error.h"
#include "model/ids.h"
#include "service/devices/devices.h"
#include "service/devices/policies.h"
#include "storage/rows.h"

namespace fenshen::service {

struct AccountEntry {
    Uid uid;
    SlotId slot;
    bool exists = false;  ///< has ever been given anything
    storage::AccountRow row;
    std::vector<storage::TokenRow> tokens;
    Boxed<storage::CredentialRow> credential;  ///< none: no Easemob side
    std::vector<Uid> deny;                     ///< sorted: may not write to this account
    std::vector<Uid> allow;                    ///< sorted: may, where friendship is needed
    std::vector<domain::LiveSession> sessions;
    std::vector<storage::DeviceRow> devices;       ///< the registry: online or not
    std::vector<storage::DeviceSyncedRow> synced;  ///< of those that speak MSync
    std::uint64_t next_event = 1;
    WallTime oldest_event_at;  ///< of the history; 0: there is none
    Boxed<AccountPolicy> own_policy;
    Boxed<MutualEnding> endings;       ///< who ended whom last, back and forth
    std::int64_t refusals_minute = 0;  ///< of the refusals counted next
    std::uint32_t refusals_noted = 0;  ///< in that minute: more are not written down
    bool damping_noted = false;        ///< in that minute: that there was more of it
    /// How far /message/sync handed out commands, until they are acknowledged.
    std::vector<std::pair<ChannelKey, MessageSeq>> handed_out;

    /// Something was ever kept of it: tokens, devices, flags.
    bool is_known() const { return exists || !devices.empty(); }

    std::uint32_t pins = 0;
    bool in_use() const { return !sessions.empty(); }

    storage::TokenRow* token_of(DeviceClass device_class) {
        const auto found =
            std::ranges::find(tokens, device_class, &storage::TokenRow::device_class);
        return found == tokens.end() ? nullptr : &*found;
    }
};

/// Sorted lists of uids.
inline bool is_listed(const std::vector<Uid>& list, const Uid& uid) {
    return std::ranges::binary_search(list, uid);
}
inline void list(std::vector<Uid>& list, const Uid& uid) {
    const auto place = std::ranges::lower_bound(list, uid);
    if (place == list.end() || *place != uid) list.insert(place, uid);
}
inline void unlist(std::vector<Uid>& list, const Uid& uid) {
    const auto place = std::ranges::lower_bound(list, uid);
    if (place != list.end() && *place == uid) list.erase(place);
}

/// Reads an account; may wait for the disk. One that was never seen is no error.
Result<std::unique_ptr<AccountEntry>> load_account(const storage::Store& store,
                                                   SlotId slot,
                                                   const Uid& uid);

}  // namespace fenshen::service
