// SPDX-License-Identifier: Apache-2.0
// The same connection of the load generator as an Easemob client: MSync over a WebSocket. What
// comes back is told in the words of the other family, so that one load counts both.
#include "client.h"
#include "protocol/msync/codec.h"

namespace fenshen::bench {

namespace {

constexpr std::string_view app_key = "fenshen#demo";

/// Text of 16 letters a byte pair: a payload of MSync is text.
void append_hex(Bytes& out, BytesView bytes) {
    constexpr std::string_view digits = "0123456789abcdef";
    for (const char byte : bytes) {
        const auto value = static_cast<unsigned char>(byte);
        out.push_back(digits[value >> 4U]);
        out.push_back(digits[value & 15U]);
    }
}

std::uint64_t number_in(BytesView hex) {
    std::uint64_t number = 0;
    for (const char digit : hex) {
        const auto value = digit <= '9' ? digit - '0' : digit - 'a' + 10;
        number = number << 4U | static_cast<std::uint64_t>(value & 15);
    }
    return number;
}

Bytes envelope_with(msync::Command command, BytesView payload) {
    msync::Envelope envelope;
    envelope.version = msync::Version::v1;
    envelope.command = command;
    if (!payload.empty()) envelope.payload = payload;
    Bytes bytes;
    msync::encode(bytes, envelope);
    return bytes;
}

}  // namespace

void Client::say_provision() {
    const std::string auth = "$t$" + settings_.token;
    msync::Provision provision;
    provision.os_type = msync::OsType::other;
    provision.version = "4.21.1";
    provision.resource = settings_.device_id;
    Bytes payload;
    msync::encode(payload, provision);
    msync::Envelope envelope;
    envelope.version = msync::Version::v1;
    envelope.guid = msync::Jid{.app_key = app_key,
                               .name = settings_.uid,
                               .domain = "easemob.com",
                               .client_resource = settings_.device_id};
    envelope.auth = auth;
    envelope.command = msync::Command::provision;
    envelope.payload = payload;
    Bytes bytes;
    msync::encode(bytes, envelope);
    write_frame(bytes);
}

void Client::say_unread() {
    write_frame(envelope_with(msync::Command::unread, {}));
}

void Client::say_text(std::string_view to, bool to_group, const Stamp& stamp, BytesView noise) {
    Bytes front;
    append_be(front, stamp.intended_ns);
    append_be(front, stamp.sender);
    append_be(front, stamp.number);
    Bytes text;
    append_hex(text, front);
    text += noise;
    msync::MessageBody body;
    body.type = to_group ? msync::MessageType::group_chat : msync::MessageType::chat;
    body.from = msync::Jid{.name = settings_.uid};
    body.to = msync::Jid{.name = to};
    body.contents.push_back({.type = msync::Content::Type::text, .text = text});
    Bytes payload;
    msync::encode(payload, body);
    msync::Meta meta;
    meta.id = stamp.number;
    meta.to = msync::Jid{.app_key = app_key,
                         .name = to,
                         .domain = to_group ? "conference.easemob.com" : "easemob.com"};
    meta.ns = msync::Namespace::chat;
    meta.payload = payload;
    msync::SyncUl request;
    request.meta = meta;
    Bytes bytes;
    msync::encode(bytes, request);
    write_frame(envelope_with(msync::Command::sync, bytes));
}

void Client::take_msync(BytesView in, const Events& events) {
    const auto envelope = msync::decode<msync::Envelope>(in);
    if (!envelope) return fail("a frame that cannot be read");
    const BytesView payload = envelope->payload.value_or("");
    switch (envelope->command.value_or(msync::Command::sync)) {
        case msync::Command::provision: {
            const auto answer = msync::decode<msync::Provision>(payload);
            const bool is_let_in =
                answer && answer->status && answer->status->error_code == msync::StatusCode::ok;
            if (!is_let_in) return fail("login refused");
            ready_ = true;
            return say_unread();
        }
        case msync::Command::sync: {
            const auto answer = msync::decode<msync::SyncDl>(payload);
            if (!answer) return fail("a SYNC that cannot be read");
            if (!answer->meta_id) return take_batch(*answer, events);
            wukong::Sendack ack;
            ack.client_seq = static_cast<std::uint32_t>(*answer->meta_id);
            const bool is_taken =
                answer->status && answer->status->error_code == msync::StatusCode::ok;
            ack.reason = is_taken ? wukong::Reason::success : wukong::Reason::system_error;
            return events.on_sendack(*this, ack);
        }
        default:
            return;
    }
}

void Client::take_batch(const msync::SyncDl& batch, const Events& events) {
    for (const BytesView bytes : batch.metas) {
        const auto meta = msync::decode<msync::Meta>(bytes);
        if (!meta || meta->ns != msync::Namespace::chat)
            return fail("the server ended the session");
        const auto body = msync::decode<msync::MessageBody>(meta->payload.value_or(""));
        if (!body || body->contents.empty()) return fail("a message that cannot be read");
        const std::string_view text = body->contents.front().text.value_or("");
        if (text.size() < 2 * stamp_bytes) return fail("a message that nobody sent");
        const Stamp stamp{number_in(text.substr(0, 16)),
                          static_cast<std::uint32_t>(number_in(text.substr(16, 8))),
                          static_cast<std::uint32_t>(number_in(text.substr(24, 8)))};
        events.on_recv(*this, {}, stamp);
    }
    if (batch.metas.empty() || batch.is_last == true) return;
    msync::SyncUl request;
    request.key = batch.next_key;
    request.queue = batch.queue;
    Bytes bytes;
    msync::encode(bytes, request);
    write_frame(envelope_with(msync::Command::sync, bytes));
}

}  // namespace fenshen::bench
