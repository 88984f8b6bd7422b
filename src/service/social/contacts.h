// SPDX-License-Identifier: Apache-2.0
// Contacts and the block list (easemob-multidevice 5.1). What one account does is told to its other
// devices in the batch that does it, and to the other account by an effect of that batch. The block
// list is the deny list of the person (service/channels/channels.h). Errc of all:
// store_unavailable, store_corrupt.
#pragma once

#include <string>
#include <vector>

#include "base/task.h"
#include "model/error.h"
#include "model/ids.h"
#include "service/social/account_events.h"
#include "storage/rows_social.h"

namespace fenshen::service {

struct World;

inline constexpr std::size_t contacts_max = 6000;  ///< of an account, requests included
inline constexpr std::size_t blocked_max = 500;    ///< of an account
inline constexpr std::size_t remark_characters_max = 100;

/// Asks `peer` to be a contact. Nothing happens where they are contacts already, nor, on the other
/// side, where the peer has blocked the asker. Errc: too_big (the list is full), bad_request (asks
/// itself).
Task<Result<void>> ask_contact(World& world, EventOrigin by, Uid peer, std::string reason);
/// Errc: not_found (the peer has not asked).
Task<Result<void>> accept_contact(World& world, EventOrigin by, Uid peer);
Task<Result<void>> decline_contact(World& world, EventOrigin by, Uid peer);
/// On both sides. That they were none is no error.
Task<Result<void>> delete_contact(World& world, EventOrigin by, Uid peer);
/// Without being asked, on both sides (easemob-rest A60). Errc: bad_request, too_big.
Task<Result<void>> make_contact(World& world, EventOrigin by, Uid peer);
/// Errc: not_found (they are no contacts), too_big (the remark is too long).
Task<Result<void>> set_contact_remark(World& world, EventOrigin by, Uid peer, std::string remark);

/// Contacts without requests, in ascending order.
Task<Result<std::vector<storage::ContactRow>>> contacts_of(World& world, Uid uid);

/// Who is blocked may not write to `by.uid`, nor ask it. Errc: bad_request (blocks itself),
/// too_big (the list would be).
Task<Result<void>> block(World& world, EventOrigin by, std::vector<Uid> peers);
Task<Result<void>> unblock(World& world, EventOrigin by, std::vector<Uid> peers);

}  // namespace fenshen::service
