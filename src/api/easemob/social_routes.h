// SPDX-License-Identifier: Apache-2.0
// The endpoints about what accounts have to do with each other: contacts, conversations, silent
// mode, groups, threads.
#pragma once

#include "api/easemob/context.h"
#include "api/http/router.h"

namespace fenshen::api::easemob {

/// `context` outlives the router.
void add_social_routes(http::Router& router, Context& context);

}  // namespace fenshen::api::easemob
