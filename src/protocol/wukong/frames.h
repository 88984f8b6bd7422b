// SPDX-License-Identifier: Apache-2.0
// The frames of the WuKongIM protocol (wukong-wire 2) as plain structs. Strings and payloads are
// views: into the bytes they were decoded from, or into whatever the sender of a frame owns. A
// frame that is kept longer than those must be copied.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <variant>

#include "base/bytes.h"

namespace fenshen::wukong {

enum class FrameType : std::uint8_t {
    connect = 1,
    connack = 2,
    send = 3,
    sendack = 4,
    recv = 5,
    recvack = 6,
    ping = 7,
    pong = 8,
    disconnect = 9,
    sub = 10,
    suback = 11,
    event = 12,
};

/// wukong-wire 3.1. Decoding lets any byte through: a value without a name is the peer's own.
enum class Reason : std::uint8_t {
    unknown = 0,
    success = 1,
    auth_fail = 2,
    subscriber_not_exist = 3,
    in_blacklist = 4,
    channel_not_exist = 5,
    user_not_on_node = 6,
    sender_offline = 7,
    msg_key_error = 8,
    payload_decode_error = 9,
    forward_send_packet_error = 10,
    not_allow_send = 11,
    connect_kick = 12,
    not_in_whitelist = 13,
    query_token_error = 14,
    system_error = 15,
    channel_id_error = 16,
    node_match_error = 17,
    node_not_match = 18,
    ban = 19,
    not_support_header = 20,
    client_key_is_empty = 21,
    rate_limit = 22,
    not_support_channel_type = 23,
    disband = 24,
    send_ban = 25,
    channel_deleting = 26,
    protocol_upgrade_required = 27,
    idempotency_conflict = 28,
    message_seq_exhausted = 29,
};

/// Bits of the setting byte (wukong-wire 2.13).
namespace setting {
inline constexpr std::uint8_t receipt = 0x80;
inline constexpr std::uint8_t signal = 0x20;
inline constexpr std::uint8_t no_encrypt = 0x10;
inline constexpr std::uint8_t topic = 0x08;
/// Was the stream bit of the first codec, and still is in the oldest JavaScript client.
inline constexpr std::uint8_t old_stream = 0x04;
inline constexpr std::uint8_t stream = 0x02;
}  // namespace setting

/// The low nibble of the first byte (wukong-wire 1.1); means something on SEND, SENDACK, RECV and
/// RECVACK.
struct HeaderFlags {
    bool no_persist = false;
    bool red_dot = false;
    bool sync_once = false;
    bool dup = false;
    bool operator==(const HeaderFlags&) const = default;
};

struct Connect {
    std::uint8_t version = 0;  ///< the highest the client speaks
    std::uint8_t device_flag = 0;
    std::string_view device_id;
    std::string_view uid;
    std::string_view token;
    std::int64_t client_timestamp_ms = 0;
    std::string_view client_key;  ///< base64; not part of JSON sessions
    bool operator==(const Connect&) const = default;
};

struct Connack {
    /// Encoding: left empty, it is written as the version asks for (from version 4 on); a value is
    /// written as it is. Decoding: what stood there.
    std::optional<std::uint8_t> server_version;
    /// Leaves it out against the version's layout, as some servers' early refusals do
    /// (wukong-wire 5.6). Here to read those; ours never sets it.
    bool omits_server_version = false;
    std::int64_t time_diff_ms = 0;
    Reason reason = Reason::unknown;
    std::string_view server_key;  ///< base64; empty without encryption
    std::string_view salt;        ///< 16 characters; empty without encryption
    std::uint64_t node_id = 0;    ///< from version 4 on
    bool operator==(const Connack&) const = default;
};

struct Send {
    HeaderFlags flags;
    std::uint8_t setting = 0;
    std::uint32_t client_seq = 0;  ///< 0 in JSON sessions
    std::string_view client_msg_no;
    std::string_view stream_no;  ///< versions 2 to 4 with setting::stream
    std::string_view channel_id;
    std::uint8_t channel_type = 0;
    std::uint32_t expire_s = 0;  ///< from version 3 on
    std::string_view msg_key;
    std::string_view topic;  ///< with setting::topic
    BytesView payload;       ///< as on the wire: base64 of the ciphertext in encrypted sessions
    bool operator==(const Send&) const = default;
};

struct Sendack {
    HeaderFlags flags;  ///< those of the SEND
    std::int64_t message_id = 0;
    std::uint32_t client_seq = 0;
    std::uint64_t message_seq = 0;  ///< 32 bits on the wire before version 6
    Reason reason = Reason::unknown;
    std::string_view client_msg_no;  ///< version 6 only, and optional there
    bool operator==(const Sendack&) const = default;
};

struct Recv {
    HeaderFlags flags;
    std::uint8_t setting = 0;  ///< see setting_for_version()
    std::string_view msg_key;
    std::string_view from_uid;
    std::string_view channel_id;  ///< from the reader's point of view (wukong-wire 8.2)
    std::uint8_t channel_type = 0;
    std::uint32_t expire_s = 0;  ///< from version 3 on
    std::string_view client_msg_no;
    std::uint8_t stream_flag = 0;  ///< this and the next two: versions 2 to 4 with setting::stream
    std::string_view stream_no;
    std::uint64_t stream_id = 0;
    std::int64_t message_id = 0;
    std::uint64_t message_seq = 0;  ///< 32 bits on the wire before version 6
    std::int32_t timestamp_s = 0;
    std::string_view topic;  ///< with setting::topic
    BytesView payload;       ///< as on the wire; in encode_json the plain bytes
    bool operator==(const Recv&) const = default;
};

struct Recvack {
    HeaderFlags flags;
    std::int64_t message_id = 0;
    std::uint64_t message_seq = 0;  ///< 32 bits on the wire before version 6
    bool operator==(const Recvack&) const = default;
};

struct Ping {
    bool operator==(const Ping&) const = default;
};

struct Pong {
    bool operator==(const Pong&) const = default;
};

/// Every client reads it as "you were logged out" (wukong-wire 5.8).
struct Disconnect {
    Reason reason = Reason::unknown;
    std::string_view text;
    bool operator==(const Disconnect&) const = default;
};

struct Sub {
    std::uint8_t setting = 0;
    std::string_view sub_no;
    std::string_view channel_id;
    std::uint8_t channel_type = 0;
    std::uint8_t action = 0;  ///< 0 subscribe, 1 unsubscribe
    std::string_view param;
    bool operator==(const Sub&) const = default;
};

struct Suback {
    std::string_view sub_no;
    std::string_view channel_id;
    std::uint8_t channel_type = 0;
    std::uint8_t action = 0;
    Reason reason = Reason::unknown;
    bool operator==(const Suback&) const = default;
};

/// Only for version-5 and later sessions and JSON ones: older clients break on it
/// (wukong-wire 2.12).
struct Event {
    std::string_view id;
    std::string_view type;
    std::int64_t timestamp_ms = 0;
    BytesView data;  ///< JSON text
    bool operator==(const Event&) const = default;
};

using Frame = std::variant<Connect,
                           Connack,
                           Send,
                           Sendack,
                           Recv,
                           Recvack,
                           Ping,
                           Pong,
                           Disconnect,
                           Sub,
                           Suback,
                           Event>;

}  // namespace fenshen::wukong
