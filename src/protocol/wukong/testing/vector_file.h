// SPDX-License-Identifier: Apache-2.0
// For tests: tests/vectors/wukong-wire-vectors.json, the bytes that real codecs and clients were
// seen to write.
#pragma once

#include <fstream>
#include <nlohmann/json.hpp>
#include <string>

#include "base/hex.h"
#include "protocol/wukong/codec.h"

namespace fenshen::wukong::testing {

using Json = nlohmann::json;

/// Read once, so that views into it live on.
inline const Json& vector_file() {
    static const Json file =
        Json::parse(std::ifstream(FENSHEN_SOURCE_DIR "/tests/vectors/wukong-wire-vectors.json"));
    return file;
}

inline std::vector<const Json*> vectors_of(std::string_view group) {
    std::vector<const Json*> found;
    for (const Json& vector : vector_file().at("vectors")) {
        if (vector.at("group") == group) found.push_back(&vector);
    }
    return found;
}

inline const Json& vector_named(std::string_view id) {
    for (const char* list : {"vectors", "jsonrpc"}) {
        for (const Json& vector : vector_file().at(list)) {
            if (vector.at("id") == id) return vector;
        }
    }
    throw std::out_of_range(std::string(id));
}

inline std::string name_of(const Json& vector) {
    return vector.at("id").get<std::string>();
}

/// The fields of a vector; one that is missing has its zero value.
class Fields {
public:
    explicit Fields(const Json& fields) : fields_(fields) {}

    /// A view into the file.
    std::string_view text(const char* name) const {
        if (!fields_.contains(name)) return {};
        return fields_.at(name).get_ref<const std::string&>();
    }
    /// Numbers above 2^53 are strings there.
    template <class T>
    T number(const char* name) const {
        if (!fields_.contains(name)) return T{};
        const Json& value = fields_.at(name);
        if (value.is_string()) {
            return static_cast<T>(std::stoll(value.get_ref<const std::string&>()));
        }
        return value.get<T>();
    }
    bool has(const char* name) const { return fields_.contains(name); }

private:
    const Json& fields_;
};

inline HeaderFlags flags_in(const Fields& fields) {
    const std::string_view text = fields.text("flags");
    const auto has = [&](std::string_view flag) { return text.find(flag) != text.npos; };
    return {.no_persist = has("noPersist"),
            .red_dot = has("redDot"),
            .sync_once = has("syncOnce"),
            .dup = has("DUP")};
}

inline BytesView payload_in(const Fields& fields) {
    if (fields.has("wire_payload_ascii")) return fields.text("wire_payload_ascii");
    if (fields.has("payload_utf8")) return fields.text("payload_utf8");
    static const Bytes many_a(20000, 'A');  // "letter A repeated 20000 times"
    return many_a;
}

inline Frame connack_of(const Fields& fields, std::uint8_t version) {
    Connack frame{.server_version = std::nullopt,
                  .omits_server_version = false,
                  .time_diff_ms = fields.number<std::int64_t>("time_diff"),
                  .reason = static_cast<Reason>(fields.number<int>("reason_code")),
                  .server_key = fields.text("server_key"),
                  .salt = fields.text("salt"),
                  .node_id = fields.number<std::uint64_t>("node_id")};
    if (fields.has("server_version")) {
        frame.server_version = fields.number<std::uint8_t>("server_version");
    } else {
        frame.omits_server_version = version > 3;
    }
    return frame;
}

inline Frame recv_of(const Fields& fields) {
    return Recv{.flags = flags_in(fields),
                .setting = fields.number<std::uint8_t>("setting"),
                .msg_key = fields.text("msg_key"),
                .from_uid = fields.text("from_uid"),
                .channel_id = fields.text("channel_id"),
                .channel_type = fields.number<std::uint8_t>("channel_type"),
                .expire_s = fields.number<std::uint32_t>("expire"),
                .client_msg_no = fields.text("client_msg_no"),
                .stream_flag = fields.number<std::uint8_t>("stream_flag"),
                .stream_no = fields.text("stream_no"),
                .stream_id = fields.number<std::uint64_t>("stream_id"),
                .message_id = fields.number<std::int64_t>("message_id"),
                .message_seq = fields.number<std::uint64_t>("message_seq"),
                .timestamp_s = fields.number<std::int32_t>("timestamp"),
                .topic = fields.text("topic"),
                .payload = payload_in(fields)};
}

inline Frame send_of(const Fields& fields) {
    return Send{.flags = flags_in(fields),
                .setting = fields.number<std::uint8_t>("setting"),
                .client_seq = fields.number<std::uint32_t>("client_seq"),
                .client_msg_no = fields.text("client_msg_no"),
                .stream_no = fields.text("stream_no"),
                .channel_id = fields.text("channel_id"),
                .channel_type = fields.number<std::uint8_t>("channel_type"),
                .expire_s = fields.number<std::uint32_t>("expire"),
                .msg_key = fields.text("msg_key"),
                .topic = fields.text("topic"),
                .payload = payload_in(fields)};
}

/// What a vector of group "frame" says its bytes mean. Views into the file.
inline Frame frame_of(const Json& vector) {
    static const Json none = Json::object();
    const Fields fields(vector.contains("fields") ? vector.at("fields") : none);
    const auto& type = vector.at("frame").get_ref<const std::string&>();
    const auto reason = static_cast<Reason>(fields.number<int>("reason_code"));
    if (type == "CONNECT") {
        return Connect{.version = fields.number<std::uint8_t>("version"),
                       .device_flag = fields.number<std::uint8_t>("device_flag"),
                       .device_id = fields.text("device_id"),
                       .uid = fields.text("uid"),
                       .token = fields.text("token"),
                       .client_timestamp_ms = fields.number<std::int64_t>("client_timestamp"),
                       .client_key = fields.text("client_key")};
    }
    if (type == "CONNACK") return connack_of(fields, vector.at("protocol_version"));
    if (type == "SEND") return send_of(fields);
    if (type == "SENDACK") {
        return Sendack{.flags = flags_in(fields),
                       .message_id = fields.number<std::int64_t>("message_id"),
                       .client_seq = fields.number<std::uint32_t>("client_seq"),
                       .message_seq = fields.number<std::uint64_t>("message_seq"),
                       .reason = reason,
                       .client_msg_no = {}};
    }
    if (type == "RECV") return recv_of(fields);
    if (type == "RECVACK") {
        return Recvack{.flags = flags_in(fields),
                       .message_id = fields.number<std::int64_t>("message_id"),
                       .message_seq = fields.number<std::uint64_t>("message_seq")};
    }
    if (type == "PING") return Ping{};
    if (type == "PONG") return Pong{};
    if (type == "DISCONNECT") return Disconnect{.reason = reason, .text = fields.text("reason")};
    if (type == "SUB") {
        return Sub{.setting = fields.number<std::uint8_t>("setting"),
                   .sub_no = fields.text("sub_no"),
                   .channel_id = fields.text("channel_id"),
                   .channel_type = fields.number<std::uint8_t>("channel_type"),
                   .action = fields.number<std::uint8_t>("action"),
                   .param = fields.text("param")};
    }
    if (type == "SUBACK") {
        return Suback{.sub_no = fields.text("sub_no"),
                      .channel_id = fields.text("channel_id"),
                      .channel_type = fields.number<std::uint8_t>("channel_type"),
                      .action = fields.number<std::uint8_t>("action"),
                      .reason = reason};
    }
    if (type == "EVENT") {
        return Event{.id = fields.text("id"),
                     .type = fields.text("type"),
                     .timestamp_ms = fields.number<std::int64_t>("timestamp"),
                     .data = fields.text("data_utf8")};
    }
    throw std::out_of_range(type);
}

/// The bytes of a vector; of one that lists a prefix only, all of them.
inline Bytes bytes_of(const Json& vector) {
    Bytes bytes = from_hex(vector.at("hex").get_ref<const std::string&>()).value();
    if (vector.contains("fields") && vector["fields"].contains("hex_is_prefix_of_total_bytes")) {
        bytes.resize(vector["fields"]["hex_is_prefix_of_total_bytes"].get<std::size_t>(), 'A');
    }
    return bytes;
}

}  // namespace fenshen::wukong::testing
