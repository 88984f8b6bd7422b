// SPDX-License-Identifier: Apache-2.0
// The conversation list and its marks (wukong-http 12).
#include <gtest/gtest.h>

#include "api/wukong/detail/test_server.h"

namespace fenshen::api::wukong {
namespace {

using testing_support::Json;
using testing_support::TestServer;

const Json ok_json{{"status", 200}};

class ConversationsTest : public testing::Test {
protected:
    void say(std::string_view from, std::string_view to, int type = 1) {
        server.clock.now_ms += 1000;
        server.post_json(
            "/message/send",
            {{"channel_id", to}, {"channel_type", type}, {"from_uid", from}, {"payload", "eA=="}});
    }
    Json sync(std::string_view uid, const Json& more = Json::object()) {
        Json body{{"uid", uid}, {"msg_count", 10}};
        body.update(more);
        return server.post_json("/conversation/sync", body);
    }
    Json mark(std::string_view verb,
              std::string_view uid,
              std::string_view peer,
              const Json& more = Json::object()) {
        Json body{{"uid", uid}, {"channel_id", peer}, {"channel_type", 1}};
        body.update(more);
        return server.post_json("/conversations/" + std::string(verb), body);
    }
    static std::vector<std::string> ids_of(const Json& list) {
        std::vector<std::string> ids;
        for (const auto& each : list) ids.push_back(each["channel_id"]);
        return ids;
    }

    TestServer server;
};

using Ids = std::vector<std::string>;

TEST_F(ConversationsTest, ShapeOfAnElement) {
    say("u1", "u2");
    say("u1", "u2");
    const auto list = sync("u2", {{"msg_count", 1}});
    ASSERT_EQ(list.size(), 1U);
    const auto& one = list[0];
    EXPECT_EQ(one["channel_id"], "u1");
    EXPECT_EQ(one["channel_type"], 1);
    EXPECT_EQ(one["unread"], 2);
    EXPECT_EQ(one["timestamp"], server.clock.now_ms / 1000);
    EXPECT_EQ(one["last_msg_seq"], 2);
    EXPECT_EQ(one["last_client_msg_no"].get<std::string>().size(), 33U);
    EXPECT_EQ(one["offset_msg_seq"], 0);
    EXPECT_EQ(one["readed_to_msg_seq"], 0);
    EXPECT_EQ(one["version"], server.clock.now_ms / 1000 * 1'000'000'000);
    ASSERT_EQ(one["recents"].size(), 1U);
    EXPECT_EQ(one["recents"][0]["message_seq"], 2);
    EXPECT_EQ(one.size(), 10U);
}

TEST_F(ConversationsTest, NewestFirstWithinAndOwnMessagesAreRead) {
    say("u1", "u2");
    say("u1", "u2");
    say("u2", "u1");
    const auto list = sync("u2");
    ASSERT_EQ(list.size(), 1U);
    EXPECT_EQ(list[0]["unread"], 0);
    EXPECT_EQ(list[0]["readed_to_msg_seq"], 3);
    EXPECT_EQ(list[0]["recents"][0]["message_seq"], 3);
    EXPECT_EQ(list[0]["recents"][2]["message_seq"], 1);
    EXPECT_EQ(sync("u1")[0]["unread"], 1);
}

TEST_F(ConversationsTest, MessageCountAtItsEnds) {
    say("u1", "u2");
    EXPECT_EQ(sync("u2", {{"msg_count", 0}}), Json::array());
    EXPECT_EQ(sync("u2", {{"msg_count", -1}}), Json::array());
    EXPECT_EQ(sync("u2", {{"msg_count", INT64_MIN}}), Json::array());
    for (const std::int64_t count : {std::int64_t{2'147'483'648}, INT64_MAX}) {
        EXPECT_EQ(sync("u2", {{"msg_count", count}})[0]["recents"].size(), 1U);
    }
    EXPECT_EQ(
        server.post("/conversation/sync", R"({"uid":"u2","msg_count":9223372036854775808})").status,
        400);
}

TEST_F(ConversationsTest, OnlyWhatIsNew) {
    say("u1", "u2");
    say("u3", "u2");
    EXPECT_EQ(ids_of(sync("u2")), (Ids{"u3", "u1"}));
    mark("clearUnread", "u2", "u1");
    EXPECT_EQ(ids_of(sync("u2", {{"version", 1}})), Ids{"u3"});
    EXPECT_EQ(ids_of(sync("u2", {{"only_unread", 1}})), Ids{"u3"});
    // What the client has decides where it says so.
    EXPECT_EQ(ids_of(sync("u2", {{"version", 1}, {"last_msg_seqs", "u3:1:1"}})), Ids{});
    EXPECT_EQ(ids_of(sync("u2", {{"last_msg_seqs", "u1:1:1|u3:1:1"}})), Ids{});
    say("u1", "u2");
    const auto list = sync("u2", {{"version", 1}, {"last_msg_seqs", "u1:1:1|u3:1:1"}});
    ASSERT_EQ(ids_of(list), Ids{"u1"});
    EXPECT_EQ(list[0]["recents"].size(), 1U);
}

TEST_F(ConversationsTest, TypesCanBeLeftOut) {
    server.post_json("/channel/subscriber_add", {{"channel_id", "g"}, {"subscribers", {"u2"}}});
    say("u1", "u2");
    say("u1", "g", 2);
    EXPECT_EQ(ids_of(sync("u2", {{"exclude_channel_types", {2}}})), Ids{"u1"});
    EXPECT_EQ(ids_of(sync("u2", {{"exclude_channel_types", {1, 2}}})), Ids{});
    EXPECT_NE(
        server.error_of("/conversation/sync", {{"uid", "u2"}, {"exclude_channel_types", {256}}}),
        "");
}

TEST_F(ConversationsTest, Pages) {
    for (const char* uid : {"a", "b", "c"}) say(uid, "u2");
    const auto page = [&](std::int64_t number, std::int64_t size) {
        return sync("u2", {{"page", number}, {"page_size", size}}).size();
    };
    EXPECT_EQ(page(1, 2), 2U);
    EXPECT_EQ(page(2, 2), 1U);
    EXPECT_EQ(page(3, 2), 0U);
    EXPECT_EQ(page(1, 0), 3U);
    EXPECT_EQ(page(1, INT64_MAX), 3U);
    EXPECT_EQ(page(INT64_MAX, 500), 0U);
    EXPECT_EQ(page(-1, 2), 3U);
}

TEST_F(ConversationsTest, NobodyHasNone) {
    EXPECT_EQ(sync(""), Json::array());
    EXPECT_EQ(sync("nobody"), Json::array());
    EXPECT_EQ(server.post_json("/conversation/channels", Json::object()), Json::array());
    // With the system account none is shown.
    say("", "u2");
    EXPECT_EQ(sync("u2"), Json::array());
}

TEST_F(ConversationsTest, ByChannelsInTheOrderAsked) {
    say("u1", "u2");
    const auto list = server.post_json("/conversation/syncByChannels",
                                       {{"uid", "u2"},
                                        {"channels",
                                         {{{"channel_id", "nothing"}, {"channel_type", 2}},
                                          {{"channel_id", "u1"}, {"channel_type", 1}}}}});
    ASSERT_EQ(list.size(), 2U);
    EXPECT_EQ(list[0]["channel_id"], "nothing");
    EXPECT_EQ(list[0]["recents"], Json::array());
    EXPECT_EQ(list[0]["timestamp"], 0);
    EXPECT_EQ(list[0]["version"], 0);
    EXPECT_EQ(list[1]["channel_id"], "u1");
    EXPECT_EQ(list[1]["unread"], 1);
    EXPECT_EQ(server.error_of("/conversation/syncByChannels", Json::object()),
              "uid cannot be empty");
    EXPECT_EQ(server.error_of("/conversation/syncByChannels", {{"uid", "u2"}}),
              "channels cannot be empty");
    EXPECT_NE(
        server.error_of("/conversation/syncByChannels", {{"uid", "u2"}, {"channels", {"u1"}}}), "");
}

TEST_F(ConversationsTest, ByChannelsIgnoresDeletion) {
    say("u1", "u2");
    mark("delete", "u2", "u1");
    const auto list = server.post_json(
        "/conversation/syncByChannels",
        {{"uid", "u2"}, {"channels", {{{"channel_id", "u1"}, {"channel_type", 1}}}}});
    EXPECT_EQ(list.at(0)["recents"].size(), 1U);
}

TEST_F(ConversationsTest, ChannelsAreNamedAsTheyAreStored) {
    say("u1", "u2");
    EXPECT_EQ(server.post_json("/conversation/channels", {{"uid", "u2"}}),
              Json({{{"channel_id", "u2@u1"}, {"channel_type", 1}}}));
}

TEST_F(ConversationsTest, UnreadGoesDownNeverUp) {
    for (int i = 0; i < 5; ++i) say("u1", "u2");
    const auto unread = [&] { return sync("u2")[0]["unread"].get<int>(); };
    EXPECT_EQ(mark("setUnread", "u2", "u1", {{"unread", 99}}), ok_json);
    EXPECT_EQ(unread(), 1);
    EXPECT_EQ(mark("setUnread", "u2", "u1", {{"unread", 3}}), ok_json);
    EXPECT_EQ(unread(), 1);
    EXPECT_EQ(mark("setUnread", "u2", "u1", {{"unread", -7}}), ok_json);
    EXPECT_EQ(unread(), 0);
    say("u1", "u2");
    EXPECT_EQ(unread(), 1);
    EXPECT_EQ(mark("clearUnread", "u2", "u1", {{"message_seq", 3}}), ok_json);
    EXPECT_EQ(unread(), 0);
}

TEST_F(ConversationsTest, UnreadOfAnEmptyChannel) {
    EXPECT_EQ(mark("setUnread", "u2", "u9", {{"unread", INT64_MAX}}), ok_json);
    EXPECT_EQ(mark("clearUnread", "u2", "u8"), ok_json);
    say("u9", "u2");
    EXPECT_EQ(sync("u2")[0]["unread"], 1);
}

TEST_F(ConversationsTest, DeletedUntilSomethingNewComes) {
    say("u1", "u2");
    EXPECT_EQ(mark("delete", "u2", "u1"), ok_json);
    EXPECT_EQ(sync("u2"), Json::array());
    EXPECT_EQ(sync("u1").size(), 1U);
    say("u1", "u2");
    const auto list = sync("u2");
    ASSERT_EQ(list.size(), 1U);
    EXPECT_EQ(list[0]["recents"].size(), 1U);
    EXPECT_EQ(list[0]["recents"][0]["message_seq"], 2);
}

TEST_F(ConversationsTest, ANewMemberHasReadEverything) {
    for (int i = 0; i < 5; ++i) say("u1", "g", 2);
    server.post_json("/channel/subscriber_add", {{"channel_id", "g"}, {"subscribers", {"u2"}}});
    EXPECT_EQ(sync("u2")[0]["unread"], 0);
    say("u1", "g", 2);
    EXPECT_EQ(sync("u2")[0]["unread"], 1);
}

TEST_F(ConversationsTest, MarksRefuse) {
    const std::string no_channel = "channel_id or channel_type cannot be empty";
    const std::pair<const char*, const char*> verbs[] = {{"clearUnread", "uid cannot be empty"},
                                                         {"setUnread", "UID cannot be empty"},
                                                         {"delete", "Uid cannot be empty"}};
    for (const auto& [verb, no_uid] : verbs) {
        const std::string path = std::string("/conversations/") + verb;
        EXPECT_EQ(server.error_of(path, {{"channel_id", "g"}, {"channel_type", 2}}), no_uid);
        EXPECT_EQ(server.error_of(path, {{"uid", "u"}, {"channel_type", 1}}), no_channel);
        EXPECT_EQ(server.error_of(path, {{"uid", "u"}, {"channel_id", "g"}}), no_channel);
    }
}

}  // namespace
}  // namespace fenshen::api::wukong
