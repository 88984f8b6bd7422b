// SPDX-License-Identifier: Apache-2.0
#include "api/wukong/message_json.h"

#include <gtest/gtest.h>

#include "api/wukong/channel_names.h"
#include "api/wukong/conversation_list.h"
#include "api/wukong/envelope.h"

namespace fenshen::api::wukong {
namespace {

Message message_of(std::string_view from, ChannelKey channel) {
    Message message;
    message.id = MessageId(1'234'567'890'123'456'789);
    message.seq = MessageSeq(57);
    message.channel = std::move(channel);
    message.from = Uid(std::string(from));
    message.client_msg_no = "no-1";
    message.at = {1'690'000'000'999};
    message.payload = std::string("\x00\xFF", 2);
    return message;
}

std::string text_of(const Message& message) {
    Bytes text;
    JsonWriter json(text);
    write_message(json, message);
    return text;
}

TEST(MessageJson, HasEveryFieldThatIsAlwaysThere) {
    auto message = message_of("u1", {ChannelType::person, "u2@u1"});
    message.flags.red_dot = true;
    message.setting = 0x02;
    message.expire_s = 4'294'967'295;
    EXPECT_EQ(text_of(message),
              R"({"header":{"no_persist":0,"red_dot":1,"sync_once":0},"setting":2,)"
              R"("message_id":1234567890123456789,"message_idstr":"1234567890123456789",)"
              R"("client_msg_no":"no-1","message_seq":57,"from_uid":"u1","channel_id":"u2",)"
              R"("channel_type":1,"expire":4294967295,"timestamp":1690000000,"payload":"AP8="})");
}

TEST(MessageJson, ShowsATopicOnlyWhereThereIsOne) {
    auto message = message_of("u1", {ChannelType::group, "g1"});
    EXPECT_FALSE(text_of(message).contains("topic"));
    message.topic = "a \"b\"";
    EXPECT_TRUE(text_of(message).contains(R"("topic":"a \"b\"","expire")"));
}

TEST(MessageJson, PersonChannelsShowTheReceiver) {
    const ChannelKey both{ChannelType::person, "u2@u1"};
    EXPECT_TRUE(text_of(message_of("u1", both)).contains(R"("channel_id":"u2")"));
    EXPECT_TRUE(text_of(message_of("u2", both)).contains(R"("channel_id":"u1")"));
    // A command channel's suffix does not get in the way.
    const ChannelKey commands{ChannelType::person, "u2@u1____cmd"};
    EXPECT_TRUE(text_of(message_of("u1", commands)).contains(R"("channel_id":"u2")"));
    EXPECT_TRUE(text_of(message_of("u2", commands)).contains(R"("channel_id":"u1")"));
    const ChannelKey self{ChannelType::person, "a@a"};
    EXPECT_TRUE(text_of(message_of("a", self)).contains(R"("channel_id":"a")"));
}

TEST(MessageJson, TheSystemAccountHasNoName) {
    const auto text = text_of(message_of("____system", {ChannelType::group, "g1____cmd"}));
    EXPECT_TRUE(text.contains(R"("from_uid":"","channel_id":"g1____cmd")")) << text;
}

TEST(MessageJson, PagesEchoTheRequest) {
    EXPECT_EQ(to_json({3, 18'446'744'073'709'551'615U, true, {}}),
              R"({"start_message_seq":3,"end_message_seq":18446744073709551615,"more":1,)"
              R"("messages":[]})");
}

TEST(Envelope, HasFiveShapes) {
    EXPECT_EQ(ok().body, R"({"status":200})");
    EXPECT_EQ(ok_with(R"({"a":1})").body, R"({"status":200,"data":{"a":1}})");
    EXPECT_EQ(status_only(404).status, 200);
    EXPECT_EQ(status_only(404).body, R"({"status":404})");
    EXPECT_EQ(err("坏").status, 400);
    EXPECT_EQ(err("坏").body, R"({"msg":"坏","status":400})");
    EXPECT_EQ(raw("[]").body, "[]");
    EXPECT_EQ(ok().content_type, "application/json; charset=utf-8");
    const auto failed = failure(Errc::store_unavailable);
    EXPECT_EQ(failed.status, 503);
    EXPECT_EQ(failed.body, R"({"msg":"the store did not take the change","status":503})");
}

TEST(ChannelNames, OfPersonsAreCombined) {
    // The vectors of wukong-semantics 17.
    const auto key = [](std::string_view me, std::string_view peer) {
        return channel_as_read(me, std::string(peer), ChannelType::person).id;
    };
    EXPECT_EQ(key("u1", "u2"), "u2@u1");
    EXPECT_EQ(key("u2", "u1"), "u2@u1");
    EXPECT_EQ(key("alice", "bob"), "bob@alice");
    EXPECT_EQ(key("10001", "10002"), "10002@10001");
    EXPECT_EQ(key("测试1", "测试2"), "测试1@测试2");
    EXPECT_EQ(key("anyone", "u2@u1"), "u2@u1");
    EXPECT_EQ(channel_as_read("u1", "g1", ChannelType::group).id, "g1");
    EXPECT_EQ(channel_as_read("u1", "u1@bot", ChannelType::agent).id, "u1@bot");
    EXPECT_EQ(channel_as_written("u1", "bot", ChannelType::agent).id, "u1@bot");
    EXPECT_EQ(channel_as_written("u1", "u2", ChannelType::person).id, "u2@u1");
}

TEST(ChannelNames, AreTheReadersOwn) {
    const ChannelKey both{ChannelType::person, "u2@u1"};
    EXPECT_EQ(name_for("u1", both), "u2");
    EXPECT_EQ(name_for("u2", both), "u1");
    EXPECT_EQ(name_for("a", {ChannelType::person, "a@a"}), "a");
    EXPECT_EQ(name_for("u1", {ChannelType::agent, "u1@bot"}), "u1@bot");
}

TEST(LastMsgSeqs, PassOverWhatIsNoEntry) {
    const auto known =
        parse_last_msg_seqs("u1", "g1:2:7|u2:1:18446744073709551615|a:b:c:1|x:2|g2:300:1|g3:2:x||");
    ASSERT_EQ(known.size(), 2U);
    EXPECT_EQ(known[0].channel, (ChannelKey{ChannelType::group, "g1"}));
    EXPECT_EQ(known[0].last, MessageSeq(7));
    EXPECT_EQ(known[1].channel, (ChannelKey{ChannelType::person, "u2@u1"}));
    EXPECT_EQ(known[1].last, MessageSeq(UINT64_MAX));
    EXPECT_TRUE(parse_last_msg_seqs("u1", "").empty());
    EXPECT_TRUE(parse_last_msg_seqs("u1", "|||").empty());
}

}  // namespace
}  // namespace fenshen::api::wukong
