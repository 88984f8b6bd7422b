// SPDX-License-Identifier: Apache-2.0
// Describing channels, their members, their lists.
#include <gtest/gtest.h>

#include "api/wukong/detail/test_server.h"

namespace fenshen::api::wukong {
namespace {

using testing_support::Json;
using testing_support::Settings;
using testing_support::TestServer;

const Json ok_json{{"status", 200}};

class ChannelsTest : public testing::Test {
protected:
    static Settings without_token_checks() {
        Settings settings;
        settings.rules.token_checks = false;
        return settings;
    }

    Json group(const Json& more = Json::object()) {
        Json body{{"channel_id", "g"}, {"channel_type", 2}};
        body.update(more);
        return body;
    }
    std::optional<Errc> send_as(std::string_view uid) {
        if (serials_[std::string(uid)] == 0) {
            serials_[std::string(uid)] = server.connect(uid, 0, uid);
        }
        return server.send(serials_[std::string(uid)], uid, "g", ChannelType::group, "hello").error;
    }
    std::optional<Errc> write_to_bob(std::string_view uid) {
        const auto serial = server.connect(uid, 7, uid);
        return server.send(serial, uid, "bob", ChannelType::person, "hello").error;
    }
    /// Channel ids in the conversation list.
    std::vector<std::string> conversations_of(std::string_view uid) {
        std::vector<std::string> ids;
        for (const auto& row : server.post_json("/conversation/channels", {{"uid", uid}})) {
            ids.push_back(row["channel_id"]);
        }
        std::ranges::sort(ids);
        return ids;
    }

    TestServer server{without_token_checks()};

private:
    std::map<std::string, std::uint64_t> serials_;
};

using Ids = std::vector<std::string>;

TEST_F(ChannelsTest, PutRefuses) {
    EXPECT_EQ(server.error_of("/channel", {{"channel_type", 2}}), "频道ID不能为空！");
    EXPECT_EQ(server.error_of("/channel", {{"channel_id", "g"}}), "频道类型错误！");
    EXPECT_EQ(server.error_of("/channel", {{"channel_id", "g#1"}, {"channel_type", 2}}),
              "频道ID不能包含特殊字符！");
    EXPECT_EQ(server.error_of("/channel",
                              {{"channel_id", "u"}, {"channel_type", 1}, {"subscribers", {"x"}}}),
              "不支持个人频道添加订阅者！");
    EXPECT_NE(server.error_of("/channel", {{"channel_id", "g"}, {"channel_type", 300}}), "");
    EXPECT_NE(server.error_of("/channel", group({{"subscribers", "ann"}})), "");
    EXPECT_NE(server.error_of("/channel", group({{"ban", true}})), "");
    EXPECT_NE(server.error_of("/channel", group({{"subscribers", {"a", 5}}})), "");
    EXPECT_EQ(send_as("a"), Errc::not_a_member);  // nothing half done
}

TEST_F(ChannelsTest, PutAddsMembersAndOverwritesAllFlags) {
    EXPECT_EQ(server.post_json("/channel", group({{"ban", 1}, {"subscribers", {"ann", "", " "}}})),
              ok_json);
    EXPECT_EQ(send_as("ann"), Errc::channel_banned);
    EXPECT_EQ(server.post_json("/channel", group({{"subscribers", {"bob"}}})), ok_json);
    EXPECT_EQ(send_as("ann"), std::nullopt);
    EXPECT_EQ(send_as("bob"), std::nullopt);
    EXPECT_EQ(server.post_json("/channel", group({{"reset", 1}, {"subscribers", {"eve"}}})),
              ok_json);
    EXPECT_EQ(send_as("ann"), Errc::not_a_member);
    EXPECT_EQ(send_as("eve"), std::nullopt);
}

TEST_F(ChannelsTest, InfoBansAndUnbans) {
    server.post_json("/channel", group({{"subscribers", {"ann"}}}));
    EXPECT_EQ(server.post_json("/channel/info", group({{"ban", 1}})), ok_json);
    EXPECT_EQ(send_as("ann"), Errc::channel_banned);
    EXPECT_EQ(server.post_json("/channel/info", group()), ok_json);
    EXPECT_EQ(send_as("ann"), std::nullopt);
    EXPECT_NE(server.error_of("/channel/info", {{"ban", 1}}), "");
}

TEST_F(ChannelsTest, InfoMutesAnAccount) {
    const auto serial = server.connect("ann", 0, "p");
    server.post_json("/channel/info",
                     {{"channel_id", "ann"}, {"channel_type", 1}, {"send_ban", 1}});
    EXPECT_TRUE(server.sessions.is_muted[serial]);
    server.post_json("/channel/info", {{"channel_id", "ann"}, {"channel_type", 1}});
    EXPECT_FALSE(server.sessions.is_muted[serial]);
}

TEST_F(ChannelsTest, DeleteDissolvesAndKeepsTheHistory) {
    server.post_json("/channel", group({{"subscribers", {"ann"}}}));
    EXPECT_EQ(send_as("ann"), std::nullopt);
    EXPECT_EQ(server.post_json("/channel/delete", group()), ok_json);
    EXPECT_EQ(server.post_json("/channel/delete", group()), ok_json);
    EXPECT_EQ(send_as("ann"), Errc::channel_disbanded);
    EXPECT_EQ(server.get_json("/channel/max_message_seq?channel_id=g&channel_type=2"),
              Json({{"message_seq", 1}}));
    EXPECT_EQ(server.error_of("/channel/delete", {{"channel_id", "u"}, {"channel_type", 1}}),
              "个人频道不支持添加订阅者！");
    // Never described: stays as it is.
    EXPECT_EQ(server.post_json("/channel/delete", {{"channel_id", "x"}, {"channel_type", 2}}),
              ok_json);
    server.post_json("/channel/subscriber_add", {{"channel_id", "x"}, {"subscribers", {"ann"}}});
    EXPECT_EQ(server.send(server.connect("ann", 3, "q"), "ann", "x", ChannelType::group, "y").error,
              std::nullopt);
}

TEST_F(ChannelsTest, AddSubscribersRefuses) {
    const auto error = [&](const Json& body) {
        return server.error_of("/channel/subscriber_add", body);
    };
    EXPECT_EQ(error({{"subscribers", {"a"}}}), "频道ID不能为空！");
    EXPECT_EQ(error(group()), "订阅者不能为空！");
    EXPECT_EQ(error(group({{"subscribers", {"", " "}}})), "订阅者不能为空！");
    EXPECT_EQ(error({{"channel_id", "g&"}, {"subscribers", {"a"}}}), "频道ID不能包含特殊字符！");
    EXPECT_EQ(error(group({{"subscribers", {"a"}}, {"temp_subscriber", 1}})),
              "新版本临时订阅者已不支持！");
    EXPECT_NE(error({{"channel_id", "u"}, {"channel_type", 1}, {"subscribers", {"a"}}}), "");
    EXPECT_NE(error({{"channel_id", "g____cmd"}, {"subscribers", {"a"}}}), "");
}

TEST_F(ChannelsTest, SubscribersOfAGroupByDefault) {
    EXPECT_EQ(server.post_json("/channel/subscriber_add",
                               {{"channel_id", "g"}, {"subscribers", {"ann", "bob"}}}),
              ok_json);
    EXPECT_EQ(send_as("ann"), std::nullopt);
    EXPECT_EQ(conversations_of("bob"), Ids{"g"});

    EXPECT_EQ(
        server.post_json("/channel/subscriber_remove", group({{"subscribers", {"ann", "nobody"}}})),
        ok_json);
    EXPECT_EQ(send_as("ann"), Errc::not_a_member);
    EXPECT_EQ(conversations_of("ann"), Ids{});

    EXPECT_EQ(server.post_json("/channel/subscriber_remove_all", group()), ok_json);
    EXPECT_EQ(send_as("bob"), Errc::not_a_member);
    EXPECT_EQ(conversations_of("bob"), Ids{"g"});

    EXPECT_EQ(server.post_json("/channel/subscriber_add",
                               group({{"reset", 1}, {"subscribers", {"eve"}}})),
              ok_json);
    EXPECT_EQ(send_as("eve"), std::nullopt);
}

TEST_F(ChannelsTest, RemovingNeedsAType) {
    server.post_json("/channel/subscriber_add", group({{"subscribers", {"ann"}}}));
    EXPECT_NE(server.error_of("/channel/subscriber_remove",
                              {{"channel_id", "g"}, {"subscribers", {"ann"}}}),
              "");
    EXPECT_EQ(send_as("ann"), std::nullopt);
    EXPECT_EQ(server.error_of("/channel/subscriber_remove",
                              {{"channel_id", "g"}, {"channel_type", 1}, {"subscribers", {"a"}}}),
              "个人频道不支持添加订阅者！");
    EXPECT_EQ(server.error_of("/channel/subscriber_remove_all", {{"channel_type", 2}}),
              "channel_id不能为空！");
    EXPECT_EQ(server.error_of("/channel/subscriber_remove_all", {{"channel_id", "g"}}),
              "频道类型不能为0！");
    EXPECT_EQ(server.error_of("/channel/subscriber_remove_all",
                              {{"channel_id", "g"}, {"channel_type", 1}}),
              "个人频道不支持此操作！");
}

TEST_F(ChannelsTest, LiveChannelsMakeNoConversations) {
    server.post_json("/channel/subscriber_add",
                     {{"channel_id", "l"}, {"channel_type", 9}, {"subscribers", {"ann"}}});
    EXPECT_EQ(conversations_of("ann"), Ids{});
}

TEST_F(ChannelsTest, TemporaryChannelsHaveMembersInMemory) {
    const auto ann = server.connect("ann", 0, "p");
    EXPECT_EQ(server.error_of("/tmpchannel/subscriber_set", {{"uids", {"a"}}}),
              "channel_id不能为空！");
    EXPECT_EQ(
        server.error_of("/tmpchannel/subscriber_set", {{"channel_id", "t@"}, {"uids", {"a"}}}),
        "频道ID不能包含特殊字符！");
    EXPECT_EQ(server.error_of("/tmpchannel/subscriber_set", {{"channel_id", "t"}}),
              "uids不能为空！");
    EXPECT_EQ(server.post_json("/tmpchannel/subscriber_set",
                               {{"channel_id", "t"}, {"uids", {"ann", "bob"}}}),
              ok_json);
    server.post_json("/message/send",
                     {{"channel_id", "t"}, {"channel_type", 8}, {"payload", "eA=="}});
    ASSERT_EQ(server.sessions.received[ann].size(), 1U);
    EXPECT_EQ(server.sessions.received[ann][0]->addressed_to, "t");
    EXPECT_EQ(conversations_of("ann"), Ids{});

    server.post_json("/tmpchannel/subscriber_set", {{"channel_id", "t"}, {"uids", {"bob"}}});
    server.post_json("/message/send",
                     {{"channel_id", "t"}, {"channel_type", 8}, {"payload", "eA=="}});
    EXPECT_EQ(server.sessions.received[ann].size(), 1U);
}

TEST_F(ChannelsTest, ListsRefuse) {
    for (const char* path : {"/channel/blacklist_add",
                             "/channel/blacklist_remove",
                             "/channel/whitelist_add",
                             "/channel/whitelist_remove"}) {
        EXPECT_EQ(server.error_of(path, {{"channel_type", 2}, {"uids", {"a"}}}),
                  "channel_id不能为空！");
        EXPECT_EQ(server.error_of(path, {{"channel_id", "g"}, {"uids", {"a"}}}),
                  "频道类型不能为0！");
        EXPECT_EQ(server.error_of(path, group({{"uids", {""}}})), "uids不能为空！");
    }
    EXPECT_EQ(server.error_of("/channel/whitelist_add",
                              {{"channel_id", "g@"}, {"channel_type", 2}, {"uids", {"a"}}}),
              "频道ID不能包含特殊字符！");
    EXPECT_EQ(server.error_of("/channel/blacklist_set", {{"uids", {"a"}}}), "频道ID不能为空！");
    EXPECT_NE(server.error_of("/channel/whitelist_set", {{"uids", {"a"}}}), "");
}

TEST_F(ChannelsTest, ADenyListKeepsAMemberFromSending) {
    server.post_json("/channel", group({{"subscribers", {"ann", "bob"}}}));
    EXPECT_EQ(server.post_json("/channel/blacklist_add", group({{"uids", {"ann"}}})), ok_json);
    EXPECT_EQ(send_as("ann"), Errc::denied);
    EXPECT_EQ(conversations_of("ann"), Ids{});
    EXPECT_EQ(server.post_json("/channel/blacklist_remove", group({{"uids", {"ann"}}})), ok_json);
    EXPECT_EQ(send_as("ann"), std::nullopt);
    EXPECT_EQ(conversations_of("ann"), Ids{"g"});

    server.post_json("/channel/blacklist_set", group({{"uids", {"ann"}}}));
    server.post_json("/channel/blacklist_set", group({{"uids", {"bob"}}}));
    EXPECT_EQ(send_as("ann"), std::nullopt);
    EXPECT_EQ(send_as("bob"), Errc::denied);
    EXPECT_EQ(server.post_json("/channel/blacklist_set", group()), ok_json);
    EXPECT_EQ(send_as("bob"), std::nullopt);
    server.post_json("/channel/blacklist_add", group({{"uids", {"bob"}}}));
    EXPECT_EQ(server.post_json("/channel/blacklist_remove_all", group()), ok_json);
    EXPECT_EQ(send_as("bob"), std::nullopt);
}

TEST_F(ChannelsTest, AnAllowListLetsOnlyItsOwnSend) {
    server.post_json("/channel", group({{"subscribers", {"ann", "bob"}}}));
    EXPECT_EQ(server.post_json("/channel/whitelist_add", group({{"uids", {"ann"}}})), ok_json);
    EXPECT_EQ(send_as("ann"), std::nullopt);
    EXPECT_EQ(send_as("bob"), Errc::not_allowed);
    const auto list = server.get_json("/channel/whitelist?channel_id=g&channel_type=2");
    ASSERT_EQ(list.size(), 1U);
    EXPECT_EQ(list[0]["uid"], "ann");
    EXPECT_GT(list[0]["id"].get<std::uint64_t>(), 0U);

    server.post_json("/channel/whitelist_set", group({{"uids", {"bob"}}}));
    EXPECT_EQ(send_as("ann"), Errc::not_allowed);
    server.post_json("/channel/whitelist_add", group({{"uids", {"ann"}}}));
    server.post_json("/channel/whitelist_remove", group({{"uids", {"bob"}}}));
    EXPECT_EQ(send_as("bob"), Errc::not_allowed);
    EXPECT_EQ(server.post_json("/channel/whitelist_remove_all", group()), ok_json);
    EXPECT_EQ(send_as("bob"), std::nullopt);
    EXPECT_EQ(server.get_json("/channel/whitelist?channel_id=g&channel_type=2"), Json::array());
    EXPECT_EQ(server.get("/channel/whitelist?channel_id=g").status, 400);
    EXPECT_EQ(server.get("/channel/whitelist?channel_type=2").status, 400);
    EXPECT_EQ(server.get("/channel/whitelist?channel_id=g&channel_type=x").status, 400);
}

TEST_F(ChannelsTest, APersonsListsAreTheReceivers) {
    const auto bobs = [](const Json& uids) {
        return Json{{"channel_id", "bob"}, {"channel_type", 1}, {"uids", uids}};
    };
    server.post_json("/channel/blacklist_add", bobs({"ann"}));
    EXPECT_EQ(write_to_bob("ann"), Errc::denied);
    EXPECT_EQ(write_to_bob("eve"), std::nullopt);
    server.post_json("/channel/blacklist_remove", bobs({"ann"}));
    EXPECT_EQ(conversations_of("ann"), Ids{});
    EXPECT_EQ(write_to_bob("ann"), std::nullopt);
    EXPECT_EQ(server.post_json("/channel/whitelist_add", bobs({"zoe", "bob"})), ok_json);
    EXPECT_EQ(conversations_of("zoe").size(), 1U);
    const auto list = server.get_json("/channel/whitelist?channel_id=bob&channel_type=1");
    EXPECT_EQ(list.size(), 2U);
}

}  // namespace
}  // namespace fenshen::api::wukong
