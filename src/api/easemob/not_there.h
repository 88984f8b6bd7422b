// SPDX-License-Identifier: Apache-2.0
// Services that this server does not have, in the words that the SDK takes for "not enabled"
// (easemob-rest 2.3): presence and reports. There are no chat rooms either, which is an empty list
// of them.
#pragma once

#include "api/easemob/call.h"

namespace fenshen::api::easemob {

/// Anything about presence (easemob-rest P1-P5).
Task<http::Response> no_presence(Call& call);
/// POST /user/{user}/moderation/report/message/{message} (easemob-rest R5)
Task<http::Response> no_reports(Call& call);
/// GET /chatrooms (easemob-rest H1)
Task<http::Response> no_rooms(Call& call);
/// GET /chatrooms/{room} (easemob-rest H4)
Task<http::Response> no_room(Call& call);

}  // namespace fenshen::api::easemob
