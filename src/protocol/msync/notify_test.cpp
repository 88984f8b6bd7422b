// SPDX-License-Identifier: Apache-2.0
#include "protocol/msync/notify.h"

#include <gtest/gtest.h>

#include <map>

#include "protocol/msync/testing/vector_file.h"

namespace fenshen::msync {
namespace {

using namespace std::string_literals;
using testing::Json;

Bytes text_of(const auto& notice) {
    Bytes out = "before";
    append_json(out, notice);
    EXPECT_TRUE(out.starts_with("before"));
    EXPECT_TRUE(fits_notify(out));
    return out.substr(6);
}

Json parsed(const auto& notice) {
    return Json::parse(text_of(notice));
}

TEST(MsyncNotify, WhatTheSdkCanRead) {
    EXPECT_TRUE(fits_notify(""));
    EXPECT_TRUE(fits_notify("{\"a\":\"\xE4\xBD\xA0 \x10\x7F\"}"));
    EXPECT_FALSE(fits_notify("{\n}"));
    EXPECT_FALSE(fits_notify("\x0F"));
    EXPECT_FALSE(fits_notify("\0"s));
}

/// The bytes of the exchange in msync-wire A.
TEST(MsyncNotify, AConversationPinnedAsOnTheWire) {
    const Bytes bytes = testing::bytes_of(testing::vector_named("system-queue-answer"));
    const auto envelope = decode<Envelope>(bytes);
    const auto sync = decode<SyncDl>(envelope.value().payload.value());
    const auto meta = decode<Meta>(sync.value().metas.at(0));
    EXPECT_EQ(meta.value().ns, Namespace::notify);
    EXPECT_EQ(text_of(ConversationNotice{.operation = ConversationNotice::Operation::pin,
                                         .id = "bob",
                                         .kind = ConversationKind::single,
                                         .timestamp_ms = 1700000000000,
                                         .resource = "webim_web_x",
                                         .from = "alice"}),
              meta->payload);
}

TEST(MsyncNotify, Conversations) {
    using enum ConversationNotice::Operation;
    const std::map<ConversationNotice::Operation, std::string> texts{{remove, "del"},
                                                                     {pin, "top"},
                                                                     {unpin, "not_top"},
                                                                     {mark, "mark"},
                                                                     {unmark, "mark_delete"},
                                                                     {pin_message, "pin"},
                                                                     {unpin_message, "pin_delete"}};
    for (const auto& [operation, text] : texts) {
        const Json data = parsed(ConversationNotice{.operation = operation}).at("data");
        EXPECT_EQ(data.at("op"), text);
        EXPECT_FALSE(data.contains("ext"));
    }
    const auto kind_of = [](auto operation, ConversationKind kind) {
        return parsed(ConversationNotice{.operation = operation, .kind = kind})
            .at("data")
            .at("type");
    };
    EXPECT_EQ(kind_of(mark, ConversationKind::single), "chat");
    EXPECT_EQ(kind_of(mark, ConversationKind::group), "groupChat");
    EXPECT_EQ(kind_of(pin_message, ConversationKind::single), "chat");
    EXPECT_EQ(kind_of(pin_message, ConversationKind::group), "groupchat");
    EXPECT_EQ(kind_of(unpin_message, ConversationKind::chat_room), "chatroom");
    EXPECT_EQ(parsed(ConversationNotice{.operation = mark, .ext = "mark_3"}).at("data").at("ext"),
              "mark_3");
}

TEST(MsyncNotify, RoamingDelete) {
    EXPECT_EQ(text_of(RoamingDeleteNotice{
                  .to = "2490", .kind = ConversationKind::group, .resource = "webim_web_1"}),
              R"({"type":"roaming_delete","data":{"to":"2490","chatType":"groupChat",)"
              R"("resource":"webim_web_1"}})");
}

TEST(MsyncNotify, SilentMode) {
    using enum SilentModeNotice::Target;
    EXPECT_EQ(
        text_of(SilentModeNotice{
            .resource = "r", .target = user, .id = "me", .data = R"({"ignoreInterval":"1"})"}),
        R"({"type":"user_notification_mute","values":[{"operator_resource":"r",)"
        R"("user":"me","data":{"ignoreInterval":"1"}}]})");
    EXPECT_EQ(text_of(SilentModeNotice{.resource = "r", .target = user, .id = "bob"}),
              R"({"type":"user_notification_mute","values":[{"operator_resource":"r",)"
              R"("user":"bob","data":{}}]})");
    EXPECT_TRUE(
        parsed(SilentModeNotice{.target = group, .id = "1"}).at("values")[0].contains("group"));
}

TEST(MsyncNotify, Presence) {
    EXPECT_EQ(text_of(PresenceNotice{.uid = "alice",
                                     .last_time_s = 1700000000,
                                     .expiry_s = 1700086400,
                                     .ext = "busy",
                                     .devices = {{.resource = "webim_1", .status = "1"},
                                                 {.resource = "ios_2", .status = "0"}}}),
              R"({"type":"presence","data":{"values":[{"uid":"alice","last_time":1700000000,)"
              R"("expiry":1700086400,"ext":"busy","status":{"webim_1":"1","ios_2":"0"}}]}})");
}

TEST(MsyncNotify, Threads) {
    using enum ThreadNotice::Operation;
    EXPECT_EQ(text_of(ThreadNotice{.operation = update_message,
                                   .id = "t",
                                   .name = "n",
                                   .muc_parent_id = "g",
                                   .msg_parent_id = "7",
                                   .timestamp_ms = 5,
                                   .from = "alice",
                                   .message_count = 0,
                                   .last_message = "{}"}),
              R"({"type":"thread","data":{"id":"t","name":"n","muc_parent_id":"g",)"
              R"("msg_parent_id":"7","timestamp":5,"from":"alice","operation":"update_msg",)"
              R"("message_count":0,"last_message":{}}})");
    const std::map<ThreadNotice::Operation, std::string> texts{
        {create, "create"}, {update, "update"}, {remove, "delete"}};
    for (const auto& [operation, text] : texts) {
        const Json data = parsed(ThreadNotice{.operation = operation}).at("data");
        EXPECT_EQ(data.at("operation"), text);
        EXPECT_FALSE(data.contains("message_count"));
        EXPECT_FALSE(data.contains("last_message"));
    }
}

TEST(MsyncNotify, Reactions) {
    EXPECT_EQ(text_of(ReactionNotice{.from = "alice",
                                     .to = "2490",
                                     .kind = ConversationKind::group,
                                     .message_id = "7",
                                     .reactions = R"([{"reaction":"+1","count":1}])",
                                     .timestamp_ms = 9}),
              R"({"type":"reaction","data":[{"from":"alice","to":"2490",)"
              R"("channel_type":"groupchat","messageId":"7",)"
              R"("reactions":[{"reaction":"+1","count":1}],"ts":9}]})");
}

TEST(MsyncNotify, NothingUnreadableGetsIn) {
    const Bytes nasty = "a\n\t\0\x0F\"\\\xE4\xBD\xA0"s;
    const Json notice = parsed(ConversationNotice{.id = nasty, .from = nasty, .ext = nasty});
    EXPECT_EQ(notice.at("data").at("id"), nasty);
    EXPECT_EQ(notice.at("data").at("ext"), nasty);
    EXPECT_EQ(parsed(SilentModeNotice{.data = "{\n\t\"a\": 1\r\n}"}).at("values")[0].at("data"),
              (Json{{"a", 1}}));
}

}  // namespace
}  // namespace fenshen::msync
