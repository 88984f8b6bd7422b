// SPDX-License-Identifier: Apache-2.0
// Messages that the app's own back end takes back or changes (easemob-rest A40, A42): anybody's.
#pragma once

#include "api/easemob/call.h"

namespace fenshen::api::easemob {

/// POST /messages/msg_recall, /messages/recall {msg_id, to, chat_type, from, force, sync_device,
/// recallMessageExtensionInfo}
Task<http::Response> recall_message(Call& call);
/// PUT /messages/rewrite/{message} {user, new_msg, new_ext, is_combine_ext}. `user` says whose
/// conversation the message is in.
Task<http::Response> rewrite_message(Call& call);

}  // namespace fenshen::api::easemob
