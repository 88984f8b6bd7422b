// SPDX-License-Identifier: Apache-2.0
// What a change means for accounts of other slots: an event in their log, and what stands in their
// rows along with it. Carried by service/effects.h, exactly once.
#pragma once

#include <cstdint>
#include <vector>

#include "base/bytes.h"
#include "model/error.h"
#include "model/ids.h"
#include "service/social/account_events.h"

namespace fenshen::service {

class Shard;

/// Numbers are part of the stored format.
enum class AccountChange : std::uint8_t {
    none = 0,
    joined = 1,           ///< is in event.channel (a thread's group: event.parent) from now on
    left = 2,             ///< is out of it
    contact_invited = 3,  ///< event.origin.uid asks to be a contact
    contact_agreed = 4,   ///< ... and is one
    contact_refused = 5,  ///< ... does not want to be one
    contact_deleted = 6,  ///< ... is one no longer
};

struct AccountEffect {
    AccountChange change = AccountChange::none;
    bool tells = true;  ///< false: only the change, no event
    AccountEvent event;
    std::vector<Uid> accounts;
    bool operator==(const AccountEffect&) const = default;
};

/// Behind the first byte, which says what kind of effect it is.
void append(Bytes& out, const AccountEffect& effect);
/// Errc: store_corrupt.
Result<AccountEffect> decode_account_effect(BytesView bytes);

/// To accounts of `target`, in this turn's batch of it; on its shard. A change that changes nothing
/// tells nothing. Errc: store_unavailable, and nothing was applied.
Result<void> apply(Shard& shard, SlotId target, const AccountEffect& effect);

}  // namespace fenshen::service
