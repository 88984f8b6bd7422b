// SPDX-License-Identifier: Apache-2.0
// What users tell of themselves: nickname, picture and so on (easemob-rest U1, U2, A67).
#pragma once

#include "api/easemob/call.h"

namespace fenshen::api::easemob {

/// PUT /metadata/user/{user}, a form
Task<http::Response> set_user_attributes(Call& call);
/// GET and DELETE the same
Task<http::Response> get_user_attributes(Call& call);
Task<http::Response> delete_user_attributes(Call& call);
/// POST /metadata/user/get {targets, properties}
Task<http::Response> attributes_of_users(Call& call);
/// GET /metadata/user/capacity: bytes of all users' together
Task<http::Response> attribute_bytes(Call& call);

}  // namespace fenshen::api::easemob
