// SPDX-License-Identifier: Apache-2.0
#include "api/port/guard.h"

#include <gtest/gtest.h>

#include "api/wukong/detail/test_server.h"

namespace fenshen::api::wukong {
namespace {

using http::Headers;
using http::Method;
using testing_support::Settings;
using testing_support::TestServer;

constexpr std::string_view no_body;

Headers header(std::string name, std::string value) {
    Headers headers;
    headers.add(std::move(name), std::move(value));
    return headers;
}

Settings with_token() {
    Settings settings;
    settings.token = "s3cret";
    return settings;
}

TEST(Guard, WithoutTokenAnswers401WithAnEmptyBody) {
    TestServer server(with_token());
    const auto answer = server.get("/user/systemuids");
    EXPECT_EQ(answer.status, 401);
    EXPECT_EQ(answer.body, "");
    EXPECT_EQ(server.get("/metrics").status, 401);
    EXPECT_EQ(server.get("/no/such/path").status, 401);
}

TEST(Guard, TakesTheTokenAsHeaderOrAsBearer) {
    TestServer server(with_token());
    const auto status = [&](const Headers& headers) {
        return server.ask(Method::get, "/user/systemuids", no_body, headers).status;
    };
    EXPECT_EQ(status(header("token", "s3cret")), 200);
    EXPECT_EQ(status(header("Token", "s3cret")), 200);
    EXPECT_EQ(status(header("Authorization", "Bearer s3cret")), 200);
    EXPECT_EQ(status(header("authorization", "bearer s3cret")), 200);
    EXPECT_EQ(status(header("token", "s3cre")), 401);
    EXPECT_EQ(status(header("token", "s3cretx")), 401);
    EXPECT_EQ(status(header("token", "")), 401);
    EXPECT_EQ(status(header("Authorization", "s3cret")), 401);
    EXPECT_EQ(status(header("Authorization", "Bearer ")), 401);
}

TEST(Guard, LetsHealthAndPreflightsPass) {
    TestServer server(with_token());
    EXPECT_EQ(server.get("/health").status, 200);
    EXPECT_EQ(server.get("/healthz").status, 200);
    EXPECT_EQ(server.get("/readyz").status, 200);
    const auto preflight = server.ask(Method::options, "/message/send");
    EXPECT_EQ(preflight.status, 204);
    EXPECT_EQ(preflight.body, "");
}

TEST(Guard, EveryAnswerTellsBrowsersThatTheyMay) {
    TestServer server(with_token());
    for (const auto& answer : {server.get("/health"),
                               server.get("/user/systemuids"),
                               server.ask(Method::options, "/anything"),
                               server.post("/nothing", "{}")}) {
        EXPECT_EQ(answer.headers.get("Access-Control-Allow-Origin"), "*");
        EXPECT_EQ(answer.headers.get("Access-Control-Allow-Credentials"), "true");
        EXPECT_EQ(answer.headers.get("Access-Control-Allow-Methods"),
                  "POST, OPTIONS, GET, PUT,DELETE,PATCH");
        EXPECT_TRUE(answer.headers.get("Access-Control-Allow-Headers").contains("token"));
    }
}

TEST(Guard, UnknownPathsAndWrongMethodsAreNotFound) {
    TestServer server;
    for (const auto& answer : {server.get("/nothing"),
                               server.get("/message/send"),
                               server.post("/health", ""),
                               server.get("/health/"),
                               server.get("/Health")}) {
        EXPECT_EQ(answer.status, 404);
        EXPECT_EQ(answer.body, "404 page not found");
        EXPECT_EQ(answer.content_type, "text/plain; charset=utf-8");
    }
}

}  // namespace
}  // namespace fenshen::api::wukong
