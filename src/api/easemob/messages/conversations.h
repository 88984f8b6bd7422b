// SPDX-License-Identifier: Apache-2.0
// The conversation list, its pins and marks (easemob-rest V1-V9).
#pragma once

#include "api/easemob/call.h"

namespace fenshen::api::easemob {

/// GET /sdk/user/{user}/user_channels/list?limit&cursor&is_top&needEmptySession
Task<http::Response> list_conversations(Call& call);
/// GET /sdk/user/{user}/user_channels/mark/search?mark&limit&cursor
Task<http::Response> conversations_with_mark(Call& call);
/// GET /users/{user}/user_channels and .../page?pageNum&pageSize
Task<http::Response> list_channels(Call& call);
/// POST /sdk/user/{user}/user_channel/top {type, to}
Task<http::Response> pin_conversation(Call& call);
/// DELETE /sdk/user/{user}/user_channel/top?type&to
Task<http::Response> unpin_conversation(Call& call);
/// POST /sdk/user/{user}/user_channels/mark {mark, targets}
Task<http::Response> mark_conversations(Call& call);
/// DELETE the same
Task<http::Response> unmark_conversations(Call& call);

}  // namespace fenshen::api::easemob
