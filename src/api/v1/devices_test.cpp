// SPDX-License-Identifier: Apache-2.0
#include "api/v1/devices.h"

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

constexpr auto noon = "2026-04-22T08:00:00.000Z";

std::vector<std::string> ids_of(const Json& list) {
    std::vector<std::string> ids;
    for (const Json& item : list) ids.push_back(item["device_id"]);
    return ids;
}

std::vector<std::string> whats_of(const Json& answer) {
    std::vector<std::string> whats;
    for (const Json& event : answer["events"]) whats.push_back(event["what"]);
    return whats;
}

TEST(ListDevices, ShowsADeviceInFull) {
    TestServer server;
    const auto serial = server.login("ann", 5, "ios_1", "main");
    const Json answer = server.get("/v1/accounts/ann/devices");
    const std::string session = "1-" + std::to_string(serial % 2) + '-' + std::to_string(serial);
    const Json device{
        {"device_id", "ios_1"},
        {"class", 5},
        {"class_name", "ios"},
        {"level", "main"},
        {"protocol", "wukong"},
        {"name", nullptr},
        {"client", "wkproto 5"},
        {"online", true},
        {"sessions", {{{"session", session}, {"since", noon}, {"address", "192.0.2.9"}}}},
        {"first_seen", noon},
        {"last_login", noon},
        {"last_seen", noon},
        {"last_address", "192.0.2.9"},
        {"last_end", nullptr}};
    EXPECT_EQ(answer, (Json{{"uid", "ann"}, {"devices", {device}}, {"next", nullptr}}));
}

TEST(ListDevices, ShowsHowTheLastSessionEnded) {
    TestServer server;
    server.login("ann", 5, "ios_1", "main");
    server.clock.now_ms += 1000;
    server.login("ann", 5, "ios_2", "main");
    const Json devices = server.get("/v1/accounts/ann/devices")["devices"];
    ASSERT_THAT(ids_of(devices), ElementsAre("ios_2", "ios_1"));
    const Json expected{{"why", "replaced"},
                        {"at", "2026-04-22T08:00:01.000Z"},
                        {"rule", "main device alone in class 5"},
                        {"by", {{"device_id", "ios_2"}, {"class", 5}}}};
    EXPECT_EQ(devices[1]["last_end"], expected);
    EXPECT_EQ(devices[1]["sessions"], Json::array());
}

TEST(ListDevices, LastSeenFirstAndThoseOnlineBeforeAll) {
    TestServer server;
    for (const auto* id : {"a", "b", "c"}) {
        const auto serial = server.login("ann", 1, id);
        server.clock.now_ms += 1000;
        server.lose(serial, "ann");
    }
    server.login("ann", 1, "a");
    EXPECT_THAT(ids_of(server.get("/v1/accounts/ann/devices")["devices"]),
                ElementsAre("a", "c", "b"));
    EXPECT_THAT(ids_of(server.get("/v1/accounts/ann/devices?online=true")["devices"]),
                ElementsAre("a"));
    EXPECT_THAT(ids_of(server.get("/v1/accounts/ann/devices?online=false")["devices"]),
                ElementsAre("c", "b"));
}

/// Walks through all pages; `between` runs behind each.
template <class Between>
std::vector<std::string> walk(TestServer& server, const std::string& path, Between between) {
    std::vector<std::string> ids;
    std::string after;
    for (int page = 0; page < 20; ++page) {
        const Json answer = server.get(path + after);
        for (const auto& id : ids_of(answer["devices"])) ids.push_back(id);
        if (answer["next"].is_null()) return ids;
        after = "&after=" + answer["next"].get<std::string>();
        between(page);
    }
    ADD_FAILURE() << "there is no end";
    return ids;
}

TEST(ListDevices, PagesHoldWhileTimePassesAndDevicesLeave) {
    TestServer server;
    std::vector<std::uint64_t> serials;
    for (const auto* id : {"a", "b", "c", "d", "e"}) serials.push_back(server.login("ann", 1, id));
    for (const auto* id : {"x", "y", "z"}) {
        const auto serial = server.login("ann", 1, id);
        server.clock.now_ms += 1000;
        server.lose(serial, "ann");
    }
    const auto ids = walk(server, "/v1/accounts/ann/devices?limit=2", [&](int page) {
        server.clock.now_ms += 1000;
        if (page == 0) server.lose(serials[4], "ann");  // e, which is still to come
    });
    EXPECT_THAT(ids, ElementsAre("a", "b", "c", "d", "e", "z", "y", "x"));
}

TEST(EndDevices, OneDeviceAClassOrAll) {
    TestServer server;
    const auto fill = [&] {
        server.login("ann", 1, "tab-1");
        server.login("ann", 1, "tab-2");
        server.login("ann", 5, "phone");
    };
    const auto ended = [&](const std::string& body) {
        fill();
        return ids_of(server.post("/v1/accounts/ann/end", body)["ended"]);
    };
    EXPECT_THAT(ended(R"({"device_id":"tab-1","class":1})"), ElementsAre("tab-1"));
    EXPECT_THAT(ended(R"({"class":1})"), testing::UnorderedElementsAre("tab-1", "tab-2"));
    EXPECT_THAT(ended(R"({"all":true})"), testing::UnorderedElementsAre("tab-1", "tab-2", "phone"));
    EXPECT_THAT(ended(R"({"device_id":"phone"})"), ElementsAre("phone"));
    EXPECT_THAT(ended(R"({"device_id":"nobody"})"), ElementsAre());
    EXPECT_THAT(ended(R"({"class":9})"), ElementsAre());
}

TEST(EndDevices, ADeviceIdAloneMustBeOfOneClass) {
    TestServer server;
    server.login("ann", 1, "same");
    server.login("ann", 5, "same");
    EXPECT_THAT(server.detail(Method::post, "/v1/accounts/ann/end", R"({"device_id":"same"})"),
                HasSubstr("1 (web), 5 (ios)"));
    EXPECT_TRUE(server.sessions.ended.empty());
}

TEST(EndDevices, AnswersWhichSessionsAndTellsThem) {
    TestServer server;
    const auto serial = server.login("ann", 1, "tab");
    const Json answer =
        server.post("/v1/accounts/ann/end", R"({"all":true,"reason":"Stolen.","revoke":true})");
    const std::string session = "1-" + std::to_string(serial % 2) + '-' + std::to_string(serial);
    const Json expected{
        {"device_id", "tab"}, {"class", 1}, {"class_name", "web"}, {"session", session}};
    EXPECT_EQ(answer, (Json{{"ended", {expected}}}));
    ASSERT_EQ(server.sessions.ended.size(), 1U);
    EXPECT_THAT(server.sessions.ended[0].text, HasSubstr("Stolen."));
    EXPECT_EQ(server.get("/v1/accounts/ann/explain-login?class=1")["why"], "token_revoked");
}

TEST(EndDevices, BodiesThatSayNothingOrTooMuch) {
    TestServer server;
    server.login("ann", 1, "tab");
    const Json too_long{{"class", 1}, {"reason", std::string(1025, 'x')}};
    for (const std::string body : {R"({})",
                                   R"({"all":false})",
                                   R"({"all":"true"})",
                                   R"({"all":true,"class":1})",
                                   R"({"all":true,"device_id":"tab"})",
                                   R"({"class":256})",
                                   R"({"class":null})",
                                   R"({"device_id":5,"class":1})",
                                   R"({"class":1,"revoke":"yes"})",
                                   R"({"class":1,"class":1})"}) {
        server.post("/v1/accounts/ann/end", body, 400);
    }
    server.post("/v1/accounts/ann/end", too_long.dump(), 400);
    EXPECT_TRUE(server.sessions.ended.empty());
}

TEST(ForgetDevice, EndsAndForgets) {
    TestServer server;
    server.login("ann", 1, "a/b");
    server.login("ann", 5, "a/b");
    const std::string path = "/v1/accounts/ann/devices/a%2Fb";
    EXPECT_THAT(ids_of(server.del(path + "?class=1")["ended"]), ElementsAre("a/b"));
    EXPECT_EQ(server.get("/v1/accounts/ann/devices")["devices"][0]["class"], 5);
    EXPECT_THAT(server.detail(Method::del, path + "?class=1", "", 404), HasSubstr("1 (web)"));
    server.del(path, 400);
    for (const auto* value : {"", "256", "-1", "x"}) server.del(path + "?class=" + value, 400);
    EXPECT_THAT(whats_of(server.get("/v1/accounts/ann/logins")), testing::Contains("login"));
}

TEST(BanAccount, RefusesAndEnds) {
    TestServer server;
    server.login("ann", 1, "tab");
    const Json banned = server.post("/v1/accounts/ann/ban");
    EXPECT_EQ(banned["banned"], true);
    EXPECT_THAT(ids_of(banned["ended"]), ElementsAre("tab"));
    EXPECT_EQ(server.get("/v1/accounts/ann")["banned"], true);
    EXPECT_EQ(server.get("/v1/accounts/ann/explain-login?class=1")["why"], "banned");
    EXPECT_EQ(server.post("/v1/accounts/ann/ban", "{}")["ended"], Json::array());
    const Json problem = server.put("/v1/accounts/ann/tokens/1", R"({"token":"new"})", 403);
    EXPECT_EQ(problem["mend"][0]["path"], "/v1/accounts/ann/unban");
    EXPECT_EQ(server.post("/v1/accounts/ann/unban")["banned"], false);
    EXPECT_EQ(server.get("/v1/accounts/ann/explain-login?class=1")["why"], "ok");
    const Json event = server.get("/v1/accounts/ann/logins?limit=1")["events"][0];
    EXPECT_EQ(event["what"], "unbanned");
    EXPECT_EQ(event["class"], nullptr);
    EXPECT_EQ(event["by"], (Json{{"api", true}}));
}

TEST(GetAccount, SumsUp) {
    TestServer server;
    server.login("ann", 1, "tab");
    server.lose(server.login("ann", 5, "phone", "main"), "ann");
    const Json token_5{
        {"class", 5}, {"class_name", "ios"}, {"level", "main"}, {"registered_at", noon}};
    const Json token_1{
        {"class", 1}, {"class_name", "web"}, {"level", "secondary"}, {"registered_at", noon}};
    const Json expected{{"uid", "ann"},
                        {"banned", false},
                        {"muted", false},
                        {"created_at", noon},
                        {"classes_with_token", {token_1, token_5}},
                        {"devices", 2},
                        {"online", 1},
                        {"sessions", 1},
                        {"ending_each_other", nullptr},
                        {"policy", nullptr}};
    EXPECT_EQ(server.get("/v1/accounts/ann"), expected);
}

TEST(GetAccount, NamesTwoDevicesThatEndEachOther) {
    TestServer server;
    for (int i = 0; i < 8; ++i) {
        server.login("ann", 5, i % 2 == 0 ? "a" : "b", "main");
        server.clock.now_ms += 1000;
    }
    const Json ending = server.get("/v1/accounts/ann")["ending_each_other"];
    ASSERT_TRUE(ending.is_object());
    EXPECT_THAT(ids_of(ending["devices"]), testing::UnorderedElementsAre("a", "b"));
    EXPECT_GE(ending["times"], 4);
}

TEST(ListLogins, NewestFirstInPages) {
    TestServer server;
    server.set_token("ann", 1);
    server.connect("ann", 1, "tab", "a guess");
    server.clock.now_ms += 1000;
    server.connect("ann", 1, "tab", "t");
    server.del("/v1/accounts/ann/tokens/1");
    const Json all = server.get("/v1/accounts/ann/logins");
    EXPECT_THAT(whats_of(all),
                ElementsAre("ended", "token_revoked", "login", "refused", "token_set"));
    EXPECT_EQ(all["next"], nullptr);
    const Json refused{{"at", noon},
                       {"what", "refused"},
                       {"class", 1},
                       {"class_name", "web"},
                       {"device_id", "tab"},
                       {"protocol", "wukong"},
                       {"address", "192.0.2.9"},
                       {"why", "wrong_token"},
                       {"rule", nullptr},
                       {"by", nullptr}};
    EXPECT_EQ(all["events"][3], refused);
    EXPECT_EQ(all["events"][4]["device_id"], nullptr);
    Json paged = Json::array();
    std::string after;
    for (int page = 0; page < 3; ++page) {
        const Json answer = server.get("/v1/accounts/ann/logins?limit=2" + after);
        for (const Json& event : answer["events"]) paged.push_back(event);
        if (page < 2) after = "&after=" + answer["next"].get<std::string>();
        EXPECT_EQ(answer["next"].is_null(), page == 2);
    }
    EXPECT_EQ(paged, all["events"]);
}

TEST(Tokens, AreRegisteredAndRevoked) {
    TestServer server;
    const Json set = server.put("/v1/accounts/ann/tokens/5", R"({"token":"geheim"})");
    EXPECT_EQ(set, (Json{{"uid", "ann"}, {"class", 5}, {"class_name", "ios"}, {"level", "main"}}));
    EXPECT_NE(server.connect("ann", 5, "phone", "geheim"), 0U);
    const Json revoked = server.del("/v1/accounts/ann/tokens/5");
    EXPECT_EQ(revoked["revoked"], true);
    EXPECT_THAT(ids_of(revoked["ended"]), ElementsAre("phone"));
    EXPECT_EQ(server.connect("ann", 5, "phone", "geheim"), 0U);
    EXPECT_EQ(server.del("/v1/accounts/ann/tokens/5")["revoked"], false);
}

TEST(Tokens, WhatIsRefused) {
    TestServer server;
    const std::string long_token(65'536, 't');
    for (const std::string body : {R"({})",
                                   R"({"token":""})",
                                   R"({"token":5})",
                                   R"({"token":"t","level":"third"})",
                                   R"({"token":"t","level":1})",
                                   R"({"token":"t","colour":1})"}) {
        server.put("/v1/accounts/ann/tokens/1", body, 400);
    }
    server.put("/v1/accounts/ann/tokens/1", Json{{"token", long_token}}.dump(), 400);
    for (const std::string path : {"ann/tokens/256",
                                   "ann/tokens/x",
                                   "____system/tokens/1",
                                   "a%40b/tokens/1",
                                   "%20/tokens/1"}) {
        server.put("/v1/accounts/" + path, R"({"token":"t"})", 400);
    }
    server.get("/v1/accounts/ann", 404);
}

}  // namespace
}  // namespace fenshen::api::v1
