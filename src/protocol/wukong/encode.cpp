// SPDX-License-Identifier: Apache-2.0
#include "protocol/wukong/codec.h"
#include "protocol/wukong/detail/frame_writer.h"
#include "protocol/wukong/detail/layout.h"

namespace fenshen::wukong {
namespace {

using detail::FrameWriter;
using detail::string_size;
using detail::string_sizes;

unsigned nibble_of(const HeaderFlags& flags) {
    return (flags.no_persist ? 0x01U : 0U) | (flags.red_dot ? 0x02U : 0U) |
           (flags.sync_once ? 0x04U : 0U) | (flags.dup ? 0x08U : 0U);
}

std::size_t message_seq_size(std::uint8_t version) {
    return detail::has_wide_message_seq(version) ? 8 : 4;
}

}  // namespace

void encode(Bytes& out, const Connect& frame, std::uint8_t /*version*/) {
    const std::size_t body =
        1 + 1 + string_sizes(frame.device_id, frame.uid, frame.token, frame.client_key) + 8;
    FrameWriter(out, FrameType::connect, 0, body)
        .number(frame.version)
        .number(frame.device_flag)
        .string(frame.device_id)
        .string(frame.uid)
        .string(frame.token)
        .number(frame.client_timestamp_ms)
        .string(frame.client_key);
}

void encode(Bytes& out, const Connack& frame, std::uint8_t version) {
    auto server_version = frame.server_version;
    if (!server_version && connack_has_server_version(version) && !frame.omits_server_version) {
        server_version = version;
    }
    const bool has_node_id = connack_has_node_id(server_version.value_or(version));
    const std::size_t body = (server_version ? 1 : 0) + 8 + 1 +
                             string_sizes(frame.server_key, frame.salt) + (has_node_id ? 8 : 0);
    FrameWriter writer(out, FrameType::connack, server_version ? 1 : 0, body);
    if (server_version) writer.number(*server_version);
    writer.number(frame.time_diff_ms)
        .reason(frame.reason)
        .string(frame.server_key)
        .string(frame.salt);
    if (has_node_id) writer.number(frame.node_id);
}

void encode(Bytes& out, const Send& frame, std::uint8_t version) {
    const bool has_stream = detail::has_stream_fields(version, frame.setting);
    const bool has_topic = detail::has_topic(frame.setting);
    const bool has_expire = detail::has_expire(version);
    const std::size_t body =
        1 + 4 + string_size(frame.client_msg_no) + (has_stream ? string_size(frame.stream_no) : 0) +
        string_size(frame.channel_id) + 1 + (has_expire ? 4 : 0) + string_size(frame.msg_key) +
        (has_topic ? string_size(frame.topic) : 0) + frame.payload.size();
    FrameWriter writer(out, FrameType::send, nibble_of(frame.flags), body);
    writer.number(frame.setting).number(frame.client_seq).string(frame.client_msg_no);
    if (has_stream) writer.string(frame.stream_no);
    writer.string(frame.channel_id).number(frame.channel_type);
    if (has_expire) writer.number(frame.expire_s);
    writer.string(frame.msg_key);
    if (has_topic) writer.string(frame.topic);
    writer.bytes(frame.payload);
}

void encode(Bytes& out, const Sendack& frame, std::uint8_t version) {
    const bool has_number = version >= 6 && !frame.client_msg_no.empty();
    const std::size_t body =
        8 + 4 + message_seq_size(version) + 1 + (has_number ? string_size(frame.client_msg_no) : 0);
    FrameWriter writer(out, FrameType::sendack, nibble_of(frame.flags), body);
    writer.number(frame.message_id)
        .number(frame.client_seq)
        .message_seq(frame.message_seq, version)
        .reason(frame.reason);
    if (has_number) writer.string(frame.client_msg_no);
}

void encode(Bytes& out, const Recv& frame, std::uint8_t version) {
    const bool has_stream = detail::has_stream_fields(version, frame.setting);
    const bool has_topic = detail::has_topic(frame.setting);
    const bool has_expire = detail::has_expire(version);
    const std::size_t body =
        1 + string_sizes(frame.msg_key, frame.from_uid, frame.channel_id, frame.client_msg_no) + 1 +
        (has_expire ? 4 : 0) + (has_stream ? 1 + string_size(frame.stream_no) + 8 : 0) + 8 +
        message_seq_size(version) + 4 + (has_topic ? string_size(frame.topic) : 0) +
        frame.payload.size();
    FrameWriter writer(out, FrameType::recv, nibble_of(frame.flags), body);
    writer.number(frame.setting)
        .string(frame.msg_key)
        .string(frame.from_uid)
        .string(frame.channel_id)
        .number(frame.channel_type);
    if (has_expire) writer.number(frame.expire_s);
    writer.string(frame.client_msg_no);
    if (has_stream) {
        writer.number(frame.stream_flag).string(frame.stream_no).number(frame.stream_id);
    }
    writer.number(frame.message_id)
        .message_seq(frame.message_seq, version)
        .number(frame.timestamp_s);
    if (has_topic) writer.string(frame.topic);
    writer.bytes(frame.payload);
}

void encode(Bytes& out, const Recvack& frame, std::uint8_t version) {
    FrameWriter(out, FrameType::recvack, nibble_of(frame.flags), 8 + message_seq_size(version))
        .number(frame.message_id)
        .message_seq(frame.message_seq, version);
}

// PING and PONG have no length byte (wukong-wire 1.2).
void encode(Bytes& out, const Ping& /*frame*/, std::uint8_t /*version*/) {
    out.push_back(static_cast<char>(0x70));
}

void encode(Bytes& out, const Pong& /*frame*/, std::uint8_t /*version*/) {
    out.push_back(static_cast<char>(0x80));
}

void encode(Bytes& out, const Disconnect& frame, std::uint8_t /*version*/) {
    FrameWriter(out, FrameType::disconnect, 0, 1 + string_size(frame.text))
        .reason(frame.reason)
        .string(frame.text);
}

void encode(Bytes& out, const Sub& frame, std::uint8_t /*version*/) {
    const std::size_t body = 1 + string_sizes(frame.sub_no, frame.channel_id, frame.param) + 1 + 1;
    FrameWriter(out, FrameType::sub, 0, body)
        .number(frame.setting)
        .string(frame.sub_no)
        .string(frame.channel_id)
        .number(frame.channel_type)
        .number(frame.action)
        .string(frame.param);
}

void encode(Bytes& out, const Suback& frame, std::uint8_t /*version*/) {
    FrameWriter(out, FrameType::suback, 0, string_sizes(frame.sub_no, frame.channel_id) + 1 + 1 + 1)
        .string(frame.sub_no)
        .string(frame.channel_id)
        .number(frame.channel_type)
        .number(frame.action)
        .reason(frame.reason);
}

void encode(Bytes& out, const Event& frame, std::uint8_t /*version*/) {
    const std::size_t body = string_sizes(frame.id, frame.type) + 8 + frame.data.size();
    FrameWriter(out, FrameType::event, 0, body)
        .string(frame.id)
        .string(frame.type)
        .number(frame.timestamp_ms)
        .bytes(frame.data);
}

void encode(Bytes& out, const Frame& frame, std::uint8_t version) {
    std::visit([&](const auto& each) { encode(out, each, version); }, frame);
}

}  // namespace fenshen::wukong
