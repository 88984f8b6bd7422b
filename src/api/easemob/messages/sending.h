// SPDX-License-Identifier: Apache-2.0
// Messages that the app's own back end sends (easemob-rest A30, A31). Lists of the receivers do not
// apply to them; neither sender nor receiver need exist.
#pragma once

#include "api/easemob/call.h"

namespace fenshen::api::easemob {

/// POST /messages/users
Task<http::Response> send_to_users(Call& call);
/// POST /messages/chatgroups
Task<http::Response> send_to_groups(Call& call);

}  // namespace fenshen::api::easemob
