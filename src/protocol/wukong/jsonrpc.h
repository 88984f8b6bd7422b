// SPDX-License-Identifier: Apache-2.0
// The JSON-RPC dialect (wukong-wire 7): client texts in, server texts out, and how texts are cut
// off a byte stream. The same nouns as in the binary codec where they fit. The parsing library
// stays in jsonrpc.cpp.
#pragma once

#include <cstddef>
#include <cstdint>
#include <expected>
#include <optional>
#include <string_view>
#include <variant>

#include "base/bytes.h"
#include "protocol/wukong/frames.h"

namespace fenshen::wukong {

/// Of an id that a client chooses; it is kept while the request is under way.
inline constexpr std::size_t json_id_bytes_max = 256;
inline constexpr std::size_t json_depth_max = 64;

/// How a session likes to be spoken to; learned from what it says (wukong-wire 7.7).
struct JsonDialect {
    /// Names are also written in snake_case.
    bool snake_case = false;
    /// A payload that is a JSON object or array is written as such, not as base64.
    bool payload_as_json = false;
    /// What was seen once stays.
    JsonDialect& operator|=(const JsonDialect& seen) {
        snake_case = snake_case || seen.snake_case;
        payload_as_json = payload_as_json || seen.payload_as_json;
        return *this;
    }
    bool operator==(const JsonDialect&) const = default;
};

/// What a client asks for. In Send the payload is the plain bytes, `client_msg_no` is empty when it
/// was left out, and no string is longer than the binary protocol can carry.
using JsonCall = std::variant<Connect, Send, Recvack, Ping, Disconnect>;

/// All views are valid until the next decode_json() on this thread, encode_json() doesn't touch
/// them.
struct JsonRequest {
    /// The id as JSON text ("\"c-1\"", "17"), to be echoed as it is. Empty: none.
    BytesView id;
    JsonCall call;
    /// What this text shows of the client's manner.
    JsonDialect seen;
};

struct JsonError {
    /// As JsonRequest::id; empty if it could not be read.
    BytesView id;
    /// For people: which field is wrong, and how. Valid as long as `id`.
    std::string_view text;
};

/// Reads one whole text. `bytes_max` limits its length; nesting is limited by `json_depth_max`.
std::expected<JsonRequest, JsonError> decode_json(BytesView text, std::size_t bytes_max);

// Each appends one text to `out`. `id` is JsonRequest::id of what is answered. Invalid UTF-8 in
// strings becomes U+FFFD.

/// A login that went well. `server_version` must be set; encryption fields are written empty.
void encode_json(Bytes& out, BytesView id, const Connack& frame, JsonDialect dialect);
/// Refusals too.
void encode_json(Bytes& out, BytesView id, const Sendack& frame, JsonDialect dialect);
void encode_json(Bytes& out, BytesView id, const Pong& frame);
/// The payload is the plain bytes. An empty sender or channel is written as the system account
/// (wukong-wire 8.2).
void encode_json(Bytes& out, const Recv& frame, JsonDialect dialect);
void encode_json(Bytes& out, const Event& frame);
void encode_json(Bytes& out, const Disconnect& frame, JsonDialect dialect);
/// A refused login has the reason as its code, everything else 0 (wukong-wire 7.4, 7.7). An empty
/// id is left out.
void encode_json_error(Bytes& out, BytesView id, int code, std::string_view text);

enum class Sniffed : std::uint8_t { need_more, json, binary };
/// What a session speaks, told by its first bytes; after white space alone, more is needed
/// (wukong-wire 6.4).
Sniffed sniff_protocol(BytesView first);

/// Cuts whole JSON texts off a byte stream. Remembers how far it has looked, so that a text that
/// trickles in costs no more than one that comes at once.
class JsonTextCutter {
public:
    struct Text {
        /// Empty for a piece of white space: consume it and go on.
        BytesView text;
        /// What to consume of the input.
        std::size_t size = 0;
    };
    enum class Error : std::uint8_t { not_json, too_big };

    /// `in` starts with the first byte not consumed yet, whatever came since is behind it. Nothing
    /// when no text is complete. After an error the stream can't be read on.
    std::expected<std::optional<Text>, Error> take(BytesView in, std::size_t bytes_max);

private:
    std::size_t looked_at_ = 0;
    std::uint32_t depth_ = 0;
    bool in_string_ = false;
    bool escaped_ = false;
};

}  // namespace fenshen::wukong
