// SPDX-License-Identifier: Apache-2.0
// Making and removing users, their passwords and bans (easemob-rest A10-A16, A22, A23;
// easemob-config: open registration).
#pragma once

#include "api/easemob/call.h"

namespace fenshen::api::easemob {

/// POST /users: one user, or an array of them. Without an app token only in open registration, and
/// then never a name that is known on either side.
Task<http::Response> register_users(Call& call);
/// DELETE /users/{user}: its devices are told (207).
Task<http::Response> delete_user(Call& call);
/// PUT and POST /users/{user}/password: its devices are told (216), its tokens are dead.
Task<http::Response> change_password(Call& call);
/// POST /users/{user}/deactivate, /activate: may not log in; may again.
Task<http::Response> ban_user(Call& call);
Task<http::Response> unban_user(Call& call);

}  // namespace fenshen::api::easemob
