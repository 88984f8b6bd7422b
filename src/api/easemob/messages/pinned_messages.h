// SPDX-License-Identifier: Apache-2.0
// Messages that are pinned for everybody in a conversation (easemob-rest M5-M7).
#pragma once

#include "api/easemob/call.h"

namespace fenshen::api::easemob {

/// POST /sdk/user/{user}/user_channel/pin {to, type, pin_msg_id}
Task<http::Response> pin_message(Call& call);
/// DELETE the same
Task<http::Response> unpin_message(Call& call);
/// GET the same ?to&type&limit&cursor: newest pin first
Task<http::Response> list_pinned_messages(Call& call);

}  // namespace fenshen::api::easemob
