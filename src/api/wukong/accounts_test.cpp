// SPDX-License-Identifier: Apache-2.0
// Tokens, who is online, system accounts.
#include <gtest/gtest.h>

#include "api/wukong/detail/test_server.h"

namespace fenshen::api::wukong {
namespace {

using testing_support::Json;
using testing_support::Settings;
using testing_support::TestServer;

const Json ok_json{{"status", 200}};

Json token_of(std::string_view uid, int device_flag, int level, std::string_view token) {
    return {{"uid", uid}, {"device_flag", device_flag}, {"device_level", level}, {"token", token}};
}

TEST(SetUserToken, LetsThatClassInAndNoOther) {
    TestServer server;
    EXPECT_EQ(server.connect("ann", 0, "p", "t0"), 0U);
    EXPECT_EQ(server.post_json("/user/token", token_of("ann", 0, 1, "t0")), ok_json);
    EXPECT_NE(server.connect("ann", 0, "p", "t0"), 0U);
    EXPECT_EQ(server.connect("ann", 1, "p", "t0"), 0U);
    EXPECT_EQ(server.post_json("/user/token", token_of("ann", 255, 0, "t255")), ok_json);
    EXPECT_NE(server.connect("ann", 255, "q", "t255"), 0U);
}

TEST(SetUserToken, RefusesInThisOrder) {
    TestServer server;
    EXPECT_EQ(server.error_of("/user/token", Json::object()), "uid不能为空！");
    EXPECT_EQ(server.error_of("/user/token", {{"uid", "a@b"}}), "token不能为空！");
    EXPECT_EQ(server.error_of("/user/token", {{"uid", "  "}, {"token", "t"}}), "uid不能为空！");
    for (const char* uid : {"a@b", "a#b", "a&b"}) {
        EXPECT_EQ(server.error_of("/user/token", {{"uid", uid}, {"token", "t"}}),
                  "uid不能包含特殊字符！");
    }
    EXPECT_EQ(server.error_of("/user/token", {{"uid", "____system"}, {"token", "t"}}),
              "系统账号不允许更新token！");
    EXPECT_EQ(server.post("/user/token", "").body, R"({"msg":"EOF","status":400})");
    EXPECT_NE(server.error_of("/user/token", token_of("ann", 256, 1, "t")), "");
    EXPECT_NE(server.error_of("/user/token", token_of("ann", -1, 1, "t")), "");
    EXPECT_NE(server.error_of("/user/token", token_of("ann", 0, 2, "t")), "");
    EXPECT_NE(server.error_of("/user/token", token_of(std::string(513, 'a'), 0, 1, "t")), "");
    EXPECT_NE(server.error_of("/user/token", token_of("a\nb", 0, 1, "t")), "");
}

TEST(SetUserToken, AMainLevelEndsThatClassAlone) {
    TestServer server;
    server.post_json("/user/token", token_of("ann", 0, 1, "t0"));
    server.post_json("/user/token", token_of("ann", 1, 0, "t1"));
    const auto phone = server.connect("ann", 0, "p", "t0");
    ASSERT_NE(server.connect("ann", 1, "w", "t1"), 0U);

    server.post_json("/user/token", token_of("ann", 1, 0, "t1"));
    EXPECT_TRUE(server.sessions.ended.empty());
    // Also when the token is the same.
    server.post_json("/user/token", token_of("ann", 0, 1, "t0"));
    ASSERT_EQ(server.sessions.ended.size(), 1U);
    EXPECT_EQ(server.sessions.ended[0].serial, phone);
    EXPECT_TRUE(server.sessions.ended[0].text.starts_with("账号在其他设备上登录: new token for"));
}

TEST(SetUserToken, TheMainLevelCanBeTurned) {
    Settings settings;
    settings.rules.main_level = 0;
    TestServer server(settings);
    server.post_json("/user/token", token_of("ann", 0, 0, "t0"));
    ASSERT_NE(server.connect("ann", 0, "p", "t0"), 0U);
    server.post_json("/user/token", token_of("ann", 0, 1, "t0"));
    EXPECT_TRUE(server.sessions.ended.empty());
    server.post_json("/user/token", token_of("ann", 0, 0, "t0"));
    EXPECT_EQ(server.sessions.ended.size(), 1U);
}

TEST(SetUserToken, ABannedAccountIsToldBy200) {
    TestServer server;
    server.post_json("/channel/info", {{"channel_id", "ann"}, {"channel_type", 1}, {"ban", 1}});
    EXPECT_EQ(server.post_json("/user/token", token_of("ann", 0, 1, "t")), Json({{"status", 19}}));
    server.post_json("/channel/info", {{"channel_id", "ann"}, {"channel_type", 1}, {"disband", 1}});
    EXPECT_EQ(server.post_json("/user/token", token_of("ann", 0, 1, "t")), Json({{"status", 24}}));
    server.post_json("/channel/info", {{"channel_id", "ann"}, {"channel_type", 1}});
    EXPECT_EQ(server.connect("ann", 0, "p", "t"), 0U);  // nothing was changed
    EXPECT_EQ(server.post_json("/user/token", token_of("ann", 0, 1, "t")), ok_json);
}

TEST(SetUserToken, AStoreThatDoesNotTakeItIsAnError) {
    TestServer server;
    server.fail_writes(true);
    EXPECT_EQ(server.post("/user/token", token_of("ann", 0, 1, "t").dump()).status, 503);
    server.fail_writes(false);
    EXPECT_EQ(server.connect("ann", 0, "p", "t"), 0U);
    EXPECT_EQ(server.post_json("/user/token", token_of("ann", 0, 1, "t")), ok_json);
    EXPECT_NE(server.connect("ann", 0, "p", "t"), 0U);
}

TEST(QuitDevice, OneClassOrEveryClass) {
    TestServer server;
    for (const int flag : {0, 1, 5, 200}) {
        server.post_json("/user/token", token_of("ann", flag, 0, "t"));
        ASSERT_NE(server.connect("ann", static_cast<std::uint8_t>(flag), "d", "t"), 0U);
    }
    EXPECT_EQ(server.post_json("/user/device_quit", {{"uid", "ann"}, {"device_flag", 5}}), ok_json);
    ASSERT_EQ(server.sessions.ended.size(), 1U);
    EXPECT_TRUE(server.sessions.ended[0].tell);
    EXPECT_EQ(server.sessions.ended[0].text, "");
    EXPECT_EQ(server.connect("ann", 5, "d", "t"), 0U);
    EXPECT_NE(server.connect("ann", 200, "d2", "t"), 0U);

    EXPECT_EQ(server.post_json("/user/device_quit", {{"uid", "ann"}, {"device_flag", -1}}),
              ok_json);
    EXPECT_EQ(server.sessions.ended.size(), 5U);
    for (const std::uint8_t flag : {std::uint8_t{0}, std::uint8_t{200}}) {
        EXPECT_EQ(server.connect("ann", flag, "d", "t"), 0U);
    }
}

TEST(QuitDevice, EndsSessionsWithoutATokenToo) {
    Settings settings;
    settings.rules.token_checks = false;
    TestServer server(settings);
    ASSERT_NE(server.connect("ann", 1, "w"), 0U);
    server.post_json("/user/device_quit", {{"uid", "ann"}, {"device_flag", 1}});
    EXPECT_EQ(server.sessions.ended.size(), 1U);
}

TEST(QuitDevice, IsAlwaysFineUnlessTheNumberIsNone) {
    TestServer server;
    EXPECT_EQ(server.post_json("/user/device_quit", Json::object()), ok_json);
    EXPECT_EQ(server.post_json("/user/device_quit", {{"uid", "nobody"}, {"device_flag", -1}}),
              ok_json);
    EXPECT_NE(server.error_of("/user/device_quit", {{"uid", "ann"}, {"device_flag", -2}}), "");
    EXPECT_NE(server.error_of("/user/device_quit", {{"uid", "ann"}, {"device_flag", 256}}), "");
}

TEST(OnlineStatus, OneElementASession) {
    Settings settings;
    settings.rules.token_checks = false;
    TestServer server(settings);
    server.connect("ann", 0, "p");
    server.connect("ann", 1, "w1");
    server.connect("ann", 1, "w2");
    server.connect("bob", 2, "d");
    EXPECT_EQ(server.post_json("/user/onlinestatus", Json::array()), ok_json);
    EXPECT_EQ(server.post_json("/user/onlinestatus", {"nobody"}), Json::array());
    const auto online = server.post_json("/user/onlinestatus", {"bob", "nobody", "ann"});
    ASSERT_EQ(online.size(), 4U);
    EXPECT_EQ(online[0], Json({{"uid", "bob"}, {"device_flag", 2}, {"online", 1}}));
    EXPECT_EQ(online[3]["uid"], "ann");
    EXPECT_NE(server.error_of("/user/onlinestatus", {{"uids", {"ann"}}}), "");
    EXPECT_NE(server.error_of("/user/onlinestatus", Json({1, 2})), "");
}

TEST(SystemUids, AreStoredOrInMemory) {
    TestServer server;
    const auto list = [&] { return server.get_json("/user/systemuids"); };
    EXPECT_EQ(list(), Json::array());
    EXPECT_EQ(server.post_json("/user/systemuids_add", {{"uids", {"sys2", "sys1", "", "sys1"}}}),
              ok_json);
    EXPECT_EQ(list(), Json({"sys1", "sys2"}));
    EXPECT_EQ(server.post_json("/user/systemuids_remove", {{"uids", {"sys2"}}}), ok_json);
    EXPECT_EQ(list(), Json({"sys1"}));
    EXPECT_EQ(server.post_json("/user/systemuids_add", Json::object()), ok_json);
    EXPECT_EQ(server.post_json("/user/systemuids_add_to_cache", {{"uids", {"sys3"}}}), ok_json);
    EXPECT_EQ(list(), Json({"sys1"}));
}

TEST(SystemUids, MayWriteToWhomTheyLike) {
    Settings settings;
    settings.rules.token_checks = false;
    TestServer server(settings);
    const auto serial = server.connect("sys", 0, "p");
    server.post_json("/channel", {{"channel_id", "g"}, {"channel_type", 2}});
    const auto send = [&] {
        return server.send(serial, "sys", "g", ChannelType::group, "x").error;
    };
    EXPECT_EQ(send(), Errc::not_a_member);
    server.post_json("/user/systemuids_add_to_cache", {{"uids", {"sys"}}});
    EXPECT_EQ(send(), std::nullopt);
    server.post_json("/user/systemuids_remove_from_cache", {{"uids", {"sys"}}});
    EXPECT_EQ(send(), Errc::not_a_member);
    server.post_json("/user/systemuids_add", {{"uids", {"sys"}}});
    EXPECT_EQ(send(), std::nullopt);
    server.post_json("/channel/info", {{"channel_id", "g"}, {"channel_type", 2}, {"ban", 1}});
    EXPECT_EQ(send(), Errc::channel_banned);
}

}  // namespace
}  // namespace fenshen::api::wukong
