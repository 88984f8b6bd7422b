// SPDX-License-Identifier: Apache-2.0
// What is kept of an account's devices and logins: a row a device, a line an event, both bounded by
// count and age. Written into the turn's batch of the account's slot; on the account's loop.
#pragma once

#include <string>
#include <string_view>

#include "domain/admit.h"
#include "domain/login.h"
#include "service/session_port.h"
#include "storage/batch.h"
#include "storage/rows.h"

namespace fenshen::service {

struct AccountEntry;
struct ConnectCommand;
class Shard;

/// As in the API: "wukong".
std::string_view name_of(domain::Family family);

struct LoginEvent {
    std::string_view what;
    std::string_view why = {};
    std::string_view rule = {};
    DeviceClass device_class = {};
    DeviceId device_id = {};
    std::string_view protocol = {};
    std::string_view address = {};
    std::string_view by = {};  ///< JSON text, or empty
};
/// Adds a line to the account's history, and lets the oldest go.
void add_login_event(Shard& shard,
                     AccountEntry& entry,
                     storage::Batch& batch,
                     const LoginEvent& event);

/// Refusals cost a stranger nothing: they must neither fill the history nor the disk. Counts: ten a
/// minute are noted, and once that the rest was damped.
bool is_refusal_worth_noting(AccountEntry& entry, domain::LoginWhy why, WallTime now);

/// A device has logged in. Lets the offline one go that was away longest when there are too many.
void device_came(Shard& shard,
                 AccountEntry& entry,
                 storage::Batch& batch,
                 const ConnectCommand& command,
                 DeviceLevel level);
/// One of its sessions is over.
void device_went(Shard& shard,
                 AccountEntry& entry,
                 storage::Batch& batch,
                 const domain::LiveSession& session,
                 storage::LastEnd end);

/// Whether it is a session of that device.
bool is_of(const domain::LiveSession& session, const storage::DeviceRow& row);
bool is_online(const AccountEntry& entry, const storage::DeviceRow& row);

const storage::DeviceRow* known_device(const AccountEntry& entry,
                                       DeviceClass device_class,
                                       const DeviceId& device_id);

/// {"device_id":"ios_1","class":5}
std::string by_device(DeviceClass device_class, const DeviceId& device_id);
inline constexpr std::string_view by_api = R"({"api":true})";

/// "127.0.0.1:40122" without its port.
std::string without_port(std::string_view address);

}  // namespace fenshen::service
