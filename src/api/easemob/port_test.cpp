// SPDX-License-Identifier: Apache-2.0
#include "api/easemob/port.h"

#include <gtest/gtest.h>

#include "api/easemob/detail/test_server.h"

namespace fenshen::api::easemob {
namespace {

using http::Method;
using testing_support::Json;
using testing_support::TestServer;

TEST(EasemobPort, AnotherAppIsUnknown) {
    TestServer server;
    for (const char* path : {"/other/demo/users", "/fenshen/other/users", "/fenshen", "/", "/x"}) {
        const auto answer = server.get(path);
        EXPECT_EQ(answer.status, 404) << path;
        const auto body = Json::parse(answer.body);
        EXPECT_EQ(body["error"], "organization_application_not_found") << path;
        EXPECT_EQ(answer.headers.get("Access-Control-Allow-Origin"), "*");
    }
    const auto body = Json::parse(server.get("/org1/app1/users").body);
    EXPECT_EQ(body["error_description"],
              "Could not find application for org1/app1 from URI: org1/app1/users");
}

TEST(EasemobPort, BrowsersMayAskBeforeTheyAsk) {
    TestServer server;
    const auto answer = server.call(Method::options, "/chatfiles").raw;
    EXPECT_EQ(answer.status, 204);
    EXPECT_EQ(answer.headers.get("Access-Control-Allow-Origin"), "*");
    for (const char* name : {"Authorization",
                             "Content-Type",
                             "restrict-access",
                             "share-secret",
                             "X-Requested-With",
                             "Accept"}) {
        EXPECT_TRUE(answer.headers.get("Access-Control-Allow-Headers").contains(name)) << name;
    }
    for (const char* name : {"GET", "POST", "PUT", "DELETE"}) {
        EXPECT_TRUE(answer.headers.get("Access-Control-Allow-Methods").contains(name)) << name;
    }
}

TEST(EasemobPort, ErrorsAreJsonAndReadableFromOtherOrigins) {
    TestServer server;
    const auto unknown = server.get_as("", "/no/such/path");
    EXPECT_EQ(unknown.status, 404);
    EXPECT_EQ(unknown.body["error"], "service_resource_not_found");
    // Else the SDK would take it for an unknown user.
    EXPECT_NE(unknown.body["exception"], "UserNotFoundException");
    EXPECT_EQ(unknown.raw.headers.get("Access-Control-Allow-Origin"), "*");
    const auto method = server.call(Method::patch, "/users");
    EXPECT_EQ(method.status, 405);
    EXPECT_TRUE(method.body.is_object());
    const auto failed = server_failed(server.clock, 413, "too large");
    EXPECT_EQ(failed.headers.get("Access-Control-Allow-Origin"), "*");
    EXPECT_EQ(Json::parse(failed.body)["error"], "request_entity_too_large");
}

TEST(EasemobPort, WhatTheSdkWritesForNothingIsNothing) {
    TestServer server;
    server.user("alice");
    const auto page = server.get_as(server.app_token(), "/users?&limit=undefined&cursor=null&_v=1");
    EXPECT_EQ(page.status, 200);
    EXPECT_EQ(page.body["count"], 1);
}

}  // namespace
}  // namespace fenshen::api::easemob
