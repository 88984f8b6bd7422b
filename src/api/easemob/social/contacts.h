// SPDX-License-Identifier: Apache-2.0
// Contacts and the block list (easemob-rest C1-C10, A60-A63, A66).
#pragma once

#include "api/easemob/call.h"

namespace fenshen::api::easemob {

/// POST /users/{user}/contacts/apply {usernames, reason}
Task<http::Response> apply_contact(Call& call);
/// POST /users/{user}/contacts/accept/users/{peer}
Task<http::Response> accept_contact(Call& call);
/// POST /users/{user}/contacts/decline/users/{peer}
Task<http::Response> decline_contact(Call& call);
/// DELETE /users/{user}/contacts/users/{peer}
Task<http::Response> delete_contact(Call& call);
/// POST /users/{user}/contacts/users/{peer}: without consent, for the app.
Task<http::Response> add_contact(Call& call);
/// PUT /users/{user}/contacts/users/{peer} {remark}
Task<http::Response> set_remark(Call& call);
/// GET /users/{user}/contacts/users, with ?needReturnRemark=true as objects
Task<http::Response> list_contacts(Call& call);
/// GET /users/{user}/contacts?limit&cursor
Task<http::Response> page_contacts(Call& call);
/// POST /sdk/user/{user}/blocks, /users/{user}/blocks/users {usernames}
Task<http::Response> block_users(Call& call);
/// DELETE /sdk/user/{user}/blocks {usernames}
Task<http::Response> unblock_users(Call& call);
/// DELETE /users/{user}/blocks/users/{peer}
Task<http::Response> unblock_user(Call& call);
/// GET /users/{user}/blocks/users
Task<http::Response> list_blocked(Call& call);

}  // namespace fenshen::api::easemob
