// SPDX-License-Identifier: Apache-2.0
#include "protocol/wukong/codec.h"
#include "protocol/wukong/detail/body_reader.h"
#include "protocol/wukong/detail/layout.h"

namespace fenshen::wukong {
namespace {

using detail::BodyReader;

constexpr std::size_t length_bytes_max = 4;

HeaderFlags flags_of(unsigned first_byte) {
    return {.no_persist = (first_byte & 0x01U) != 0,
            .red_dot = (first_byte & 0x02U) != 0,
            .sync_once = (first_byte & 0x04U) != 0,
            .dup = (first_byte & 0x08U) != 0};
}

struct BodyLength {
    std::size_t value = 0;
    std::size_t bytes = 0;
};

std::expected<std::optional<BodyLength>, WireError> read_length(BytesView in) {
    std::size_t value = 0;
    for (std::size_t i = 0; i < length_bytes_max; ++i) {
        if (i == in.size()) return std::nullopt;
        const std::uint8_t group = byte_at(in, i);
        value |= static_cast<std::size_t>(group & 0x7FU) << (7 * i);
        if ((group & 0x80U) == 0) return BodyLength{value, i + 1};
    }
    return std::unexpected(WireError::bad_length);
}

std::uint64_t read_message_seq(BodyReader& body, std::uint8_t version) {
    if (detail::has_wide_message_seq(version)) return body.number<std::uint64_t>();
    return body.number<std::uint32_t>();
}

Disconnect read_disconnect(BodyReader& body) {
    Disconnect frame;
    frame.reason = body.reason();
    frame.text = body.string();
    return frame;
}

Sub read_sub(BodyReader& body) {
    Sub frame;
    frame.setting = body.number<std::uint8_t>();
    frame.sub_no = body.string();
    frame.channel_id = body.string();
    frame.channel_type = body.number<std::uint8_t>();
    frame.action = body.number<std::uint8_t>();
    frame.param = body.string();
    return frame;
}

Suback read_suback(BodyReader& body) {
    Suback frame;
    frame.sub_no = body.string();
    frame.channel_id = body.string();
    frame.channel_type = body.number<std::uint8_t>();
    frame.action = body.number<std::uint8_t>();
    frame.reason = body.reason();
    return frame;
}

Event read_event(BodyReader& body) {
    Event frame;
    frame.id = body.string();
    frame.type = body.string();
    frame.timestamp_ms = body.number<std::int64_t>();
    frame.data = body.rest();
    return frame;
}

template <class T>
std::expected<Frame, WireError> as_frame(const std::expected<T, WireError>& decoded) {
    if (!decoded) return std::unexpected(decoded.error());
    return Frame{*decoded};
}

}  // namespace

std::string_view name_of(WireError error) {
    switch (error) {
        case WireError::bad_type:
            return "bad_type";
        case WireError::bad_length:
            return "bad_length";
        case WireError::frame_too_big:
            return "frame_too_big";
        case WireError::truncated_body:
            return "truncated_body";
        case WireError::bad_string:
            return "bad_string";
        case WireError::unexpected_type:
            return "unexpected_type";
    }
    return "unknown";
}

std::expected<std::optional<RawFrame>, WireError> take_frame(BytesView in,
                                                             std::size_t frame_bytes_max) {
    if (in.empty()) return std::nullopt;
    const unsigned first = byte_at(in, 0);
    const unsigned type = first >> 4U;
    if (type < static_cast<unsigned>(FrameType::connect) ||
        type > static_cast<unsigned>(FrameType::event)) {
        return std::unexpected(WireError::bad_type);
    }
    RawFrame raw{
        .type = static_cast<FrameType>(type), .flags = flags_of(first), .body = {}, .size = 1};
    if (raw.type == FrameType::ping || raw.type == FrameType::pong) return raw;

    const auto length = read_length(in.substr(1));
    if (!length) return std::unexpected(length.error());
    if (!*length) return std::nullopt;
    const auto [body_bytes, length_bytes] = **length;
    // Before waiting for the body: a hostile length must never make us buffer it.
    if (body_bytes > frame_bytes_max) return std::unexpected(WireError::frame_too_big);
    raw.size = 1 + length_bytes + body_bytes;
    if (in.size() < raw.size) return std::nullopt;
    raw.body = in.substr(1 + length_bytes, body_bytes);
    return raw;
}

std::expected<Connect, WireError> decode_connect(const RawFrame& raw) {
    if (raw.type != FrameType::connect) return std::unexpected(WireError::unexpected_type);
    BodyReader body(raw.body);
    Connect frame;
    frame.version = body.number<std::uint8_t>();
    frame.device_flag = body.number<std::uint8_t>();
    frame.device_id = body.string();
    frame.uid = body.string();
    frame.token = body.string();
    frame.client_timestamp_ms = body.number<std::int64_t>();
    frame.client_key = body.string();
    return body.finish(frame);
}

std::expected<Connack, WireError> decode_connack(const RawFrame& raw, std::uint8_t version) {
    if (raw.type != FrameType::connack) return std::unexpected(WireError::unexpected_type);
    BodyReader body(raw.body);
    Connack frame;
    if (raw.flags.no_persist) {
        frame.server_version = body.number<std::uint8_t>();
    } else {
        frame.omits_server_version = connack_has_server_version(version);
    }
    frame.time_diff_ms = body.number<std::int64_t>();
    frame.reason = body.reason();
    frame.server_key = body.string();
    frame.salt = body.string();
    if (connack_has_node_id(frame.server_version.value_or(version))) {
        frame.node_id = body.number<std::uint64_t>();
    }
    return body.finish(frame);
}

std::expected<Send, WireError> decode_send(const RawFrame& raw, std::uint8_t version) {
    if (raw.type != FrameType::send) return std::unexpected(WireError::unexpected_type);
    BodyReader body(raw.body);
    Send frame;
    frame.flags = raw.flags;
    frame.setting = body.number<std::uint8_t>();
    frame.client_seq = body.number<std::uint32_t>();
    frame.client_msg_no = body.string();
    if (detail::has_stream_fields(version, frame.setting)) frame.stream_no = body.string();
    frame.channel_id = body.string();
    frame.channel_type = body.number<std::uint8_t>();
    if (detail::has_expire(version)) frame.expire_s = body.number<std::uint32_t>();
    frame.msg_key = body.string();
    if (detail::has_topic(frame.setting)) frame.topic = body.string();
    frame.payload = body.rest();
    return body.finish(frame);
}

std::expected<Sendack, WireError> decode_sendack(const RawFrame& raw, std::uint8_t version) {
    if (raw.type != FrameType::sendack) return std::unexpected(WireError::unexpected_type);
    BodyReader body(raw.body);
    Sendack frame;
    frame.flags = raw.flags;
    frame.message_id = body.number<std::int64_t>();
    frame.client_seq = body.number<std::uint32_t>();
    frame.message_seq = read_message_seq(body, version);
    frame.reason = body.reason();
    if (version >= 6) frame.client_msg_no = body.trailing_string();
    return body.finish(frame);
}

std::expected<Recv, WireError> decode_recv(const RawFrame& raw, std::uint8_t version) {
    if (raw.type != FrameType::recv) return std::unexpected(WireError::unexpected_type);
    BodyReader body(raw.body);
    Recv frame;
    frame.flags = raw.flags;
    frame.setting = body.number<std::uint8_t>();
    frame.msg_key = body.string();
    frame.from_uid = body.string();
    frame.channel_id = body.string();
    frame.channel_type = body.number<std::uint8_t>();
    if (detail::has_expire(version)) frame.expire_s = body.number<std::uint32_t>();
    frame.client_msg_no = body.string();
    if (detail::has_stream_fields(version, frame.setting)) {
        frame.stream_flag = body.number<std::uint8_t>();
        frame.stream_no = body.string();
        frame.stream_id = body.number<std::uint64_t>();
    }
    frame.message_id = body.number<std::int64_t>();
    frame.message_seq = read_message_seq(body, version);
    frame.timestamp_s = body.number<std::int32_t>();
    if (detail::has_topic(frame.setting)) frame.topic = body.string();
    frame.payload = body.rest();
    return body.finish(frame);
}

std::expected<Recvack, WireError> decode_recvack(const RawFrame& raw, std::uint8_t version) {
    if (raw.type != FrameType::recvack) return std::unexpected(WireError::unexpected_type);
    BodyReader body(raw.body);
    Recvack frame;
    frame.flags = raw.flags;
    frame.message_id = body.number<std::int64_t>();
    frame.message_seq = read_message_seq(body, version);
    return body.finish(frame);
}

std::expected<Frame, WireError> decode(const RawFrame& raw, std::uint8_t version) {
    BodyReader body(raw.body);
    switch (raw.type) {
        case FrameType::connect:
            return as_frame(decode_connect(raw));
        case FrameType::connack:
            return as_frame(decode_connack(raw, version));
        case FrameType::send:
            return as_frame(decode_send(raw, version));
        case FrameType::sendack:
            return as_frame(decode_sendack(raw, version));
        case FrameType::recv:
            return as_frame(decode_recv(raw, version));
        case FrameType::recvack:
            return as_frame(decode_recvack(raw, version));
        case FrameType::ping:
            return Ping{};
        case FrameType::pong:
            return Pong{};
        case FrameType::disconnect:
            return as_frame(body.finish(read_disconnect(body)));
        case FrameType::sub:
            return as_frame(body.finish(read_sub(body)));
        case FrameType::suback:
            return as_frame(body.finish(read_suback(body)));
        case FrameType::event:
            return as_frame(body.finish(read_event(body)));
    }
    return std::unexpected(WireError::bad_type);
}

}  // namespace fenshen::wukong
