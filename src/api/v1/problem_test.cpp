// SPDX-License-Identifier: Apache-2.0
#include "api/v1/problem.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "api/v1/detail/asked.h"
#include "api/v1/detail/test_server.h"

namespace fenshen::api::v1 {
namespace {

using http::Headers;
using http::Method;
using testing::HasSubstr;
using testing_support::Json;
using testing_support::Settings;
using testing_support::TestServer;

/// Expects a problem of RFC 9457 with `status`.
Json problem_of(const http::Response& response, int status) {
    EXPECT_EQ(response.status, status) << response.body;
    EXPECT_EQ(response.content_type, "application/problem+json");
    Json problem = Json::parse(response.body, nullptr, false);
    EXPECT_EQ(problem.value("status", 0), status);
    for (const auto* member : {"type", "title", "detail"}) {
        EXPECT_NE(problem.value(member, ""), "") << member;
    }
    return problem;
}

TEST(Problem, IsWhatEveryErrorBelowV1Is) {
    TestServer server;
    for (const auto* path :
         {"/v1", "/v1/", "/v1/nothing", "/v1/accounts", "/v1/accounts//devices"}) {
        problem_of(server.ask(Method::get, path), 404);
    }
    const auto wrong = server.ask(Method::post, "/v1/accounts/ann/policy", "{}");
    problem_of(wrong, 405);
    EXPECT_EQ(wrong.headers.get("Allow"), "GET, HEAD, PUT, DELETE");
}

TEST(Problem, TheServersOwnRefusalsToo) {
    const Manner own = manner();
    problem_of(own.failed(413, "the body is too large"), 413);
    problem_of(own.failed(500, "a fault in the server"), 500);
}

TEST(Problem, WithoutTheTokenNothingIsTold) {
    Settings settings;
    settings.token = "s3cret";
    TestServer server(settings);
    for (const auto* path : {"/v1/policy", "/v1/accounts/ann", "/v1/nothing", "/v1/openapi.json"}) {
        problem_of(server.ask(Method::get, path), 401);
    }
    for (const auto& [name, value] :
         {std::pair("token", "s3cret"), std::pair("Authorization", "Bearer s3cret")}) {
        Headers headers;
        headers.add(name, value);
        EXPECT_EQ(server.ask(Method::get, "/v1/policy", {}, headers).status, 200);
    }
}

TEST(Problem, UnknownAccountsAreNamed) {
    TestServer server;
    const std::pair<Method, std::pair<std::string, std::string>> calls[] = {
        {Method::get, {"", ""}},
        {Method::get, {"/devices", ""}},
        {Method::get, {"/logins", ""}},
        {Method::get, {"/policy", ""}},
        {Method::put, {"/policy", R"({"policy":{}})"}},
        {Method::del, {"/policy", ""}},
        {Method::post, {"/end", R"({"all":true})"}},
        {Method::post, {"/end", R"({"device_id":"d"})"}},
        {Method::post, {"/ban", ""}},
        {Method::post, {"/unban", "{}"}},
        {Method::del, {"/devices/d?class=1", ""}},
        {Method::del, {"/tokens/1", ""}},
    };
    for (const auto& [method, call] : calls) {
        const std::string target = "/v1/accounts/no%20body" + call.first;
        EXPECT_THAT(server.detail(method, target, call.second, 404), HasSubstr("no body"))
            << target;
    }
    // Nor does asking make it known.
    server.get("/v1/accounts/no%20body", 404);
}

TEST(Problem, BodiesThatAreNoObjects) {
    TestServer server;
    const std::string too_deep = std::string(1000, '[') + std::string(1000, ']');
    for (const std::string body : {"",
                                   " ",
                                   "null",
                                   "true",
                                   "5",
                                   R"("text")",
                                   "[]",
                                   "[{}]",
                                   "{",
                                   "{}x",
                                   "\xff\xfe",
                                   "\xef\xbb\xbf{}",
                                   R"({"class":01})"}) {
        server.post("/v1/accounts/ann/explain-login", body, 400);
    }
    server.post("/v1/accounts/ann/explain-login", too_deep, 400);
    server.post("/v1/accounts/ann/ban", "[]", 400);
}

TEST(Problem, UnknownFieldsAreNamed) {
    TestServer server;
    const std::pair<std::string, std::string> bodies[] = {
        {"/v1/accounts/ann/explain-login", R"({"class":1,"colour":1})"},
        {"/v1/accounts/ann/end", R"({"class":1,"colour":1})"},
        {"/v1/accounts/ann/ban", R"({"colour":1})"},
        {"/v1/policy/dry-run", R"({"policy":{},"colour":1})"},
        {"/v1/policy/dry-run", R"({"policy":{"default":{"limit":1,"colour":1}}})"},
    };
    for (const auto& [path, body] : bodies) {
        EXPECT_THAT(server.detail(Method::post, path, body), HasSubstr("colour")) << path;
    }
    EXPECT_THAT(server.detail(Method::post, bodies[0].first, R"({"Class":1})"), HasSubstr("Class"));
}

TEST(Problem, ABodyThatIsTooLarge) {
    TestServer server;
    const std::string filler(detail::body_bytes_max, ' ');
    server.post("/v1/accounts/ann/explain-login", R"({"class":1})" + filler, 413);
    server.post("/v1/accounts/ann/ban", filler + "{}", 413);
}

TEST(Problem, NamesThatAreNoNames) {
    TestServer server;
    for (const std::string uid : {"%0A", "%20", "a%7Fb"}) {
        server.get("/v1/accounts/" + uid + "/explain-login?class=1", 400);
        server.get("/v1/accounts/" + uid, 400);
    }
    server.get("/v1/accounts/" + std::string(513, 'x'), 400);
    server.get("/v1/accounts/" + std::string(512, 'x'), 404);
    const Json question{{"class", 1}, {"device_id", std::string(513, 'x')}};
    server.post("/v1/accounts/ann/explain-login", question.dump(), 400);
}

TEST(Problem, PagesHaveBounds) {
    TestServer server;
    server.set_token("ann", 1);
    for (const std::string path :
         {"/v1/accounts/ann/devices", "/v1/accounts/ann/logins", "/v1/policy/history"}) {
        for (const std::string query : {"limit=0",
                                        "limit=-1",
                                        "limit=1001",
                                        "limit=x",
                                        "limit=",
                                        "limit=1.5",
                                        "after=",
                                        "after=zz",
                                        "after=0"}) {
            server.get(path + '?' + query, 400);
        }
        server.get(path + "?limit=1000");
    }
    server.get("/v1/accounts/ann/devices?online=maybe", 400);
}

TEST(Problem, AWriteThatFails) {
    TestServer server;
    server.set_token("ann", 1);
    server.fail_writes(true);
    server.put("/v1/accounts/ann/tokens/1", R"({"token":"t"})", 503);
    server.put("/v1/policy", R"({"version":0,"policy":{}})", 503);
    server.put("/v1/accounts/ann/policy", R"({"policy":{}})", 503);
    server.post("/v1/accounts/ann/ban", "", 503);
}

}  // namespace
}  // namespace fenshen::api::v1
