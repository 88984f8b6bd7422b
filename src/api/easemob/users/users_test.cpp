// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <set>

#include "api/easemob/detail/test_server.h"
#include "service/credentials/tokens.h"

namespace fenshen::api::easemob {
namespace {

using http::Method;
using testing_support::Json;
using testing_support::TestServer;

class UsersTest : public testing::Test {
protected:
    auto register_as(std::string_view token, std::string_view name) {
        return server_.post_as(
            token, "/users", {{"username", std::string(name)}, {"password", "pw"}});
    }
    /// As somebody does on the other side.
    void make_wukong_account(std::string_view uid) {
        service::SetToken command;
        command.uid = Uid(std::string(uid));
        command.token = "token";
        bool done = false;
        start(service::set_token(*server_.world, std::move(command)),
              [&](Result<void> result) { done = result.has_value(); });
        server_.get_as("", "/");  // lets the loops run
        ASSERT_TRUE(done);
    }
    TestServer server_;
};

TEST_F(UsersTest, OneIsRegistered) {
    const auto answer = server_.post_as(
        "", "/users", {{"username", "Alice"}, {"password", "pw"}, {"nickname", "Alice A."}});
    ASSERT_EQ(answer.status, 200) << answer.raw.body;
    EXPECT_EQ(answer.body["action"], "post");
    EXPECT_EQ(answer.body["applicationName"], "demo");
    EXPECT_EQ(answer.body["organization"], "fenshen");
    EXPECT_EQ(answer.body["path"], "/users");
    EXPECT_EQ(answer.body["uri"], "http://im.test:5280/fenshen/demo/users");
    const auto& user = answer.body["entities"][0];
    EXPECT_EQ(user["username"], "alice");
    EXPECT_EQ(user["nickname"], "Alice A.");
    EXPECT_EQ(user["activated"], true);
    EXPECT_EQ(user["created"], server_.clock.now_ms);
    EXPECT_EQ(user["uuid"].get<std::string>().size(), 36U);
    const auto again = register_as("", "alice");
    EXPECT_EQ(again.status, 400);
    EXPECT_TRUE(again.error().starts_with("duplicate_unique_property_exists: Application "));
    EXPECT_TRUE(again.error().ends_with(
        "Entity user requires that property named username be unique, value of alice exists"));
}

TEST_F(UsersTest, NamesAndPasswordsHaveTheirForm) {
    const auto refused = [&](const Json& body) {
        return server_.post_as("", "/users", body).error();
    };
    EXPECT_EQ(refused({{"username", "a b"}, {"password", "pw"}}),
              "illegal_argument: username [a b] is not legal");
    EXPECT_EQ(refused({{"username", ""}, {"password", "pw"}}),
              "illegal_argument: username [] is not legal");
    EXPECT_EQ(refused({{"username", "../x"}, {"password", "pw"}}),
              "illegal_argument: username [../x] is not legal");
    EXPECT_EQ(refused({{"username", "____system"}, {"password", "pw"}}),
              "illegal_argument: username [____system] is not legal");
    EXPECT_EQ(refused({{"username", std::string(65, 'a')}, {"password", "pw"}}),
              "illegal_argument: USERNAME_TOO_LONG");
    EXPECT_EQ(register_as("", std::string(64, 'a')).status, 200);
    EXPECT_EQ(refused({{"username", "bob"}}), "illegal_argument: password or pin must provided");
    EXPECT_EQ(refused({{"username", "bob"}, {"password", std::string(65, 'p')}}),
              "illegal_argument: PASSWORD_TOO_LONG");
    EXPECT_EQ(
        refused({{"username", "bob"}, {"password", "p"}, {"nickname", std::string(401, 'n')}}),
        "illegal_argument: NICKNAME_TOO_LONG");
    EXPECT_EQ(server_.post_as("", "/users", {{"username", 7}}).status, 400);
    EXPECT_EQ(server_.call(Method::post, "/users", "", "null").status, 400);
    EXPECT_EQ(server_.call(Method::post, "/users", "", std::string(1000, '[')).status, 400);
}

TEST_F(UsersTest, WithoutOpenRegistrationAnAppTokenIsNeeded) {
    auto rules = testing_support::usual_rules();
    rules.easemob.open_registration = false;
    TestServer server(rules);
    const Json body{{"username", "alice"}, {"password", "pw"}};
    EXPECT_EQ(server.post_as("", "/users", body).error(),
              "unauthorized: Open registration doesn't allow, so register user need token");
    EXPECT_EQ(server.post_as("nonsense", "/users", body).status, 401);
    const auto bob = server.user("bob");
    EXPECT_EQ(server.post_as(bob, "/users", body).status, 401);
    EXPECT_EQ(server.post_as(server.app_token(), "/users", body).status, 200);
}

TEST_F(UsersTest, OpenRegistrationNeverAttachesToAnAccountThatExists) {
    make_wukong_account("alice");
    const auto stranger = register_as("", "alice");
    EXPECT_EQ(stranger.status, 400);
    EXPECT_EQ(stranger.body["error"], "duplicate_unique_property_exists");
    EXPECT_EQ(server_.get_as(server_.app_token(), "/users/alice").status, 404);
    // One whose devices alone are known.
    auto rules = testing_support::usual_rules();
    rules.token_checks = false;
    TestServer open(rules);
    ASSERT_NE(open.connect("ann", 1, "web_1"), 0U);
    EXPECT_EQ(open.post_as("", "/users", {{"username", "ann"}, {"password", "p"}}).status, 400);
    // The app may: it adds the credential.
    EXPECT_EQ(register_as(server_.app_token(), "alice").status, 200);
    EXPECT_FALSE(server_.token_of("alice").empty());
}

TEST_F(UsersTest, ADeletedNameIsNotFreeForStrangers) {
    const auto alice = server_.user("alice");
    EXPECT_EQ(server_.call(Method::del, "/users/alice", server_.app_token()).status, 200);
    EXPECT_EQ(register_as("", "alice").status, 400);
    EXPECT_EQ(register_as(server_.app_token(), "alice").status, 200);
    // Tokens of the one before are dead.
    EXPECT_EQ(server_.get_as(alice, "/users/alice").status, 401);
}

TEST_F(UsersTest, ManyAreRegisteredAtOnce) {
    register_as("", "b2");
    Json users = Json::array();
    for (const char* name : {"b1", "b2", "not legal", "b3"}) {
        users.push_back({{"username", name}, {"password", "pw"}});
    }
    const auto answer = server_.post_as(server_.app_token(), "/users", users);
    ASSERT_EQ(answer.status, 200) << answer.raw.body;
    ASSERT_EQ(answer.body["entities"].size(), 2U);
    EXPECT_EQ(answer.body["entities"][0]["username"], "b1");
    EXPECT_EQ(answer.body["entities"][1]["username"], "b3");
    ASSERT_EQ(answer.body["data"].size(), 2U);
    EXPECT_EQ(answer.body["data"][0]["registerUserFailReason"], "the b2 already exists");
    for (int i = 0; i < 60; ++i) users.push_back({{"username", "x"}, {"password", "pw"}});
    EXPECT_EQ(server_.post_as(server_.app_token(), "/users", users).status, 400);
    EXPECT_EQ(server_.post_as(server_.app_token(), "/users", Json::array()).status, 400);
    EXPECT_EQ(server_.call(Method::post, "/users", server_.app_token(), "[1,2]").status, 400);
}

TEST_F(UsersTest, TwoThatAreRegisteredAtOnceAreOne) {
    http::Headers headers;
    headers.add("Host", "im.test");
    // Both are hashed before either is written.
    const Json both = {{{"username", "twin"}, {"password", "a"}},
                       {{"username", "Twin"}, {"password", "b"}}};
    const auto answer = server_.post_as("", "/users", both);
    EXPECT_EQ(answer.body["entities"].size(), 1U);
    EXPECT_EQ(answer.body["data"][0]["username"], "twin");
}

TEST_F(UsersTest, UsersAreShownAndListed) {
    for (const char* name : {"u1", "u2", "u3", "u4", "u5"}) register_as("", name);
    const auto one = server_.get_as(server_.app_token(), "/users/U3");
    EXPECT_EQ(one.body["entities"][0]["username"], "u3");
    const auto missing = server_.get_as(server_.app_token(), "/users/nobody");
    EXPECT_EQ(missing.status, 404);
    EXPECT_EQ(missing.body["exception"], "UserNotFoundException");
    EXPECT_EQ(missing.error(), "service_resource_not_found: Service resource not found");
    EXPECT_EQ(server_.get_as(server_.app_token(), "/users/a%2Fb").status, 404);

    std::set<std::string> seen;
    std::string cursor;
    int pages = 0;
    do {
        const auto page =
            server_.get_as(server_.app_token(), "/users?&limit=2&cursor=" + cursor + "&_v=1");
        ASSERT_EQ(page.status, 200);
        EXPECT_LE(page.body["entities"].size(), 2U);
        for (const auto& user : page.body["entities"]) seen.insert(user["username"]);
        cursor = page.body.value("cursor", "");
    } while (!cursor.empty() && ++pages < 10);
    EXPECT_EQ(seen, (std::set<std::string>{"u1", "u2", "u3", "u4", "u5"}));
    for (const char* bad : {"zz", "00", "3a3a", "ffffffffffffffff"}) {
        const auto page = server_.get_as(server_.app_token(), "/users?cursor=" + std::string(bad));
        EXPECT_TRUE(page.status == 400 || page.status == 200) << bad;
    }
}

TEST_F(UsersTest, APasswordChangeKillsTokensAndPutsDevicesOut) {
    const auto alice = server_.user("alice");
    const auto device = server_.connect_msync("alice", "webim_1", alice);
    ASSERT_NE(device, 0U);
    const auto path = "/users/alice/password";
    EXPECT_EQ(server_.call(Method::put, path, alice, R"({"newpassword":"x"})").status, 401);
    EXPECT_EQ(server_.call(Method::put, path, server_.app_token(), "{}").error(),
              "illegal_argument: newpassword is required");
    EXPECT_EQ(
        server_.call(Method::put, path, server_.app_token(), R"({"newpassword":"new"})").status,
        200);
    ASSERT_EQ(server_.sessions.ended.size(), 1U);
    EXPECT_EQ(server_.sessions.ended[0].serial, device);
    EXPECT_EQ(server_.sessions.ended[0].why, "password_changed");
    EXPECT_EQ(server_.get_as(alice, "/users/alice").status, 401);
    EXPECT_FALSE(server_.token_of("alice", "new").empty());
    EXPECT_EQ(server_
                  .post_as("",
                           "/token",
                           {{"grant_type", "password"}, {"username", "alice"}, {"password", "pw"}})
                  .status,
              400);
    EXPECT_EQ(server_
                  .call(Method::post,
                        "/users/nobody/password",
                        server_.app_token(),
                        R"({"newpassword":"x"})")
                  .body["error"],
              "entity_not_found");
}

TEST_F(UsersTest, ADeletedUserIsPutOut) {
    const auto alice = server_.user("alice");
    server_.connect_msync("alice", "webim_1", alice);
    const auto answer = server_.call(Method::del, "/users/alice", server_.app_token());
    EXPECT_EQ(answer.body["entities"][0]["username"], "alice");
    ASSERT_EQ(server_.sessions.ended.size(), 1U);
    EXPECT_EQ(server_.sessions.ended[0].why, "user_removed");
    EXPECT_EQ(server_.get_as(alice, "/users/alice").status, 401);
    EXPECT_EQ(server_.call(Method::del, "/users/alice", server_.app_token()).status, 404);
}

TEST_F(UsersTest, ABannedUserIsPutOutAndMayNotComeBack) {
    const auto alice = server_.user("alice");
    server_.connect_msync("alice", "webim_1", alice);
    const auto banned = server_.call(Method::post, "/users/alice/deactivate", server_.app_token());
    EXPECT_EQ(banned.body["action"], "Deactivate user");
    EXPECT_EQ(banned.body["entities"][0]["activated"], false);
    EXPECT_EQ(server_.sessions.ended.size(), 1U);
    EXPECT_EQ(server_
                  .post_as("",
                           "/token",
                           {{"grant_type", "password"}, {"username", "alice"}, {"password", "pw"}})
                  .error(),
              "invalid_grant: user not activated");
    EXPECT_EQ(
        server_
            .post_as(
                server_.app_token(), "/token", {{"grant_type", "inherit"}, {"username", "alice"}})
            .error(),
        "invalid_grant: user not activated");
    EXPECT_EQ(server_.get_as(alice, "/users/alice").status, 401);
    const auto free = server_.call(Method::post, "/users/alice/activate", server_.app_token());
    EXPECT_EQ(free.body["action"], "activate user");
    EXPECT_EQ(server_.get_as(alice, "/users/alice").status, 200);
    EXPECT_EQ(server_.call(Method::post, "/users/nobody/deactivate", server_.app_token()).status,
              404);
}

TEST_F(UsersTest, DevicesAreListedAndPutOut) {
    const auto alice = server_.user("alice");
    ASSERT_NE(server_.connect_msync("alice", "webim_1", alice, "my browser"), 0U);
    const auto second = server_.connect_msync("alice", "webim_2", alice);
    auto list = server_.get_as(alice, "/users/alice/resources").body["data"];
    ASSERT_EQ(list.size(), 2U);
    std::set<std::string> names;
    for (const auto& device : list) {
        names.insert(device["res"].get<std::string>() + " " +
                     device["device_name"].get<std::string>());
        EXPECT_TRUE(device.contains("device_uuid"));
    }
    EXPECT_EQ(names, (std::set<std::string>{"webim_1 my browser", "webim_2 webim_2"}));

    const auto one = "/users/alice/disconnect/webim_2";
    EXPECT_EQ(server_.call(Method::del, one, alice).status, 401);
    auto answer = server_.call(Method::del, one, server_.app_token());
    EXPECT_EQ(answer.body["data"]["result"], true);
    ASSERT_EQ(server_.sessions.ended.size(), 1U);
    EXPECT_EQ(server_.sessions.ended[0].serial, second);
    EXPECT_EQ(server_.sessions.ended[0].why, "kicked");
    EXPECT_EQ(server_.call(Method::del, one, server_.app_token()).body["data"]["result"], false);
    EXPECT_EQ(server_.get_as(alice, "/users/alice/resources").body["data"].size(), 1U);

    EXPECT_EQ(server_.get_as(server_.app_token(), "/users/alice/status").body["data"]["alice"],
              "online");
    answer = server_.get_as(server_.app_token(), "/users/alice/disconnect");
    EXPECT_EQ(answer.body["data"]["result"], true);
    EXPECT_EQ(server_.sessions.ended.size(), 2U);
    EXPECT_TRUE(server_.get_as(alice, "/users/alice/resources").body["data"].empty());
    EXPECT_EQ(server_.get_as(server_.app_token(), "/users/nobody/disconnect").status, 404);
    EXPECT_EQ(server_.call(Method::del, "/users/nobody/disconnect/x", server_.app_token()).status,
              404);
}

TEST_F(UsersTest, TheStatusOfManyIsAskedAtOnce) {
    const auto alice = server_.user("alice");
    server_.user("bob");
    server_.connect_msync("alice", "webim_1", alice);
    const auto answer = server_.post_as(
        server_.app_token(), "/users/batch/status", {{"usernames", {"alice", "bob", "not legal"}}});
    EXPECT_EQ(answer.body["data"],
              Json::parse(R"([{"alice":"online"},{"bob":"offline"},{"not legal":"offline"}])"));
    const Json many{{"usernames", std::vector<std::string>(101, "alice")}};
    EXPECT_EQ(server_.post_as(server_.app_token(), "/users/batch/status", many).error(),
              "illegal_argument: request body exceeds maximum limit, maximum limit is 100");
}

TEST_F(UsersTest, WhatCannotBeWrittenIsNotPromised) {
    server_.fail_writes(true);
    EXPECT_EQ(register_as("", "alice").status, 503);
    server_.fail_writes(false);
    EXPECT_EQ(register_as("", "alice").status, 200);
}

}  // namespace
}  // namespace fenshen::api::easemob
