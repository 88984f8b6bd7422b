// SPDX-License-Identifier: Apache-2.0
// History and single messages.
#include <gtest/gtest.h>

#include "api/wukong/detail/test_server.h"

namespace fenshen::api::wukong {
namespace {

using testing_support::Json;
using testing_support::TestServer;

/// A group with ten messages, numbered no-1 to no-10, and one between two persons.
class ReadingTest : public testing::Test {
protected:
    ReadingTest() {
        for (int i = 1; i <= 10; ++i) {
            const Json sent = server.post_json("/message/send",
                                               {{"channel_id", "g"},
                                                {"channel_type", 2},
                                                {"from_uid", "ann"},
                                                {"client_msg_no", "no-" + std::to_string(i)},
                                                {"header", {{"red_dot", 1}}},
                                                {"payload", "eA=="}});
            ids[i] = sent["data"]["message_id"];
        }
        server.post_json("/message/send",
                         {{"channel_id", "u2"},
                          {"channel_type", 1},
                          {"from_uid", "u1"},
                          {"client_msg_no", "between"},
                          {"payload", "eA=="}});
    }

    Json sync(const Json& more) {
        Json body{{"login_uid", "ann"}, {"channel_id", "g"}, {"channel_type", 2}};
        body.update(more);
        return server.post_json("/channel/messagesync", body);
    }
    static Json seqs_of(const Json& messages) {
        Json seqs = Json::array();
        for (const auto& message : messages) seqs.push_back(message["message_seq"]);
        return seqs;
    }
    Json find(const Json& more) {
        Json body{{"login_uid", "ann"}, {"channel_id", "g"}, {"channel_type", 2}};
        body.update(more);
        return server.post_json("/messages", body)["messages"];
    }

    TestServer server;
    std::array<std::int64_t, 11> ids{};
};

TEST_F(ReadingTest, PagesOfTheAcceptanceTable) {
    struct Row {
        int start;
        int end;
        int mode;
        Json seqs;
        int more;
    };
    // wukong-semantics 17.6
    const Row rows[] = {
        {0, 0, 0, {8, 9, 10}, 1},
        {0, 0, 1, {8, 9, 10}, 1},
        {7, 0, 0, {5, 6, 7}, 1},
        {7, 5, 0, {6, 7}, 0},
        {8, 0, 1, {8, 9, 10}, 1},
        {8, 10, 1, {8, 9}, 0},
        {3, 7, 0, Json::array(), 0},
        {0, 4, 1, {1, 2, 3}, 1},
        {0, 4, 0, Json::array(), 0},
        {9, 99, 1, {9, 10}, 0},
        {2, 0, 0, {1, 2}, 0},
        {11, 0, 1, Json::array(), 0},
    };
    for (const Row& row : rows) {
        const auto page = sync({{"start_message_seq", row.start},
                                {"end_message_seq", row.end},
                                {"pull_mode", row.mode},
                                {"limit", 3}});
        EXPECT_EQ(seqs_of(page["messages"]), row.seqs) << row.start << ' ' << row.end;
        EXPECT_EQ(page["more"], row.more) << row.start << ' ' << row.end;
        EXPECT_EQ(page["start_message_seq"], row.start);
        EXPECT_EQ(page["end_message_seq"], row.end);
    }
}

TEST_F(ReadingTest, FlagsAreRealInEveryMessageOfAPage) {
    const auto page = sync({{"limit", 10}});
    for (const auto& message : page["messages"]) EXPECT_EQ(message["header"]["red_dot"], 1);
    const auto last = server.get_json("/channel/last_message?channel_id=g&channel_type=2");
    EXPECT_EQ(last["header"]["red_dot"], 1);
}

TEST_F(ReadingTest, NumbersAtTheEndsOfTheirTypes) {
    const std::uint64_t most = UINT64_MAX;
    EXPECT_EQ(seqs_of(sync({{"limit", INT64_MAX}})["messages"]).size(), 10U);
    EXPECT_EQ(sync({{"limit", 0}})["messages"], Json::array());
    EXPECT_EQ(sync({{"limit", INT64_MIN}})["messages"], Json::array());
    EXPECT_EQ(sync(Json::object())["messages"], Json::array());
    EXPECT_EQ(seqs_of(sync({{"start_message_seq", most}, {"limit", 2}})["messages"]),
              Json({9, 10}));
    EXPECT_EQ(sync({{"start_message_seq", most}, {"limit", 2}, {"pull_mode", 1}})["messages"],
              Json::array());
    EXPECT_EQ(seqs_of(sync({{"start_message_seq", 9},
                            {"end_message_seq", most},
                            {"pull_mode", 1},
                            {"limit", 5}})["messages"]),
              Json({9, 10}));
    const auto page = sync({{"start_message_seq", most}, {"limit", 2}});
    EXPECT_EQ(page["start_message_seq"], most);
}

TEST_F(ReadingTest, SyncRefuses) {
    const auto error = [&](const Json& body) {
        return server.error_of("/channel/messagesync", body);
    };
    EXPECT_EQ(error({{"channel_id", "g"}}), "login_uid不能为空！");
    EXPECT_EQ(error({{"login_uid", "ann"}}), "channel_id不能为空！");
    const Json good{{"login_uid", "ann"}, {"channel_id", "g"}, {"channel_type", 2}, {"limit", 3}};
    const std::pair<const char*, Json> faults[] = {{"start_message_seq", -1},
                                                   {"limit", "3"},
                                                   {"limit", 1.5},
                                                   {"channel_type", 256},
                                                   {"pull_mode", "up"}};
    for (const auto& [field, value] : faults) {
        Json bad = good;
        bad[field] = value;
        EXPECT_NE(error(bad), "") << field;
    }
}

TEST_F(ReadingTest, AChannelWithoutMessages) {
    const auto page = sync({{"channel_id", "nothing"}, {"limit", 3}});
    EXPECT_EQ(page["messages"], Json::array());
    EXPECT_EQ(page["more"], 0);
    EXPECT_EQ(server.get_json("/channel/max_message_seq?channel_id=nothing&channel_type=2"),
              Json({{"message_seq", 0}}));
    EXPECT_EQ(server.get_json("/channel/last_message?channel_id=nothing&channel_type=2"),
              Json({{"status", 404}}));
}

TEST_F(ReadingTest, WhereTheLogEnds) {
    EXPECT_EQ(server.get_json("/channel/max_message_seq?channel_id=g&channel_type=2"),
              Json({{"message_seq", 10}}));
    for (const char* target : {"/channel/max_message_seq?channel_id=u2&channel_type=1&login_uid=u1",
                               "/channel/max_message_seq?channel_id=u1&channel_type=1&login_uid=u2",
                               "/channel/max_message_seq?channel_id=u2%40u1&channel_type=1"}) {
        EXPECT_EQ(server.get_json(target), Json({{"message_seq", 1}})) << target;
    }
    EXPECT_EQ(server.get("/channel/max_message_seq?channel_id=u2&channel_type=1").status, 400);
    EXPECT_EQ(server.get("/channel/max_message_seq?channel_type=2").status, 400);
    EXPECT_EQ(server.get("/channel/last_message?channel_id=u2&channel_type=1").status, 400);
    EXPECT_EQ(
        server.get_json(
            "/channel/last_message?channel_id=u1&channel_type=1&login_uid=u2")["client_msg_no"],
        "between");
}

TEST_F(ReadingTest, ManyBySeqThenIdThenNumber) {
    const auto found = find({{"message_seqs", {4, 99, 2}},
                             {"message_ids", {ids[7], 12345}},
                             {"client_msg_nos", {"no-9", "unknown", "no-1"}}});
    EXPECT_EQ(seqs_of(found), Json({4, 2, 7, 9, 1}));
    EXPECT_EQ(find(Json::object()), Json::array());
    EXPECT_EQ(find({{"message_seqs", {0, 4294967295}}, {"message_ids", {INT64_MIN, INT64_MAX, 0}}}),
              Json::array());
}

TEST_F(ReadingTest, AnIdIsLookedForInItsChannel) {
    EXPECT_EQ(find({{"channel_id", "other"}, {"message_ids", {ids[1]}}}), Json::array());
    EXPECT_EQ(
        server.post_json("/message",
                         {{"channel_id", "other"}, {"channel_type", 2}, {"message_id", ids[1]}}),
        Json({{"status", 404}}));
}

TEST_F(ReadingTest, ManyRefuses) {
    EXPECT_EQ(server.error_of("/messages", {{"login_uid", "ann"}}), "channel_id不能为空！");
    EXPECT_EQ(server.error_of("/messages", {{"channel_id", "g"}, {"message_seqs", {-1}}}),
              "数据格式有误！");
    EXPECT_EQ(server.post("/messages", "no json").status, 400);
    Json many{{"channel_id", "g"}, {"channel_type", 2}};
    many["message_seqs"] = std::vector<int>(10'001, 1);
    EXPECT_NE(server.error_of("/messages", many), "");
}

TEST_F(ReadingTest, OneByIdOrNumber) {
    const auto one = [&](const Json& more) {
        Json body{{"channel_id", "g"}, {"channel_type", 2}};
        body.update(more);
        return server.post_json("/message", body);
    };
    EXPECT_EQ(one({{"message_id", ids[3]}})["message_seq"], 3);
    EXPECT_EQ(one({{"client_msg_no", "no-3"}})["message_seq"], 3);
    EXPECT_EQ(one({{"client_msg_no", "unknown"}}), Json({{"status", 404}}));
    EXPECT_EQ(one(Json::object()), Json({{"status", 404}}));
    EXPECT_EQ(server.post_json("/message",
                               {{"login_uid", "u2"},
                                {"channel_id", "u1"},
                                {"channel_type", 1},
                                {"client_msg_no", "between"}})["message_seq"],
              1);
    EXPECT_EQ(server.error_of("/message", {{"channel_type", 2}}), "channel_id不能为空！");
    EXPECT_EQ(server.error_of("/message", {{"channel_id", "g"}}), "channel_type不能为0");
    EXPECT_EQ(server.error_of("/message", {{"channel_id", "g"}, {"channel_type", 1}}),
              "login_uid不能为空！");
}

TEST_F(ReadingTest, OfTwoWithTheSameNumberTheNewestOrTheOldest) {
    // Two senders may use the same number.
    const Json third = server.post_json("/message/send",
                                        {{"channel_id", "g"},
                                         {"channel_type", 2},
                                         {"from_uid", "bob"},
                                         {"client_msg_no", "no-3"},
                                         {"payload", "eA=="}});
    EXPECT_EQ(third["data"]["message_seq"], 11);
    EXPECT_EQ(seqs_of(find({{"client_msg_nos", {"no-3", "no-4", "no-3"}}})), Json({11, 4, 11}));
    EXPECT_EQ(server.get_json("/message/byclientmsgno?channel_id=g&channel_type=2"
                              "&client_msg_no=no-3")["message_seq"],
              3);
}

TEST_F(ReadingTest, OneByItsNumberInTheQuery) {
    const std::string path = "/message/byclientmsgno";
    EXPECT_EQ(
        server.get_json(path + "?channel_id=g&channel_type=2&client_msg_no=no-5")["message_seq"],
        5);
    EXPECT_EQ(server.get_json(
                  path + "?channel_id=u2%40u1&channel_type=1&client_msg_no=between")["message_seq"],
              1);
    EXPECT_EQ(server.get_json(path + "?channel_id=g&channel_type=2&client_msg_no=x"),
              Json({{"status", 404}}));
    EXPECT_EQ(server.get(path).body, R"({"msg":"channel_id不能为空","status":400})");
    EXPECT_EQ(server.get(path + "?channel_id=g").body,
              R"({"msg":"channel_type不能为0","status":400})");
    EXPECT_EQ(server.get(path + "?channel_id=g&channel_type=2").body,
              R"({"msg":"client_msg_no不能为空","status":400})");
}

}  // namespace
}  // namespace fenshen::api::wukong
