// SPDX-License-Identifier: Apache-2.0
// The HTTP/1.1 request that opens a WebSocket, and its answers, as functions of bytes (RFC 6455 4).
// Not an HTTP parser: it knows this one request, is strict about it, and never looks at more than
// `head_bytes_max` bytes. Subprotocols and extensions that are offered are not taken.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

#include "base/bytes.h"

namespace fenshen::ws {

/// Of a whole head, with the empty line at its end.
inline constexpr std::size_t head_bytes_max = 8192;
inline constexpr std::size_t head_fields_max = 100;

enum class HandshakeOutcome : std::uint8_t { need_more, bad, ok };

/// All views look into the parsed bytes. Header fields that are not there are empty.
struct UpgradeRequest {
    BytesView path;   ///< without the query, as it came (not percent-decoded); begins with `/`
    BytesView query;  ///< without the `?`
    BytesView host;
    BytesView origin;
    BytesView key;            ///< Sec-WebSocket-Key: 24 characters of base64
    BytesView forwarded_for;  ///< X-Forwarded-For, the last one: the nearest proxy appends there
    BytesView real_ip;        ///< X-Real-IP
    BytesView real_port;      ///< X-Real-Port
    // Anybody can send the last three: believe them from trusted proxies only (wukong-wire 6.2).
};

struct UpgradeParse {
    HandshakeOutcome outcome = HandshakeOutcome::need_more;
    std::size_t size = 0;  ///< ok: bytes of the head; frames may follow in the same input
    UpgradeRequest request{};
    std::uint16_t status = 0;  ///< bad: what append_refusal is to say
    BytesView why{};           ///< bad: in words, for a log; static
};

/// Looks for a whole request at the front of `in`. Bytes are not consumed while more are needed.
/// Garbage is refused at the first byte that cannot belong to a GET.
UpgradeParse parse_upgrade(BytesView in);

/// 101 for a request with this key.
void append_accept(Bytes& out, BytesView key);

/// An error answer with `Connection: close` and a short text. Knows 400, 404, 405, 426 and 431;
/// 426 names the version that is spoken here. Path rules are the caller's: it says 404 with this.
void append_refusal(Bytes& out, std::uint16_t status);

/// Sec-WebSocket-Accept for a Sec-WebSocket-Key.
std::string accept_for(BytesView key);

// --- The client's side.

/// Sec-WebSocket-Key from 16 random bytes.
std::string key_from(BytesView random_bytes);

/// `target` is a path with an optional query; `key` from key_from.
void append_upgrade(Bytes& out, BytesView host, BytesView target, BytesView key);

struct AnswerParse {
    HandshakeOutcome outcome = HandshakeOutcome::need_more;
    std::size_t size = 0;      ///< ok: bytes of the head; frames may follow
    std::uint16_t status = 0;  ///< what the server said, when it was HTTP at all
    BytesView why{};           ///< bad: in words; static
};

/// Checks the server's answer to a request with `key`.
AnswerParse parse_answer(BytesView in, BytesView key);

}  // namespace fenshen::ws
