// SPDX-License-Identifier: Apache-2.0
#include "protocol/wukong/jsonrpc.h"

#include <gtest/gtest.h>

#include "base/base64.h"
#include "base/json_writer.h"
#include "protocol/wukong/testing/vector_file.h"

namespace fenshen::wukong {
namespace {

using testing::Json;
using testing::vector_named;

constexpr std::size_t limit = 1024UZ * 1024;

std::expected<JsonRequest, JsonError> decoded(std::string_view text) {
    return decode_json(text, limit);
}

/// The call of a text that has to be one of type T.
template <class T>
T call_of(std::string_view text) {
    const auto request = decoded(text);
    if (!request) {
        ADD_FAILURE() << text << "\n" << request.error().text;
        return T{};
    }
    const auto* call = std::get_if<T>(&request->call);
    if (call == nullptr) {
        ADD_FAILURE() << text;
        return T{};
    }
    return *call;
}

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

// --- client texts ---

TEST(WukongJson, EveryClientTextOfTheFileGetsItsVerdict) {
    // Where we are to be more lenient than the reference (wukong-wire 7.7).
    const auto is_accepted_by_us = [](const std::string& id) {
        return id == "rpc-c2s-connect-numeric-id" || id == "rpc-c2s-send-object-payload";
    };
    int seen = 0;
    for (const Json& vector : testing::vector_file().at("jsonrpc")) {
        if (vector.at("direction") != "c2s") continue;
        ++seen;
        const auto id = testing::name_of(vector);
        SCOPED_TRACE(id);
        const Json& verdict = vector.at("v2_2_5");
        const auto request = decoded(text_of(id));
        ASSERT_EQ(request.has_value(), verdict.at("accepted") || is_accepted_by_us(id));
        if (!request) {
            EXPECT_FALSE(request.error().text.empty());
            const Json& answer = verdict.at("error_response");
            EXPECT_EQ(request.error().id, answer.contains("id") ? answer.at("id").dump() : "");
        } else if (verdict.at("accepted")) {
            // For a notification the file says "".
            const auto wanted = Json(verdict.at("request_id")).dump();
            const bool is_notification = verdict.at("frame") == "RECVACK";
            EXPECT_EQ(request->id, is_notification ? "" : wanted);
        }
    }
    EXPECT_EQ(seen, 25);
}

HeaderFlags flags_in(const Json& fields) {
    return {.no_persist = fields.at("NoPersist"),
            .red_dot = fields.at("RedDot"),
            .sync_once = fields.at("SyncOnce"),
            .dup = fields.at("DUP")};
}

void expect_fields(const Connect& call, const Json& fields) {
    EXPECT_EQ(call.version, fields.at("Version").get<int>());
    EXPECT_EQ(call.device_id, fields.at("DeviceID").get<std::string>());
    EXPECT_EQ(call.device_flag, fields.at("DeviceFlag").get<int>());
    EXPECT_EQ(call.client_timestamp_ms, fields.at("ClientTimestamp").get<std::int64_t>());
    EXPECT_EQ(call.uid, fields.at("UID").get<std::string>());
    EXPECT_EQ(call.token, fields.at("Token").get<std::string>());
    EXPECT_EQ(call.client_key, "");
}

void expect_fields(const Send& call, const Json& fields) {
    EXPECT_EQ(call.flags, flags_in(fields));
    EXPECT_EQ(call.setting, fields.at("Setting").get<int>());
    EXPECT_EQ(call.expire_s, fields.at("Expire").get<std::uint32_t>());
    EXPECT_EQ(call.client_msg_no, fields.at("ClientMsgNo").get<std::string>());
    EXPECT_EQ(call.channel_id, fields.at("ChannelID").get<std::string>());
    EXPECT_EQ(call.channel_type, fields.at("ChannelType").get<int>());
    EXPECT_EQ(call.topic, fields.at("Topic").get<std::string>());
    Bytes payload;
    append_base64(payload, call.payload);
    EXPECT_EQ(payload, fields.at("Payload").get<std::string>());
}

void expect_fields(const Recvack& call, const Json& fields) {
    EXPECT_EQ(call.flags, flags_in(fields));
    EXPECT_EQ(call.message_id, fields.at("MessageID").get<std::int64_t>());
    EXPECT_EQ(call.message_seq, fields.at("MessageSeq").get<std::uint64_t>());
}

void expect_fields(const Ping& /*call*/, const Json& /*fields*/) {}

void expect_fields(const Disconnect& call, const Json& fields) {
    EXPECT_EQ(static_cast<int>(call.reason), fields.at("ReasonCode").get<int>());
    EXPECT_EQ(call.text, fields.at("Reason").get<std::string>());
}

TEST(WukongJson, AcceptedTextsOfTheFileMeanWhatItSays) {
    const std::vector<std::string> types{"CONNECT", "SEND", "RECVACK", "PING", "DISCONNECT"};
    int seen = 0;
    for (const Json& vector : testing::vector_file().at("jsonrpc")) {
        if (!vector.contains("v2_2_5") || !vector.at("v2_2_5").at("accepted")) continue;
        ++seen;
        SCOPED_TRACE(testing::name_of(vector));
        const auto request = decoded(text_of(testing::name_of(vector)));
        ASSERT_TRUE(request);
        const Json& verdict = vector.at("v2_2_5");
        ASSERT_EQ(types.at(request->call.index()), verdict.at("frame").get<std::string>());
        std::visit([&](const auto& call) { expect_fields(call, verdict.at("fields")); },
                   request->call);
        EXPECT_EQ(request->seen, plain_dialect);
    }
    EXPECT_EQ(seen, 10);
}

TEST(WukongJson, IdsAreEchoedAsTheyCame) {
    const std::pair<std::string_view, std::string_view> ids[] = {
        {R"("c-1")", R"("c-1")"},
        {R"("")", R"("")"},
        {R"("a\"\\\n\u00e9")", R"("a\"\\\né")"},
        {"1", "1"},
        {"-7", "-7"},
        {"0", "0"},
        {"9223372036854775808", "9223372036854775808"},
        {"1.5", "1.5"},
        {"null", ""}};
    for (const auto& [id, echoed] : ids) {
        const Bytes text = R"({"method":"ping","id":)" + Bytes(id) + "}";
        const auto request = decoded(text);
        if (echoed.empty()) {
            EXPECT_FALSE(request);
            continue;
        }
        ASSERT_TRUE(request) << id;
        EXPECT_EQ(request->id, echoed);
        EXPECT_EQ(encoded(request->id, Pong{}),
                  R"({"jsonrpc":"2.0","id":)" + Bytes(echoed) + R"(,"result":{}})");
    }
    for (const std::string_view id : {"true", "{}", "[1]"}) {
        const auto request = decoded(R"({"method":"ping","id":)" + Bytes(id) + "}");
        ASSERT_FALSE(request) << id;
        EXPECT_EQ(request.error().id, "");
    }
}

TEST(WukongJson, LongIdsAreRefused) {
    const Bytes longest(json_id_bytes_max, 'i');
    EXPECT_TRUE(decoded(R"({"method":"ping","id":")" + longest + "\"}"));
    const auto request = decoded(R"({"method":"ping","id":")" + longest + "i\"}");
    ASSERT_FALSE(request);
    EXPECT_EQ(request.error().id, "");
    EXPECT_EQ(request.error().text, "id: is too long");
}

TEST(WukongJson, SnakeCaseIsUnderstoodAndNoticed) {
    const auto connect = decoded(
        R"({"id":"1","method":"connect","params":{"uid":"u","device_id":"d","device_flag":1,)"
        R"("client_timestamp":12}})");
    ASSERT_TRUE(connect);
    const auto& c = std::get<Connect>(connect->call);
    EXPECT_EQ(c.device_id, "d");
    EXPECT_EQ(c.device_flag, 1);
    EXPECT_EQ(c.client_timestamp_ms, 12);
    EXPECT_EQ(connect->seen, (JsonDialect{.snake_case = true, .payload_as_json = false}));

    const auto send =
        decoded(R"({"id":"1","method":"send","params":{"client_msg_no":"m","channel_id":"u2",)"
                R"("channel_type":1,"header":{"red_dot":true,"no_persist":true,"sync_once":true},)"
                R"("payload":[1, 2]}})");
    ASSERT_TRUE(send);
    const auto& s = std::get<Send>(send->call);
    EXPECT_EQ(s.client_msg_no, "m");
    EXPECT_EQ(s.channel_id, "u2");
    EXPECT_EQ(s.channel_type, 1);
    EXPECT_EQ(s.flags,
              (HeaderFlags{.no_persist = true, .red_dot = true, .sync_once = true, .dup = false}));
    EXPECT_EQ(s.payload, "[1,2]");
    EXPECT_EQ(send->seen, (JsonDialect{.snake_case = true, .payload_as_json = true}));

    const auto ack = decoded(
        R"({"method":"recvack","params":{"message_id":"9223372036854775807","message_seq":3}})");
    ASSERT_TRUE(ack);
    EXPECT_EQ(std::get<Recvack>(ack->call),
              (Recvack{.flags = {}, .message_id = 9223372036854775807, .message_seq = 3}));

    const auto bye = call_of<Disconnect>(
        R"({"id":"1","method":"disconnect","params":{"reason_code":3,"reason":"r"}})");
    EXPECT_EQ(bye, (Disconnect{.reason = Reason::subscriber_not_exist, .text = "r"}));
}

TEST(WukongJson, DialectsAddUp) {
    JsonDialect dialect;
    dialect |= JsonDialect{.snake_case = true, .payload_as_json = false};
    dialect |= JsonDialect{};
    dialect |= JsonDialect{.snake_case = false, .payload_as_json = true};
    EXPECT_EQ(dialect, (JsonDialect{.snake_case = true, .payload_as_json = true}));
}

Send sent_payload(std::string_view payload) {
    static Bytes text;  // the views of a call look into the parser, not into this
    text = R"({"id":"1","method":"send","params":{"channelId":"c","channelType":2,"payload":)" +
           Bytes(payload) + "}}";
    return call_of<Send>(text);
}

bool refuses_payload(std::string_view payload) {
    const auto request = decoded(
        R"({"id":"1","method":"send","params":{"channelId":"c","channelType":2,"payload":)" +
        Bytes(payload) + "}}");
    return !request && request.error().id == R"("1")";
}

TEST(WukongJson, Payloads) {
    EXPECT_EQ(sent_payload(R"("eyJ0eXBlIjoxLCJjb250ZW50IjoiaGVsbG8ifQ==")").payload, hello);
    EXPECT_EQ(sent_payload(R"("")").payload, "");
    EXPECT_EQ(sent_payload(R"({"type" : 1, "content":"hello"})").payload, hello);
    EXPECT_EQ(sent_payload(R"({"a":{"b":["c",1.5,-2,null,true]},"d":"\u4f60\"\n"})").payload,
              "{\"a\":{\"b\":[\"c\",1.5,-2,null,true]},\"d\":\"你\\\"\\n\"}");
    EXPECT_EQ(sent_payload("[]").payload, "[]");
    EXPECT_TRUE(refuses_payload(R"("not base64")"));
    EXPECT_TRUE(refuses_payload(R"("e30")"));
    EXPECT_TRUE(refuses_payload("1"));
    EXPECT_TRUE(refuses_payload("true"));
    EXPECT_TRUE(refuses_payload("null"));
}

TEST(WukongJson, SettingAndTopicOfASend) {
    const auto call = call_of<Send>(
        R"({"id":"1","method":"send","params":{"channelId":"c","channelType":2,"payload":"",)"
        R"("setting":{"receipt":true,"signal":true,"stream":true,"topic":false},"topic":"t",)"
        R"("expire":4294967295,"unknown":[{}]}})");
    EXPECT_EQ(call.setting, setting::receipt | setting::signal | setting::stream);
    EXPECT_EQ(call.topic, "");  // it needs its bit
    EXPECT_EQ(call.expire_s, 4294967295U);
    EXPECT_EQ(call.client_msg_no, "");
}

TEST(WukongJson, ConnectDefaults) {
    const auto call = call_of<Connect>(
        R"({"id":1,"method":"connect","params":{"uid":"u","version":0,"deviceId":null}})");
    EXPECT_EQ(call.version, 5);
    EXPECT_EQ(call.device_id, "");
    EXPECT_EQ(call.device_flag, 0);
    const auto large = call_of<Connect>(
        R"({"id":1,"method":"connect","params":{"version":255,"deviceFlag":99,)"
        R"("clientTimestamp":1776844800123.0,"clientKey":17,"header":"ignored"}})");
    EXPECT_EQ(large.version, 255);
    EXPECT_EQ(large.device_flag, 99);
    EXPECT_EQ(large.client_timestamp_ms, 1776844800123);
}

TEST(WukongJson, ErrorsSayWhichFieldAndKeepTheId) {
    const std::pair<std::string_view, std::string_view> table[] = {
        {R"({"id":"1","method":"connect"})", "params: is missing"},
        {R"({"id":"1","method":"connect","params":[]})", "params: must be an object"},
        {R"({"id":"1","method":"connect","params":{"uid":7}})", "uid: must be a string"},
        {R"({"id":"1","method":"connect","params":{"deviceFlag":256}})",
         "deviceFlag: must be a whole number in its range"},
        {R"({"id":"1","method":"connect","params":{"deviceFlag":-1}})",
         "deviceFlag: must be a whole number in its range"},
        {R"({"id":"1","method":"connect","params":{"deviceFlag":1.5}})",
         "deviceFlag: must be a whole number in its range"},
        {R"({"id":"1","method":"connect","params":{"clientTimestamp":1e30}})",
         "clientTimestamp: must be a whole number in its range"},
        {R"({"id":"1","method":"send","params":{"channelType":1,"payload":""}})",
         "channelId: is missing"},
        {R"({"id":"1","method":"send","params":{"channelId":"c","payload":""}})",
         "channelType: is missing"},
        {R"({"id":"1","method":"send","params":{"channelId":"c","channelType":1}})",
         "payload: is missing"},
        {R"({"id":"1","method":"send","params":{"header":{"redDot":1}}})",
         "redDot: must be true or false"},
        {R"({"id":"1","method":"send","params":{"setting":[]}})", "setting: must be an object"},
        {R"({"id":"1","method":"foo"})", "method: is not known"},
        {R"({"id":"1","method":7})", "method: must be a string"},
        {R"({"id":"1"})", "method: is missing"},
        {R"({"jsonrpc":2.0,"id":"1","method":"ping"})", "jsonrpc: must be \"2.0\""},
    };
    for (const auto& [text, expected] : table) {
        const auto request = decoded(text);
        ASSERT_FALSE(request) << text;
        EXPECT_EQ(request.error().text, expected);
        EXPECT_EQ(request.error().id, R"("1")") << text;
    }
    for (const std::string_view text :
         {R"({"method":"recvack","params":{"messageId":"12x"}})",
          R"({"method":"recvack","params":{"messageId":""}})",
          R"({"method":"recvack","params":{"messageId":"9223372036854775808"}})",
          R"({"method":"recvack","params":{"messageSeq":1}})",
          R"({"method":"recvack"})",
          "[]",
          "\"text\"",
          "7",
          "",
          " ",
          "{}{}",
          "\xFF",
          R"({"method":"ping","id":"\ud800"})",
          R"({"method":"ping","id":1e400})",
          "{\"method\":\"\xFF\"}"}) {
        const auto request = decoded(text);
        ASSERT_FALSE(request) << text;
        EXPECT_EQ(request.error().id, "") << text;
    }
}

TEST(WukongJson, StringsAreNoLongerThanTheBinaryProtocolCarries) {
    const auto with = [](const Bytes& number) {
        return R"({"id":"1","method":"send","params":{"channelId":"c","channelType":1,"payload":"",)"
               R"("clientMsgNo":")" +
               number + "\"}}";
    };
    EXPECT_TRUE(decoded(with(Bytes(32767, 'n'))));
    EXPECT_FALSE(decoded(with(Bytes(32768, 'n'))));
}

TEST(WukongJson, SizeAndDepthAreLimited) {
    const Bytes ping = R"({"method":"ping","id":"1"})";
    EXPECT_TRUE(decode_json(ping, ping.size()));
    EXPECT_FALSE(decode_json(ping, ping.size() - 1));

    const auto nested = [](std::size_t depth) {
        return R"({"method":"ping","id":"1","x":)" + Bytes(depth, '[') + Bytes(depth, ']') + "}";
    };
    EXPECT_TRUE(decoded(nested(json_depth_max - 2)));
    EXPECT_FALSE(decoded(nested(json_depth_max)));
    EXPECT_FALSE(decoded(nested(100'000)));
    EXPECT_TRUE(decoded(ping));
}

TEST(WukongJson, LongTextsAreReadToo) {
    Bytes payload(600'000, 'p');
    Bytes text =
        R"({"id":"1","method":"send","params":{"channelId":"c","channelType":1,"payload":")";
    append_base64(text, payload);
    text += "\"}}";
    EXPECT_EQ(call_of<Send>(text).payload, payload);
    EXPECT_EQ(sent_payload(R"("e30=")").payload, "{}");  // and short ones after it
}

// --- server texts ---

TEST(WukongJson, RecommendedTextsToTheLetter) {
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

TEST(WukongJson, ReferenceTextsAreCovered) {
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

TEST(WukongJson, AMessageWithoutPayloadHasAnEmptyString) {
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

TEST(WukongJson, TheSystemAccountHasAName) {
    Recv recv{};
    recv.message_id = 1;
    const Json params = Json::parse(encoded(recv, plain_dialect)).at("params");
    EXPECT_EQ(params.at("fromUid"), "____system");
    EXPECT_EQ(params.at("channelId"), "____system");
}

TEST(WukongJson, SnakeCaseStandsBesideCamelCase) {
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

TEST(WukongJson, PayloadsAsJsonForThoseWhoSentSome) {
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

TEST(WukongJson, EncodingLeavesARequestAlone) {
    const auto request =
        decoded(R"({"id":"i-1","method":"send","params":{"channelId":"c-1","channelType":1,)"
                R"("payload":{"a":1}}})");
    ASSERT_TRUE(request);
    Recv recv{};
    recv.payload = R"({"some":"other","text":["that","is","parsed"]})";
    EXPECT_FALSE(encoded(recv, JsonDialect{.snake_case = true, .payload_as_json = true}).empty());
    EXPECT_EQ(request->id, R"("i-1")");
    EXPECT_EQ(std::get<Send>(request->call).channel_id, "c-1");
    EXPECT_EQ(std::get<Send>(request->call).payload, R"({"a":1})");
}

TEST(WukongJson, ErrorsMayLackAnId) {
    Bytes out;
    encode_json_error(out, {}, 0, "bad \"text\"\xFF");
    EXPECT_EQ(out,
              R"({"jsonrpc":"2.0","error":{"code":0,"message":"bad \"text\")"
              "\xEF\xBF\xBD\"}}");
}

TEST(WukongJson, HostileNamesDoNotBreakTheText) {
    Recv recv{};
    recv.from_uid = "\"},\"x\":\"\xC3";
    recv.channel_id = "\n\\";
    recv.client_msg_no = std::string_view("\0\x1f", 2);
    const Json params = Json::parse(encoded(recv, plain_dialect)).at("params");
    EXPECT_EQ(params.at("fromUid"), "\"},\"x\":\"\xEF\xBF\xBD");
    EXPECT_EQ(params.at("channelId"), "\n\\");
    EXPECT_EQ(params.at("clientMsgNo"), std::string("\0\x1f", 2));
}

// --- streams ---

TEST(WukongJson, TheFirstByteTellsTheProtocol) {
    EXPECT_EQ(sniff_protocol(""), Sniffed::need_more);
    EXPECT_EQ(sniff_protocol(" \t\r\n"), Sniffed::need_more);
    EXPECT_EQ(sniff_protocol("{"), Sniffed::json);
    EXPECT_EQ(sniff_protocol("\n {\"a\""), Sniffed::json);
    EXPECT_EQ(sniff_protocol("["), Sniffed::binary);
    EXPECT_EQ(sniff_protocol("\x10"), Sniffed::binary);
    EXPECT_EQ(sniff_protocol(" \x10"), Sniffed::binary);
    EXPECT_EQ(sniff_protocol("x{"), Sniffed::binary);
}

/// All texts of a stream that arrives in pieces of `step` bytes.
std::vector<std::string> cut_texts(BytesView stream, std::size_t step) {
    JsonTextCutter cutter;
    std::vector<std::string> texts;
    std::size_t consumed = 0;
    for (std::size_t there = 0; there < stream.size();) {
        there = std::min(there + step, stream.size());
        for (;;) {
            const auto text = cutter.take(stream.substr(consumed, there - consumed), 1000);
            if (!text) return {"error"};
            if (!*text) break;
            if (!(*text)->text.empty()) texts.emplace_back((*text)->text);
            consumed += (*text)->size;
        }
    }
    return texts;
}

TEST(WukongJson, TextsAreCutOffAStream) {
    const std::string_view stream =
        "  {\"a\":1}{\"b\":\"}\\\"{\\\\\"}\r\n\t[{\"c\":[{}]}] {\"d\":{\"e\":\"\\\\\\\"]\"}} \n";
    const std::vector<std::string> expected{
        R"({"a":1})", R"({"b":"}\"{\\"})", R"([{"c":[{}]}])", R"({"d":{"e":"\\\"]"}})"};
    for (std::size_t step = 1; step <= stream.size(); ++step) {
        EXPECT_EQ(cut_texts(stream, step), expected) << step;
    }
}

TEST(WukongJson, AStreamMayNotHoldAnythingElse) {
    for (const std::string_view stream : {"x", "{}x", "7", "\"a\"", "{} }", "null"}) {
        EXPECT_EQ(cut_texts(stream, 1), std::vector<std::string>{"error"}) << stream;
    }
}

TEST(WukongJson, AStreamedTextIsLimited) {
    const Bytes fits = "{" + Bytes(8, ' ') + "}";
    JsonTextCutter cutter;
    const auto text = cutter.take(fits, 10);
    ASSERT_TRUE(text && *text);
    EXPECT_EQ((*text)->size, 10U);
    EXPECT_EQ(cutter.take(fits, 9).error(), JsonTextCutter::Error::too_big);
    JsonTextCutter slow;
    EXPECT_TRUE(slow.take("{12345678", 10));
    EXPECT_EQ(slow.take("{123456789", 10).error(), JsonTextCutter::Error::too_big);
}

TEST(WukongJson, PartialTextOfTheFileWaits) {
    JsonTextCutter cutter;
    const auto text = cutter.take(text_of("rpc-c2s-partial"), limit);
    ASSERT_TRUE(text);
    EXPECT_FALSE(*text);
}

}  // namespace
}  // namespace fenshen::wukong
