// SPDX-License-Identifier: Apache-2.0
// Threads of groups (easemob-rest T1-T12).
#pragma once

#include "api/easemob/call.h"

namespace fenshen::api::easemob {

/// POST /thread {name, msg_id, group_id, owner}
Task<http::Response> create_thread(Call& call);
/// POST /thread/{thread}/user/{user}/join
Task<http::Response> join_thread(Call& call);
/// DELETE /thread/{thread}/user/{user}/quit
Task<http::Response> quit_thread(Call& call);
/// DELETE /thread/{thread}
Task<http::Response> destroy_thread(Call& call);
/// PUT /thread/{thread} {name}
Task<http::Response> rename_thread(Call& call);
/// GET /thread/{thread}
Task<http::Response> thread_details(Call& call);
/// GET /thread/{thread}/users
Task<http::Response> thread_members(Call& call);
/// DELETE /thread/{thread}/users/{member}
Task<http::Response> remove_from_thread(Call& call);
/// POST /thread/message {threadIds}: what was said last in each that is there
Task<http::Response> last_of_threads(Call& call);
/// GET /threads/chatgroups/{group}
Task<http::Response> threads_of_group(Call& call);
/// GET /threads/chatgroups/{group}/user/{user}, /threads/user/{user}
Task<http::Response> joined_threads(Call& call);

}  // namespace fenshen::api::easemob
