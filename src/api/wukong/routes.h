// SPDX-License-Identifier: Apache-2.0
// The WuKong-compatible HTTP API: all of its routes in one table. A request's way:
// api/port/guard.h, the endpoint's own decoding and rules, one call into a service, an envelope.
#pragma once

#include "api/http/router.h"
#include "api/wukong/context.h"

namespace fenshen::api::wukong {

/// Before the first request. `context` outlives the router.
void add_routes(http::Router& router, Context& context);

}  // namespace fenshen::api::wukong
