// SPDX-License-Identifier: Apache-2.0
#include "client.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <random>
#include <span>

#include "protocol/websocket/handshake.h"

namespace fenshen::bench {

namespace {

constexpr std::uint8_t version = 5;
constexpr std::size_t read_bytes = 256UL * 1024;

std::mt19937_64& dice() {
    thread_local std::mt19937_64 generator(20261125);
    return generator;
}

Bytes random_bytes(std::size_t count) {
    Bytes bytes(count, '\0');
    for (auto& byte : bytes) byte = static_cast<char>(dice()());
    return bytes;
}

/// Half of it random, so that no compression helps.
void fill_payload(Bytes& out, const Stamp& stamp, std::size_t size) {
    append_be(out, stamp.intended_ns);
    append_be(out, stamp.sender);
    append_be(out, stamp.number);
    while (out.size() < size) {
        std::uint64_t noise = dice()();
        if (out.size() % 16 < 8) noise = 0x2020202020202020;
        out.append(reinterpret_cast<const char*>(&noise),
                   std::min<std::size_t>(8, size - out.size()));
    }
}

}  // namespace

Client::Client(std::uint32_t index, Settings settings)
    : index_(index), settings_(std::move(settings)) {}

Client::~Client() {
    close();
}

void Client::open(std::uint16_t port) {
    fd_ = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (connect(fd_, reinterpret_cast<sockaddr*>(&address), sizeof address) != 0) {
        return fail("connect: " + std::string(strerror(errno)));
    }
    const int on = 1;
    setsockopt(fd_, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    fcntl(fd_, F_SETFL, fcntl(fd_, F_GETFL) | O_NONBLOCK);
    if (settings_.websocket) {
        ws_key_ = ws::key_from(random_bytes(16));
        const char* path = settings_.msync ? "/websocket" : "/";
        ws::append_upgrade(out_, "127.0.0.1", path, ws_key_);
    }
    if (settings_.msync) {
        say_provision();
        flush();
        return;
    }
    wukong::Connect frame;
    frame.version = version;
    frame.device_flag = settings_.device_flag;
    frame.device_id = settings_.device_id;
    frame.uid = settings_.uid;
    frame.token = settings_.token;
    wukong::KeyText key{};
    if (settings_.encrypted) {
        const Bytes noise = random_bytes(private_key_.size());
        std::ranges::copy(noise, private_key_.begin());
        key = wukong::public_key_text(private_key_);
        frame.client_key = wukong::view_of(key);
    }
    Bytes bytes;
    wukong::encode(bytes, frame, version);
    write_frame(bytes);
    flush();
}

void Client::close() {
    if (fd_ >= 0) ::close(fd_);
    fd_ = -1;
    ready_ = upgraded_ = false;
    in_.clear();
    stream_.clear();
    out_.clear();
    decoder_ = ws::Decoder(ws::Role::client);
}

void Client::fail(std::string why) {
    failure_ = std::move(why);
    ready_ = false;
}

void Client::write_frame(BytesView frame) {
    if (settings_.websocket) {
        ws::append_masked_frame(
            out_, ws::Opcode::binary, frame, static_cast<std::uint32_t>(dice()()));
    } else {
        out_ += frame;
    }
}

void Client::send_message(std::string_view channel_id,
                          std::uint8_t channel_type,
                          const Stamp& stamp,
                          std::size_t payload_bytes) {
    thread_local Bytes payload;
    thread_local Bytes cipher;
    thread_local Bytes bytes;
    payload.clear();
    fill_payload(payload, stamp, payload_bytes);
    if (settings_.msync) {
        Bytes noise;
        const std::size_t stamped = 2 * stamp_bytes;
        if (payload_bytes > stamped) noise.assign(payload_bytes - stamped, 'x');
        for (std::size_t i = 0; i < noise.size(); i += 2) {
            noise[i] = static_cast<char>('a' + dice()() % 26);
        }
        constexpr std::uint8_t type_group = 2;
        return say_text(channel_id, channel_type == type_group, stamp, noise);
    }
    const std::string number = settings_.device_id + "-" + std::to_string(stamp.number);
    wukong::Send frame;
    frame.flags.red_dot = true;
    frame.client_seq = stamp.number;
    frame.client_msg_no = number;
    frame.channel_id = channel_id;
    frame.channel_type = channel_type;
    frame.payload = payload;
    wukong::MsgKey key{};
    if (settings_.encrypted) {
        cipher.clear();
        wukong::encrypt_payload(keys_, payload, cipher);
        frame.payload = cipher;
        key = wukong::send_msg_key(keys_, frame);
        frame.msg_key = wukong::view_of(key);
    }
    bytes.clear();
    wukong::encode(bytes, frame, version);
    write_frame(bytes);
}

void Client::ping() {
    if (settings_.msync) return say_unread();
    Bytes bytes;
    wukong::encode(bytes, wukong::Ping{}, version);
    write_frame(bytes);
}

bool Client::flush() {
    std::size_t sent = 0;
    while (sent < out_.size()) {
        const ssize_t now =
            ::send(fd_, out_.data() + sent, out_.size() - sent, MSG_NOSIGNAL | MSG_DONTWAIT);
        if (now < 0 && errno == EAGAIN) break;
        if (now < 0) {
            fail("send: " + std::string(strerror(errno)));
            break;
        }
        sent += static_cast<std::size_t>(now);
    }
    out_.erase(0, sent);
    return out_.empty();
}

void Client::on_readable(const Events& events) {
    thread_local std::array<char, read_bytes> buffer;
    const ssize_t got = recv(fd_, buffer.data(), buffer.size(), 0);
    if (got < 0 && errno == EAGAIN) return;
    if (got <= 0) return fail("the server closed the connection");
    std::span<char> input(buffer.data(), static_cast<std::size_t>(got));
    if (!in_.empty()) {
        in_.append(input.data(), input.size());
        input = in_;
    }
    std::size_t taken = 0;
    if (!settings_.websocket) {
        take_stream({input.data(), input.size()}, events, taken);
    } else {
        if (!upgraded_) {
            const auto answer = ws::parse_answer({input.data(), input.size()}, ws_key_);
            if (answer.outcome == ws::HandshakeOutcome::bad) return fail(std::string(answer.why));
            if (answer.outcome == ws::HandshakeOutcome::ok) {
                upgraded_ = true;
                taken = answer.size;
            }
        }
        while (upgraded_) {
            const auto event = decoder_.next(input.subspan(taken), {});
            taken += event.size;
            if (event.kind == ws::EventKind::need_more) break;
            if (event.kind == ws::EventKind::close || event.kind == ws::EventKind::error) {
                return fail("the server closed the WebSocket");
            }
            if (event.kind != ws::EventKind::message) continue;
            if (settings_.msync) {
                take_msync(event.payload, events);
                if (!failure_.empty()) return;
                continue;
            }
            stream_ += event.payload;
            std::size_t done = 0;
            take_stream(stream_, events, done);
            stream_.erase(0, done);
        }
    }
    in_.assign(input.data() + taken, input.size() - taken);
}

void Client::take_stream(BytesView in, const Events& events, std::size_t& taken) {
    while (failure_.empty()) {
        const auto raw = wukong::take_frame(in.substr(taken));
        if (!raw) return fail("a frame that cannot be read");
        if (!*raw) return;
        taken += (*raw)->size;
        take(**raw, events);
    }
}

void Client::take(const wukong::RawFrame& raw, const Events& events) {
    switch (raw.type) {
        case wukong::FrameType::connack: {
            const auto frame = wukong::decode_connack(raw, version);
            if (!frame || frame->reason != wukong::Reason::success) return fail("login refused");
            if (settings_.encrypted) {
                const auto keys = wukong::derive_keys(private_key_, frame->server_key, frame->salt);
                if (!keys) return fail("the server's key cannot be used");
                keys_ = *keys;
            }
            ready_ = true;
            return;
        }
        case wukong::FrameType::sendack: {
            const auto frame = wukong::decode_sendack(raw, version);
            if (!frame) return fail("a SENDACK that cannot be read");
            return events.on_sendack(*this, *frame);
        }
        case wukong::FrameType::recv: {
            const auto frame = wukong::decode_recv(raw, version);
            if (!frame) return fail("a RECV that cannot be read");
            thread_local Bytes plain;
            BytesView payload = frame->payload;
            if (settings_.encrypted) {
                if (!wukong::decrypt_payload(keys_, frame->payload, plain)) {
                    return fail("a payload that cannot be decrypted");
                }
                payload = plain;
            }
            if (payload.size() < stamp_bytes) return fail("a message that nobody sent");
            const Stamp stamp{load_be<std::uint64_t>(payload),
                              load_be<std::uint32_t>(payload.substr(8)),
                              load_be<std::uint32_t>(payload.substr(12))};
            wukong::Recvack ack;
            ack.flags = frame->flags;
            ack.message_id = frame->message_id;
            ack.message_seq = frame->message_seq;
            Bytes bytes;
            wukong::encode(bytes, ack, version);
            write_frame(bytes);
            return events.on_recv(*this, *frame, stamp);
        }
        case wukong::FrameType::disconnect:
            if (events.on_disconnect) return events.on_disconnect(*this);
            return fail("the server ended the session");
        default:
            return;
    }
}

}  // namespace fenshen::bench
