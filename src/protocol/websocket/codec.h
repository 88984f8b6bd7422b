// SPDX-License-Identifier: Apache-2.0
// WebSocket frames (RFC 6455) as functions of bytes, both ends: the server's for our listeners, the
// client's for the load generator and tests. No extension is ever negotiated (docs/decisions/0001),
// so every reserved bit is a fault. docs/protocol/websocket.md says what was chosen where the RFC
// leaves a choice.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>

#include "base/bytes.h"
#include "protocol/websocket/detail/utf8.h"

namespace fenshen::ws {

enum class Opcode : std::uint8_t {
    continuation = 0,
    text = 1,
    binary = 2,
    close = 8,
    ping = 9,
    pong = 10,
};

/// What a close frame says (RFC 6455 7.4). A peer may send codes without a name here: 3000–4999 are
/// free. Some clients give up for good after 1002, 1003, 1007, 1008 and 1009, and come back after
/// the others (wukong-wire 6.2).
enum class CloseCode : std::uint16_t {
    normal = 1000,
    going_away = 1001,
    protocol_error = 1002,
    unsupported = 1003,
    no_status = 1005,  ///< a close frame without a code; never on the wire itself
    bad_text = 1007,
    policy = 1008,
    too_big = 1009,
    internal = 1011,
    restart = 1012,
    try_later = 1013,
};

/// Whether a close frame may carry `code`: 1000–1003, 1007–1014, 3000–4999.
bool may_be_sent(CloseCode code);

enum class Role : std::uint8_t { server, client };

struct DecoderLimits {
    std::size_t message_bytes_max = 1024UL * 1024;  ///< all fragments together
    std::uint32_t fragments_max = 1024;             ///< frames of one message
};

enum class EventKind : std::uint8_t {
    need_more,  ///< nothing whole is left; `size` counts what fragments have been gathered
    message,    ///< a whole message: opcode text (valid UTF-8) or binary
    ping,       ///< to be answered with a pong that carries the same payload
    pong,
    close,  ///< to be answered with append_close(out, event.code) unless we have closed already
    error,  ///< to be answered with append_close(out, event.code), then close the connection
};

struct Event {
    EventKind kind = EventKind::need_more;
    Opcode opcode = Opcode::binary;         ///< of a message
    CloseCode code = CloseCode::no_status;  ///< of close: the peer's; of error: what to answer
    std::size_t size = 0;                   ///< bytes from the front of the input that are done
    /// Message, ping, pong: their data. Close: the peer's reason (valid UTF-8). Error: what is
    /// wrong, in words for a log. Looks into the input or into the decoder: valid until the next
    /// call or until the input goes.
    BytesView payload{};
};

/// Takes a peer's stream of frames apart. One a connection, on one thread.
///
/// It keeps no copy of the input. A frame that is not all there consumes nothing: the caller keeps
/// its bytes and offers them again with more behind them. What is there of it has been unmasked *in
/// place* and checked, and is not looked at again, so the caller must keep the bytes as they were
/// left; so a frame that comes a byte at a time still costs each byte once, and bad UTF-8 is found
/// at the byte that makes it bad. An unfragmented message is a view of the input; fragments are
/// gathered on the heap, and that memory is given back by the call after the one that delivered
/// them.
class Decoder {
public:
    explicit Decoder(Role role = Role::server) : role_(role) {}

    /// The first event in `in`. Call it again behind `event.size` bytes until it needs more, and
    /// stop in between at will. `limits` are to be the same in every call. After `close` and
    /// `error` everything is consumed without an event: nothing behind them counts.
    Event next(std::span<char> in, const DecoderLimits& limits);

    /// True while a message has begun and not ended: its first fragments are kept in here.
    bool has_open_message() const { return gathered_ && !gathered_->delivered; }
    /// Bytes of those fragments.
    std::size_t gathered_bytes() const { return has_open_message() ? gathered_->bytes.size() : 0; }

private:
    struct Gathered {
        Bytes bytes;
        std::uint32_t fragments = 0;
        Opcode opcode = Opcode::binary;
        bool delivered = false;
    };
    struct Head;
    enum class HeadStatus : std::uint8_t { need_more, ok, bad };

    HeadStatus read_head(BytesView in, const DecoderLimits& limits, Head& head, Event& fault) const;
    Event take_frame(std::span<char> in, const DecoderLimits& limits);
    Event take_control(std::span<char> in, const Head& head);
    Event take_data(std::span<char> in, const Head& head);
    Event fail(Event fault);

    std::unique_ptr<Gathered> gathered_;
    std::uint64_t payload_done_ = 0;  // bytes of the first frame's payload, unmasked and checked
    detail::Utf8Check text_;
    Role role_;
    bool is_over_ = false;
};
static_assert(sizeof(Decoder) <= 32, "every idle connection has one");

// --- Encoding. Each call appends one whole message or control frame (FIN is always set).

/// The head of a server's frame; the caller appends exactly `payload_bytes` bytes behind it.
void append_head(Bytes& out, Opcode opcode, std::size_t payload_bytes);
/// A server's frame.
void append_frame(Bytes& out, Opcode opcode, BytesView payload);
/// A server's close frame; without a payload for `no_status`. `reason` is UTF-8 and is cut at a
/// character to what fits a control frame.
void append_close(Bytes& out, CloseCode code, BytesView reason = {});
/// The payload of such a close frame, for clients.
Bytes close_payload(CloseCode code, BytesView reason = {});

/// A client's frame. `key` is to be unpredictable and new for each frame (RFC 6455 5.3).
void append_masked_frame(Bytes& out, Opcode opcode, BytesView payload, std::uint32_t key);

/// Masks or unmasks in place; byte `i` of the payload is `bytes[i - offset]`. `key` is the number
/// whose big-endian bytes stand in the frame.
void apply_mask(std::span<char> bytes, std::uint32_t key, std::size_t offset = 0);

}  // namespace fenshen::ws
