// SPDX-License-Identifier: Apache-2.0
// An account's sessions, gathered by device, in the order of their logins.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <tuple>
#include <vector>

#include "domain/admit.h"
#include "domain/detail/scopes.h"

namespace fenshen::domain::detail {

using SessionPointers = std::vector<const LiveSession*>;

struct Device {
    DeviceClass device_class;
    const DeviceId* device_id = nullptr;
    WallTime login_at;
    Family family = Family::wukong;
    bool is_main = false;
    bool is_returning = false;      ///< a newcomer that is online already
    const Scope* leaves = nullptr;  ///< has to make place, by this rule
    std::span<const LiveSession* const> sessions = {};

    /// Who came first; a tie has to be cut in the same way every time.
    auto order() const { return std::tie(login_at, device_class, *device_id); }
};

/// Gathers `sessions` by device, earliest login first. Puts them in another order, and the devices
/// refer to them.
std::vector<Device> gather(SessionPointers& sessions);

/// Makes place for `comer` among `others` (earliest login first) in `scope`: marks those that have
/// to leave. Where there is none to be made, says why; then the marks mean nothing.
std::optional<std::string> make_place(std::vector<Device>& others,
                                      const Device& comer,
                                      const Scope& scope);

/// Adds the sessions of `device`.
void add_ended(const Device& device, const Scope& scope, std::vector<Ended>& ended);

}  // namespace fenshen::domain::detail
