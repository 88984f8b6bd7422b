// SPDX-License-Identifier: Apache-2.0
// What an endpoint is, and how one is put under its route:
//
//     struct Something {
//         static constexpr Route route{http::Method::post, "/v1/accounts/{uid}/something"};
//         struct Input { ... };
//         static Input read(detail::Asked& asked);
//         static Task<http::Response> run(Context& context, Input input);
//     };
//
// Nothing is changed before all of the input is known to be good.
#pragma once

#include <string_view>
#include <utility>

#include "api/http/router.h"
#include "api/v1/context.h"
#include "api/v1/detail/asked.h"
#include "base/task.h"

namespace fenshen::api::v1 {

struct Route {
    http::Method method;
    std::string_view path;
};

namespace detail {

template <class E>
concept HasInput = requires { typename E::Input; };

template <class E>
Task<http::Response> serve(Context& context, const http::Request& request) {
    Asked asked(request);
    typename E::Input input = E::read(asked);
    if (auto problem = asked.problem()) co_return std::move(*problem);
    Task<http::Response> running = E::run(context, std::move(input));
    co_return co_await running;
}

template <class E>
void add_one(http::Router& router, Context& context) {
    http::Route route;
    route.method = E::route.method;
    route.pattern = E::route.path;
    router.add(std::move(route), [&context](http::Request& request) {
        if constexpr (HasInput<E>) {
            return serve<E>(context, request);
        } else {
            return E::run(context);
        }
    });
}

template <class... Endpoints>
void add(http::Router& router, Context& context) {
    (add_one<Endpoints>(router, context), ...);
}

}  // namespace detail

}  // namespace fenshen::api::v1
