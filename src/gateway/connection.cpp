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

/// How long a closed connection's last bytes may take to leave.
constexpr Millis last_flush_max{1'000};

std::string address_of(int fd) {
    sockaddr_storage storage{};
    socklen_t size = sizeof storage;
    if (getpeername(fd, reinterpret_cast<sockaddr*>(&storage), &size) != 0) return {};
    std::array<char, INET6_ADDRSTRLEN> text{};
    if (storage.ss_family == AF_INET6) {
        const auto& v6 = reinterpret_cast<const sockaddr_in6&>(storage);
        inet_ntop(AF_INET6, &v6.sin6_addr, text.data(), text.size());
    } else {
        const auto& v4 = reinterpret_cast<const sockaddr_in&>(storage);
        inet_ntop(AF_INET, &v4.sin_addr, text.data(), text.size());
    }
    return text.data();
}

}  // namespace

void Connection::Leftover::append(BytesView more) {
    if (more.empty()) return;
    if (!bytes_) bytes_ = std::make_unique<Bytes>();
    *bytes_ += more;
}

void Connection::Leftover::drop_front(std::size_t count) {
    if (count >= bytes_->size()) {
        bytes_.reset();
    } else if (count > 0) {
        bytes_->erase(0, count);
    }
}

Connection::Connection(LoopGateway& gateway,
                       int fd,
                       std::uint64_t serial,
                       const ConnectionKind& kind)
    : gateway_(gateway),
      deadline_(gateway.loop().now() + gateway.limits().first_packet_max),
      serial_(serial),
      fd_(fd),
      transport_(kind.transport),
      expects_proxy_(kind.proxy_header) {
    if (kind.tls != nullptr) tls_ = std::make_unique<tls::TlsStream>(*kind.tls);
}

Connection::~Connection() {
    if (out_) {
        gateway_.stats().bytes_waiting.fetch_sub(static_cast<std::int64_t>(bytes_waiting()),
                                                 std::memory_order_relaxed);
        gateway_.give_back(std::move(out_));
    }
    ::close(fd_);
}

SessionRef Connection::ref() const {
    return {gateway_.shard().world().node, gateway_.loop().id(), serial_};
}

std::string Connection::address() const {
    return proxied_address_ ? *proxied_address_ : address_of(fd_);
}

// --- in
// --------------------------------------------------------------------------------------------------------------

void Connection::on_ready(std::uint32_t events) {
    if (state_ == State::dead) return;
    if ((events & EPOLLOUT) != 0) flush();
    if ((events & (EPOLLIN | EPOLLRDHUP | EPOLLHUP | EPOLLERR)) != 0) read();
}

void Connection::read() {
    const auto buffer = gateway_.read_buffer();
    const ssize_t got = recv(fd_, buffer.data(), buffer.size(), 0);
    if (got == 0) return die(CloseReason::peer_closed);
    if (got < 0) {
        if (errno == EAGAIN || errno == EINTR) return;
        return die(CloseReason::peer_closed);
    }
    gateway_.stats().bytes_in.fetch_add(static_cast<std::uint64_t>(got), std::memory_order_relaxed);
    last_input_ = gateway_.loop().now();
    if (state_ == State::open) take_raw(buffer.first(static_cast<std::size_t>(got)));
}

void Connection::take_raw(std::span<char> in) {
    if (!tls_ || expects_proxy_) return take_transport(in);
    Bytes plain;
    const auto status = tls_->feed({in.data(), in.size()}, plain, out());
    mark_dirty();
    take_transport(plain);
    if (status == tls::Status::closed) close_now(CloseReason::peer_closed);
    if (status == tls::Status::error) close_after_flush(CloseReason::protocol_error, Millis(0));
}

// Everything behind TLS: what is incomplete is kept, what is whole is taken.
void Connection::take_transport(std::span<char> in) {
    if (transport_left_.empty() && !session_->is_held()) {
        const std::size_t taken = take_frames(in);
        if (state_ == State::open) transport_left_.append({in.data() + taken, in.size() - taken});
    } else {
        transport_left_.append({in.data(), in.size()});
        if (!session_->is_held()) resume();
    }
    if (transport_left_.size() >
        gateway_.limits().input_bytes_max + gateway_.read_buffer().size()) {
        close_now(CloseReason::protocol_error);
    }
    update_interest();
}

std::size_t Connection::take_frames(std::span<char> in) {
    std::size_t taken = 0;
    if (expects_proxy_) {
        taken = take_proxy_header(in);
        if (expects_proxy_ || state_ != State::open) return taken;
        if (tls_) {
            take_raw(in.subspan(taken));
            return in.size();
        }
    }
    if (transport_ == Transport::tcp) {
        return taken + session_->on_bytes({in.data() + taken, in.size() - taken}, false);
    }
    if (!upgraded_) {
        taken += take_handshake(in.subspan(taken));
        if (!upgraded_ || state_ != State::open) return taken;
    }
    return taken + take_websocket(in.subspan(taken));
}

void Connection::resume() {
    if (state_ != State::open || in_take_) return;
    in_take_ = true;
    if (!stream_left_.empty() && !session_->is_held()) take_stream({}, false);
    if (!transport_left_.empty() && !session_->is_held() && state_ == State::open) {
        Bytes& bytes = transport_left_.bytes();
        transport_left_.drop_front(take_frames(bytes));
    }
    in_take_ = false;
    update_interest();
}

std::size_t Connection::take_proxy_header(std::span<char> in) {
    const auto header = proxy::parse({in.data(), in.size()});
    switch (header.outcome) {
        case proxy::Outcome::need_more:
            return 0;
        case proxy::Outcome::header:
            if (!header.source.empty())
                proxied_address_ = std::make_unique<std::string>(header.source);
            expects_proxy_ = false;
            return header.size;
        case proxy::Outcome::none:
            expects_proxy_ = false;
            return 0;
        case proxy::Outcome::bad:
            break;
    }
    close_now(CloseReason::protocol_error);
    return in.size();
}

}  // namespace fenshen::gateway
