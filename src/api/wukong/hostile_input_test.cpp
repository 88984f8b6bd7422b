// SPDX-License-Identifier: Apache-2.0
// Whatever comes in, every endpoint gives a clear error or a right answer, and nothing is stored by
// what was refused.
#include <gtest/gtest.h>

#include "api/wukong/detail/fields.h"
#include "api/wukong/detail/test_server.h"

namespace fenshen::api::wukong {
namespace {

using testing_support::Json;
using testing_support::TestServer;

std::vector<std::string> paths_of(const TestServer& server, http::Method method) {
    std::vector<std::string> paths;
    for (const auto& route : server.router->routes()) {
        if (route.method == method) paths.push_back(route.pattern);
    }
    return paths;
}

/// Every field that any endpoint reads, all of the same value.
std::string all_fields(std::string_view value) {
    std::string body = "{";
    for (const char* field : {"uid",
                              "uids",
                              "token",
                              "device_flag",
                              "device_level",
                              "conn_id",
                              "node_id",
                              "op_node_id",
                              "channel_id",
                              "channel_type",
                              "ban",
                              "disband",
                              "send_ban",
                              "allow_stranger",
                              "large",
                              "reset",
                              "subscribers",
                              "temp_subscriber",
                              "header",
                              "client_msg_no",
                              "is_stream",
                              "from_uid",
                              "expire",
                              "payload",
                              "login_uid",
                              "start_message_seq",
                              "end_message_seq",
                              "limit",
                              "pull_mode",
                              "message_seqs",
                              "message_ids",
                              "client_msg_nos",
                              "message_id",
                              "last_message_seq",
                              "version",
                              "last_msg_seqs",
                              "msg_count",
                              "only_unread",
                              "exclude_channel_types",
                              "page",
                              "page_size",
                              "channels",
                              "unread"}) {
        if (body.size() > 1) body += ',';
        body += '"';
        body += field;
        body += "\":";
        body += value;
    }
    return body + '}';
}

void expect_clear(TestServer& server, const std::string& path, std::string_view body) {
    const auto answer = server.post(path, body);
    EXPECT_TRUE(answer.status == 200 || answer.status == 400)
        << path << ' ' << body.substr(0, 200) << ": " << answer.status << ' ' << answer.body;
    const auto json = Json::parse(answer.body, nullptr, false);
    EXPECT_FALSE(json.is_discarded()) << path << ": " << answer.body;
    if (answer.status == 400) {
        EXPECT_TRUE(json["msg"].is_string() && !json["msg"].get<std::string>().empty()) << path;
        EXPECT_EQ(json["status"], 400) << path;
    }
}

TEST(HostileInput, BodiesThatAreNoObjects) {
    TestServer server;
    const std::string deep(200'000, '[');
    for (const auto& path : paths_of(server, http::Method::post)) {
        for (const std::string_view body : {std::string_view(""),
                                            std::string_view("   "),
                                            std::string_view("null"),
                                            std::string_view("true"),
                                            std::string_view("5"),
                                            std::string_view("\"text\""),
                                            std::string_view("[]"),
                                            std::string_view("{}"),
                                            std::string_view("[null]"),
                                            std::string_view("[{}]"),
                                            std::string_view("{"),
                                            std::string_view("{\"uid\":"),
                                            std::string_view("{}x"),
                                            std::string_view("\xFF\xFE"),
                                            std::string_view("{\"uid\":\"\xC3\x28\"}"),
                                            std::string_view("{\"\\uD800\":1}"),
                                            std::string_view("\0", 1),
                                            std::string_view(deep)}) {
            expect_clear(server, path, body);
        }
    }
    EXPECT_TRUE(server.engine.held() == 0);
}

TEST(HostileInput, FieldsOfEveryWrongType) {
    TestServer server;
    for (const auto& path : paths_of(server, http::Method::post)) {
        for (const std::string_view value : {"null",
                                             "true",
                                             "-1",
                                             "0",
                                             "1",
                                             "255",
                                             "256",
                                             "300",
                                             "2147483647",
                                             "2147483648",
                                             "4294967295",
                                             "4294967296",
                                             "9223372036854775807",
                                             "9223372036854775808",
                                             "18446744073709551615",
                                             "18446744073709551616",
                                             "-9223372036854775808",
                                             "-9223372036854775809",
                                             "1e400",
                                             "1.5",
                                             "\"\"",
                                             "\" \"",
                                             "\"1\"",
                                             "\"@\"",
                                             "\"\\u0000\"",
                                             "\"____system\"",
                                             "\"____cmd\"",
                                             "\"a____cmd\"",
                                             "[]",
                                             "[null]",
                                             "[1]",
                                             "[\"\"]",
                                             "[\"a\"]",
                                             "[[]]",
                                             "[{}]",
                                             "{}",
                                             "{\"sync_once\":1}"}) {
            expect_clear(server, path, all_fields(value));
        }
    }
}

TEST(HostileInput, LongLists) {
    TestServer server;
    Json uids = Json::array();
    for (int i = 0; i < 10'000; ++i) uids.push_back("u" + std::to_string(i));
    EXPECT_EQ(server.post_json("/channel",
                               {{"channel_id", "g"}, {"channel_type", 2}, {"subscribers", uids}}),
              Json({{"status", 200}}));
    EXPECT_EQ(server.post_json("/channel/whitelist_set",
                               {{"channel_id", "g"}, {"channel_type", 2}, {"uids", uids}}),
              Json({{"status", 200}}));
    EXPECT_EQ(server.get_json("/channel/whitelist?channel_id=g&channel_type=2").size(), 10'000U);
    EXPECT_EQ(server.post_json("/user/onlinestatus", uids), Json::array());
    EXPECT_EQ(server.post_json("/route/batch", uids)[0]["uids"].size(), 10'000U);
    EXPECT_EQ(server.post_json(
                  "/messages",
                  {{"channel_id", "g"}, {"channel_type", 2}, {"client_msg_nos", uids}})["messages"],
              Json::array());
    for (std::size_t i = uids.size(); i <= detail::list_elements_max; ++i) uids.push_back("u");
    EXPECT_NE(server.error_of("/channel",
                              {{"channel_id", "g"}, {"channel_type", 2}, {"subscribers", uids}}),
              "");
    EXPECT_NE(server.error_of("/user/onlinestatus", uids), "");
}

TEST(HostileInput, LongNames) {
    TestServer server;
    const std::string most(name_bytes_max, 'n');
    const std::string more = most + 'n';
    EXPECT_EQ(server.post_json("/channel", {{"channel_id", most}, {"channel_type", 2}}),
              Json({{"status", 200}}));
    EXPECT_NE(server.error_of("/channel", {{"channel_id", more}, {"channel_type", 2}}), "");
    EXPECT_NE(server.error_of("/channel",
                              {{"channel_id", "g"}, {"channel_type", 2}, {"subscribers", {more}}}),
              "");
    EXPECT_NE(server.error_of("/message/send",
                              {{"channel_id", "g"},
                               {"channel_type", 2},
                               {"client_msg_no", more},
                               {"payload", "eA=="}}),
              "");
}

TEST(HostileInput, FieldNamesInAnyCase) {
    TestServer server;
    EXPECT_EQ(server.post("/user/token", R"({"UID":"ann","Token":"t","DEVICE_FLAG":1})").status,
              200);
    EXPECT_NE(server.connect("ann", 1, "d", "t"), 0U);
}

TEST(HostileInput, QueriesOfEveryWrongType) {
    TestServer server;
    for (const auto& path : paths_of(server, http::Method::get)) {
        for (const std::string_view value : {"",
                                             "x",
                                             "-1",
                                             "0",
                                             "1",
                                             "256",
                                             "1.5",
                                             "%20",
                                             "%40",
                                             "9223372036854775808",
                                             "18446744073709551616",
                                             "%E6%B5%8B"}) {
            std::string target = path + '?';
            for (const char* name : {"channel_id",
                                     "channel_type",
                                     "login_uid",
                                     "client_msg_no",
                                     "intranet",
                                     "sort",
                                     "offset",
                                     "limit",
                                     "uid",
                                     "node_id"}) {
                target += std::string(name) + '=' + std::string(value) + '&';
            }
            const auto answer = server.get(target);
            EXPECT_TRUE(answer.status == 200 || answer.status == 400) << target;
        }
    }
}

}  // namespace
}  // namespace fenshen::api::wukong
