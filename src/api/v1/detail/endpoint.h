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

#include "api/port/endpoint.h"
#include "api/v1/context.h"
#include "api/v1/detail/asked.h"
#include "base/task.h"

namespace fenshen::api::v1 {

using api::Route;

namespace detail {

template <class E>
Task<http::Response> serve(Context& context, const http::Request& request) {
    Asked asked(request);
    typename E::Input input = E::read(asked);
    if (auto problem = asked.problem()) co_return std::move(*problem);
    Task<http::Response> running = E::run(context, std::move(input));
    co_return co_await running;
}

template <class... Endpoints>
void add(http::Router& router, Context& context) {
    constexpr auto serve_one = []<class E>(Context& with, const http::Request& request) {
        return serve<E>(with, request);
    };
    (api::add_endpoint<Endpoints>(router, context, serve_one), ...);
}

}  // namespace detail

}  // namespace fenshen::api::v1
