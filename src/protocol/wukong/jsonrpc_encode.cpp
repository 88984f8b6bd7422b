// SPDX-License-Identifier: Apache-2.0
// Server texts (wukong-wire 7.3), in the form that every client takes (7.6, 7.7).
#include <charconv>

#include "base/json_writer.h"
#include "protocol/wukong/detail/limited_parser.h"
#include "protocol/wukong/jsonrpc.h"

namespace fenshen::wukong {
namespace {

/// What the system account is called where an empty name would not be understood.
constexpr std::string_view system_account = "____system";

/// Writes members, and for some sessions each a second time under its other spelling.
class Members {
public:
    Members(JsonWriter& json, JsonDialect dialect) : json_(json), dialect_(dialect) {}

    template <class T>
    Members& both(std::string_view camel, std::string_view snake, T value) {
        json_.member(camel, value);
        if (dialect_.snake_case) json_.member(snake, value);
        return *this;
    }
    template <class T>
    Members& one(std::string_view name, T value) {
        json_.member(name, value);
        return *this;
    }

private:
    JsonWriter& json_;
    JsonDialect dialect_;
};

/// A number above 2^53 goes as a string.
class DecimalText {
public:
    explicit DecimalText(std::int64_t value)
        : end_(std::to_chars(text_, text_ + sizeof(text_), value).ptr) {}
    std::string_view view() const { return {text_, static_cast<std::size_t>(end_ - text_)}; }

private:
    char text_[24];
    char* end_;
};

JsonWriter& begin(JsonWriter& json) {
    return json.begin_object().member("jsonrpc", "2.0");
}

JsonWriter& begin_answer(JsonWriter& json, BytesView id) {
    begin(json);
    if (!id.empty()) json.key("id").raw(id);
    return json;
}

JsonWriter& begin_notification(JsonWriter& json, std::string_view method) {
    return begin(json).member("method", method).key("params").begin_object();
}

/// Always an object, also when it is empty: several clients insist.
void write_header(JsonWriter& json, const HeaderFlags& flags, JsonDialect dialect) {
    json.key("header").begin_object();
    Members members(json, dialect);
    if (flags.no_persist) members.both("noPersist", "no_persist", true);
    if (flags.red_dot) members.both("redDot", "red_dot", true);
    if (flags.sync_once) members.both("syncOnce", "sync_once", true);
    if (flags.dup) members.one("dup", true);
    json.end_object();
}

void write_setting(JsonWriter& json, std::uint8_t bits) {
    constexpr auto named = setting::receipt | setting::signal | setting::stream | setting::topic;
    if ((bits & named) == 0) return;
    json.key("setting").begin_object();
    if ((bits & setting::receipt) != 0) json.member("receipt", true);
    if ((bits & setting::signal) != 0) json.member("signal", true);
    if ((bits & setting::stream) != 0) json.member("stream", true);
    if ((bits & setting::topic) != 0) json.member("topic", true);
    json.end_object();
}

bool is_json_container(BytesView payload) {
    const auto first = payload.find_first_not_of(" \t\r\n");
    if (first == BytesView::npos || (payload[first] != '{' && payload[first] != '[')) return false;
    // Not the parser of decode_json(): a request's views may still be looked at.
    thread_local detail::LimitedParser parser;
    return parser.parse(payload).has_value();
}

void write_payload(JsonWriter& json, BytesView payload, JsonDialect dialect) {
    json.key("payload");
    if (dialect.payload_as_json && is_json_container(payload)) {
        json.raw(payload);
    } else {
        json.base64(payload);
    }
}

}  // namespace

void encode_json(Bytes& out, BytesView id, const Connack& frame, JsonDialect dialect) {
    JsonWriter json(out);
    begin_answer(json, id).key("result").begin_object();
    Members(json, dialect)
        .both("serverKey", "server_key", "")
        .one("salt", "")
        .both("timeDiff", "time_diff", frame.time_diff_ms)
        .both("reasonCode", "reason_code", static_cast<unsigned>(frame.reason))
        .both("serverVersion", "server_version", frame.server_version.value_or(0))
        .both("nodeId", "node_id", frame.node_id);
    json.end_object().end_object();
}

void encode_json(Bytes& out, BytesView id, const Sendack& frame, JsonDialect dialect) {
    const DecimalText message_id(frame.message_id);
    JsonWriter json(out);
    begin_answer(json, id).key("result").begin_object();
    write_header(json, frame.flags, dialect);
    Members(json, dialect)
        .both("messageId", "message_id", message_id.view())
        .both("messageSeq", "message_seq", frame.message_seq)
        .both("reasonCode", "reason_code", static_cast<unsigned>(frame.reason));
    json.end_object().end_object();
}

void encode_json(Bytes& out, BytesView id, const Pong& /*frame*/) {
    JsonWriter json(out);
    begin_answer(json, id).key("result").begin_object().end_object().end_object();
}

void encode_json(Bytes& out, const Recv& frame, JsonDialect dialect) {
    const DecimalText message_id(frame.message_id);
    JsonWriter json(out);
    begin_notification(json, "recv");
    write_header(json, frame.flags, dialect);
    write_setting(json, frame.setting);
    if (frame.expire_s != 0) json.member("expire", frame.expire_s);
    Members members(json, dialect);
    members.both("messageId", "message_id", message_id.view())
        .both("messageSeq", "message_seq", frame.message_seq);
    if (!frame.client_msg_no.empty()) {
        members.both("clientMsgNo", "client_msg_no", frame.client_msg_no);
    }
    members.one("timestamp", frame.timestamp_s)
        .both(
            "channelId", "channel_id", frame.channel_id.empty() ? system_account : frame.channel_id)
        .both("channelType", "channel_type", frame.channel_type);
    if (!frame.topic.empty()) json.member("topic", frame.topic);
    members.both("fromUid", "from_uid", frame.from_uid.empty() ? system_account : frame.from_uid);
    write_payload(json, frame.payload, dialect);
    json.end_object().end_object();
}

void encode_json(Bytes& out, const Event& frame) {
    JsonWriter json(out);
    begin_notification(json, "event")
        .member("id", frame.id)
        .member("type", frame.type)
        .member("timestamp", frame.timestamp_ms)
        .member("data", frame.data)
        .end_object()
        .end_object();
}

void encode_json(Bytes& out, const Disconnect& frame, JsonDialect dialect) {
    JsonWriter json(out);
    begin_notification(json, "disconnect");
    Members members(json, dialect);
    members.both("reasonCode", "reason_code", static_cast<unsigned>(frame.reason));
    if (!frame.text.empty()) members.one("reason", frame.text);
    json.end_object().end_object();
}

void encode_json_error(Bytes& out, BytesView id, int code, std::string_view text) {
    JsonWriter json(out);
    begin_answer(json, id).key("error").begin_object();
    json.member("code", code).member("message", text).end_object().end_object();
}

}  // namespace fenshen::wukong
