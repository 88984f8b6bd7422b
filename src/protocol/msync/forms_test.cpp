// SPDX-License-Identifier: Apache-2.0
#include "protocol/msync/forms.h"

#include <gtest/gtest.h>

#include "protocol/msync/codec.h"

namespace fenshen::msync {
namespace {

fenshen::Message wukong_message(Bytes payload) {
    fenshen::Message message;
    message.id = MessageId(1480000000000001001);
    message.channel = {ChannelType::person, "bob@alice"};
    message.from = Uid("alice");
    message.addressed_to = "bob";
    message.at = {1'700'000'000'000};
    message.payload = std::move(payload);
    return message;
}

fenshen::Message msync_message(const MessageBody& body) {
    fenshen::Message message = wukong_message({});
    encode(message.payload, body);
    message.format = MessageFormat::msync;
    message.from_device = "webim_web_1";
    return message;
}

MessageBody body_with(const Content& content) {
    MessageBody body;
    body.type = MessageType::chat;
    body.from = Jid{.name = "alice"};
    body.to = Jid{.name = "bob"};
    body.contents.push_back(content);
    return body;
}

TEST(Forms, TextIsTextInBothFamilies) {
    const fenshen::Message text =
        msync_message(body_with({.type = Content::Type::text, .text = "say \"hi\"\n"}));
    EXPECT_EQ(wukong_payload_of(text), R"({"type":1,"content":"say \"hi\"\n"})");

    const Bytes body = body_of(wukong_message(R"({"type":1,"content":"say \"hi\"\n"})"));
    const auto read = decode<MessageBody>(body);
    ASSERT_TRUE(read);
    EXPECT_EQ(read->type, MessageType::chat);
    EXPECT_EQ(read->from->name, "alice");
    EXPECT_EQ(read->to->name, "bob");
    ASSERT_EQ(read->contents.size(), 1U);
    EXPECT_EQ(read->contents[0].type, Content::Type::text);
    EXPECT_EQ(read->contents[0].text, "say \"hi\"\n");
    EXPECT_FALSE(read->contents[0].sub_type);  // its presence would make it a combined message
    EXPECT_TRUE(read->ext.empty());
}

TEST(Forms, APlaceIsSaidInWords) {
    Content place{.type = Content::Type::location};
    place.latitude = 39.5;
    place.longitude = -116.25;
    place.address = "Some Street 1";
    EXPECT_EQ(wukong_payload_of(msync_message(body_with(place))),
              R"-({"type":1,"content":"[Location] Some Street 1 (39.5, -116.25)"})-");
}

TEST(Forms, EachFamilyGetsItsOwnBytes) {
    const fenshen::Message odd =
        msync_message(body_with({.type = Content::Type::text, .text = "x"}));
    fenshen::Message with_more = odd;
    with_more.payload += Bytes("\xF2\x3F\x01z", 4);  // a field that nobody knows
    EXPECT_EQ(body_of(with_more), with_more.payload);
    EXPECT_EQ(wukong_payload_of(wukong_message("\x01not json")), "\x01not json");
}

TEST(Forms, WhatAFamilyCannotShowSaysSo) {
    const fenshen::Message image =
        msync_message(body_with({.type = Content::Type::image,
                                 .display_name = "cat.png",
                                 .remote_path = "http://h/chatfiles/1"}));
    EXPECT_EQ(wukong_payload_of(image),
              R"({"type":1,"content":"[Image] cat.png http://h/chatfiles/1"})");
    const fenshen::Message command =
        msync_message(body_with({.type = Content::Type::command, .action = "refresh"}));
    EXPECT_EQ(wukong_payload_of(command), R"({"type":99,"cmd":"refresh","param":{}})");

    const std::string payload = R"({"type":2,"url":"http://h/1.png"})";
    const Bytes bytes = body_of(wukong_message(payload));
    const auto body = decode<MessageBody>(bytes);
    ASSERT_TRUE(body);
    EXPECT_EQ(body->contents.at(0).text, "[Image]");
    ASSERT_EQ(body->ext.size(), 1U);  // kept whole
    EXPECT_EQ(std::get<std::string_view>(body->ext[0].value), payload);

    const Bytes nonsense = body_of(wukong_message(Bytes("\xFF\xFE", 2)));
    EXPECT_EQ(decode<MessageBody>(nonsense)->contents.at(0).text, "[Message]");
}

TEST(Forms, AcknowledgementsHaveNoWukongForm) {
    MessageBody ack;
    ack.type = MessageType::deliver_ack;
    ack.ack_message_id = 5;
    EXPECT_EQ(wukong_payload_of(msync_message(ack)), std::nullopt);
    ack.type = MessageType::recall;
    EXPECT_EQ(wukong_payload_of(msync_message(ack)),
              R"({"type":99,"cmd":"messageRevoke","param":)"
              R"({"message_id":"5","channel_id":"bob","channel_type":1}})");
    fenshen::Message broken = msync_message(ack);
    broken.payload = "\xFF";
    EXPECT_EQ(wukong_payload_of(broken), std::nullopt);
}

TEST(Forms, AMetaNamesTheDeviceTheTargetAndTheTime) {
    fenshen::Message message = msync_message(body_with({.type = Content::Type::text, .text = "x"}));
    message.to_device = "pad";
    Meta ext;
    ext.ext.push_back({.key = "k", .type = KeyValue::Type::string, .value = std::string_view("v")});
    encode(message.extra, ext);
    Bytes out;
    append_meta(out, message, {.app_key = "org#app", .is_online = true});
    const auto meta = decode<Meta>(out);
    ASSERT_TRUE(meta);
    EXPECT_EQ(meta->id, 1480000000000001001U);
    EXPECT_EQ(meta->from->client_resource, "webim_web_1");
    EXPECT_EQ(meta->from->app_key, "org#app");
    EXPECT_EQ(meta->to->name, "bob");
    EXPECT_EQ(meta->to->domain, "easemob.com");
    EXPECT_EQ(meta->to->client_resource, "pad");
    EXPECT_EQ(meta->timestamp_ms, 1'700'000'000'000U);
    EXPECT_EQ(meta->ns, Namespace::chat);
    EXPECT_EQ(meta->payload, message.payload);
    EXPECT_EQ(meta->meta, R"({"is_online":1})");
    ASSERT_EQ(meta->ext.size(), 1U);

    message = wukong_message("x");
    message.channel = {ChannelType::group, "77"};
    message.addressed_to = "77";
    out.clear();
    append_meta(out, message, {.app_key = "org#app"});
    const auto of_group = decode<Meta>(out);
    EXPECT_EQ(of_group->to->domain, "conference.easemob.com");
    EXPECT_FALSE(of_group->from->client_resource);
    EXPECT_FALSE(of_group->meta);
}

}  // namespace
}  // namespace fenshen::msync
