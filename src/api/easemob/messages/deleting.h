// SPDX-License-Identifier: Apache-2.0
// What an account deletes of its conversations and their history (easemob-rest V2, M2-M4, A43-A46);
// the other side keeps everything.
#pragma once

#include "api/easemob/call.h"

namespace fenshen::api::easemob {

/// DELETE /user[s]/{user}/user_channel {channel, type, delete_roam}
Task<http::Response> delete_conversation(Call& call);

// The app's own paths begin with /rest instead of /sdk. With ?isNotify=false the account's devices
// are not told.

/// DELETE /sdk/message/roaming/{kind}/user/{user}?userId|groupId&msgIdList
Task<http::Response> delete_messages(Call& call);
/// DELETE /sdk/message/roaming/{kind}/user/{user}/time?userId|groupId&delTime
Task<http::Response> delete_messages_until(Call& call);
/// POST /sdk/message/roaming/user/{user}/delete/all
Task<http::Response> delete_everything(Call& call);

}  // namespace fenshen::api::easemob
