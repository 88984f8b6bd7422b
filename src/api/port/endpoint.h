// SPDX-License-Identifier: Apache-2.0
// How an endpoint of any API of the port comes under its route. What an endpoint looks like, and
// how its input is read, each API says for itself (its detail/endpoint.h).
#pragma once

#include <string_view>
#include <utility>

#include "api/http/router.h"

namespace fenshen::api {

struct Route {
    http::Method method;
    std::string_view path;
    bool open = false;  ///< answered without the token
};

template <class E>
concept HasInput = requires { typename E::Input; };

/// `Serve`, a function object without state, called as `operator()<E>(context, request)`, reads the
/// input and runs an endpoint that has some. `context` outlives the router.
template <class E, class Context, class Serve>
void add_endpoint(http::Router& router, Context& context, Serve) {
    http::Route route;
    route.method = E::route.method;
    route.pattern = E::route.path;
    route.open = E::route.open;
    router.add(std::move(route), [&context](http::Request& request) {
        if constexpr (HasInput<E>) {
            return Serve{}.template operator()<E>(context, request);
        } else {
            return E::run(context);
        }
    });
}

}  // namespace fenshen::api
