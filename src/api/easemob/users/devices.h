// SPDX-License-Identifier: Apache-2.0
// The devices of a user that are online, and putting them out (easemob-rest A17-A19, S2).
#pragma once

#include "api/easemob/call.h"

namespace fenshen::api::easemob {

/// GET /users/{user}/resources: of those that speak MSync. A device of the other side has no
/// resource that a message could be addressed to.
Task<http::Response> list_resources(Call& call);
/// GET /users/{user}/disconnect: every device, of whichever side (217).
Task<http::Response> disconnect_all(Call& call);
/// DELETE /users/{user}/disconnect/{resource}
Task<http::Response> disconnect_one(Call& call);

}  // namespace fenshen::api::easemob
