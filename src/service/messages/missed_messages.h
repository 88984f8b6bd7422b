// SPDX-License-Identifier: Apache-2.0
// What an MSync device has missed while it was away (easemob-multidevice 4.1): of each conversation
// what is newer than what the device has and than what its account has read. No row is kept per
// message and reader: the logs are asked when the device comes.
#pragma once

#include <vector>

#include "base/task.h"
#include "model/error.h"
#include "model/message.h"
#include "storage/rows.h"

namespace fenshen::service {

struct AccountEntry;
struct World;

/// Where a missed message lies.
struct MissedMessage {
    ChannelKey channel;
    MessageSeq seq;
    MessageId id;
};

struct Missed {
    /// What was kept of the device; of a new one nothing but its name.
    storage::DeviceSyncedRow synced;
    std::vector<MissedMessage> messages;  ///< in the order of their ids
};
/// Within the days and counts of EasemobRules, the newest. A new device gets what is unread, but
/// nothing that its account said itself.
Task<Result<Missed>> missed_messages(World& world,
                                     Uid uid,
                                     DeviceClass device_class,
                                     DeviceId device_id);

struct ReadMissed {
    std::size_t taken = 0;  ///< of `wanted`, from the front
    std::vector<SharedMessage> messages;
};
/// Those of `wanted` that still are there, from the front, until they come to `bytes_max`; at least
/// one is taken.
Task<Result<ReadMissed>> read_missed(World& world,
                                     std::vector<MissedMessage> wanted,
                                     std::size_t bytes_max);

/// Remembers which messages a device has, as long as the account is in memory; `durable`: for good.
void note_synced(World& world, Uid uid, storage::DeviceSyncedRow row, bool durable);

/// The device leaves the registry. On the account's loop.
void forget_synced(AccountEntry& entry,
                   storage::Batch& batch,
                   DeviceClass device_class,
                   const DeviceId& device_id);

}  // namespace fenshen::service
