// SPDX-License-Identifier: Apache-2.0
// What the codec's tests and its fuzzer share: frames of every shape, right and wrong, and a caller
// as the decoder's contract wants it, which feeds input in pieces.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "protocol/websocket/codec.h"

namespace fenshen::ws::testing {

/// One frame as bytes; nothing about it need be right. FIN is 0x80, the reserved bits are 0x70.
struct Wire {
    std::uint8_t first = 0x81;
    Bytes payload;
};
constexpr std::uint8_t text = 0x81;
constexpr std::uint8_t binary = 0x82;
constexpr std::uint8_t close = 0x88;
constexpr std::uint8_t ping = 0x89;
constexpr std::uint8_t pong = 0x8A;
constexpr std::uint8_t text_begin = 0x01;
constexpr std::uint8_t binary_begin = 0x02;
constexpr std::uint8_t more = 0x00;
constexpr std::uint8_t last = 0x80;

inline void append_wire(Bytes& out, const Wire& wire, Role receiver, std::uint32_t key) {
    const bool is_masked = receiver == Role::server;
    const std::uint8_t mask_bit = is_masked ? 0x80 : 0;
    out += static_cast<char>(wire.first);
    const std::size_t size = wire.payload.size();
    if (size < 126) {
        out += static_cast<char>(mask_bit | size);
    } else if (size <= 0xFFFF) {
        out += static_cast<char>(mask_bit | 126U);
        append_be(out, static_cast<std::uint16_t>(size));
    } else {
        out += static_cast<char>(mask_bit | 127U);
        append_be(out, std::uint64_t{size});
    }
    if (is_masked) append_be(out, key);
    for (std::size_t i = 0; i < size; ++i) {
        const auto mask = is_masked ? static_cast<char>(key >> (24 - i % 4 * 8)) : '\0';
        out += static_cast<char>(wire.payload[i] ^ mask);
    }
}

inline Bytes on_the_wire(const std::vector<Wire>& frames, Role receiver) {
    Bytes out;
    std::uint32_t key = 0x37FA213D;
    for (const Wire& frame : frames) {
        append_wire(out, frame, receiver, key);
        key = key * 2654435761U + 1;
    }
    return out;
}

/// An event, kept beyond the input it looked into.
struct Seen {
    EventKind kind = EventKind::need_more;
    Opcode opcode = Opcode::binary;
    CloseCode code = CloseCode::no_status;
    Bytes payload{};

    bool operator==(const Seen&) const = default;
};

inline Seen message(Opcode opcode, Bytes payload) {
    return {EventKind::message, opcode, CloseCode::no_status, std::move(payload)};
}
inline Seen pinged(Bytes payload) {
    return {.kind = EventKind::ping, .payload = std::move(payload)};
}
inline Seen ponged(Bytes payload) {
    return {.kind = EventKind::pong, .payload = std::move(payload)};
}
inline Seen closed(CloseCode code, Bytes reason = {}) {
    return {.kind = EventKind::close, .code = code, .payload = std::move(reason)};
}
/// The words of an error are for people: not compared.
inline Seen failed(CloseCode code) {
    return {.kind = EventKind::error, .code = code};
}

class Reader {
public:
    explicit Reader(Role role, const DecoderLimits& limits = {})
        : decoder_(role), limits_(limits) {}

    void feed(BytesView piece) {
        kept_ += piece;
        std::size_t taken = 0;
        while (true) {
            const Event event = decoder_.next(std::span(kept_).subspan(taken), limits_);
            taken += event.size;
            if (event.kind == EventKind::need_more) break;
            const bool is_message = event.kind == EventKind::message;
            const bool is_error = event.kind == EventKind::error;
            seen.push_back({event.kind,
                            is_message ? event.opcode : Opcode::binary,
                            event.code,
                            is_error ? Bytes{} : Bytes(event.payload)});
        }
        kept_.erase(0, taken);
    }
    std::size_t kept() const { return kept_.size(); }
    Decoder& decoder() { return decoder_; }

    std::vector<Seen> seen;

private:
    Decoder decoder_;
    DecoderLimits limits_;
    Bytes kept_;
};

}  // namespace fenshen::ws::testing
