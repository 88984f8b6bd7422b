// SPDX-License-Identifier: Apache-2.0
// Looking users up, and whether they are online (easemob-rest A12, A13, A20, A21).
#pragma once

#include "api/easemob/call.h"

namespace fenshen::api::easemob {

/// GET /users/{user}
Task<http::Response> get_user(Call& call);
/// GET /users?limit&cursor: in the order of the store.
Task<http::Response> list_users(Call& call);
/// GET /users/{user}/status: online is who has any device online.
Task<http::Response> user_status(Call& call);
/// POST /users/batch/status
Task<http::Response> users_status(Call& call);

}  // namespace fenshen::api::easemob
