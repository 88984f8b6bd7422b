// SPDX-License-Identifier: Apache-2.0
#include "api/v1/policy.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "api/v1/detail/test_server.h"

namespace fenshen::api::v1 {
namespace {

using http::Method;
using testing::ElementsAre;
using testing::HasSubstr;
using testing_support::Json;
using testing_support::TestServer;

constexpr auto one_tab = R"({"classes":{"1":{"limit":1}}})";

std::string put_body(int version, const std::string& policy, const std::string& apply = "logins") {
    return R"({"version":)" + std::to_string(version) + R"(,"policy":)" + policy + R"(,"apply":")" +
           apply + R"("})";
}

/// "uid/device" of each.
std::vector<std::string> names_of(const Json& endings) {
    std::vector<std::string> names;
    for (const Json& item : endings) {
        names.push_back(item["uid"].get<std::string>() + '/' +
                        item["device_id"].get<std::string>());
    }
    return names;
}

void fill(TestServer& server) {
    for (const auto* id : {"1", "2", "3"}) {
        server.login("ann", 1, id);
        server.clock.now_ms += 1000;
    }
    for (const auto* id : {"1", "2"}) {
        server.login("bob", 1, id);
        server.clock.now_ms += 1000;
    }
}

TEST(GetPolicy, AtFirstIsTheBuiltInOne) {
    TestServer server;
    const Json answer = server.get("/v1/policy");
    EXPECT_EQ(answer["version"], 0);
    EXPECT_EQ(answer["changed_at"], "2026-04-22T08:00:00.000Z");  // the start of the server
    EXPECT_EQ(answer["policy"]["preset"], "wukong");
    EXPECT_EQ(answer["policy"]["default"], (Json{{"limit", nullptr}, {"over", "end_earliest"}}));
}

TEST(PutPolicy, IsReadAsItWasPut) {
    TestServer server;
    const Json policy = Json::parse(R"({
        "preset": "wukong", "single_device": false, "default": {"limit": 7, "over": "refuse_newest"},
        "classes": {"1": {"limit": 4, "over": "end_earliest"}, "255": {"limit": null, "over": "end_earliest"}},
        "groups": [{"name": "phone", "classes": [0, 4, 5], "limit": 1, "over": "end_earliest"}]})");
    server.clock.now_ms += 1;
    EXPECT_EQ(server.put("/v1/policy", put_body(0, policy.dump())),
              (Json{{"version", 1}, {"ended", Json::array()}}));
    const Json expected{
        {"version", 1}, {"changed_at", "2026-04-22T08:00:00.001Z"}, {"policy", policy}};
    EXPECT_EQ(server.get("/v1/policy"), expected);
}

TEST(PutPolicy, WhatWasReadCanBePut) {
    TestServer server;
    int version = 0;
    for (const auto preset : domain::preset_names) {
        const Json by_name{{"preset", preset}};
        server.put("/v1/policy", put_body(version++, by_name.dump()));
        const Json read = server.get("/v1/policy")["policy"];
        server.put("/v1/policy", put_body(version++, read.dump()));
        EXPECT_EQ(server.get("/v1/policy")["policy"], read);
    }
}

TEST(PutPolicy, SomebodyElseWasFaster) {
    TestServer server;
    server.put("/v1/policy", put_body(0, one_tab));
    for (const int stale : {0, 2, 999'999}) {
        const Json problem = server.put("/v1/policy", put_body(stale, "{}"), 409);
        EXPECT_EQ(problem["version"], 1);
        EXPECT_EQ(problem["mend"][0]["path"], "/v1/policy");
    }
    EXPECT_EQ(server.get("/v1/policy")["version"], 1);
}

TEST(PutPolicy, NowEndsWhomTheDryRunNamed) {
    TestServer server;
    fill(server);
    const Json tried =
        server.post("/v1/policy/dry-run", R"({"policy":)" + std::string(one_tab) + '}');
    EXPECT_THAT(names_of(tried["would_end"]), ElementsAre("ann/1", "ann/2", "bob/1"));
    EXPECT_EQ(tried["count"], 3);
    EXPECT_EQ(tried["next"], nullptr);
    EXPECT_TRUE(server.sessions.ended.empty());
    const Json later = server.put("/v1/policy", put_body(0, one_tab));
    EXPECT_EQ(later["ended"], Json::array());
    const Json now = server.put("/v1/policy", put_body(1, one_tab, "now"));
    EXPECT_EQ(now["ended"], tried["would_end"]);
    EXPECT_EQ(server.sessions.ended.size(), 3U);
}

TEST(DryRunPolicy, InPages) {
    TestServer server;
    fill(server);
    std::vector<std::string> names;
    std::string after;
    for (int page = 0; page < 3; ++page) {
        const Json answer = server.post("/v1/policy/dry-run?limit=2" + after,
                                        R"({"policy":{"default":{"limit":0}}})");
        EXPECT_EQ(answer["count"], 5);
        for (const auto& name : names_of(answer["would_end"])) names.push_back(name);
        if (page < 2) after = "&after=" + answer["next"].get<std::string>();
        EXPECT_EQ(answer["next"].is_null(), page == 2);
    }
    EXPECT_THAT(names, ElementsAre("ann/1", "ann/2", "ann/3", "bob/1", "bob/2"));
    server.post("/v1/policy/dry-run?after=zz", R"({"policy":{}})", 400);
    server.post("/v1/policy/dry-run?after=00", R"({"policy":{}})", 400);
}

TEST(PutPolicy, WhatIsWrongChangesNothing) {
    TestServer server;
    for (const std::string body : {R"({})",
                                   R"({"version":0})",
                                   R"({"policy":{}})",
                                   R"({"version":"0","policy":{}})",
                                   R"({"version":-1,"policy":{}})",
                                   R"({"version":0,"policy":null})",
                                   R"({"version":0,"policy":"wukong"})",
                                   R"({"version":0,"policy":{},"apply":"later"})",
                                   R"({"version":0,"policy":{},"apply":true})",
                                   R"({"version":0,"policy":{"default":{"limit":-1}}})",
                                   R"({"version":0,"policy":{},"version":0})"}) {
        server.put("/v1/policy", body, 400);
    }
    EXPECT_THAT(
        server.detail(Method::put, "/v1/policy", R"({"version":0,"policy":{"groups":[5]}})"),
        HasSubstr("policy.groups[0]"));
    EXPECT_EQ(server.get("/v1/policy")["version"], 0);
}

TEST(ListPresets, AreAllThereInFull) {
    TestServer server;
    const Json presets = server.get("/v1/policy/presets")["presets"];
    std::vector<std::string> names;
    for (const Json& preset : presets) {
        names.push_back(preset["name"]);
        EXPECT_EQ(preset["policy"]["preset"], preset["name"]);
    }
    EXPECT_THAT(names, ElementsAre("wukong", "easemob", "single", "wechat", "unlimited"));
}

TEST(ListPolicyVersions, NewestFirstInPages) {
    TestServer server;
    for (int version = 0; version < 3; ++version)
        server.put("/v1/policy", put_body(version, one_tab));
    const Json first = server.get("/v1/policy/history?limit=2");
    ASSERT_EQ(first["versions"].size(), 2U);
    EXPECT_EQ(first["versions"][0]["version"], 3);
    EXPECT_EQ(first["versions"][0]["changed_by"], "192.0.2.7");
    EXPECT_EQ(first["versions"][0]["policy"]["classes"]["1"]["limit"], 1);
    const Json second =
        server.get("/v1/policy/history?limit=2&after=" + first["next"].get<std::string>());
    ASSERT_EQ(second["versions"].size(), 1U);
    EXPECT_EQ(second["versions"][0]["version"], 1);
    EXPECT_EQ(second["next"], nullptr);
}

TEST(AccountPolicy, TakesThePlaceOfTheGeneralOne) {
    TestServer server;
    fill(server);
    const std::string path = "/v1/accounts/ann/policy";
    const Json none{
        {"uid", "ann"}, {"policy", nullptr}, {"changed_at", nullptr}, {"expires_at", nullptr}};
    EXPECT_EQ(server.get(path), none);
    const Json put = server.put(
        path, R"({"policy":{"preset":"unlimited"},"expires_at":"2026-12-24T11:00:00+01:00"})");
    EXPECT_EQ(put, (Json{{"uid", "ann"}, {"ended", Json::array()}}));
    const Json own = server.get(path);
    EXPECT_EQ(own["policy"]["preset"], "unlimited");
    EXPECT_EQ(own["expires_at"], "2026-12-24T10:00:00.000Z");
    Json summary = server.get("/v1/accounts/ann")["policy"];
    summary["uid"] = "ann";
    EXPECT_EQ(summary, own);
    const Json tried =
        server.post("/v1/policy/dry-run", R"({"policy":)" + std::string(one_tab) + '}');
    EXPECT_THAT(names_of(tried["would_end"]), ElementsAre("bob/1"));
    server.del(path);
    server.del(path);
    EXPECT_EQ(server.get(path), none);
}

TEST(AccountPolicy, NowEndsThoseOverTheLimit) {
    TestServer server;
    fill(server);
    const std::string body = R"({"policy":)" + std::string(one_tab) + R"(,"apply":"now"})";
    const Json answer = server.put("/v1/accounts/ann/policy", body);
    EXPECT_THAT(names_of(answer["ended"]), ElementsAre("ann/1", "ann/2"));
}

TEST(AccountPolicy, WhatIsRefused) {
    TestServer server;
    server.set_token("ann", 1);
    for (const std::string body : {R"({})",
                                   R"({"policy":null})",
                                   R"({"policy":[]})",
                                   R"({"policy":{"unknown":1}})",
                                   R"({"policy":{},"unknown":1})",
                                   R"({"policy":{},"expires_at":5})",
                                   R"({"policy":{},"expires_at":""})",
                                   R"({"policy":{},"expires_at":"tomorrow"})",
                                   R"({"policy":{},"expires_at":"2026-13-01T00:00:00.000Z"})",
                                   R"({"policy":{},"expires_at":"2001-02-03T04:05:06.789Z"})",
                                   R"({"policy":{},"apply":"later"})"}) {
        server.put("/v1/accounts/ann/policy", body, 400);
    }
    EXPECT_EQ(server.get("/v1/accounts/ann/policy")["policy"], nullptr);
}

}  // namespace
}  // namespace fenshen::api::v1
