// SPDX-License-Identifier: Apache-2.0
// What every request of the API's port passes, whichever API it is for: the token, and what
// browsers need (wukong-http 1.1). The APIs of the port share one router; what the port itself has
// to say, each API says in its own way.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "api/http/router.h"
#include "base/clock.h"
#include "telemetry/log.h"

namespace fenshen::api {

/// How one API says what no endpoint of it is asked about. Called on any loop.
struct Manner {
    std::string_view root;  ///< "/v1": it and all paths below; empty: every path
    http::Response (*without_token)();
    http::Response (*not_found)(const http::Request&);
    http::Response (*wrong_method)(const http::Request&, std::span<const http::Method> allowed);
    /// The server did not take the request, or a handler threw.
    http::Response (*failed)(int status, std::string_view what);
};

/// Filled in before the first request, then only read, by all loops at a time.
struct Port {
    std::string token;  ///< not empty: every request except to open routes must carry it
    const Clock& clock;
    telemetry::Log& log;
    std::vector<Manner> manners;  ///< the first that fits speaks; the last one is for every path

    const Manner& manner_of(std::string_view path) const;
};

/// Whether `request` carries `token`, in the header `token` or as a bearer token. Comparing takes
/// as long whatever differs.
bool carries_token(const http::Request& request, std::string_view token);

/// The hooks of the whole port: without the token 401; a pre-flight passes and is answered 204.
/// `port` outlives the router.
http::RouterHooks router_hooks(const Port& port);

}  // namespace fenshen::api
