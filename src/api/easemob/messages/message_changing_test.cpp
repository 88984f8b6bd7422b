// SPDX-License-Identifier: Apache-2.0
// The app takes back and changes what its users have said (easemob-rest A40, A42).
#include <gtest/gtest.h>

#include "api/easemob/detail/test_server.h"
#include "protocol/msync/codec.h"
#include "protocol/msync/messages.h"

namespace fenshen::api::easemob {
namespace {

using testing_support::Json;
using testing_support::TestServer;

class MessageChangingTest : public testing::Test {
protected:
    MessageChangingTest() : alice_(server_.user("alice")), bob_(server_.user("bob")) {
        device_ = server_.connect_msync("bob", "webim_1", bob_);
    }

    std::string say(const Json& ext = nullptr) {
        Json said{{"from", "alice"}, {"to", {"bob"}}, {"type", "txt"}, {"body", {{"msg", "helo"}}}};
        if (!ext.is_null()) said["ext"] = ext;
        return server_.post_as(server_.app_token(), "/messages/users", said).body["data"]["bob"];
    }
    auto recall(const Json& more) {
        Json body{{"to", "bob"}, {"chat_type", "chat"}};
        body.update(more);
        return server_.post_as(server_.app_token(), "/messages/msg_recall", body);
    }
    auto rewrite(const std::string& id, const Json& body) {
        return server_.call(
            http::Method::put, "/messages/rewrite/" + id, server_.app_token(), body.dump());
    }
    /// What bob's device was told last.
    const Message& told() { return *server_.sessions.received[device_].back(); }
    /// The last message of bob's conversation with alice; null: there is none.
    Json last() {
        const auto answer = server_.get_as(bob_, "/sdk/user/bob/user_channels/list?limit=20");
        const auto& infos = answer.body["data"]["channel_infos"];
        if (infos.empty()) return nullptr;
        return Json::parse(infos[0]["meta"].value("payload", "null"));
    }

    TestServer server_;
    std::string alice_;
    std::string bob_;
    std::uint64_t device_ = 0;
};

TEST_F(MessageChangingTest, ARecallIsToldAndTheMessageIsGone) {
    const auto id = say();
    const auto answer = recall({{"msg_id", id}, {"recallMessageExtensionInfo", "why"}});
    ASSERT_EQ(answer.status, 200) << answer.raw.body;
    EXPECT_EQ(answer.body["data"],
              (Json{{"recalled", "yes"},
                    {"chattype", "chat"},
                    {"from", "admin"},
                    {"to", "bob"},
                    {"msg_id", id}}));
    const auto body = msync::decode<msync::MessageBody>(told().payload);
    ASSERT_TRUE(body);
    EXPECT_EQ(body->type, msync::MessageType::recall);
    EXPECT_EQ(body->from->name, "admin");
    EXPECT_EQ(std::to_string(body->ack_message_id.value_or(0)), id);
    const auto extra = msync::decode<msync::Meta>(told().extra);
    ASSERT_TRUE(extra && extra->ext.size() == 1);
    EXPECT_EQ(std::get<std::string_view>(extra->ext[0].value), "why");
    EXPECT_TRUE(last().is_null());
}

TEST_F(MessageChangingTest, AnOldMessageIsTakenBackByForceOnly) {
    const auto id = say();
    server_.clock.now_ms += 10 * 60'000;
    const auto late = recall({{"msg_id", id}});
    EXPECT_EQ(late.status, 403);
    EXPECT_EQ(late.error(), "message_recall_error: exceed recall time limit");
    EXPECT_EQ(recall({{"msg_id", id}, {"force", true}}).status, 200);
}

TEST_F(MessageChangingTest, WhatIsMissingInARecallIsNamed) {
    EXPECT_EQ(recall(Json::object()).error(), "message_recall_error: param msg_id can't be empty");
    EXPECT_EQ(recall({{"msg_id", "7"}, {"to", ""}}).error(),
              "message_recall_error: param to can't be empty");
    EXPECT_EQ(recall({{"msg_id", "7"}}).error(), "message_recall_error: can't find msg to");
    EXPECT_EQ(recall({{"msg_id", "x"}}).status, 403);
    EXPECT_EQ(recall({{"msg_id", "7"}, {"to", "123"}, {"chat_type", "groupchat"}}).error(),
              "message_recall_error: not_found msg");
    const auto stranger =
        server_.post_as(alice_, "/messages/msg_recall", {{"msg_id", "7"}, {"to", "bob"}});
    EXPECT_EQ(stranger.status, 401);
}

TEST_F(MessageChangingTest, TheSendersDevicesAreSparedWhereThatIsAsked) {
    const auto own = server_.connect_msync("alice", "webim_2", alice_);
    recall({{"msg_id", say()}, {"sync_device", false}});
    EXPECT_TRUE(server_.sessions.received[own].empty());
    recall({{"msg_id", say()}});
    EXPECT_EQ(server_.sessions.received[own].size(), 1U);
}

TEST_F(MessageChangingTest, AnEditChangesTheMessageForEverybody) {
    const auto id = say({{"a", 1}, {"b", "old"}});
    const Json hello{{"type", "txt"}, {"msg", "hello"}};
    auto answer = rewrite(id, {{"user", "bob"}, {"new_msg", hello}});
    ASSERT_EQ(answer.status, 200) << answer.raw.body;
    EXPECT_EQ(answer.body["data"], "success");
    const auto body = msync::decode<msync::MessageBody>(told().payload);
    ASSERT_TRUE(body);
    EXPECT_EQ(body->type, msync::MessageType::edit);
    EXPECT_EQ(std::to_string(body->edit_message_id.value_or(0)), id);
    EXPECT_EQ(body->contents.at(0).text, "hello");
    auto now = last();
    EXPECT_EQ(now["bodies"][0]["msg"], "hello");
    EXPECT_EQ(now["from"], "alice");
    EXPECT_EQ(now["ext"], (Json{{"a", 1}, {"b", "old"}}));
    EXPECT_EQ(now["meta"]["edit_msg"]["operator"], "bob");
    EXPECT_EQ(now["meta"]["edit_msg"]["count"], 1);

    const Json gift{{"type", "custom"}, {"customEvent", "gift"}, {"customExts", {{"k", "v"}}}};
    answer = rewrite(id, {{"user", "bob"}, {"new_msg", gift}, {"new_ext", {{"b", "new"}}}});
    EXPECT_EQ(answer.status, 200) << answer.raw.body;
    EXPECT_EQ(last()["ext"], (Json{{"a", 1}, {"b", "new"}}));
    EXPECT_EQ(last()["bodies"][0]["customEvent"], "gift");
    answer = rewrite(
        id,
        {{"user", "bob"}, {"new_msg", hello}, {"new_ext", {{"c", 3}}}, {"is_combine_ext", false}});
    EXPECT_EQ(answer.status, 200) << answer.raw.body;
    EXPECT_EQ(last()["ext"], (Json{{"c", 3}}));
}

TEST_F(MessageChangingTest, WhatCannotBeEditedIsRefused) {
    const auto id = say();
    const auto with = [&](const Json& body) { return rewrite(id, body); };
    const Json hello{{"type", "txt"}, {"msg", "hello"}};
    EXPECT_EQ(with({{"user", "bob"}}).error(), "illegal_argument: new_msg is required");
    const Json place{{"type", "loc"}, {"lat", 1}};
    EXPECT_EQ(with({{"user", "bob"}, {"new_msg", place}}).status, 400);
    EXPECT_EQ(with({{"user", "eve"}, {"new_msg", hello}}).status, 404);
    EXPECT_EQ(rewrite("77", {{"user", "bob"}, {"new_msg", hello}}).status, 404);
    recall({{"msg_id", id}});
    EXPECT_EQ(with({{"user", "bob"}, {"new_msg", hello}}).status, 400);
    const auto other = say();
    for (int i = 0; i <= 10; ++i) {
        const Json text{{"type", "txt"}, {"msg", std::to_string(i)}};
        EXPECT_EQ(rewrite(other, {{"user", "bob"}, {"new_msg", text}}).status, i < 10 ? 200 : 403);
    }
}

}  // namespace
}  // namespace fenshen::api::easemob
