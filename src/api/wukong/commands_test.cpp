// SPDX-License-Identifier: Apache-2.0
// Command messages on their way to accounts that are away (wukong-http 11).
#include <gtest/gtest.h>

#include "api/wukong/detail/test_server.h"

namespace fenshen::api::wukong {
namespace {

using testing_support::Json;
using testing_support::TestServer;

const Json ok_json{{"status", 200}};

class CommandsTest : public testing::Test {
protected:
    CommandsTest() {
        server.post_json(
            "/channel",
            {{"channel_id", "g"}, {"channel_type", 2}, {"subscribers", {"ann", "bob"}}});
    }
    void command_to(std::string_view channel_id, int type, std::string_view from = "") {
        server.post_json("/message/send",
                         {{"channel_id", channel_id},
                          {"channel_type", type},
                          {"from_uid", from},
                          {"header", {{"sync_once", 1}}},
                          {"payload", "eA=="}});
    }
    Json sync(std::string_view uid, int limit = 0) {
        return server.post_json("/message/sync", {{"uid", uid}, {"limit", limit}});
    }
    Json acknowledge(std::string_view uid) {
        return server.post_json("/message/syncack", {{"uid", uid}, {"last_message_seq", 1}});
    }

    TestServer server;
};

TEST_F(CommandsTest, AreInNoHistoryAndGoToEachAccountOnce) {
    command_to("g", 2);
    command_to("g", 2);
    EXPECT_EQ(server.get_json("/channel/max_message_seq?channel_id=g&channel_type=2"),
              Json({{"message_seq", 0}}));
    const auto waiting = sync("ann");
    ASSERT_EQ(waiting.size(), 2U);
    EXPECT_EQ(waiting[0]["message_seq"], 1);
    EXPECT_EQ(waiting[1]["message_seq"], 2);
    EXPECT_EQ(waiting[0]["channel_id"], "g____cmd");
    EXPECT_EQ(waiting[0]["header"]["sync_once"], 1);

    EXPECT_EQ(sync("ann").size(), 2U);  // not acknowledged yet
    EXPECT_EQ(acknowledge("ann"), ok_json);
    EXPECT_EQ(sync("ann"), Json::array());
    EXPECT_EQ(acknowledge("ann"), ok_json);
    EXPECT_EQ(sync("bob").size(), 2U);
    EXPECT_EQ(sync("stranger"), Json::array());
}

TEST_F(CommandsTest, OnlyWhatWasHandedOutIsAcknowledged) {
    for (int i = 0; i < 3; ++i) command_to("g", 2);
    EXPECT_EQ(sync("ann", 2).size(), 2U);
    command_to("g", 2);
    acknowledge("ann");
    const auto rest = sync("ann");
    ASSERT_EQ(rest.size(), 2U);
    EXPECT_EQ(rest[0]["message_seq"], 3);
}

TEST_F(CommandsTest, BetweenTwoPersonsTheReceiverIsNamed) {
    command_to("u2", 1, "u1");
    const auto waiting = sync("u2");
    ASSERT_EQ(waiting.size(), 1U);
    EXPECT_EQ(waiting[0]["channel_id"], "u2");
    EXPECT_EQ(waiting[0]["from_uid"], "u1");
    EXPECT_EQ(sync("u1"), Json::array());  // its own
}

TEST_F(CommandsTest, AreNoConversations) {
    command_to("u2", 1, "u1");
    const auto list = server.post_json("/conversation/sync", {{"uid", "u2"}, {"msg_count", 5}});
    EXPECT_EQ(list, Json::array());
}

TEST_F(CommandsTest, ABannedGroupStillCarriesThem) {
    server.post_json("/channel/info", {{"channel_id", "g"}, {"channel_type", 2}, {"ban", 1}});
    command_to("g", 2);
    EXPECT_EQ(sync("ann").size(), 1U);
}

TEST_F(CommandsTest, Refuse) {
    EXPECT_EQ(server.error_of("/message/sync", Json::object()), "用户uid不能为空！");
    EXPECT_EQ(server.error_of("/message/sync", {{"uid", "ann"}, {"limit", -1}}),
              "limit不能为负数！");
    EXPECT_EQ(server.error_of("/message/syncack", {{"last_message_seq", 1}}), "用户UID不能为空！");
    EXPECT_EQ(server.error_of("/message/syncack", {{"uid", "ann"}}), "最后一次messageSeq不能为0！");
    EXPECT_EQ(server.post_json("/message/sync", {{"uid", "ann"}, {"limit", INT64_MAX}}),
              Json::array());
}

}  // namespace
}  // namespace fenshen::api::wukong
