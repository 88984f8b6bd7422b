// SPDX-License-Identifier: Apache-2.0
// Do-not-disturb (easemob-rest N1-N4, A71).
#pragma once

#include "api/easemob/call.h"

namespace fenshen::api::easemob {

/// PUT /users/{user}/notification/{kind}/{key} {type, ignoreDuration, ignoreInterval}; kind "user"
/// with the own id: the account itself.
Task<http::Response> set_silent_mode(Call& call);
/// GET the same path
Task<http::Response> get_silent_mode(Call& call);
/// GET /users/{user}/notification?user=a,b&group=c,d
Task<http::Response> get_silent_modes(Call& call);
/// GET /users/{user}/notification/mute/type?limit&cursor
Task<http::Response> list_silent_types(Call& call);

}  // namespace fenshen::api::easemob
