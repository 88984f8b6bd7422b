// SPDX-License-Identifier: Apache-2.0
// One place decides about a login: a device that wants in and a diagnosis ask the same. Nothing is
// changed here, nothing counted. On the account's loop.
#pragma once

#include <optional>
#include <string>

#include "domain/admit.h"
#include "domain/login.h"
#include "service/devices/login_damper.h"

namespace fenshen::service {

struct AccountEntry;
class Shard;
struct World;

/// `token` as a client gives it; empty: none.
domain::LoginAttempt attempt_with(const World& world,
                                  const Uid& uid,
                                  DeviceClass device_class,
                                  const DeviceId& device_id,
                                  BytesView token);

/// `address` with or without a port.
LoginSource source_of(const AccountEntry& entry,
                      const domain::LoginAttempt& attempt,
                      std::string_view address);

struct Decided {
    domain::LoginDecision decision;
    domain::Admit admitted;  ///< when accepted: whom it ends
};
/// Damping, credentials, device policy.
Decided decide(Shard& shard,
               const AccountEntry& entry,
               const domain::LoginAttempt& attempt,
               domain::Family family,
               const LoginSource& source);

}  // namespace fenshen::service
