// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "api/easemob/detail/test_server.h"
#include "base/base64.h"
#include "model/names.h"
#include "protocol/msync/codec.h"
#include "protocol/msync/messages.h"
#include "service/channels/channels.h"
#include "service/messages/conversation_marks.h"

namespace fenshen::api::easemob {
namespace {

using testing_support::Json;
using testing_support::TestServer;

class SendingTest : public testing::Test {
protected:
    auto send(const Json& body) {
        return server_.post_as(server_.app_token(), "/messages/users", body);
    }
    std::string refusal(const Json& body) {
        const auto answer = send(body);
        EXPECT_EQ(answer.status, 400) << answer.raw.body;
        return answer.error();
    }
    Json text(const char* from, const char* to, const char* msg) {
        return {{"from", from}, {"to", {to}}, {"type", "txt"}, {"body", {{"msg", msg}}}};
    }
    /// The messages of `page`, as the SDK reads them: their texts.
    std::vector<std::string> texts(const Json& page) {
        std::vector<std::string> texts;
        for (const auto& each : page["data"]["msgs"]) {
            Bytes bytes;
            EXPECT_TRUE(append_from_base64(bytes, each["msg"].get<std::string>()));
            const auto meta = msync::decode<msync::Meta>(bytes);
            EXPECT_TRUE(meta);
            const auto body = msync::decode<msync::MessageBody>(meta->payload.value_or(""));
            EXPECT_TRUE(body && body->contents.size() == 1);
            texts.emplace_back(body->contents[0].text.value_or("?"));
        }
        return texts;
    }
    Json history(std::string_view token, std::string_view user, const Json& body) {
        const auto answer =
            server_.post_as(token, "/users/" + std::string(user) + "/messageroaming", body);
        EXPECT_EQ(answer.status, 200) << answer.raw.body;
        return answer.body;
    }
    void make_group(std::string_view id, std::vector<Uid> members) {
        service::AddSubscribers command;
        command.channel = {ChannelType::group, std::string(id)};
        command.uids = std::move(members);
        bool done = false;
        start(service::add_subscribers(*server_.world, std::move(command)),
              [&](Result<void> result) { done = result.has_value(); });
        server_.get("/");  // lets the loops run
        ASSERT_TRUE(done);
    }
    TestServer server_;
};

TEST_F(SendingTest, AMessageReachesTheDevicesOfItsReceivers) {
    const auto bob = server_.user("bob");
    const auto device = server_.connect_msync("bob", "webim_1", bob);
    const auto answer =
        send({{"from", "Alice"},
              {"to", {"bob", "carol"}},
              {"type", "txt"},
              {"body", {{"msg", "hello"}}},
              {"ext", {{"a", "b"}, {"n", 7}, {"f", 1.5}, {"t", true}, {"o", {{"x", 1}}}}}});
    ASSERT_EQ(answer.status, 200) << answer.raw.body;
    ASSERT_EQ(server_.sessions.received[device].size(), 1U);
    const Message& message = *server_.sessions.received[device][0];
    EXPECT_EQ(answer.body["data"]["bob"], std::to_string(message.id.value()));
    EXPECT_TRUE(answer.body["data"].contains("carol"));
    EXPECT_EQ(message.from, Uid("alice"));
    const auto body = msync::decode<msync::MessageBody>(message.payload);
    ASSERT_TRUE(body);
    EXPECT_EQ(body->type, msync::MessageType::chat);
    EXPECT_EQ(body->to->name, "bob");
    EXPECT_EQ(body->contents.at(0).text, "hello");
    using Type = msync::KeyValue::Type;
    std::map<std::string, Type> types;
    for (const auto& each : body->ext) types[std::string(*each.key)] = *each.type;
    EXPECT_EQ(types,
              (std::map<std::string, Type>{{"a", Type::string},
                                           {"n", Type::int32},
                                           {"f", Type::float64},
                                           {"t", Type::boolean},
                                           {"o", Type::json_string}}));
}

TEST_F(SendingTest, TheSendersOwnDevicesGetItOnlyIfThatIsAskedFor) {
    const auto alice = server_.user("alice");
    server_.user("bob");
    const auto device = server_.connect_msync("alice", "webim_1", alice);
    auto body = text("alice", "bob", "one");
    send(body);
    EXPECT_TRUE(server_.sessions.received[device].empty());
    body["sync_device"] = true;
    send(body);
    EXPECT_EQ(server_.sessions.received[device].size(), 1U);
}

TEST_F(SendingTest, WhatIsMissingIsNamed) {
    const auto without = [&](const char* name) {
        auto body = text("alice", "bob", "x");
        body.erase(name);
        return refusal(body);
    };
    EXPECT_EQ(without("to"), "message_send_error: param to can't be empty");
    EXPECT_EQ(without("type"), "message_send_error: param type can't be empty");
    EXPECT_EQ(without("body"), "message_send_error: param body can't be empty");
    EXPECT_EQ(refusal(text("", "bob", "x")), "message_send_error: param from can't be empty");
    auto body = text("alice", "bob", "x");
    body["ext"] = "text";
    EXPECT_EQ(refusal(body), "message_send_error: param ext must be JSONObject");
    body = text("alice", "bob", "x");
    body["to"] = std::vector<std::string>(601, "bob");
    EXPECT_EQ(refusal(body), "message_send_error: params to's size can't exceed limit 600");
    body = text("alice", "not legal", "x");
    EXPECT_EQ(refusal(body), "message_send_error: param to is not legal");
    body = text("alice", "bob", std::string(5 * 1024, 'x').c_str());
    const auto large = send(body);
    EXPECT_EQ(large.error(), "message_send_error: message is too large");
    EXPECT_EQ(large.body["error_code"], 14007);
    body = text("alice", "bob", "x");
    body["type"] = "smell";
    EXPECT_EQ(refusal(body), "message_send_error: param type is not legal");
}

TEST_F(SendingTest, EveryKindHasItsContent) {
    const auto bob = server_.user("bob");
    const auto device = server_.connect_msync("bob", "webim_1", bob);
    const auto content_of = [&](const char* type, const Json& body) {
        const auto answer =
            send({{"from", "alice"}, {"to", {"bob"}}, {"type", type}, {"body", body}});
        EXPECT_EQ(answer.status, 200) << answer.raw.body;
        return server_.sessions.received[device].back()->payload;
    };
    using Type = msync::Content::Type;
    const auto image = content_of("img",
                                  {{"url", "u"},
                                   {"secret", "s"},
                                   {"filename", "f"},
                                   {"size", {{"width", 2}, {"height", 3}}}});
    const auto read_image = msync::decode<msync::MessageBody>(image);
    EXPECT_EQ(read_image->contents.at(0).type, Type::image);
    EXPECT_EQ(read_image->contents[0].remote_path, "u");
    EXPECT_EQ(read_image->contents[0].secret_key, "s");
    EXPECT_EQ(read_image->contents[0].display_name, "f");
    EXPECT_EQ(read_image->contents[0].size->height, 3);
    const auto audio = content_of("audio", {{"url", "u"}, {"length", 5}});
    EXPECT_EQ(msync::decode<msync::MessageBody>(audio)->contents.at(0).duration, 5);
    const auto place = content_of("loc", {{"lat", 1.5}, {"lng", 2.5}, {"addr", "here"}});
    EXPECT_EQ(msync::decode<msync::MessageBody>(place)->contents.at(0).latitude, 1.5);
    const auto command = content_of("cmd", {{"action", "do"}});
    EXPECT_EQ(msync::decode<msync::MessageBody>(command)->contents.at(0).action, "do");
    const auto custom =
        content_of("custom", {{"customEvent", "e/1"}, {"customExts", {{"k", "v"}}}});
    EXPECT_EQ(msync::decode<msync::MessageBody>(custom)->contents.at(0).custom_exts.size(), 1U);
    EXPECT_EQ(refusal({{"from", "a"}, {"to", {"bob"}}, {"type", "img"}, {"body", Json::object()}}),
              "message_send_error: param url can't be empty");
    EXPECT_EQ(refusal({{"from", "a"},
                       {"to", {"bob"}},
                       {"type", "custom"},
                       {"body", {{"customEvent", "a b"}}}}),
              "message_send_error: param customEvent is not legal");
}

TEST_F(SendingTest, HistoryIsPagedBothWays) {
    const auto alice = server_.user("alice");
    server_.user("bob");
    for (const char* msg : {"1", "2", "3", "4", "5"}) send(text("bob", "alice", msg));
    Json ask{{"queue", "bob@easemob.com"}, {"start", -1}, {"end", -1}, {"pull_number", 2}};
    auto page = history(alice, "alice", ask);
    EXPECT_EQ(texts(page), (std::vector<std::string>{"5", "4"}));
    EXPECT_EQ(page["data"]["is_last"], false);
    ask["start"] = page["data"]["next_key"];
    page = history(alice, "alice", ask);
    EXPECT_EQ(texts(page), (std::vector<std::string>{"3", "2"}));
    ask["start"] = page["data"]["next_key"];
    page = history(alice, "alice", ask);
    EXPECT_EQ(texts(page), (std::vector<std::string>{"1"}));
    EXPECT_EQ(page["data"]["is_last"], true);
    ask["start"] = page["data"]["next_key"];
    EXPECT_TRUE(texts(history(alice, "alice", ask)).empty());

    ask = {{"queue", "fenshen#demo_bob@easemob.com"},
           {"start", "-1"},
           {"pull_number", 3},
           {"is_positive", true}};
    page = history(alice, "alice", ask);
    EXPECT_EQ(texts(page), (std::vector<std::string>{"1", "2", "3"}));
    ask["start"] = page["data"]["next_key"];
    page = history(alice, "alice", ask);
    EXPECT_EQ(texts(page), (std::vector<std::string>{"4", "5"}));
    EXPECT_EQ(page["data"]["is_last"], true);
}

TEST_F(SendingTest, HistoryIsFilteredAsAsked) {
    const auto alice = server_.user("alice");
    send(text("bob", "alice", "old"));
    server_.clock.now_ms += 1000;
    const auto then = server_.clock.now_ms;
    send(text("alice", "bob", "mine"));
    send({{"from", "bob"}, {"to", {"alice"}}, {"type", "cmd"}, {"body", {{"action", "x"}}}});
    server_.clock.now_ms += 1000;
    send(text("bob", "alice", "new"));
    const auto with = [&](const Json& more) {
        Json ask{{"queue", "bob@easemob.com"}, {"start", -1}};
        ask.update(more);
        return texts(history(alice, "alice", ask));
    };
    EXPECT_EQ(with({{"msgType", "txt,img"}}), (std::vector<std::string>{"new", "mine", "old"}));
    EXPECT_EQ(with({{"msgType", "txt"}, {"startTime", then}}),
              (std::vector<std::string>{"new", "mine"}));
    EXPECT_EQ(with({{"msgType", "txt"}, {"endTime", then}}),
              (std::vector<std::string>{"mine", "old"}));
    EXPECT_EQ(with({{"userId", "alice"}}), (std::vector<std::string>{"mine"}));
    EXPECT_EQ(with({{"msgType", "video"}}), std::vector<std::string>{});
    EXPECT_EQ(with({{"userId", nullptr}, {"startTime", nullptr}, {"msgType", "txt"}}).size(), 3U);
}

TEST_F(SendingTest, WhatAnAccountHasDeletedIsNotShownToItAgain) {
    const auto alice = server_.user("alice");
    const auto bob = server_.user("bob");
    std::vector<std::string> ids;
    for (const char* msg : {"1", "2", "3", "4"}) {
        ids.push_back(send(text("bob", "alice", msg)).body["data"]["alice"]);
    }
    const ChannelKey channel{ChannelType::person, person_channel_id("alice", "bob")};
    bool done = false;
    start(service::hide_messages(*server_.world,
                                 {Uid("alice"), {}},
                                 channel,
                                 {MessageId(std::stoll(ids[1])), MessageId(std::stoll(ids[3]))}),
          [&](Result<void> result) { done = result.has_value(); });
    server_.get("/");  // lets the loops run
    ASSERT_TRUE(done);
    const Json ask{{"start", -1}, {"pull_number", 2}, {"queue", "bob@easemob.com"}};
    EXPECT_EQ(texts(history(alice, "alice", ask)), (std::vector<std::string>{"3", "1"}));
    const Json of_bob{{"start", -1}, {"queue", "alice@easemob.com"}};
    EXPECT_EQ(texts(history(bob, "bob", of_bob)).size(), 4U);
}

TEST_F(SendingTest, AGroupsHistoryIsForItsMembers) {
    const auto alice = server_.user("alice");
    const auto eve = server_.user("eve");
    make_group("12345", {Uid("alice"), Uid("bob")});
    const auto sent = server_.post_as(
        server_.app_token(),
        "/messages/chatgroups",
        {{"from", "bob"}, {"to", {"12345"}}, {"type", "txt"}, {"body", {{"msg", "hello all"}}}});
    EXPECT_EQ(sent.status, 200) << sent.raw.body;
    EXPECT_TRUE(sent.body["data"].contains("12345"));
    const Json ask{{"queue", "12345@conference.easemob.com"}, {"start", -1}};
    EXPECT_EQ(texts(history(alice, "alice", ask)), std::vector<std::string>{"hello all"});
    const auto refused = server_.post_as(eve, "/users/eve/messageroaming", ask);
    EXPECT_EQ(refused.status, 403);
    EXPECT_TRUE(refused.error().contains("are not members of this group"));
    const auto other = server_.post_as(eve, "/users/alice/messageroaming", ask);
    EXPECT_EQ(other.status, 401);
}

TEST_F(SendingTest, OddQuestionsAboutHistoryAreRefused) {
    const auto alice = server_.user("alice");
    const auto status = [&](const Json& ask) {
        return server_.post_as(alice, "/users/alice/messageroaming", ask).status;
    };
    EXPECT_EQ(status({{"queue", "a b@easemob.com"}}), 400);
    EXPECT_EQ(status(Json::object()), 400);
    EXPECT_EQ(status({{"queue", 7}}), 400);
    EXPECT_EQ(status({{"queue", "bob@easemob.com"}, {"pull_number", "many"}}), 400);
    EXPECT_EQ(status({{"queue", "bob@easemob.com"}, {"pull_number", 100000}}), 200);
    EXPECT_EQ(status({{"queue", "bob@easemob.com"}, {"start", "nonsense"}}), 200);
    EXPECT_EQ(status({{"queue", "@conference.easemob.com"}}), 400);
    EXPECT_EQ(status({{"queue", "bob"}}), 200);
}

}  // namespace
}  // namespace fenshen::api::easemob
