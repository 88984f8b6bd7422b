// SPDX-License-Identifier: Apache-2.0
#include "api/easemob/call.h"

#include "api/easemob/answers.h"
#include "domain/easemob_id.h"

namespace fenshen::api::easemob {

namespace {

using domain::LoginWhy;

/// Why a token does not do (easemob-rest 1.3).
http::Response refused(const Call& call, LoginWhy why, Needs needs) {
    if (why == LoginWhy::wrong_token) {
        return failed(call,
                      {401,
                       "auth_bad_access_token",
                       "AuthBadAccessTokenException",
                       "Unable to authenticate due to corrupt access token"});
    }
    const bool wants_app =
        needs == Needs::app && (why == LoginWhy::no_token_given || why == LoginWhy::token_expired);
    return failed(call,
                  {401,
                   "unauthorized",
                   "UnauthorizedException",
                   wants_app ? "Unable to authenticate due to expired access token"
                             : "Unable to authenticate (OAuth)"});
}

Task<http::Response> serve(Context& context,
                           http::Request& request,
                           Needs needs,
                           Endpoint endpoint) {
    Call call{context, request, context.world.clock.wall(), {}, {}, {}};
    if (needs != Needs::nobody) {
        auto asking = service::check_bearer(context.world, bearer_token(request));
        const auto verdict = co_await asking;
        if (!verdict) co_return failed(call, verdict.error());
        if (verdict->why != LoginWhy::ok) co_return refused(call, verdict->why, needs);
        call.bearer = verdict->bearer;
        call.token_expires_at = verdict->expires_at;
        if (needs == Needs::app && !call.bearer.is_app) co_return not_with_this_token(call);
    }
    if (const auto name = request.captures.find("user")) {
        auto user = domain::easemob_uid(*name);
        const bool is_own = user && *user == call.bearer.uid;
        if (needs == Needs::user && !call.bearer.is_app && !is_own) {
            co_return not_with_this_token(call);
        }
        if (!user) co_return user_not_found(call);
        call.user = std::move(*user);
    }
    Task<http::Response> running = endpoint(call);
    co_return co_await running;
}

}  // namespace

std::optional<std::string_view> Call::query(std::string_view name) const {
    const auto value = request.query.find(name);
    if (value == "null" || value == "undefined") return std::nullopt;
    return value;
}

std::string_view bearer_token(const http::Request& request) {
    constexpr std::string_view bearer = "Bearer ";
    const std::string_view value = request.headers.get("Authorization");
    const bool is_bearer = value.size() > bearer.size() &&
                           http::same_ignoring_case(value.substr(0, bearer.size()), bearer);
    return is_bearer ? value.substr(bearer.size()) : std::string_view();
}

std::uint64_t number_in_query(const Call& call,
                              std::string_view name,
                              std::uint64_t fallback,
                              std::uint64_t min,
                              std::uint64_t max) {
    const auto text = call.query(name);
    const auto number = text ? http::to_integer<std::uint64_t>(*text) : std::nullopt;
    return number ? std::clamp(*number, min, max) : fallback;
}

void add(http::Router& router,
         Context& context,
         http::Method method,
         std::string_view pattern,
         Needs needs,
         Endpoint endpoint) {
    http::Route route{method, "/{org}/{app}" + std::string(pattern), false};
    router.add(std::move(route), [&context, needs, endpoint](http::Request& request) {
        return serve(context, request, needs, endpoint);
    });
}

}  // namespace fenshen::api::easemob
