// SPDX-License-Identifier: Apache-2.0
#include "protocol/websocket/codec.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cassert>
#include <cstring>

namespace fenshen::ws {

namespace {

constexpr std::size_t control_bytes_max = 125;
constexpr std::uint8_t fin_bit = 0x80;
constexpr std::uint8_t reserved_bits = 0x70;
constexpr std::uint8_t mask_bit = 0x80;
constexpr std::uint8_t length_in_16_bits = 126;
constexpr std::uint8_t length_in_64_bits = 127;

constexpr bool is_control(Opcode opcode) {
    return (static_cast<std::uint8_t>(opcode) & 8U) != 0;
}

constexpr bool is_known(std::uint8_t opcode) {
    return opcode <= 2 || (opcode >= 8 && opcode <= 10);
}

Event fault_of(CloseCode code, BytesView why) {
    return {.kind = EventKind::error, .code = code, .payload = why};
}

Event protocol_fault(BytesView why) {
    return fault_of(CloseCode::protocol_error, why);
}

bool is_utf8(BytesView text) {
    detail::Utf8Check check;
    return check.take(text) && check.is_complete();
}

void append_lengths(Bytes& out, Opcode opcode, std::size_t payload_bytes, std::uint8_t mask) {
    assert(!is_control(opcode) || payload_bytes <= control_bytes_max);
    out += static_cast<char>(fin_bit | static_cast<std::uint8_t>(opcode));
    if (payload_bytes < length_in_16_bits) {
        out += static_cast<char>(mask | payload_bytes);
    } else if (payload_bytes <= 0xFFFF) {
        out += static_cast<char>(mask | length_in_16_bits);
        append_be(out, static_cast<std::uint16_t>(payload_bytes));
    } else {
        out += static_cast<char>(mask | length_in_64_bits);
        append_be(out, std::uint64_t{payload_bytes});
    }
}

}  // namespace

bool may_be_sent(CloseCode code) {
    const auto number = static_cast<std::uint16_t>(code);
    return (number >= 1000 && number <= 1003) || (number >= 1007 && number <= 1014) ||
           (number >= 3000 && number <= 4999);
}

void apply_mask(std::span<char> bytes, std::uint32_t key, std::size_t offset) {
    const std::uint32_t turned = std::rotl(key, static_cast<int>(offset % 4 * 8));
    std::array<char, 8> pattern{};
    for (std::size_t i = 0; i < pattern.size(); ++i) {
        pattern[i] = static_cast<char>(turned >> (24 - i % 4 * 8));
    }
    std::uint64_t wide = 0;
    std::memcpy(&wide, pattern.data(), sizeof wide);
    std::size_t i = 0;
    for (; i + sizeof wide <= bytes.size(); i += sizeof wide) {
        std::uint64_t word = 0;
        std::memcpy(&word, bytes.data() + i, sizeof word);
        word ^= wide;
        std::memcpy(bytes.data() + i, &word, sizeof word);
    }
    for (std::size_t j = 0; i < bytes.size(); ++i, ++j) {
        bytes[i] = static_cast<char>(bytes[i] ^ pattern[j]);
    }
}

// --- Decoding

struct Decoder::Head {
    Opcode opcode = Opcode::binary;
    bool is_final = false;
    std::uint32_t mask = 0;
    std::size_t size = 0;
    std::uint64_t payload_bytes = 0;
};

// Everything is judged at the first byte that shows it: what is wrong with a frame does not depend
// on where the input was cut, and a hostile length never makes anybody wait or buffer.
Decoder::HeadStatus Decoder::read_head(BytesView in,
                                       const DecoderLimits& limits,
                                       Head& head,
                                       Event& fault) const {
    const auto refuse = [&fault](const Event& why) {
        fault = why;
        return HeadStatus::bad;
    };
    if (in.empty()) return HeadStatus::need_more;
    const std::uint8_t first = byte_at(in, 0);
    head.is_final = (first & fin_bit) != 0;
    head.opcode = static_cast<Opcode>(first & 0x0FU);
    if ((first & reserved_bits) != 0) return refuse(protocol_fault("a reserved bit is set"));
    if (!is_known(first & 0x0FU)) return refuse(protocol_fault("the opcode is reserved"));
    if (is_control(head.opcode)) {
        if (!head.is_final) return refuse(protocol_fault("a control frame is fragmented"));
    } else if ((head.opcode == Opcode::continuation) != has_open_message()) {
        return refuse(protocol_fault(has_open_message()
                                         ? "a message begins within another"
                                         : "a continuation without a message to continue"));
    }
    if (head.opcode == Opcode::continuation && gathered_->fragments >= limits.fragments_max) {
        return refuse(fault_of(CloseCode::too_big, "the message has too many fragments"));
    }

    if (in.size() < 2) return HeadStatus::need_more;
    const std::uint8_t second = byte_at(in, 1);
    const bool is_masked = (second & mask_bit) != 0;
    if (is_masked != (role_ == Role::server)) {
        return refuse(protocol_fault(is_masked ? "a server's frame is masked"
                                               : "a client's frame is not masked"));
    }
    const std::uint8_t length = second & 0x7FU;
    if (is_control(head.opcode) && length > control_bytes_max) {
        return refuse(protocol_fault("a control frame is longer than 125 bytes"));
    }

    const std::size_t length_bytes =
        length == length_in_64_bits ? 8 : (length == length_in_16_bits ? 2 : 0);
    if (in.size() < 2 + length_bytes) return HeadStatus::need_more;
    head.payload_bytes = length;
    if (length_bytes == 2) head.payload_bytes = load_be<std::uint16_t>(in.substr(2));
    if (length_bytes == 8) head.payload_bytes = load_be<std::uint64_t>(in.substr(2));
    if ((length_bytes == 2 && head.payload_bytes < length_in_16_bits) ||
        (length_bytes == 8 && head.payload_bytes <= 0xFFFF)) {
        return refuse(protocol_fault("a length is written longer than it has to be"));
    }
    if (head.payload_bytes >> 63U != 0) return refuse(protocol_fault("a length is negative"));
    const std::size_t before = has_open_message() ? gathered_->bytes.size() : 0;
    if (!is_control(head.opcode) &&
        head.payload_bytes >
            limits.message_bytes_max - std::min(before, limits.message_bytes_max)) {
        return refuse(fault_of(CloseCode::too_big, "the message is too big"));
    }

    head.size = 2 + length_bytes + (is_masked ? 4 : 0);
    if (in.size() < head.size) return HeadStatus::need_more;
    if (is_masked) head.mask = load_be<std::uint32_t>(in.substr(head.size - 4));
    return HeadStatus::ok;
}

Event Decoder::next(std::span<char> in, const DecoderLimits& limits) {
    if (gathered_ && gathered_->delivered) gathered_.reset();
    if (is_over_) return {.size = in.size()};
    std::size_t taken = 0;
    while (true) {
        Event event = take_frame(in.subspan(taken), limits);
        const bool is_fragment = event.kind == EventKind::need_more && event.size > 0;
        event.size += taken;
        if (!is_fragment) return event;
        taken = event.size;
    }
}

// A fragment that is not the last one is consumed without an event.
Event Decoder::take_frame(std::span<char> in, const DecoderLimits& limits) {
    Head head;
    Event fault;
    switch (read_head({in.data(), in.size()}, limits, head, fault)) {
        case HeadStatus::need_more:
            return {};
        case HeadStatus::bad:
            fault.size = in.size();
            return fail(fault);
        case HeadStatus::ok:
            break;
    }
    return is_control(head.opcode) ? take_control(in, head) : take_data(in, head);
}

Event Decoder::fail(Event fault) {
    is_over_ = true;
    gathered_.reset();
    return fault;
}

Event Decoder::take_control(std::span<char> in, const Head& head) {
    const std::size_t payload_bytes = head.payload_bytes;
    if (in.size() < head.size + payload_bytes) return {};
    const auto payload = in.subspan(head.size, payload_bytes);
    if (role_ == Role::server) apply_mask(payload, head.mask);
    Event event{.size = head.size + payload_bytes, .payload = {payload.data(), payload.size()}};
    if (head.opcode != Opcode::close) {
        event.kind = head.opcode == Opcode::ping ? EventKind::ping : EventKind::pong;
        return event;
    }
    const auto refuse = [&](Event fault) {
        fault.size = in.size();
        return fail(fault);
    };
    if (payload_bytes == 1) return refuse(protocol_fault("half a close code"));
    if (payload_bytes >= 2) {
        event.code = static_cast<CloseCode>(load_be<std::uint16_t>(event.payload));
        event.payload.remove_prefix(2);
        if (!may_be_sent(event.code)) return refuse(protocol_fault("a close code not to be sent"));
        if (!is_utf8(event.payload)) {
            return refuse(fault_of(CloseCode::bad_text, "a close reason is not UTF-8"));
        }
    }
    event.kind = EventKind::close;
    is_over_ = true;
    gathered_.reset();
    return event;
}

Event Decoder::take_data(std::span<char> in, const Head& head) {
    const std::size_t payload_bytes = head.payload_bytes;
    const bool is_first = head.opcode != Opcode::continuation;
    const Opcode opcode = is_first ? head.opcode : gathered_->opcode;
    const auto payload = in.subspan(head.size, std::min(payload_bytes, in.size() - head.size));

    if (payload_done_ < payload.size()) {
        const auto fresh = payload.subspan(payload_done_);
        if (role_ == Role::server) apply_mask(fresh, head.mask, payload_done_);
        payload_done_ = payload.size();
        if (opcode == Opcode::text && !text_.take({fresh.data(), fresh.size()})) {
            Event fault = fault_of(CloseCode::bad_text, "the text is not UTF-8");
            fault.size = in.size();
            return fail(fault);
        }
    }
    if (payload.size() < payload_bytes) return {};
    payload_done_ = 0;
    Event event{.opcode = opcode,
                .size = head.size + payload_bytes,
                .payload = {payload.data(), payload.size()}};

    if (head.is_final && !text_.is_complete()) {
        Event fault = fault_of(CloseCode::bad_text, "the text ends within a character");
        fault.size = in.size();
        return fail(fault);
    }
    if (!(is_first && head.is_final)) {
        if (is_first) {
            gathered_ = std::make_unique<Gathered>();
            gathered_->opcode = opcode;
        }
        gathered_->bytes += event.payload;
        ++gathered_->fragments;
        if (!head.is_final) return event;
        gathered_->delivered = true;
        event.payload = gathered_->bytes;
    }
    event.kind = EventKind::message;
    return event;
}

// --- Encoding

void append_head(Bytes& out, Opcode opcode, std::size_t payload_bytes) {
    append_lengths(out, opcode, payload_bytes, 0);
}

void append_frame(Bytes& out, Opcode opcode, BytesView payload) {
    append_lengths(out, opcode, payload.size(), 0);
    out += payload;
}

void append_masked_frame(Bytes& out, Opcode opcode, BytesView payload, std::uint32_t key) {
    append_lengths(out, opcode, payload.size(), mask_bit);
    append_be(out, key);
    const std::size_t begin = out.size();
    out += payload;
    apply_mask(std::span(out).subspan(begin), key);
}

Bytes close_payload(CloseCode code, BytesView reason) {
    if (code == CloseCode::no_status) return {};
    assert(may_be_sent(code));
    std::size_t size = std::min(reason.size(), control_bytes_max - 2);
    if (size < reason.size()) {
        while (size > 0 && (byte_at(reason, size) & 0xC0U) == 0x80U) --size;
    }
    Bytes payload;
    append_be(payload, static_cast<std::uint16_t>(code));
    payload += reason.substr(0, size);
    return payload;
}

void append_close(Bytes& out, CloseCode code, BytesView reason) {
    append_frame(out, Opcode::close, close_payload(code, reason));
}

}  // namespace fenshen::ws
