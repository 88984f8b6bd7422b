// SPDX-License-Identifier: Apache-2.0
// One request on its way to its endpoint, and how endpoints are put under their routes. Every path
// begins with /{org}/{app} (easemob-rest 1.1), which patterns here leave out.
#pragma once

#include <optional>
#include <string_view>

#include "api/easemob/context.h"
#include "api/http/json_body.h"
#include "api/http/router.h"
#include "base/task.h"
#include "service/credentials/credentials.h"

namespace fenshen::api::easemob {

/// Whose token a path asks for.
enum class Needs : std::uint8_t {
    nobody,  ///< the endpoint looks at a token itself, if at all
    app,     ///< an app token
    user,    ///< an app token, or the one of the `{user}` in the path
    anyone,  ///< an app token, or any user's
};

/// Lives until its endpoint's task has ended.
struct Call {
    Context& context;
    http::Request& request;
    WallTime began_at;
    service::Bearer bearer;  ///< who asks; of nobody where the path needs none
    /// When the token shown expires; none: never.
    std::optional<WallTime> token_expires_at;
    Uid user;  ///< the `{user}` of the path, folded; empty where there is none

    service::World& world() const { return context.world; }
    /// Of the path: "group".
    std::string_view capture(std::string_view name) const { return request.captures.get(name); }
    /// A parameter of the query. Absent, too, where the SDK wrote "null" or "undefined"
    /// (easemob-rest 2.2).
    std::optional<std::string_view> query(std::string_view name) const;
    /// The acting device: it hears nothing of what it does itself. Empty: none.
    std::string_view resource() const { return query("resource").value_or(std::string_view()); }
};

using Endpoint = Task<http::Response> (*)(Call& call);

/// `pattern` begins behind the app: "/users/{user}/resources". Its `{user}` is taken as a user id:
/// one that is not legal is answered as an unknown user.
void add(http::Router& router,
         Context& context,
         http::Method method,
         std::string_view pattern,
         Needs needs,
         Endpoint endpoint);

/// The bearer token of a request; empty: none.
std::string_view bearer_token(const http::Request& request);

/// A number from the query, within `min` and `max`; `fallback` where it is absent or none.
std::uint64_t number_in_query(const Call& call,
                              std::string_view name,
                              std::uint64_t fallback,
                              std::uint64_t min,
                              std::uint64_t max);

}  // namespace fenshen::api::easemob
