// SPDX-License-Identifier: Apache-2.0
// All endpoints of the Easemob-compatible REST API.
#pragma once

#include "api/easemob/context.h"
#include "api/http/router.h"

namespace fenshen::api::easemob {

/// `context` outlives the router.
void add_routes(http::Router& router, Context& context);

}  // namespace fenshen::api::easemob
