// SPDX-License-Identifier: Apache-2.0
#include "protocol/msync/changes.h"

#include <gtest/gtest.h>

#include "protocol/msync/codec.h"
#include "protocol/msync/forms.h"

namespace fenshen::msync {
namespace {

fenshen::Message said(const MessageBody& body) {
    fenshen::Message message;
    message.id = MessageId(77);
    message.channel = {ChannelType::person, "bob@alice"};
    message.from = Uid("alice");
    message.addressed_to = "bob";
    message.at = {1'000};
    message.format = MessageFormat::msync;
    message.flags.red_dot = true;
    encode(message.payload, body);
    return message;
}

MessageBody text(std::string_view words) {
    MessageBody body;
    body.type = MessageType::chat;
    body.contents.push_back({.type = Content::Type::text, .text = words});
    return body;
}

fenshen::Message change_to(std::string_view words) {
    auto body = text(words);
    body.type = MessageType::edit;
    body.edit_message_id = 77;
    body.edit_scope = EditScope::body;
    return said(body);
}

std::string_view words_of(const fenshen::Message& message) {
    return decode<MessageBody>(message.payload)->contents.at(0).text.value();
}

TEST(Changes, AnEditIsInTheMessageAndInWhatTellsOfIt) {
    auto first = text("helo");
    first.ext.push_back({.key = "k", .type = KeyValue::Type::string, .value = "v"});
    auto stored = said(first);
    auto told = change_to("hello");
    const auto json = edit(stored, told, {5'000});
    ASSERT_TRUE(json);
    EXPECT_EQ(*json,
              R"({"edit_msg":{"count":1,"operator":"alice","edit_time":5000,"sender":"alice",)"
              R"("send_time":1000,"chat_type":"chat:user"}})");
    const auto body = decode<MessageBody>(stored.payload);
    EXPECT_EQ(body->type, MessageType::chat);
    EXPECT_EQ(body->contents.at(0).text, "hello");
    EXPECT_EQ(body->ext, first.ext);
    EXPECT_EQ(body->meta, *json);
    EXPECT_EQ(decode<MessageBody>(told.payload)->meta, *json);
}

TEST(Changes, WhatIsSaidAgainCountsOnce) {
    auto stored = said(text("helo"));
    auto told = change_to("hello");
    auto again = told;
    ASSERT_TRUE(edit(stored, told, {5'000}));
    const auto before = stored;
    ASSERT_TRUE(edit(stored, again, {6'000}));
    EXPECT_EQ(stored, before);
    EXPECT_EQ(again.payload, told.payload);
}

TEST(Changes, TenEditsAreEnough) {
    auto stored = said(text("0"));
    for (std::uint32_t i = 1; i <= edits_max; ++i) {
        auto told = change_to(std::to_string(i));
        EXPECT_TRUE(edit(stored, told, {5'000}));
    }
    auto more = change_to("more");
    EXPECT_EQ(edit(stored, more, {5'000}), std::unexpected(Errc::rate_limited));
    EXPECT_EQ(words_of(stored), "10");
}

TEST(Changes, OnlyContentsCanBeEdited) {
    auto stored = said(text("x"));
    auto empty = said(MessageBody{.type = MessageType::edit});
    EXPECT_EQ(edit(stored, empty, {5'000}), std::unexpected(Errc::bad_request));
    auto recall = said(MessageBody{.type = MessageType::recall, .ack_message_id = 77});
    take_back(stored, recall);
    EXPECT_EQ(stored.payload, recall.payload);
    EXPECT_FALSE(stored.flags.red_dot);
    auto late = change_to("y");
    EXPECT_EQ(edit(stored, late, {5'000}), std::unexpected(Errc::bad_request));
}

TEST(Changes, AMessageOfTheOtherFamilyBecomesOneOfThis) {
    auto stored = said({});
    stored.payload = R"({"type":1,"content":"helo"})";
    stored.format = MessageFormat::wukong;
    auto told = change_to("hello");
    ASSERT_TRUE(edit(stored, told, {5'000}));
    EXPECT_EQ(stored.format, MessageFormat::msync);
    EXPECT_EQ(words_of(stored), "hello");
}

TEST(Changes, WhatIsSaidInAThreadSaysWhichThread) {
    auto body = text("x");
    body.meta = R"({"thread":{}, "translations":[{"code":"de", "text":"y"}]})";
    auto stored = said(body);
    EXPECT_TRUE(is_for_thread(stored.payload));
    put_thread(stored.payload, {MessageId(7), "123", "the \"name\""});
    constexpr std::string_view thread =
        R"("thread":{"msg_parent_id":"7","muc_parent_id":"123","thread_name":"the \"name\""})";
    constexpr std::string_view rest = R"(,"translations":[{"code":"de","text":"y"}]})";
    EXPECT_EQ(decode<MessageBody>(stored.payload)->meta,
              "{" + std::string(thread) + std::string(rest));
    EXPECT_EQ(words_of(stored), "x");

    auto told = change_to("z");
    auto again = told;
    const auto json = edit(stored, told, {5'000});
    ASSERT_TRUE(json);
    const std::string meta(decode<MessageBody>(stored.payload)->meta.value());
    EXPECT_TRUE(meta.starts_with(json->substr(0, json->size() - 1))) << meta;
    EXPECT_TRUE(meta.ends_with(std::string(thread) + std::string(rest))) << meta;
    EXPECT_EQ(edit(stored, again, {6'000}), json);
    EXPECT_EQ(again.payload, told.payload);
}

TEST(Changes, AMetaThatWouldBecomeTooLongIsLeftOut) {
    auto body = text("x");
    const std::string meta = R"({"thread":{},"long":")" + std::string(60'000, 'x') + "\"}";
    body.meta = meta;
    auto stored = said(body);
    put_thread(stored.payload, {MessageId(7), "123", "name"});
    EXPECT_EQ(decode<MessageBody>(stored.payload)->meta,
              R"({"thread":{"msg_parent_id":"7","muc_parent_id":"123","thread_name":"name"}})");
}

TEST(Changes, OnlyWhatSaysSoIsForAThread) {
    EXPECT_FALSE(is_for_thread(said(text("\"thread\"")).payload));
    auto body = text("x");
    body.meta = R"({"other":{"thread":{}}})";
    EXPECT_FALSE(is_for_thread(said(body).payload));
    body.meta = R"("thread")";
    EXPECT_FALSE(is_for_thread(said(body).payload));
    EXPECT_FALSE(is_for_thread("\"thread\""));
}

TEST(Changes, TheNumberOfReadersComesFirst) {
    MessageBody receipt;
    receipt.type = MessageType::read_ack;
    receipt.ack_message_id = 77;
    receipt.ext.push_back({.key = "own", .type = KeyValue::Type::string, .value = "x"});
    auto told = said(receipt);
    put_read_count(told, 3);
    const auto body = decode<MessageBody>(told.payload);
    ASSERT_EQ(body->ext.size(), 2U);
    EXPECT_EQ(std::get<std::string_view>(body->ext[0].value), R"({"77":3})");
    EXPECT_EQ(body->ext[1], receipt.ext[0]);
}

}  // namespace
}  // namespace fenshen::msync
