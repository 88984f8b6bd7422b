// SPDX-License-Identifier: Apache-2.0
// Fenshen's own HTTP API, /v1/ (v1-api): all of its routes in one table. A request's way:
// api/port/guard.h, the endpoint's own decoding, one call into a service, an answer.
#pragma once

#include "api/http/router.h"
#include "api/v1/context.h"

namespace fenshen::api::v1 {

/// Before the first request. `context` outlives the router.
void add_routes(http::Router& router, Context& context);

}  // namespace fenshen::api::v1
