// SPDX-License-Identifier: Apache-2.0
#include "api/port/guard.h"

#include <memory>
#include <optional>

#include "domain/login.h"

namespace fenshen::api {

namespace {

constexpr std::string_view bearer = "Bearer ";
constexpr std::string_view allowed_headers =
    "Content-Type, Authorization, Content-Length, Accept-Encoding, X-CSRF-Token, token, accept, "
    "origin, Cache-Control, X-Requested-With, appid, noncestr, sign, timestamp";
constexpr std::string_view allowed_methods = "POST, OPTIONS, GET, PUT,DELETE,PATCH";

std::string_view bearer_token(const http::Request& request) {
    const std::string_view value = request.headers.get("Authorization");
    const bool is_bearer = value.size() > bearer.size() &&
                           http::same_ignoring_case(value.substr(0, bearer.size()), bearer);
    return is_bearer ? value.substr(bearer.size()) : std::string_view();
}

void allow_other_origins(http::Response& response) {
    response.headers.add("Access-Control-Allow-Origin", "*");
    response.headers.add("Access-Control-Allow-Credentials", "true");
    response.headers.add("Access-Control-Allow-Headers", std::string(allowed_headers));
    response.headers.add("Access-Control-Allow-Methods", std::string(allowed_methods));
}

/// Lines about requests that fail, however many there are.
struct FaultLog {
    explicit FaultLog(const Port& of) : port(of) {}

    void failed(const http::Request& request, const http::Response& response) {
        const auto left_out = limit.take(port.clock.mono());
        if (!left_out) return;
        port.log.warn("api_request_failed",
                      {{"method", http::name_of(request.method)},
                       {"path", request.path},
                       {"status", response.status},
                       {"peer", request.peer_address},
                       {"left_out", *left_out}});
    }
    void refused(const http::Request& request) {
        const auto left_out = limit.take(port.clock.mono());
        if (!left_out) return;
        port.log.warn(
            "api_token_refused",
            {{"path", request.path}, {"peer", request.peer_address}, {"left_out", *left_out}});
    }

    const Port& port;
    telemetry::LogLimit limit{10, Millis{1000}};
};

bool is_at_or_below(std::string_view path, std::string_view root) {
    if (!path.starts_with(root)) return false;
    const auto rest = path.substr(root.size());
    return root.empty() || rest.empty() || rest.front() == '/' || rest.front() == '?';
}

}  // namespace

const Manner& Port::manner_of(std::string_view path) const {
    for (const Manner& manner : manners) {
        if (is_at_or_below(path, manner.root)) return manner;
    }
    return manners.back();
}

bool carries_token(const http::Request& request, std::string_view token) {
    const bool by_header = domain::equal_in_constant_time(request.headers.get("token"), token);
    const bool by_bearer = domain::equal_in_constant_time(bearer_token(request), token);
    return by_header || by_bearer;
}

http::RouterHooks router_hooks(const Port& port) {
    const auto faults = std::make_shared<FaultLog>(port);
    http::RouterHooks hooks;
    hooks.preflight = [](const http::Request&) { return std::optional(http::empty(204)); };
    hooks.guard = [&port, faults](const http::Request& request) {
        std::optional<http::Response> answer;
        if (!port.token.empty() && !carries_token(request, port.token)) {
            faults->refused(request);
            answer = port.manner_of(request.path).without_token();
        }
        return answer;
    };
    hooks.finish = [faults](const http::Request& request, http::Response& response) {
        // That the server says it is not ready is no fault of the request's.
        const bool asks_for_health = request.path == "/health" || request.path == "/readyz";
        if (response.status >= 500 && !asks_for_health) faults->failed(request, response);
        allow_other_origins(response);
    };
    hooks.not_found = [&port](const http::Request& request) {
        return port.manner_of(request.path).not_found(request);
    };
    hooks.wrong_method = [&port](const http::Request& request,
                                 std::span<const http::Method> allowed) {
        return port.manner_of(request.path).wrong_method(request, allowed);
    };
    return hooks;
}

}  // namespace fenshen::api
