// SPDX-License-Identifier: Apache-2.0
// The binary codec (wukong-wire 1, 2), versions 1 to 6, both directions: functions of bytes,
// without state. take_frame() cuts a frame off a stream, decode*() reads it, encode() appends one.
// All are thread-safe and none keeps anything.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <expected>
#include <optional>
#include <string_view>

#include "base/bytes.h"
#include "protocol/wukong/frames.h"

namespace fenshen::wukong {

inline constexpr std::uint8_t version_max = 6;
/// What the reference accepts as length of a body (wukong-wire 1.2).
inline constexpr std::size_t frame_bytes_max_default = 1024UZ * 1024;
/// A string's length is a signed 16-bit number (wukong-wire 1.3).
inline constexpr std::size_t string_bytes_max = 32767;

enum class WireError : std::uint8_t {
    bad_type,         ///< 0 or 13 to 15
    bad_length,       ///< a fifth length byte
    frame_too_big,    ///< longer than the limit
    truncated_body,   ///< the body ends inside a field
    bad_string,       ///< a negative length, or one beyond the body
    unexpected_type,  ///< decode_send() and its like were handed another frame
};
std::string_view name_of(WireError error);

struct RawFrame {
    FrameType type{};
    /// On CONNACK `no_persist` is the bit that says "a server version follows".
    HeaderFlags flags;
    BytesView body;        ///< into the input
    std::size_t size = 0;  ///< of the whole frame: what to consume
};

/// The first frame of `in`; nothing when it is not all there yet. `frame_bytes_max` limits the
/// announced length of the body, and is checked before its bytes are waited for. The body isn't
/// looked at.
std::expected<std::optional<RawFrame>, WireError> take_frame(
    BytesView in, std::size_t frame_bytes_max = frame_bytes_max_default);

/// `version` is the session's negotiated one; on CONNACK what the client announced, as the frame
/// itself says which layout it has. Bytes behind the last field are ignored (wukong-wire 1.4).
std::expected<Frame, WireError> decode(const RawFrame& raw, std::uint8_t version);

// The same without a variant, for those who know what they have.
std::expected<Connect, WireError> decode_connect(const RawFrame& raw);
std::expected<Connack, WireError> decode_connack(const RawFrame& raw, std::uint8_t version);
std::expected<Send, WireError> decode_send(const RawFrame& raw, std::uint8_t version);
std::expected<Sendack, WireError> decode_sendack(const RawFrame& raw, std::uint8_t version);
std::expected<Recv, WireError> decode_recv(const RawFrame& raw, std::uint8_t version);
std::expected<Recvack, WireError> decode_recvack(const RawFrame& raw, std::uint8_t version);

// Each appends one frame to `out`. Fields that the version or the setting byte does not have are
// not written. Precondition: strings of at most `string_bytes_max` bytes (longer ones are cut
// there, so that the frame stays readable); payload and data below 256 MB, and small enough for the
// reader: most refuse a body above 1 MiB.
void encode(Bytes& out, const Connect& frame, std::uint8_t version);
void encode(Bytes& out, const Connack& frame, std::uint8_t version);
void encode(Bytes& out, const Send& frame, std::uint8_t version);
void encode(Bytes& out, const Sendack& frame, std::uint8_t version);
void encode(Bytes& out, const Recv& frame, std::uint8_t version);
void encode(Bytes& out, const Recvack& frame, std::uint8_t version);
void encode(Bytes& out, const Ping& frame, std::uint8_t version);
void encode(Bytes& out, const Pong& frame, std::uint8_t version);
void encode(Bytes& out, const Disconnect& frame, std::uint8_t version);
void encode(Bytes& out, const Sub& frame, std::uint8_t version);
void encode(Bytes& out, const Suback& frame, std::uint8_t version);
void encode(Bytes& out, const Event& frame, std::uint8_t version);
void encode(Bytes& out, const Frame& frame, std::uint8_t version);

/// What a session speaks after a client has announced `client_version` (wukong-wire 5.6): 0 counts
/// as 1, what is above our highest as our highest.
constexpr std::uint8_t negotiate(std::uint8_t client_version) {
    return std::clamp<std::uint8_t>(client_version, 1, version_max);
}

/// Whether CONNACK carries the server's version: iff the client announced more than 3, which is the
/// same as having negotiated more than 3. Refusals too.
constexpr bool connack_has_server_version(std::uint8_t version) {
    return version > 3;
}
constexpr bool connack_has_node_id(std::uint8_t version) {
    return version >= 4;
}

/// The setting byte as a reader of this version may get it (wukong-wire 2.8, 2.13): below version 5
/// without the stream bit, below version 4 without the bit that used to be it.
constexpr std::uint8_t setting_for_version(std::uint8_t bits, std::uint8_t version) {
    if (version < 5) bits &= static_cast<std::uint8_t>(~setting::stream);
    if (version < 4) bits &= static_cast<std::uint8_t>(~setting::old_stream);
    return bits;
}

/// Whether a session of this version may be sent EVENT frames (wukong-wire 2.12).
constexpr bool takes_events(std::uint8_t version) {
    return version >= 5;
}

}  // namespace fenshen::wukong
