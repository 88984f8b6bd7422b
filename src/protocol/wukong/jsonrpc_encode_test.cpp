// SPDX-License-Identifier: Apache-2.0
// Server texts.
#include <gtest/gtest.h>

#include "protocol/wukong/jsonrpc.h"
#include "protocol/wukong/testing/vector_file.h"

namespace fenshen::wukong {
namespace {

using testing::Json;
using testing::vector_named;

std::string_view text_of(std::string_view vector_id) {
    return vector_named(vector_id).at("text").get_ref<const std::string&>();
}

template <class... Args>
Bytes encoded(const Args&... args) {
    Bytes out;
    encode_json(out, args...);
    return out;
}

constexpr JsonDialect plain_dialect{};
constexpr std::string_view hello = R"({"type":1,"content":"hello"})";

TEST(WukongJsonEncode, RecommendedTextsToTheLetter) {
    const Connack connack{.server_version = 5,
                          .omits_server_version = false,
                          .time_diff_ms = 0,
                          .reason = Reason::success,
                          .server_key = "not written",
                          .salt = "nor this",
                          .node_id = 1001};
    EXPECT_EQ(encoded(BytesView(R"("c-1")"), connack, plain_dialect),
              text_of("rpc-recommended-connect-ok"));
    Bytes refused;
    encode_json_error(refused, R"("c-1")", 2, "authentication failed");
    EXPECT_EQ(refused, text_of("rpc-recommended-connect-refused"));
    EXPECT_EQ(encoded(BytesView(R"("p-1")"), Pong{}), text_of("rpc-recommended-pong"));
    Sendack ack{.flags = {.no_persist = false, .red_dot = true, .sync_once = false, .dup = false},
                .message_id = 2041893076533870592,
                .client_seq = 0,
                .message_seq = 42,
                .reason = Reason::success,
                .client_msg_no = {}};
    EXPECT_EQ(encoded(BytesView(R"("s-1")"), ack, plain_dialect),
              text_of("rpc-recommended-send-ok"));
    ack.flags = {};
    ack.message_id = 2041893076533870593;
    ack.message_seq = 0;
    ack.reason = Reason::subscriber_not_exist;
    EXPECT_EQ(encoded(BytesView(R"("s-1")"), ack, plain_dialect),
              text_of("rpc-recommended-send-refused"));
    Recv recv{};
    recv.message_id = 2041893076533870592;
    recv.message_seq = 42;
    recv.client_msg_no = "m-1";
    recv.timestamp_s = 1776844800;
    recv.channel_id = "u1";
    recv.channel_type = 1;
    recv.from_uid = "u1";
    recv.payload = hello;
    EXPECT_EQ(encoded(recv, plain_dialect), text_of("rpc-recommended-recv"));
    const Disconnect disconnect{.reason = Reason::connect_kick, .text = "login in other device"};
    EXPECT_EQ(encoded(disconnect, plain_dialect), text_of("rpc-recommended-disconnect"));
}

/// Whether `text` says all that `theirs` says. Ours may say more.
void expect_covers(const Bytes& text, std::string_view id_of_theirs) {
    SCOPED_TRACE(id_of_theirs);
    const Json ours = Json::parse(text);
    const Json theirs = Json::parse(text_of(id_of_theirs)).flatten();
    for (const auto& [pointer, value] : theirs.items()) {
        const Json::json_pointer path(pointer);
        ASSERT_TRUE(ours.contains(path)) << pointer << " in " << text;
        EXPECT_EQ(ours.at(path), value) << pointer;
    }
}

TEST(WukongJsonEncode, ReferenceTextsAreCovered) {
    Connack connack{};
    connack.server_version = 5;
    connack.time_diff_ms = 12;
    connack.reason = Reason::success;
    connack.node_id = 1001;
    const BytesView id = R"("c-1")";
    expect_covers(encoded(id, connack, plain_dialect), "rpc-s2c-connect-result");
    connack.time_diff_ms = 0;
    expect_covers(encoded(id, connack, plain_dialect), "rpc-s2c-connect-result-timediff0");

    Sendack ack{};
    ack.flags.red_dot = true;
    ack.message_id = 2041893076533870592;
    ack.message_seq = 42;
    ack.reason = Reason::success;
    expect_covers(encoded(BytesView(R"("s-1")"), ack, plain_dialect), "rpc-s2c-send-result");
    const Sendack refused{.flags = {},
                          .message_id = 2041893076533870593,
                          .client_seq = 0,
                          .message_seq = 0,
                          .reason = Reason::subscriber_not_exist,
                          .client_msg_no = {}};
    expect_covers(encoded(BytesView(R"("s-1")"), refused, plain_dialect),
                  "rpc-s2c-send-result-refused");

    Recv recv{};
    recv.message_id = 2041893076533870592;
    recv.message_seq = 42;
    recv.client_msg_no = "m-1";
    recv.timestamp_s = 1776844800;
    recv.channel_type = 1;
    recv.from_uid = "u1";
    recv.payload = hello;
    recv.channel_id = "u2";
    expect_covers(encoded(recv, plain_dialect), "rpc-s2c-recv-no-flags");
    recv.channel_id = "u1";
    recv.flags.red_dot = true;
    expect_covers(encoded(recv, plain_dialect), "rpc-s2c-recv");
    recv.flags.sync_once = true;
    recv.setting = setting::stream | setting::topic;
    recv.expire_s = 60;
    recv.channel_id = "g1";
    recv.channel_type = 2;
    recv.topic = "t-1";
    recv.payload = "{}";
    expect_covers(encoded(recv, plain_dialect), "rpc-s2c-recv-stream-topic");

    const Event event{.id = "e1",
                      .type = "stream.delta",
                      .timestamp_ms = 1776844800123,
                      .data = R"({"event_key":"main"})"};
    EXPECT_EQ(encoded(event), text_of("rpc-s2c-event"));
    const Disconnect disconnect{.reason = Reason::connect_kick, .text = "login in other device"};
    EXPECT_EQ(encoded(disconnect, plain_dialect), text_of("rpc-s2c-disconnect"));
    expect_covers(encoded(BytesView(R"("p-1")"), Pong{}), "rpc-s2c-pong");
}

TEST(WukongJsonEncode, AMessageWithoutPayloadHasAnEmptyString) {
    // The reference writes null (rpc-s2c-recv-nil-payload); a string is one case fewer for clients.
    Recv recv{};
    recv.message_id = 1;
    recv.channel_id = "g1";
    recv.channel_type = 2;
    recv.from_uid = "u1";
    Json theirs = Json::parse(text_of("rpc-s2c-recv-nil-payload"));
    theirs["params"]["payload"] = "";
    theirs["params"]["header"] = Json::object();
    EXPECT_EQ(Json::parse(encoded(recv, plain_dialect)), theirs);
}

TEST(WukongJsonEncode, TheSystemAccountHasAName) {
    Recv recv{};
    recv.message_id = 1;
    const Json params = Json::parse(encoded(recv, plain_dialect)).at("params");
    EXPECT_EQ(params.at("fromUid"), "____system");
    EXPECT_EQ(params.at("channelId"), "____system");
}

TEST(WukongJsonEncode, SnakeCaseStandsBesideCamelCase) {
    constexpr JsonDialect snake{.snake_case = true, .payload_as_json = false};
    Connack connack{};
    connack.server_version = 5;
    connack.time_diff_ms = -3;
    connack.reason = Reason::success;
    connack.node_id = 7;
    const Json result = Json::parse(encoded(BytesView("1"), connack, snake)).at("result");
    EXPECT_EQ(result,
              Json::parse(R"({"serverKey":"","server_key":"","salt":"","timeDiff":-3,)"
                          R"("time_diff":-3,"reasonCode":1,"reason_code":1,"serverVersion":5,)"
                          R"("server_version":5,"nodeId":7,"node_id":7})"));
    Recv recv{};
    recv.flags.red_dot = true;
    recv.message_id = 5;
    recv.message_seq = 6;
    recv.client_msg_no = "n";
    recv.channel_id = "c";
    recv.channel_type = 2;
    recv.from_uid = "f";
    const Json params = Json::parse(encoded(recv, snake)).at("params");
    EXPECT_EQ(params.at("message_id"), "5");
    EXPECT_EQ(params.at("messageId"), "5");
    EXPECT_EQ(params.at("message_seq"), 6);
    EXPECT_EQ(params.at("client_msg_no"), "n");
    EXPECT_EQ(params.at("channel_id"), "c");
    EXPECT_EQ(params.at("channel_type"), 2);
    EXPECT_EQ(params.at("from_uid"), "f");
    EXPECT_EQ(params.at("header"), Json::parse(R"({"redDot":true,"red_dot":true})"));
    Sendack ack{};
    ack.message_id = 8;
    ack.reason = Reason::success;
    const Json sent = Json::parse(encoded(BytesView("2"), ack, snake)).at("result");
    EXPECT_EQ(sent.at("message_id"), "8");
    EXPECT_EQ(sent.at("message_seq"), 0);
    EXPECT_EQ(sent.at("reason_code"), 1);
    const Json bye =
        Json::parse(encoded(Disconnect{.reason = Reason::ban, .text = {}}, snake)).at("params");
    EXPECT_EQ(bye, Json::parse(R"({"reasonCode":19,"reason_code":19})"));
}

TEST(WukongJsonEncode, PayloadsAsJsonForThoseWhoSentSome) {
    constexpr JsonDialect object{.snake_case = false, .payload_as_json = true};
    const auto payload_of = [&](BytesView payload) {
        Recv recv{};
        recv.payload = payload;
        return Json::parse(encoded(recv, object)).at("params").at("payload");
    };
    EXPECT_EQ(payload_of(hello), Json::parse(hello));
    EXPECT_EQ(payload_of(" [1]\n"), Json::parse("[1]"));
    // What is none stays base64.
    EXPECT_EQ(payload_of("hi"), "aGk=");
    EXPECT_EQ(payload_of("{oops"), "e29vcHM=");
    EXPECT_EQ(payload_of("\"{}\""), "Int9Ig==");
    EXPECT_EQ(payload_of("17"), "MTc=");
    EXPECT_EQ(payload_of(""), "");
    EXPECT_EQ(payload_of("{\"a\":\"\xFF\"}"), "eyJhIjoi/yJ9");
    EXPECT_EQ(payload_of(Bytes(100, '[') + Bytes(100, ']')).type(), Json::value_t::string);
}

TEST(WukongJsonEncode, EncodingLeavesARequestAlone) {
    const auto request =
        decode_json(R"({"id":"i-1","method":"send","params":{"channelId":"c-1","channelType":1,)"
                    R"("payload":{"a":1}}})",
                    1000);
    ASSERT_TRUE(request);
    Recv recv{};
    recv.payload = R"({"some":"other","text":["that","is","parsed"]})";
    EXPECT_FALSE(encoded(recv, JsonDialect{.snake_case = true, .payload_as_json = true}).empty());
    EXPECT_EQ(request->id, R"("i-1")");
    EXPECT_EQ(std::get<Send>(request->call).channel_id, "c-1");
    EXPECT_EQ(std::get<Send>(request->call).payload, R"({"a":1})");
}

TEST(WukongJsonEncode, ErrorsMayLackAnId) {
    Bytes out;
    encode_json_error(out, {}, 0, "bad \"text\"\xFF");
    EXPECT_EQ(out,
              R"({"jsonrpc":"2.0","error":{"code":0,"message":"bad \"text\")"
              "\xEF\xBF\xBD\"}}");
}

TEST(WukongJsonEncode, HostileNamesDoNotBreakTheText) {
    Recv recv{};
    recv.from_uid = "\"},\"x\":\"\xC3";
    recv.channel_id = "\n\\";
    recv.client_msg_no = std::string_view("\0\x1f", 2);
    const Json params = Json::parse(encoded(recv, plain_dialect)).at("params");
    EXPECT_EQ(params.at("fromUid"), "\"},\"x\":\"\xEF\xBF\xBD");
    EXPECT_EQ(params.at("channelId"), "\n\\");
    EXPECT_EQ(params.at("clientMsgNo"), std::string("\0\x1f", 2));
}

}  // namespace
}  // namespace fenshen::wukong
