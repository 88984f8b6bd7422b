// SPDX-License-Identifier: Apache-2.0
#include "api/wukong/sending.h"

#include <gtest/gtest.h>

#include "api/wukong/detail/test_server.h"
#include "base/base64.h"

namespace fenshen::api::wukong {
namespace {

using testing_support::Json;
using testing_support::Settings;
using testing_support::TestServer;

const Json ok_json{{"status", 200}};
constexpr const char* x_in_base64 = "eA==";

class SendingTest : public testing::Test {
protected:
    static Settings without_token_checks() {
        Settings settings;
        settings.rules.token_checks = false;
        return settings;
    }
    Json to_bob(const Json& more = Json::object()) {
        Json body{{"channel_id", "bob"},
                  {"channel_type", 1},
                  {"from_uid", "ann"},
                  {"payload", x_in_base64}};
        body.update(more);
        return body;
    }
    Json history_with(std::string_view reader, std::string_view peer, int type = 1) {
        return server.post_json("/channel/messagesync",
                                {{"login_uid", reader},
                                 {"channel_id", peer},
                                 {"channel_type", type},
                                 {"limit", 100}})["messages"];
    }
    std::string error(const Json& body) { return server.error_of("/message/send", body); }

    TestServer server{without_token_checks()};
};

TEST_F(SendingTest, AnswersWhenItIsStored) {
    const auto bob = server.connect("bob", 0, "p");
    const auto ann = server.connect("ann", 0, "p");
    const auto answer = server.post_json("/message/send", to_bob({{"client_msg_no", "no-1"}}));
    EXPECT_EQ(answer["status"], 200);
    EXPECT_EQ(answer["data"]["client_msg_no"], "no-1");
    EXPECT_EQ(answer["data"]["message_seq"], 1);
    EXPECT_GT(answer["data"]["message_id"], 0);

    const auto history = history_with("bob", "ann");
    ASSERT_EQ(history.size(), 1U);
    EXPECT_EQ(history[0]["message_id"], answer["data"]["message_id"]);
    EXPECT_EQ(history[0]["from_uid"], "ann");
    EXPECT_EQ(history[0]["channel_id"], "bob");
    EXPECT_EQ(history[0]["payload"], x_in_base64);
    // Everybody's devices get it, the sender's too: no connection has sent it.
    EXPECT_EQ(server.sessions.received[bob].size(), 1U);
    EXPECT_EQ(server.sessions.received[ann].size(), 1U);
}

TEST_F(SendingTest, MakesUpAClientNumber) {
    const auto first = server.post_json("/message/send", to_bob())["data"];
    const auto second = server.post_json("/message/send", to_bob())["data"];
    const std::string number = first["client_msg_no"];
    ASSERT_EQ(number.size(), 33U);
    EXPECT_EQ(number.find_first_not_of("0123456789abcdef"), std::string::npos) << number;
    EXPECT_TRUE(number.ends_with('0')) << number;
    EXPECT_NE(first["client_msg_no"], second["client_msg_no"]);
    EXPECT_EQ(second["message_seq"], 2);
}

TEST_F(SendingTest, WithoutSenderItIsTheSystem) {
    server.post_json("/message/send",
                     {{"channel_id", "bob"}, {"channel_type", 1}, {"payload", x_in_base64}});
    const auto history = history_with("bob", "____system");
    ASSERT_EQ(history.size(), 1U);
    EXPECT_EQ(history[0]["from_uid"], "");
}

TEST_F(SendingTest, KeepsFlagsExpiryAndStreamBit) {
    server.post_json("/message/send",
                     to_bob({{"header", {{"red_dot", 1}, {"no_persist", 0}}},
                             {"expire", 4294967295},
                             {"is_stream", 1},
                             {"setting", 255},
                             {"topic", "ignored"}}));
    const auto message = history_with("bob", "ann").at(0);
    EXPECT_EQ(message["header"], Json({{"no_persist", 0}, {"red_dot", 1}, {"sync_once", 0}}));
    EXPECT_EQ(message["expire"], 4294967295);
    EXPECT_EQ(message["setting"], 2);
    EXPECT_FALSE(message.contains("topic"));
}

TEST_F(SendingTest, ANumberSaidTwiceIsOneMessage) {
    const auto first = server.post_json("/message/send", to_bob({{"client_msg_no", "same"}}));
    const auto again = server.post_json("/message/send", to_bob({{"client_msg_no", "same"}}));
    EXPECT_EQ(first, again);
    EXPECT_EQ(history_with("bob", "ann").size(), 1U);
    EXPECT_NE(error(to_bob({{"client_msg_no", "same"}, {"payload", "eQ=="}})), "");
}

TEST_F(SendingTest, RefusesInThisOrder) {
    const std::string neither = "无法处理发送消息请求！";
    EXPECT_EQ(error({{"channel_id", "a@b"}}), "payload不能为空！");
    EXPECT_EQ(error({{"payload", x_in_base64}}), neither);
    EXPECT_EQ(error({{"payload", x_in_base64}, {"subscribers", {"bob"}}}), neither);
    EXPECT_EQ(error(to_bob({{"subscribers", {"bob"}}, {"header", {{"sync_once", 1}}}})), neither);
    EXPECT_EQ(error(to_bob({{"channel_id", "a@b"}})), "频道ID不合法！");
    EXPECT_EQ(error(to_bob({{"channel_id", "bob____cmd"}})), "频道ID不合法！");
    EXPECT_NE(error(to_bob({{"channel_type", 0}})), "");
    EXPECT_NE(error(to_bob({{"channel_type", 256}})), "");
    EXPECT_NE(error(to_bob({{"from_uid", "a@b"}})), "");
    EXPECT_NE(error(to_bob({{"payload", "no base64"}})), "");
    EXPECT_NE(error(to_bob({{"payload", "eA"}})), "");
    EXPECT_NE(error(to_bob({{"expire", 4294967296}})), "");
    EXPECT_NE(error(to_bob({{"expire", -1}})), "");
    EXPECT_NE(error(to_bob({{"header", 5}})), "");
    EXPECT_EQ(history_with("bob", "ann").size(), 0U);
}

TEST_F(SendingTest, APayloadHasALimit) {
    Bytes most;
    append_base64(most, Bytes(payload_bytes_max, 'x'));
    EXPECT_EQ(server.post_json("/message/send", to_bob({{"payload", most}}))["data"]["message_seq"],
              1);
    Bytes more;
    append_base64(more, Bytes(payload_bytes_max + 1, 'x'));
    EXPECT_EQ(error(to_bob({{"payload", more}})), "payload不能超过716800字节！");
}

TEST_F(SendingTest, ListsDoNotApplyToTheApi) {
    server.post_json("/channel/blacklist_add",
                     {{"channel_id", "bob"}, {"channel_type", 1}, {"uids", {"ann"}}});
    server.post_json("/message/send", to_bob());
    EXPECT_EQ(history_with("bob", "ann").size(), 1U);
}

TEST_F(SendingTest, ABannedChannelSwallowsItAndSaysOk) {
    const Json group{{"channel_id", "g"}, {"channel_type", 2}};
    for (const char* flag : {"ban", "disband"}) {
        Json info = group;
        info[flag] = 1;
        server.post_json("/channel/info", info);
        Json message = group;
        message["payload"] = x_in_base64;
        const auto answer = server.post_json("/message/send", message);
        EXPECT_EQ(answer["status"], 200);
        EXPECT_GT(answer["data"]["message_id"], 0);
        EXPECT_EQ(answer["data"]["message_seq"], 0);
    }
    EXPECT_EQ(history_with("ann", "g", 2).size(), 0U);
}

TEST_F(SendingTest, AStoreThatDoesNotTakeItIsAnError) {
    server.fail_writes(true);
    const auto answer = server.post("/message/send", to_bob().dump());
    EXPECT_EQ(answer.status, 503);
    EXPECT_EQ(Json::parse(answer.body)["status"], 503);
    server.fail_writes(false);
    EXPECT_EQ(history_with("bob", "ann").size(), 0U);
    EXPECT_EQ(server.post_json("/message/send", to_bob())["data"]["message_seq"], 1);
}

TEST_F(SendingTest, WhatIsNotPersistedOnlyReachesWhoIsOnline) {
    const auto bob = server.connect("bob", 0, "p");
    const auto answer =
        server.post_json("/message/send", to_bob({{"header", {{"no_persist", 1}}}}));
    EXPECT_EQ(answer["data"]["message_seq"], 0);
    EXPECT_EQ(server.sessions.received[bob].size(), 1U);
    EXPECT_EQ(history_with("bob", "ann").size(), 0U);
}

TEST_F(SendingTest, CommandsToAccountsThatAreOnline) {
    const auto bob = server.connect("bob", 0, "p");
    const auto eve = server.connect("eve", 0, "p");
    EXPECT_EQ(server.post_json("/message/send",
                               {{"header", {{"sync_once", 1}, {"no_persist", 1}}},
                                {"subscribers", {"bob", "", "nobody"}},
                                {"client_msg_no", "ignored"},
                                {"payload", x_in_base64}}),
              ok_json);
    ASSERT_EQ(server.sessions.received[bob].size(), 1U);
    const auto& message = *server.sessions.received[bob][0];
    EXPECT_EQ(message.addressed_to, "systemcmdonline");
    EXPECT_EQ(message.channel.type, ChannelType::temp);
    EXPECT_NE(message.client_msg_no, "ignored");
    EXPECT_TRUE(message.flags.sync_once);
    EXPECT_TRUE(server.sessions.received[eve].empty());
}

TEST_F(SendingTest, CommandsToAccountsWaitForThoseWhoAreAway) {
    const auto u1 = server.connect("u1", 0, "p");
    const Json command{
        {"header", {{"sync_once", 1}}}, {"subscribers", {"u1", "u2"}}, {"payload", x_in_base64}};
    EXPECT_EQ(server.post_json("/message/send", command), ok_json);
    ASSERT_EQ(server.sessions.received[u1].size(), 1U);
    const auto& message = *server.sessions.received[u1][0];
    EXPECT_EQ(message.addressed_to, "17922244540036557902____cmd");
    EXPECT_EQ(message.seq, MessageSeq(1));

    const auto waiting = server.post_json("/message/sync", {{"uid", "u2"}});
    ASSERT_EQ(waiting.size(), 1U);
    EXPECT_EQ(waiting[0]["channel_id"], "17922244540036557902____cmd");
    EXPECT_EQ(waiting[0]["channel_type"], 8);
    EXPECT_EQ(server.post_json("/message/sync", {{"uid", "u3"}}), Json::array());
}

TEST_F(SendingTest, AgentChannelsAreNamedAfterBoth) {
    const auto ann = server.connect("ann", 0, "p");
    server.post_json("/message/send",
                     {{"channel_id", "bot"},
                      {"channel_type", 11},
                      {"from_uid", "ann"},
                      {"payload", x_in_base64}});
    EXPECT_EQ(server.sessions.received[ann].size(), 1U);
    const auto history = history_with("ann", "ann@bot", 11);
    ASSERT_EQ(history.size(), 1U);
    EXPECT_EQ(history[0]["channel_id"], "ann@bot");
}

TEST_F(SendingTest, ABatchIsOneMessageAPerson) {
    Json body{{"from_uid", "ann"}, {"payload", x_in_base64}, {"header", {{"red_dot", 1}}}};
    body["subscribers"] = Json::array();
    for (int i = 0; i < 600; ++i) body["subscribers"].push_back("u" + std::to_string(i));
    body["subscribers"].push_back("bad@uid");
    body["subscribers"].push_back("");
    const auto answer = server.post_json("/message/sendbatch", body);
    EXPECT_EQ(answer["fail_uids"], Json({"bad@uid"}));
    EXPECT_EQ(answer["reason"].size(), 1U);
    for (const char* uid : {"u0", "u255", "u256", "u599"}) {
        const auto history = history_with(uid, "ann");
        ASSERT_EQ(history.size(), 1U);
        EXPECT_EQ(history[0]["header"]["red_dot"], 1);
        EXPECT_EQ(history[0]["client_msg_no"].get<std::string>().size(), 33U);
    }
}

TEST_F(SendingTest, ABatchSaysWhoWasNotReached) {
    server.fail_writes(true);
    const auto answer = server.post_json(
        "/message/sendbatch",
        {{"from_uid", "ann"}, {"subscribers", {"a", "b"}}, {"payload", x_in_base64}});
    EXPECT_EQ(answer["fail_uids"], Json({"a", "b"}));
    EXPECT_EQ(answer["reason"].size(), 2U);
}

TEST_F(SendingTest, ABatchRefuses) {
    const auto refusal = [&](const Json& body) {
        return server.error_of("/message/sendbatch", body);
    };
    EXPECT_EQ(refusal(Json::object()), "from_uid不能为空！");
    EXPECT_EQ(refusal({{"from_uid", "ann"}}), "subscribers不能为空！");
    EXPECT_EQ(refusal({{"from_uid", "ann"}, {"subscribers", {"b"}}}), "payload不能为空！");
}

}  // namespace
}  // namespace fenshen::api::wukong
