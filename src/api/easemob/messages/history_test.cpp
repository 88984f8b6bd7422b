// SPDX-License-Identifier: Apache-2.0
// What an account is shown of its conversations: history page by page, the last message of each in
// the list, pinned messages.
#include <gtest/gtest.h>

#include "api/easemob/detail/test_server.h"
#include "base/base64.h"
#include "model/names.h"
#include "protocol/msync/codec.h"
#include "protocol/msync/messages.h"
#include "service/messages/message_changes.h"

namespace fenshen::api::easemob {
namespace {

using testing_support::Json;
using testing_support::TestServer;

class HistoryTest : public testing::Test {
protected:
    HistoryTest() : alice_(server_.user("alice")), bob_(server_.user("bob")) {}

    /// Says `body` as `from`; answers the message's id.
    std::string say(const char* from, const char* to, const Json& body, const char* type = "txt") {
        ++server_.clock.now_ms;
        Json said{{"from", from}, {"to", {to}}, {"type", type}, {"body", body}};
        if (!ext_.is_null()) said["ext"] = ext_;
        const auto answer = server_.post_as(server_.app_token(), "/messages/users", said);
        EXPECT_EQ(answer.status, 200) << answer.raw.body;
        return answer.body["data"][to];
    }
    std::string say(const char* from, const char* to, const char* text) {
        return say(from, to, Json{{"msg", text}});
    }

    /// `by` takes back what it has said to the other.
    void take_back(const char* by, const char* other, const std::string& id) {
        const auto number = std::stoll(id);
        service::ChangeMessage change;
        change.channel = {ChannelType::person, person_channel_id(by, other)};
        change.id = MessageId(number);
        change.by = Uid(by);
        change.change = [](Message& stored, Message& told) -> Result<void> {
            stored.payload = told.payload;
            return {};
        };
        service::SendCommand told;
        told.message = std::make_shared<Message>();
        told.message->channel = command_channel_of(change.channel);
        told.message->from = Uid(by);
        told.message->addressed_to = other;
        told.message->format = MessageFormat::msync;
        told.message->flags.sync_once = true;
        msync::MessageBody body;
        body.type = msync::MessageType::recall;
        body.ack_message_id = static_cast<std::uint64_t>(number);
        msync::encode(told.message->payload, body);
        service::change_message(*server_.world, std::move(change), std::move(told));
        server_.get("/");  // lets the loops run
    }

    struct Page {
        std::vector<std::string> texts;
        Json next;
        bool is_last = false;
    };
    /// What alice is shown of her conversation with bob.
    Page page(Json ask) {
        ask["queue"] = "bob@easemob.com";
        if (!ask.contains("start")) ask["start"] = -1;
        const auto answer = server_.post_as(alice_, "/users/alice/messageroaming", ask);
        EXPECT_EQ(answer.status, 200) << answer.raw.body;
        const auto& data = answer.body["data"];
        Page page{{}, data["next_key"], data["is_last"]};
        for (const auto& each : data["msgs"]) {
            Bytes bytes;
            EXPECT_TRUE(append_from_base64(bytes, each["msg"].get<std::string>()));
            const auto meta = msync::decode<msync::Meta>(bytes);
            EXPECT_TRUE(meta);
            const auto body = msync::decode<msync::MessageBody>(meta->payload.value_or(""));
            EXPECT_TRUE(body && body->contents.size() == 1);
            page.texts.emplace_back(body->contents[0].text.value_or("?"));
        }
        return page;
    }

    /// alice's conversation with `other`, as the list has it; null: not there.
    Json listed(std::string_view other) {
        const auto answer =
            server_.get_as(alice_, "/sdk/user/alice/user_channels/list?&limit=20&_v=1");
        EXPECT_EQ(answer.status, 200) << answer.raw.body;
        for (const auto& each : answer.body["data"]["channel_infos"]) {
            if (each["session_to"] == other) return each;
        }
        return nullptr;
    }
    /// The payload of the last message of her conversation with bob.
    Json last_payload() {
        const Json meta = listed("bob")["meta"];
        return Json::parse(meta.value("payload", "null"));
    }

    TestServer server_;
    std::string alice_;
    std::string bob_;
    Json ext_;
};

std::vector<std::string> reversed(std::vector<std::string> texts) {
    std::ranges::reverse(texts);
    return texts;
}

TEST_F(HistoryTest, PagesOfEverySizePutTogetherAreTheWhole) {
    std::vector<std::string> shown;
    for (int i = 1; i <= 60; ++i) {
        const std::string text = std::to_string(i);
        const auto id = say("bob", "alice", text.c_str());
        if (i % 7 == 0) {
            take_back("bob", "alice", id);
        } else {
            shown.push_back(text);
        }
    }
    for (const bool forward : {false, true}) {
        const auto expected = forward ? shown : reversed(shown);
        for (const std::size_t size : {1U, 2U, 3U, 10U, 17U, 25U, 50U}) {
            Json ask{{"pull_number", size}, {"is_positive", forward}};
            std::vector<std::string> texts;
            std::size_t pages = 0;
            for (bool is_last = false; !is_last && pages < shown.size() + 1; ++pages) {
                const auto next = page(ask);
                texts.insert(texts.end(), next.texts.begin(), next.texts.end());
                ask["start"] = next.next;
                is_last = next.is_last;
            }
            EXPECT_EQ(texts, expected) << size;
            // The last page says so: nobody has to ask for an empty one.
            EXPECT_EQ(pages, (shown.size() + size - 1) / size) << size;
        }
    }
}

TEST_F(HistoryTest, ThePageBehindAMessageBeginsBehindIt) {
    std::vector<std::string> ids;
    for (const char* text : {"1", "2", "3", "4"}) ids.push_back(say("bob", "alice", text));
    EXPECT_EQ(page({{"start", ids[2]}}).texts, (std::vector<std::string>{"2", "1"}));
    EXPECT_EQ(page({{"start", ids[1]}, {"is_positive", true}}).texts,
              (std::vector<std::string>{"3", "4"}));
    // Of somewhere else, but between these two.
    const auto between = say("bob", "carol", "elsewhere");
    say("bob", "alice", "5");
    EXPECT_EQ(page({{"start", between}}).texts, (std::vector<std::string>{"4", "3", "2", "1"}));
    EXPECT_EQ(page({{"start", between}, {"is_positive", true}}).texts,
              std::vector<std::string>{"5"});
    EXPECT_TRUE(page({{"start", 0}}).texts.empty());
    EXPECT_EQ(page({{"start", "0"}, {"is_positive", true}}).texts.size(), 5U);
    const auto newest = page({{"pull_number", 5}, {"is_positive", true}});
    EXPECT_TRUE(newest.is_last);
    say("bob", "alice", "6");
    EXPECT_EQ(page({{"start", newest.next}, {"is_positive", true}}).texts,
              std::vector<std::string>{"6"});
}

TEST_F(HistoryTest, FiltersArePagedThrough) {
    for (int i = 0; i < 120; ++i) {
        say(i % 40 == 0 ? "alice" : "bob",
            i % 40 == 0 ? "bob" : "alice",
            std::to_string(i).c_str());
    }
    Json ask{{"userId", "alice"}, {"pull_number", 2}, {"msgType", "txt"}};
    auto found = page(ask);
    EXPECT_EQ(found.texts, (std::vector<std::string>{"80", "40"}));
    EXPECT_FALSE(found.is_last);
    ask["start"] = found.next;
    found = page(ask);
    EXPECT_EQ(found.texts, std::vector<std::string>{"0"});
    EXPECT_TRUE(found.is_last);
}

TEST_F(HistoryTest, WhatWasTakenBackIsNotTheLastOfItsConversation) {
    const auto first = say("bob", "alice", "stays");
    const auto second = say("bob", "alice", "goes");
    EXPECT_EQ(last_payload()["bodies"][0]["msg"], "goes");
    take_back("bob", "alice", second);
    EXPECT_EQ(last_payload()["bodies"][0]["msg"], "stays");
    EXPECT_EQ(listed("bob")["meta"]["id"], first);
    take_back("bob", "alice", first);
    EXPECT_TRUE(listed("bob").is_null());
}

TEST_F(HistoryTest, AConversationOfWhichAllIsDeletedLeavesTheList) {
    const auto first = say("bob", "alice", "one");
    const auto second = say("bob", "alice", "two");
    const auto forget = [&](const std::string& ids) {
        const auto answer =
            server_.call(http::Method::del,
                         "/sdk/message/roaming/chat/user/alice?userId=bob&msgIdList=" + ids,
                         alice_);
        EXPECT_EQ(answer.status, 200) << answer.raw.body;
    };
    forget(second);
    EXPECT_EQ(last_payload()["bodies"][0]["msg"], "one");
    EXPECT_EQ(page({}).texts, std::vector<std::string>{"one"});
    forget(first + "," + second);
    EXPECT_TRUE(listed("bob").is_null());
    EXPECT_TRUE(page({}).is_last);
    say("alice", "bob", "three");
    EXPECT_EQ(last_payload()["bodies"][0]["msg"], "three");
}

TEST_F(HistoryTest, TheLastMessageIsSaidAsTheSdkReadsIt) {
    ext_ = {{"text", "\xE4\xBD\xA0 \"\n"},
            {"n", -7},
            {"f", 0.5},
            {"yes", true},
            {"o", {{"a", {1, 2}}}}};
    const auto id = say("bob", "alice", "hello");
    const Json meta = listed("bob")["meta"];
    EXPECT_EQ(meta["id"], id);
    EXPECT_EQ(meta["from"], "fenshen#demo_bob@easemob.com");
    EXPECT_EQ(meta["to"], "fenshen#demo_alice@easemob.com");
    EXPECT_EQ(meta["timestamp"], server_.clock.now_ms);
    const Json payload = last_payload();
    EXPECT_EQ(payload["from"], "bob");
    EXPECT_EQ(payload["to"], "alice");
    EXPECT_EQ(payload["type"], "chat");
    EXPECT_EQ(payload["ext"], ext_);
    EXPECT_EQ(payload["bodies"], Json::parse(R"([{"type":"txt","msg":"hello"}])"));
}

TEST_F(HistoryTest, EveryKindOfLastMessageHasItsFields) {
    const auto last_of = [&](const char* type, const Json& body) {
        say("bob", "alice", body, type);
        EXPECT_TRUE(last_payload()["ext"].is_object());
        return last_payload()["bodies"][0];
    };
    const Json file{
        {"url", "http://u/f"}, {"secret", "s"}, {"filename", "f.bin"}, {"file_length", 9}};
    for (const char* type : {"file", "img", "audio", "video"}) {
        Json expected = file;
        expected["type"] = type;
        EXPECT_EQ(last_of(type, file), expected);
    }
    const Json sized{{"url", "u"}, {"size", {{"width", 4}, {"height", 3}}}};
    EXPECT_EQ(last_of("img", sized)["size"], sized["size"]);
    const Json clip{{"url", "u"}, {"length", 12}, {"thumb", "t"}, {"thumb_secret", "ts"}};
    const Json video = last_of("video", clip);
    for (const char* name : {"length", "thumb", "thumb_secret"}) EXPECT_EQ(video[name], clip[name]);
    EXPECT_EQ(last_of("loc", {{"lat", 1.5}, {"lng", -2.25}, {"addr", "here"}}),
              Json::parse(R"({"type":"loc","lat":1.5,"lng":-2.25,"addr":"here"})"));
    EXPECT_EQ(last_of("cmd", {{"action", "do"}}), Json::parse(R"({"type":"cmd","action":"do"})"));
    EXPECT_EQ(
        last_of("custom", {{"customEvent", "gift"}, {"customExts", {{"a", "1"}, {"b", "2"}}}}),
        Json::parse(
            R"({"type":"custom","customEvent":"gift","customExts":[{"a":"1"},{"b":"2"}]})"));
}

TEST_F(HistoryTest, PinnedMessagesAreListedNewestPinFirst) {
    const auto first = say("bob", "alice", "one");
    const auto second = say("alice", "bob", "two");
    const auto third = say("bob", "alice", "three");
    for (const auto& id : {second, first, third}) {
        server_.clock.now_ms += 5;
        const Json pin{{"to", "alice"}, {"type", "chat"}, {"pin_msg_id", id}};
        EXPECT_EQ(server_.post_as(bob_, "/sdk/user/bob/user_channel/pin", pin).status, 200);
    }
    take_back("bob", "alice", third);
    const std::string where = "/sdk/user/alice/user_channel/pin?to=bob&type=chat&limit=1&cursor=";
    auto answer = server_.get_as(alice_, where);
    ASSERT_EQ(answer.status, 200) << answer.raw.body;
    const auto& found = answer.body["data"]["msg_infos"];
    ASSERT_EQ(found.size(), 1U);
    EXPECT_EQ(found[0]["message"]["id"], first);
    EXPECT_EQ(found[0]["pin_operator"], "bob");
    EXPECT_EQ(found[0]["pin_opt_at"], server_.clock.now_ms - 5);
    const std::string cursor = answer.body["data"]["cursor"];
    answer = server_.get_as(alice_, where + cursor);
    EXPECT_EQ(answer.body["data"]["msg_infos"][0]["message"]["id"], second);
    EXPECT_EQ(answer.body["data"]["cursor"], "");
    const auto odd = server_.get_as(alice_, "/sdk/user/alice/user_channel/pin?to=a%20b&type=chat");
    EXPECT_EQ(odd.status, 400);
}

}  // namespace
}  // namespace fenshen::api::easemob
