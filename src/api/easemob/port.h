// SPDX-License-Identifier: Apache-2.0
// What every request of the Easemob port passes, whichever endpoint it is for: what browsers need,
// and that it is for our app (easemob-rest 1.3, 2.2).
#pragma once

#include <string_view>

#include "api/http/router.h"
#include "base/clock.h"
#include "service/easemob_rules.h"

namespace fenshen::api::easemob {

/// `rules` and `clock` outlive the router.
http::RouterHooks router_hooks(const service::EasemobRules& rules, const Clock& clock);

/// What the HTTP server itself has to say, before a request is one.
http::Response server_failed(const Clock& clock, int status, std::string_view what);

}  // namespace fenshen::api::easemob
