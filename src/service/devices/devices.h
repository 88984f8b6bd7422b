// SPDX-License-Identifier: Apache-2.0
// What an operator asks and does about the devices of an account (v1-api "Devices"): the registry
// with who is online, the history, ending sessions, bans. Errc of all: not_found (nothing
// was ever kept of this uid), store_unavailable, store_corrupt.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/task.h"
#include "domain/admit.h"
#include "model/error.h"
#include "model/ids.h"
#include "service/devices/policies.h"
#include "storage/rows.h"

namespace fenshen::service {

struct World;

struct DeviceView {
    storage::DeviceRow row;                     ///< last_seen while it is online: its login
    std::vector<domain::LiveSession> sessions;  ///< empty: offline
    bool online() const { return !sessions.empty(); }
};
/// In no order; at most the registry's bound.
Task<Result<std::vector<DeviceView>>> devices_of(World& world, Uid uid);

/// Two devices that end each other in turn, each coming back at once.
struct MutualEnding {
    /// In a row: so often is no accident.
    static constexpr std::uint32_t times_min = 4;

    DeviceClass first_class;
    DeviceId first_id;
    DeviceClass second_class;
    DeviceId second_id;
    std::uint32_t times = 0;  ///< in a row
    WallTime last_at;
    /// Often enough to be no accident, and not long ago.
    bool is_going_on(WallTime now) const;
};
struct AccountView {
    Uid uid;
    bool banned = false;
    bool muted = false;
    WallTime created_at;
    std::vector<storage::TokenRow> tokens;  ///< hashes removed, revoked ones left out; by class
    std::size_t devices = 0;
    std::size_t devices_online = 0;
    std::size_t sessions = 0;
    std::optional<MutualEnding> mutual_ending;  ///< while it goes on
    std::optional<AccountPolicy> own_policy;    ///< unless it has expired
};
Task<Result<AccountView>> account_of(World& world, Uid uid);

/// Newest first: events with number < `before` (0: from the newest), at most `count_max`.
Task<Result<std::vector<storage::LoginEventRow>>> logins_of(World& world,
                                                            Uid uid,
                                                            std::uint64_t before,
                                                            std::size_t count_max);

struct EndedSession {
    DeviceClass device_class;
    DeviceId device_id;
    SessionRef session;
};
struct EndDevices {
    Uid uid;
    std::optional<DeviceClass> device_class;  ///< none: every class
    std::optional<DeviceId> device_id;        ///< none: every device; not without a class
    bool revoke = false;                      ///< also revoke the tokens of the classes meant
    std::string reason;                       ///< text for the person; empty: a general one
    bool forget = false;                      ///< and take the device out of the registry
};
struct DevicesEnded {
    std::vector<EndedSession> ended;
    std::vector<DeviceClass> revoked;  ///< classes whose token is revoked by this
    bool forgotten = false;            ///< a device was taken out of the registry
};
/// Answers when all of them are closed and it is durable.
Task<Result<DevicesEnded>> end_devices(World& world, EndDevices command);

/// Refuses logins of the account from now on, and ends its sessions; or lets them in again. An
/// account that is not known yet can be banned, too (it is created). Answers when it is durable and
/// the sessions are closed.
Task<Result<std::vector<EndedSession>>> set_banned(World& world, Uid uid, bool banned);

}  // namespace fenshen::service
