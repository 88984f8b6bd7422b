// SPDX-License-Identifier: Apache-2.0
// Members of groups, and what they may do (easemob-rest G20-G38, A86-A90).
#pragma once

#include "api/easemob/call.h"

namespace fenshen::api::easemob {

/// GET /chatgroups/{group}/users
Task<http::Response> list_members(Call& call);
/// POST /chatgroups/{group}/users {usernames}, .../users/{member}: without being asked, by the app
Task<http::Response> add_members(Call& call);
/// DELETE /chatgroups/{group}/users/{member}, several joined by commas
Task<http::Response> remove_members(Call& call);

/// /chatgroups/{group}/admin[/{member}]
Task<http::Response> list_admins(Call& call);
Task<http::Response> add_admin(Call& call);
Task<http::Response> remove_admin(Call& call);

/// /chatgroups/{group}/mute[/{member}]
Task<http::Response> list_muted(Call& call);
Task<http::Response> mute_members(Call& call);
Task<http::Response> unmute_members(Call& call);
/// GET /sdk/chatgroups/{group}/mute/{member}
Task<http::Response> is_muted(Call& call);
/// POST and DELETE /chatgroups/{group}/ban
Task<http::Response> mute_group(Call& call);
Task<http::Response> unmute_group(Call& call);

/// /chatgroups/{group}/blocks/users[/{member}]
Task<http::Response> list_group_blocked(Call& call);
Task<http::Response> block_members(Call& call);
Task<http::Response> unblock_members(Call& call);

/// /chatgroups/{group}/white/users[/{member}]
Task<http::Response> list_allowed(Call& call);
Task<http::Response> allow_members(Call& call);
Task<http::Response> disallow_members(Call& call);
Task<http::Response> is_allowed(Call& call);

}  // namespace fenshen::api::easemob
