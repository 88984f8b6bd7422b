// SPDX-License-Identifier: Apache-2.0
// What every request of the port passes (wukong-http 1.1): the token, and what browsers need.
#pragma once

#include <string_view>

#include "api/http/router.h"
#include "api/wukong/context.h"

namespace fenshen::api::wukong {

/// Whether `request` carries `token`, in the header `token` or as a bearer token. Comparing takes
/// as long whatever differs.
bool carries_token(const http::Request& request, std::string_view token);

/// The hooks of the whole port: without the token 401 with an empty body; a pre-flight passes and
/// is answered 204; an unknown path and a wrong method are both 404. `context` outlives the router.
http::RouterHooks router_hooks(Context& context);

}  // namespace fenshen::api::wukong
