// SPDX-License-Identifier: Apache-2.0
// A token per (account, class): registering and revoking them (wukong-http 5.1, 5.2).
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/bytes.h"
#include "base/task.h"
#include "model/error.h"
#include "model/ids.h"
#include "storage/rows.h"

namespace fenshen::service {

struct AccountEntry;
class Shard;
struct World;

struct SetToken {
    Uid uid;
    DeviceClass device_class;
    DeviceLevel level = DeviceLevel::secondary;
    Bytes token;  ///< not empty
};
/// Registers or replaces the token of (uid, class). A main level ends every session of that class,
/// even when the token is the same. Errc: account_banned, channel_disbanded (the account is),
/// store_unavailable.
Task<Result<void>> set_token(World& world, SetToken command);

struct QuitDevices {
    Uid uid;
    std::optional<DeviceClass> device_class;  ///< none: every class of the account
};
/// Writes into `batch` that the tokens of a class are revoked, or of every class, and the lines of
/// the history. Answers the rows as they are then: `keep_token` has still to be told. On the
/// account's loop.
std::vector<storage::TokenRow> revoke_tokens(Shard& shard,
                                             AccountEntry& entry,
                                             storage::Batch& batch,
                                             std::optional<DeviceClass> device_class);
void keep_token(AccountEntry& entry, const storage::TokenRow& row);

/// Revokes the tokens of a class, or of all, and ends their sessions, also where there was no
/// token.
Task<Result<void>> quit_devices(World& world, QuitDevices command);

}  // namespace fenshen::service
