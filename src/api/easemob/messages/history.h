// SPDX-License-Identifier: Apache-2.0
// What was said in a conversation, page by page (easemob-rest M1).
#pragma once

#include "api/easemob/call.h"

namespace fenshen::api::easemob {

/// POST /users/{user}/messageroaming {queue, start, pull_number, is_positive, ...}: each message as
/// base64 of a Meta, as its devices were given it. Without `is_positive` from the newest on.
Task<http::Response> message_history(Call& call);

}  // namespace fenshen::api::easemob
