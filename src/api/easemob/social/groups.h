// SPDX-License-Identifier: Apache-2.0
// Groups: their life, settings and lists (easemob-rest G1-G15, G50, G51, A80-A83).
#pragma once

#include "api/easemob/call.h"

namespace fenshen::api::easemob {

/// POST /chatgroups
Task<http::Response> create_group(Call& call);
/// PUT /chatgroups/{group}: settings, or {newowner}
Task<http::Response> change_group(Call& call);
/// DELETE /chatgroups/{group}
Task<http::Response> destroy_group(Call& call);
/// DELETE /chatgroups/{group}/quit
Task<http::Response> quit_group(Call& call);
/// POST /chatgroups/{group}/invite {usernames}
Task<http::Response> invite_to_group(Call& call);
/// POST /chatgroups/{group}/apply {message}
Task<http::Response> apply_to_group(Call& call);
/// POST /chatgroups/{group}/apply_verify {applicant, verifyResult, reason}
Task<http::Response> verify_application(Call& call);
/// POST /chatgroups/{group}/invite_verify {invitee, verifyResult}
Task<http::Response> verify_invitation(Call& call);
/// GET /users/{user}/joined_chatgroups
Task<http::Response> joined_groups(Call& call);
/// GET /chatgroups/user/{user}?pagenum&pagesize
Task<http::Response> groups_of_user(Call& call);
/// GET /chatgroups/{group}, ids joined by commas
Task<http::Response> group_details(Call& call);
/// GET /publicchatgroups?limit&cursor
Task<http::Response> public_groups(Call& call);
/// POST and DELETE /chatgroups/{group}/shield
Task<http::Response> shield_group(Call& call);
Task<http::Response> unshield_group(Call& call);
/// GET and POST /chatgroups/{group}/announcement
Task<http::Response> get_announcement(Call& call);
Task<http::Response> set_announcement(Call& call);

}  // namespace fenshen::api::easemob
