// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <algorithm>
#include <cctype>

#include "api/http/uri.h"
#include "api/v1/detail/openapi_text.h"
#include "api/v1/detail/test_server.h"
#include "api/v1/problem.h"
#include "api/v1/routes.h"

namespace fenshen::api::v1::testing_support {

namespace {

Task<http::Response> note(std::string& found, std::string pattern) {
    found = std::move(pattern);
    co_return http::empty(200);
}

/// The route that `target` falls under; empty: none.
std::string pattern_of(const http::Router& router, http::Method method, std::string_view target) {
    http::Router patterns;
    std::string found;
    for (const http::Route& route : router.routes()) {
        patterns.add(route, [&found, pattern = route.pattern](http::Request&) {
            return note(found, pattern);
        });
    }
    const auto parsed = http::parse_target(target);
    http::Request request;
    request.method = method;
    if (parsed) request.segments = parsed->segments;
    start(patterns.handle(request), [](http::Response) {});
    return found;
}

std::string lower_name_of(http::Method method) {
    std::string name(http::name_of(method));
    std::ranges::transform(name, name.begin(), [](unsigned char c) { return std::tolower(c); });
    return name;
}

}  // namespace

TestServer::TestServer(const Settings& settings)
    : TestWorld(settings, {manner()}), description_(detail::openapi_text()) {
    context = std::make_unique<Context>(Context{.world = *world, .started_at = clock.wall()});
    add_routes(*router, *context);
}

TestServer::~TestServer() = default;

Json TestServer::call(http::Method method,
                      std::string_view target,
                      const std::string& body,
                      int status) {
    const auto response = ask(method, target, body);
    EXPECT_EQ(response.status, status)
        << http::name_of(method) << ' ' << target << ' ' << body << ": " << response.body;
    const Json answer = Json::parse(response.body, nullptr, false);
    const std::string pattern = pattern_of(*router, method, target);
    if (!pattern.empty()) {
        const auto complaints = description_.complaints(
            lower_name_of(method), pattern, response.status, response.content_type, answer);
        EXPECT_TRUE(complaints.empty()) << pattern << ": " << complaints.front() << "\nof "
                                        << complaints.size() << " in " << response.body;
    }
    return answer;
}

std::string TestServer::detail(http::Method method,
                               std::string_view target,
                               const std::string& body,
                               int status) {
    const Json answer = call(method, target, body, status);
    return answer.is_object() ? answer.value("detail", "") : "";
}

void TestServer::set_token(std::string_view uid,
                           int device_class,
                           std::string_view token,
                           std::string_view level) {
    const Json body{{"token", token}, {"level", level}};
    put("/v1/accounts/" + std::string(uid) + "/tokens/" + std::to_string(device_class),
        body.dump());
}

std::uint64_t TestServer::login(std::string_view uid,
                                std::uint8_t device_class,
                                std::string_view device_id,
                                std::string_view level) {
    const std::string token = std::string(uid) + '/' + std::to_string(device_class);
    const Json known = get("/v1/accounts/" + std::string(uid) +
                           "/explain-login?class=" + std::to_string(device_class));
    const auto has_token = [&](const Json& each) {
        return each["class"] == device_class && each["level"] == level;
    };
    if (std::ranges::none_of(known["classes_with_token"], has_token)) {
        set_token(uid, device_class, token, level);
    }
    return connect(uid, device_class, device_id, token);
}

void TestServer::lose(std::uint64_t serial, std::string_view uid) {
    service::session_closed(*world, {session_of(serial), Uid(std::string(uid)), "lost"});
    settle();
}

}  // namespace fenshen::api::v1::testing_support
