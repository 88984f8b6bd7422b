// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "api/easemob/detail/test_server.h"

namespace fenshen::api::easemob {
namespace {

using testing_support::Json;
using testing_support::TestServer;

class TokensTest : public testing::Test {
protected:
    auto token(const Json& body, std::string_view with = {}) {
        return server_.post_as(with, "/token", body);
    }
    auto by_password(std::string_view name, std::string_view password) {
        return token({{"grant_type", "password"},
                      {"username", std::string(name)},
                      {"password", std::string(password)}});
    }
    TestServer server_;
};

TEST_F(TokensTest, APasswordLetsInWhateverTheCaseOfTheName) {
    server_.user("alice");
    const auto answer = by_password("Alice", "pw");
    ASSERT_EQ(answer.status, 200) << answer.raw.body;
    EXPECT_EQ(answer.body["expires_in"], 5'184'000);
    EXPECT_EQ(answer.body["user"]["username"], "alice");
    EXPECT_EQ(answer.body["user"]["activated"], true);
    EXPECT_FALSE(answer.body["access_token"].get<std::string>().empty());
}

TEST_F(TokensTest, WhatThePasswordIsNotIsSaidInTheSdksWords) {
    server_.user("alice");
    const auto wrong = by_password("alice", "no");
    EXPECT_EQ(wrong.status, 400);
    EXPECT_EQ(wrong.error(), "invalid_grant: invalid password");
    const auto unknown = by_password("nobody", "pw");
    EXPECT_EQ(unknown.status, 404);
    EXPECT_EQ(unknown.error(), "invalid_grant: user not found");
    EXPECT_EQ(by_password("no such name!", "pw").status, 404);
    EXPECT_EQ(by_password("", "").status, 404);
    EXPECT_EQ(token({{"grant_type", "password"}}).status, 404);
    EXPECT_EQ(token({{"grant_type", "magic"}}).status, 400);
    EXPECT_EQ(token({{"grant_type", 7}}).error(),
              "invalid_request_body: Request body is invalid. Please check body is correct.");
    EXPECT_EQ(server_.call(http::Method::post, "/token", "", "{").status, 400);
    EXPECT_EQ(server_.call(http::Method::post, "/token", "", "").status, 400);
}

TEST_F(TokensTest, WhoTriesPasswordsIsSlowedDown) {
    server_.user("alice");
    for (int i = 0; i < 31; ++i) EXPECT_EQ(by_password("alice", "no").status, 400);
    const auto damped = by_password("alice", "pw");
    EXPECT_EQ(damped.status, 429);
    EXPECT_TRUE(damped.error().contains("The request has reached the maximum limit"));
    server_.clock.now_ms += 61'000;
    EXPECT_EQ(by_password("alice", "pw").status, 200);
}

TEST_F(TokensTest, TheAppsIdAndSecretMustMatch) {
    Json body{{"grant_type", "client_credentials"}};
    EXPECT_EQ(token(body).error(), "illegal_argument: client_id must be provided.");
    body["client_id"] = "wrong";
    EXPECT_EQ(token(body).error(), "illegal_argument: client_secret must be provided");
    body["client_secret"] = "wrong";
    EXPECT_EQ(token(body).error(), "invalid_grant: client_id does not match");
    body["client_id"] = "id";
    EXPECT_EQ(token(body).error(), "invalid_grant: client_secret does not match");
    body["client_secret"] = "secret";
    body["ttl"] = 60;
    const auto answer = token(body);
    EXPECT_EQ(answer.status, 200);
    EXPECT_EQ(answer.body["expires_in"], 60);
    EXPECT_TRUE(answer.body.contains("application"));
    for (const Json& bad : {Json(-1), Json(1e30), Json("x")}) {
        body["ttl"] = bad;
        EXPECT_EQ(token(body).status, 400) << bad;
    }
}

TEST_F(TokensTest, WithoutClientCredentialsNoAppTokenIsGivenOut) {
    auto rules = testing_support::usual_rules();
    rules.easemob.client_id.clear();
    rules.easemob.client_secret = {};
    TestServer server(rules);
    const auto answer = server.post_as(
        "",
        "/token",
        {{"grant_type", "client_credentials"}, {"client_id", "x"}, {"client_secret", "x"}});
    EXPECT_EQ(answer.status, 400);
    EXPECT_EQ(answer.error(), "invalid_grant: client_id does not match");
}

TEST_F(TokensTest, AnAppTokenGetsATokenForAnybody) {
    const auto alice = server_.user("alice");
    const Json body{{"grant_type", "inherit"}, {"username", "alice"}, {"ttl", 100}};
    EXPECT_EQ(token(body).status, 401);
    EXPECT_EQ(token(body, alice).error(), "auth_bad_access_token: Unable to authenticate");
    const auto answer = token(body, server_.app_token());
    ASSERT_EQ(answer.status, 200) << answer.raw.body;
    EXPECT_EQ(answer.body["user"]["username"], "alice");
    const std::string given = answer.body["access_token"];
    EXPECT_EQ(server_.get_as(given, "/users/alice/resources").status, 200);
    server_.clock.now_ms += 100'000;
    const auto late = server_.get_as(given, "/users/alice/resources");
    EXPECT_EQ(late.status, 401);
    EXPECT_EQ(late.error(), "unauthorized: Unable to authenticate (OAuth)");
}

TEST_F(TokensTest, AUserIsMadeWhereThatIsAskedFor) {
    Json body{{"grant_type", "inherit"}, {"username", "carol"}};
    EXPECT_EQ(token(body, server_.app_token()).error(), "invalid_grant: user not found");
    body["autoCreateUser"] = true;
    EXPECT_EQ(token(body, server_.app_token()).status, 200);
    EXPECT_EQ(token(body, server_.app_token()).status, 200);
    // No password was ever given, so none lets in.
    EXPECT_EQ(by_password("carol", "").error(), "invalid_grant: invalid password");
    body["username"] = nullptr;
    EXPECT_EQ(token(body, server_.app_token()).error(), "entity_not_found: User null not found");
    body["username"] = "not legal";
    EXPECT_EQ(token(body, server_.app_token()).status, 400);
}

TEST_F(TokensTest, ATokenSaysWhenItExpires) {
    const auto alice = server_.user("alice");
    const auto answer = server_.get_as(alice, "/sdk/users/alice/token/expires?_v=1");
    EXPECT_EQ(answer.status, 200);
    EXPECT_EQ(answer.body["expire_timestamp"], server_.clock.now_ms + 5'184'000'000);
    EXPECT_EQ(server_.get_as("garbage", "/sdk/users/alice/token/expires").status, 401);
    auto rules = testing_support::usual_rules();
    rules.easemob.token_ttl = std::chrono::seconds(0);
    TestServer for_ever(rules);
    const auto token = for_ever.user("alice");
    const auto never = for_ever.get_as(token, "/sdk/users/alice/token/expires");
    EXPECT_GT(never.body["expire_timestamp"], for_ever.clock.now_ms + 1'000'000'000'000);
}

TEST_F(TokensTest, APathOfOneUserIsClosedToAnother) {
    const auto alice = server_.user("alice");
    server_.user("bob");
    const auto other = server_.get_as(alice, "/users/bob/resources");
    EXPECT_EQ(other.status, 401);
    EXPECT_EQ(other.error(), "auth_bad_access_token: Unable to authenticate");
    EXPECT_EQ(server_.get_as(server_.app_token(), "/users/bob/resources").status, 200);
    EXPECT_EQ(server_.get_as("", "/users/bob/resources").error(),
              "unauthorized: Unable to authenticate (OAuth)");
    EXPECT_EQ(server_.get_as("YWMtgarbage", "/users/bob/resources").error(),
              "auth_bad_access_token: Unable to authenticate due to corrupt access token");
    EXPECT_EQ(server_.get_as("", "/users/bob/disconnect").error(),
              "unauthorized: Unable to authenticate due to expired access token");
    EXPECT_EQ(server_.get_as(alice, "/users/alice/disconnect").error(),
              "auth_bad_access_token: Unable to authenticate");
}

}  // namespace
}  // namespace fenshen::api::easemob
