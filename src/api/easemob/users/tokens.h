// SPDX-License-Identifier: Apache-2.0
// Tokens (easemob-rest S1, S3, A1-A3).
#pragma once

#include "api/easemob/call.h"

namespace fenshen::api::easemob {

/// POST /token: for the app's id and secret, for an app token and a user's id, for a password.
Task<http::Response> grant_token(Call& call);
/// GET /sdk/users/{user}/token/expires: when the token shown expires.
Task<http::Response> token_expires(Call& call);

}  // namespace fenshen::api::easemob
