// SPDX-License-Identifier: Apache-2.0
// Why can this device not log in? (v1-api "Why can't I log in") The same decision as at a login,
// for asking only: it changes nothing, ends nobody, counts nowhere.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/task.h"
#include "domain/login.h"
#include "domain/policy.h"
#include "model/error.h"
#include "model/ids.h"
#include "service/devices/policies.h"

namespace fenshen::service {

struct World;

struct ExplainLogin {
    Uid uid;
    DeviceClass device_class;
    DeviceId device_id;
    std::optional<Bytes> token;  ///< none: supposes the right one
    domain::Family family = domain::Family::wukong;
};
struct LoginExplanation {
    domain::LoginDecision decision;  ///< with everything that can be shown
    bool token_checks = true;
    std::vector<PolicyEnding> would_end;  ///< told ones only: not the device's own old connection
};
/// Errc: store_unavailable, store_corrupt. An account never seen is no error.
Task<Result<LoginExplanation>> explain_login(World& world, ExplainLogin command);

}  // namespace fenshen::service
