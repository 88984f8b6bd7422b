// SPDX-License-Identifier: Apache-2.0
// Pages of messages that are larger than an answer may be: the bytes end a page before the count
// does.
#include <gtest/gtest.h>

#include "api/wukong/detail/test_server.h"
#include "base/base64.h"

namespace fenshen::api::wukong {
namespace {

using testing_support::Json;
using testing_support::TestServer;

/// Messages that a page holds.
constexpr int page = 23;
constexpr std::size_t payload_bytes = 1000;

testing_support::Settings small_pages() {
    testing_support::Settings settings;
    // With room for what else a message has to say, but for not one more.
    settings.rules.page_bytes_max = page * payload_bytes + payload_bytes / 2 + 499;
    return settings;
}

class LargePagesTest : public testing::Test {
protected:
    LargePagesTest() { append_base64(payload_, Bytes(payload_bytes, 'x')); }

    std::int64_t say(std::string_view channel_id, int type, bool is_command = false) {
        server.clock.now_ms += 1000;
        const Json sent = server.post_json("/message/send",
                                           {{"channel_id", channel_id},
                                            {"channel_type", type},
                                            {"from_uid", "ann"},
                                            {"client_msg_no", "no-" + std::to_string(++said_)},
                                            {"header", {{"sync_once", is_command ? 1 : 0}}},
                                            {"payload", payload_}});
        return sent["data"]["message_id"];
    }
    void fill(int count) {
        for (int i = 0; i < count; ++i) say("g", 2);
    }
    Json sync(int start, int end, int mode) {
        return server.post_json("/channel/messagesync",
                                {{"login_uid", "ann"},
                                 {"channel_id", "g"},
                                 {"channel_type", 2},
                                 {"start_message_seq", start},
                                 {"end_message_seq", end},
                                 {"pull_mode", mode},
                                 {"limit", 1000}});
    }
    Json find(const Json& more) {
        Json body{{"login_uid", "ann"}, {"channel_id", "g"}, {"channel_type", 2}};
        body.update(more);
        return server.post_json("/messages", body);
    }
    static void expect(const Json& answer, int first, int last, int more) {
        const auto& messages = answer["messages"];
        ASSERT_EQ(messages.size(), static_cast<std::size_t>(last - first + 1));
        EXPECT_EQ(messages.front()["message_seq"], first);
        EXPECT_EQ(messages.back()["message_seq"], last);
        EXPECT_EQ(answer["more"], more);
    }

    TestServer server{small_pages()};

private:
    std::string payload_;
    int said_ = 0;
};

TEST_F(LargePagesTest, HistoryGoesOnFromWhereThePageEnds) {
    fill(30);
    expect(sync(0, 0, 0), 8, 30, 1);  // the newest
    expect(sync(7, 0, 0), 1, 7, 0);
    expect(sync(30, 2, 0), 8, 30, 1);
    expect(sync(7, 2, 0), 3, 7, 0);
    expect(sync(1, 0, 1), 1, 23, 1);  // up: the oldest
    expect(sync(24, 0, 1), 24, 30, 0);
    expect(sync(1, 24, 1), 1, 23, 0);  // just full, and all of it
}

TEST_F(LargePagesTest, LookUpsEndAndSaySo) {
    fill(1);
    const std::vector<int> often(30, 1);
    const auto by_seq = find({{"message_seqs", often}});
    EXPECT_EQ(by_seq["messages"].size(), std::size_t{page});
    EXPECT_EQ(by_seq["more"], 1);
    const auto by_number = find({{"client_msg_nos", std::vector<std::string>(30, "no-1")}});
    EXPECT_EQ(by_number["messages"].size(), std::size_t{page});
    EXPECT_EQ(by_number["more"], 1);
    const auto mixed = find({{"message_seqs", std::vector<int>(20, 1)},
                             {"client_msg_nos", std::vector<std::string>(page - 20, "no-1")}});
    EXPECT_EQ(mixed["messages"].size(), std::size_t{page});
    EXPECT_EQ(mixed["more"], 0);
}

TEST_F(LargePagesTest, ASearchHoldsNoMoreThanItAnswers) {
    fill(30);
    std::vector<std::string> numbers;
    for (int i = 1; i <= 30; ++i) numbers.push_back("no-" + std::to_string(i));
    const auto found = find({{"client_msg_nos", numbers}});
    EXPECT_LE(found["messages"].size(), std::size_t{page});
    EXPECT_GE(found["messages"].size(), std::size_t{page - 1});
    EXPECT_EQ(found["messages"].back()["message_seq"], 29);  // the newest are looked at first
    EXPECT_EQ(found["more"], 1);
}

TEST_F(LargePagesTest, RecentsOfAConversationAreItsNewest) {
    for (int i = 0; i < 30; ++i) say("bob", 1);
    say("cid", 1);
    const auto list = server.post_json("/conversation/sync", {{"uid", "ann"}, {"msg_count", 100}});
    ASSERT_EQ(list.size(), 2U);
    EXPECT_EQ(list[0]["channel_id"], "cid");
    EXPECT_EQ(list[0]["recents"].size(), 1U);
    EXPECT_EQ(list[1]["recents"].size(), std::size_t{page - 1});
    EXPECT_EQ(list[1]["recents"].front()["message_seq"], 30);
    EXPECT_EQ(list[1]["last_msg_seq"], 30);
}

TEST_F(LargePagesTest, ConversationsBehindAFullAnswerStillShowTheirNewest) {
    say("cid", 1);
    say("cid", 1);
    for (int i = 0; i < page + 1; ++i) say("bob", 1);
    const auto list = server.post_json("/conversation/sync", {{"uid", "ann"}, {"msg_count", 100}});
    ASSERT_EQ(list.size(), 2U);
    EXPECT_EQ(list[0]["recents"].size(), std::size_t{page});
    ASSERT_EQ(list[1]["recents"].size(), 1U);
    EXPECT_EQ(list[1]["recents"][0]["message_seq"], 2);
}

TEST_F(LargePagesTest, WhatAnAnswerHasNoRoomForComesWhenTheRestIsKnown) {
    constexpr int peers = 100;  // more than four pages of newest messages
    for (int i = 0; i < peers; ++i) say("p" + std::to_string(i), 1);
    const Json ask{{"uid", "ann"}, {"msg_count", 1}};
    const auto first = server.post_json("/conversation/sync", ask);
    ASSERT_LT(first.size(), std::size_t{peers});
    ASSERT_GT(first.size(), std::size_t{4 * page});
    std::string known;
    for (const auto& each : first) {
        known += (known.empty() ? "" : "|") + each["channel_id"].get<std::string>() + ":1:1";
    }
    const auto second = server.post_json(
        "/conversation/sync", {{"uid", "ann"}, {"msg_count", 1}, {"last_msg_seqs", known}});
    EXPECT_EQ(first.size() + second.size(), std::size_t{peers});

    Json channels = Json::array();
    for (int i = 0; i < peers; ++i) {
        channels.push_back({{"channel_id", "p" + std::to_string(i)}, {"channel_type", 1}});
    }
    const auto asked = server.post_json("/conversation/syncByChannels",
                                        {{"uid", "ann"}, {"channels", channels}, {"msg_count", 1}});
    ASSERT_EQ(asked.size(), std::size_t{peers});  // one each, whatever is in it
    EXPECT_EQ(asked.front()["recents"].size(), 1U);
    EXPECT_EQ(asked.back()["recents"].size(), 0U);
}

TEST_F(LargePagesTest, CommandsComeInAsManySyncsAsTheyNeed) {
    server.post_json("/channel",
                     {{"channel_id", "g"}, {"channel_type", 2}, {"subscribers", {"ann", "bob"}}});
    for (int i = 0; i < 30; ++i) say("g", 2, true);
    std::vector<int> seqs;
    for (const int count : {page, 30 - page, 0}) {
        const auto waiting = server.post_json("/message/sync", {{"uid", "bob"}, {"limit", 1000}});
        EXPECT_EQ(waiting.size(), static_cast<std::size_t>(count));
        for (const auto& each : waiting) seqs.push_back(each["message_seq"]);
        server.post_json("/message/syncack", {{"uid", "bob"}, {"last_message_seq", 1}});
    }
    ASSERT_EQ(seqs.size(), 30U);
    EXPECT_TRUE(std::ranges::is_sorted(seqs));
}

}  // namespace
}  // namespace fenshen::api::wukong
