// SPDX-License-Identifier: Apache-2.0
#include "gateway/connection.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cerrno>

#include "gateway/loop_gateway.h"
#include "protocol/proxy/proxy.h"
#include "protocol/websocket/handshake.h"

namespace fenshen::gateway {

namespace {

struct Peer {
    std::string address;
    std::uint16_t port = 0;
    bool is_v6 = false;
};
Peer peer_of(int fd) {
    sockaddr_storage storage{};
    socklen_t size = sizeof storage;
    if (getpeername(fd, reinterpret_cast<sockaddr*>(&storage), &size) != 0) return {};
    std::array<char, INET6_ADDRSTRLEN> text{};
    if (storage.ss_family == AF_INET6) {
        const auto& v6 = reinterpret_cast<const sockaddr_in6&>(storage);
        inet_ntop(AF_INET6, &v6.sin6_addr, text.data(), text.size());
        return {text.data(), ntohs(v6.sin6_port), true};
    }
    const auto& v4 = reinterpret_cast<const sockaddr_in&>(storage);
    inet_ntop(AF_INET, &v4.sin_addr, text.data(), text.size());
    return {text.data(), ntohs(v4.sin_port), false};
}

BytesView view(std::span<char> bytes) {
    return {bytes.data(), bytes.size()};
}

}  // namespace

void Connection::Leftover::append(BytesView more) {
    if (more.empty()) return;
    if (!state_) state_ = std::make_unique<State>();
    state_->bytes += more;
}

void Connection::Leftover::drop_front(std::size_t count) {
    if (!state_) return;
    state_->begin += count;
    if (state_->begin >= state_->bytes.size()) {
        state_.reset();
    } else if (state_->begin > state_->bytes.size() / 2) {
        state_->bytes.erase(0, state_->begin);
        state_->begin = 0;
    }
}

Connection::Connection(LoopGateway& gateway,
                       int fd,
                       std::uint64_t serial,
                       const ConnectionKind& kind)
    : gateway_(gateway),
      opened_(gateway.loop().now()),
      last_input_(gateway.loop().now()),
      serial_(serial),
      fd_(fd),
      transport_(kind.transport) {
    if (kind.tls != nullptr) tls_ = std::make_unique<tls::TlsStream>(*kind.tls);
    if (kind.is_trusted_proxy) trusts_proxy_ = kind.is_trusted_proxy(peer_of(fd_).address);
    expects_proxy_header_ = trusts_proxy_ && transport_ == Transport::tcp;
}

Connection::~Connection() {
    gateway_.note_input(-static_cast<std::int64_t>(input_bytes_));
    if (out_) {
        gateway_.note_waiting(-static_cast<std::int64_t>(bytes_waiting()));
        gateway_.give_back(std::move(out_));
    }
    ::close(fd_);
}

SessionRef Connection::ref() const {
    return {gateway_.shard().world().node, gateway_.loop().id(), serial_};
}

std::string Connection::address() const {
    if (proxied_address_) return *proxied_address_;
    const Peer peer = peer_of(fd_);
    if (peer.address.empty()) return {};
    const std::string address = peer.is_v6 ? "[" + peer.address + "]" : peer.address;
    return address + ":" + std::to_string(peer.port);
}

// --- in
// ---------------------------------------------------------------------------------------------------------------

void Connection::on_ready(std::uint32_t events) {
    if (state_ == State::dead) return;
    if ((events & EPOLLOUT) != 0) flush();
    if (state_ != State::dead && (events & ~std::uint32_t{EPOLLOUT}) != 0) read();
}

// A handshake costs as much as a thousand frames: only so many are worked on in a turn. The others
// stay ready, and it is their turn next.
bool Connection::may_read() const {
    return !tls_ || tls_->is_established() || state_ != State::open ||
           gateway_.take_handshake_turn();
}

void Connection::read() {
    if (!may_read()) return;
    const auto buffer = gateway_.read_buffer();
    const ssize_t got = recv(fd_, buffer.data(), buffer.size(), 0);
    if (got < 0 && (errno == EAGAIN || errno == EINTR)) return;
    if (got <= 0) return close_now(CloseReason::peer_closed);
    gateway_.stats().bytes_in.fetch_add(static_cast<std::uint64_t>(got), std::memory_order_relaxed);
    last_input_ = gateway_.loop().now();
    if (state_ == State::open) take_raw(buffer.first(static_cast<std::size_t>(got)));
}

void Connection::take_first(BytesView bytes) {
    gateway_.stats().bytes_in.fetch_add(bytes.size(), std::memory_order_relaxed);
    Bytes own(bytes);  // it is unmasked in place
    take_raw(own);
}

void Connection::take_raw(std::span<char> in) {
    if (!tls_) return take_plain(in);
    Bytes plain;
    const std::size_t before = out().size();
    const auto status = tls_->feed(view(in), plain, out());
    gateway_.note_waiting(static_cast<std::int64_t>(out_->size() - before));
    mark_dirty();
    take_plain(plain);
    if (state_ != State::open) return;
    if (status == tls::Status::closed) close_now(CloseReason::peer_closed);
    if (status == tls::Status::error) close_after_flush(CloseReason::protocol_error, Millis(0));
}

// Plain bytes of the transport: what is whole is taken, the rest is kept.
void Connection::take_plain(std::span<char> in) {
    taking_ = true;
    if (!transport_left_.empty()) {
        transport_left_.append(view(in));
        if (!is_held()) transport_left_.drop_front(take_front(transport_left_.bytes()));
    } else {
        const std::size_t taken = is_held() ? 0 : take_front(in);
        transport_left_.append(view(in.subspan(taken)));
    }
    taking_ = false;
    after_taking();
}

void Connection::resume() {
    if (state_ != State::open || taking_) return;
    taking_ = true;
    if (!stream_left_.empty() && !is_held()) {
        stream_left_.drop_front(session_->on_bytes(view(stream_left_.bytes()), false));
    }
    if (!transport_left_.empty() && !is_held() && state_ == State::open) {
        transport_left_.drop_front(take_front(transport_left_.bytes()));
    }
    taking_ = false;
    after_taking();
}

// Only now may what was looked into go.
void Connection::after_taking() {
    if (state_ != State::open) {
        transport_left_.clear();
        stream_left_.clear();
        return note_input();
    }
    note_input();
    const std::size_t most = input_bytes_max() + gateway_.read_buffer().size();
    if (transport_left_.size() > most) close_now(CloseReason::protocol_error);
    update_interest();
}

void Connection::note_input() {
    std::size_t bytes = transport_left_.size() + stream_left_.size();
    if (state_ == State::open) bytes += ws_.gathered_bytes();
    if (bytes == input_bytes_) return;
    gateway_.note_input(static_cast<std::int64_t>(bytes) - input_bytes_);
    input_bytes_ = static_cast<std::uint32_t>(bytes);
}

// Who is not logged in has little to say.
std::size_t Connection::input_bytes_max() const {
    const auto& limits = gateway_.limits();
    return session_->is_logged_in() ? limits.input_bytes_max : limits.login_bytes_max;
}

bool Connection::is_held() const {
    if (session_->is_held()) return true;
    // A stream that waits for one frame of its own goes first.
    if (!session_->is_logged_in() || !gateway_.is_congested()) return false;
    gateway_.mark_held(serial_);
    return true;
}

std::size_t Connection::take_front(std::span<char> in) {
    std::size_t taken = 0;
    if (expects_proxy_header_) {
        taken = take_proxy_header(in);
        if (expects_proxy_header_ || state_ != State::open) return taken;
    }
    if (transport_ == Transport::tcp) {
        return taken + session_->on_bytes(view(in.subspan(taken)), false);
    }
    if (!upgraded_) {
        taken += take_handshake(in.subspan(taken));
        if (!upgraded_ || state_ != State::open) return taken;
    }
    return taken + take_websocket(in.subspan(taken));
}

std::size_t Connection::take_proxy_header(std::span<char> in) {
    const auto header = proxy::parse(view(in));
    switch (header.outcome) {
        case proxy::Outcome::need_more:
            return 0;
        case proxy::Outcome::header:
            if (!header.source.empty()) {
                proxied_address_ = std::make_unique<std::string>(header.source);
            }
            expects_proxy_header_ = false;
            return header.size;
        case proxy::Outcome::none:
            expects_proxy_header_ = false;
            return 0;
        case proxy::Outcome::bad:
            break;
    }
    close_now(CloseReason::protocol_error);
    return in.size();
}

std::size_t Connection::take_handshake(std::span<char> in) {
    const auto parsed = ws::parse_upgrade(view(in));
    if (parsed.outcome == ws::HandshakeOutcome::need_more) return 0;
    Bytes answer;
    if (parsed.outcome == ws::HandshakeOutcome::bad) {
        ws::append_refusal(answer, parsed.status);
        append_out(answer);
        close_after_flush(CloseReason::protocol_error, Millis(1000));
        return in.size();
    }
    if (trusts_proxy_) {
        BytesView client = parsed.request.forwarded_for;
        client = client.substr(client.rfind(',') + 1);
        client.remove_prefix(std::min(client.find_first_not_of(' '), client.size()));
        if (client.empty()) client = parsed.request.real_ip;
        if (!client.empty()) proxied_address_ = std::make_unique<std::string>(client);
    }
    ws::append_accept(answer, parsed.request.key);
    append_out(answer);
    upgraded_ = true;
    return parsed.size;
}

std::size_t Connection::take_websocket(std::span<char> in) {
    const ws::DecoderLimits limits{.message_bytes_max = input_bytes_max()};
    std::size_t taken = 0;
    while (state_ == State::open && !is_held()) {
        const auto event = ws_.next(in.subspan(taken), limits);
        taken += event.size;
        Bytes answer;
        switch (event.kind) {
            case ws::EventKind::need_more:
                return taken;
            case ws::EventKind::message:
                take_message(event);
                break;
            case ws::EventKind::ping:
                ws::append_frame(answer, ws::Opcode::pong, event.payload);
                append_out(answer);
                break;
            case ws::EventKind::pong:
                break;
            case ws::EventKind::close:
                ws::append_close(answer, event.code);
                append_out(answer);
                upgraded_ = false;  // our close frame is said
                close_after_flush(CloseReason::peer_closed, Millis(1000));
                break;
            case ws::EventKind::error:
                ws::append_close(answer, event.code);
                append_out(answer);
                upgraded_ = false;
                close_after_flush(CloseReason::protocol_error, Millis(1000));
                break;
        }
    }
    return state_ == State::open ? taken : in.size();
}

// Message boundaries mean nothing to binary sessions: a frame may lie across two messages
// (wukong-wire 6.2).
void Connection::take_message(const ws::Event& event) {
    const bool is_text = event.opcode == ws::Opcode::text;
    if (stream_left_.empty()) {
        const std::size_t taken = session_->on_bytes(event.payload, is_text);
        if (state_ == State::open) stream_left_.append(event.payload.substr(taken));
        return;
    }
    stream_left_.append(event.payload);
    if (stream_left_.size() > input_bytes_max() * 2) return close_now(CloseReason::protocol_error);
    stream_left_.drop_front(session_->on_bytes(view(stream_left_.bytes()), is_text));
}

// --- out
// --------------------------------------------------------------------------------------------------------------

void Connection::send(BytesView frame, bool is_text) {
    if (state_ != State::open) return;
    if (transport_ == Transport::tcp) return append_out(frame);
    const auto opcode = is_text ? ws::Opcode::text : ws::Opcode::binary;
    if (!tls_) {
        const std::size_t before = out().size();
        ws::append_frame(*out_, opcode, frame);
        gateway_.note_waiting(static_cast<std::int64_t>(out_->size() - before));
        return mark_dirty();
    }
    Bytes message;
    ws::append_frame(message, opcode, frame);
    append_out(message);
}

void Connection::append_out(BytesView plain) {
    const std::size_t before = out().size();
    if (tls_) {
        tls_->send(plain, *out_);
    } else {
        *out_ += plain;
    }
    gateway_.note_waiting(static_cast<std::int64_t>(out_->size() - before));
    mark_dirty();
}

Bytes& Connection::out() {
    if (!out_) out_ = gateway_.take_buffer();
    return *out_;
}

void Connection::mark_dirty() {
    if (dirty_) return;
    dirty_ = true;
    gateway_.mark_dirty(*this);
}

void Connection::flush() {
    dirty_ = false;
    if (state_ == State::dead) return;
    while (bytes_waiting() > 0) {
        const ssize_t sent =
            ::send(fd_, out_->data() + out_sent_, bytes_waiting(), MSG_NOSIGNAL | MSG_DONTWAIT);
        if (sent < 0 && errno == EINTR) continue;
        if (sent < 0 && errno == EAGAIN) break;
        if (sent < 0) return close_now(CloseReason::socket_error);
        out_sent_ += static_cast<std::uint32_t>(sent);
        gateway_.note_waiting(-sent);
        gateway_.stats().bytes_out.fetch_add(static_cast<std::uint64_t>(sent),
                                             std::memory_order_relaxed);
    }
    if (out_ && bytes_waiting() == 0) {
        gateway_.give_back(std::move(out_));
        out_sent_ = 0;
    } else if (is_too_slow()) {
        gateway_.log().warn("client_too_slow",
                            {{"session", serial_}, {"bytes_waiting", bytes_waiting()}});
        return close_now(CloseReason::too_slow);
    } else if (out_ && out_sent_ > out_->size() / 2) {
        out_->erase(0, out_sent_);
        out_sent_ = 0;
    }
    if (state_ == State::draining && !out_) shut();
    update_interest();
}

// Behind by more than one may be, or among those behind while all together are too many.
bool Connection::is_too_slow() const {
    const auto& limits = gateway_.limits();
    if (bytes_waiting() > limits.out_bytes_max) return true;
    const auto all = gateway_.stats().bytes_waiting.load(std::memory_order_relaxed);
    return all > static_cast<std::int64_t>(limits.out_bytes_all_max) &&
           bytes_waiting() > limits.out_bytes_spared;
}

// --- the end
// ------------------------------------------------------------------------------------------------------------

void Connection::close_after_flush(CloseReason reason, Millis grace) {
    if (state_ != State::open) return;
    if (upgraded_) {
        Bytes farewell;
        ws::append_close(farewell, ws::CloseCode::normal);
        append_out(farewell);
    }
    if (tls_) {
        const std::size_t before = out().size();
        tls_->close(*out_);
        gateway_.note_waiting(static_cast<std::int64_t>(out_->size() - before));
    }
    state_ = State::draining;
    close_reason_ = reason;
    gone_at_ = gateway_.loop().now() + grace;
    gateway_.watch_closely(serial_);
    mark_dirty();
}

// Everything is said: the peer sees the end of the stream and closes, too, or is cut off when its
// time is up.
void Connection::shut() {
    if (half_closed_) return;
    half_closed_ = true;
    if (gone_at_ <= gateway_.loop().now()) return close_now(close_reason_);
    shutdown(fd_, SHUT_WR);
}

void Connection::close_now(CloseReason reason) {
    if (state_ == State::dead) return;
    if (state_ == State::open) close_reason_ = reason;
    state_ = State::dead;
    gateway_.mark_dead(serial_);
}

void Connection::update_interest() {
    if (state_ == State::dead) return;
    const bool wants_write = bytes_waiting() > 0 && !dirty_;
    const bool reads = state_ == State::draining || !(session_->is_held() || transport_left_held());
    if (wants_write == wants_write_ && reads == reads_) return;
    wants_write_ = wants_write;
    reads_ = reads;
    const std::uint32_t events =
        (reads ? EPOLLIN | EPOLLRDHUP : 0U) | (wants_write ? EPOLLOUT : 0U);
    gateway_.loop().rewatch(fd_, events, *this);
}

bool Connection::transport_left_held() const {
    return !transport_left_.empty() && session_->is_logged_in() && gateway_.is_congested();
}

void Connection::tick(MonoTime now) {
    if (state_ == State::dead) return;
    if (state_ == State::draining) {
        if (gone_at_ <= now) close_now(close_reason_);
        return;
    }
    const auto& limits = gateway_.limits();
    if (!session_->is_logged_in()) {
        const bool said_nothing = last_input_ == opened_;
        if (said_nothing && now - opened_ >= limits.first_packet_max) {
            return close_now(CloseReason::login_timeout);
        }
        if (now - opened_ >= limits.login_max) return close_now(CloseReason::login_timeout);
    }
    if (now - last_input_ >= limits.idle_max) return close_now(CloseReason::idle);
    session_->on_tick(now);
}

}  // namespace fenshen::gateway
