// SPDX-License-Identifier: Apache-2.0
#include "gateway/listener.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

namespace fenshen::gateway {

namespace {

constexpr int backlog = 4096;

struct SocketAddress {
    sockaddr_storage storage{};
    socklen_t size = 0;
    sockaddr* get() { return reinterpret_cast<sockaddr*>(&storage); }
};

bool parse(const ListenAddress& address, SocketAddress& out) {
    auto* v4 = reinterpret_cast<sockaddr_in*>(&out.storage);
    if (inet_pton(AF_INET, address.address.c_str(), &v4->sin_addr) == 1) {
        v4->sin_family = AF_INET;
        v4->sin_port = htons(address.port);
        out.size = sizeof(sockaddr_in);
        return true;
    }
    auto* v6 = reinterpret_cast<sockaddr_in6*>(&out.storage);
    if (inet_pton(AF_INET6, address.address.c_str(), &v6->sin6_addr) == 1) {
        v6->sin6_family = AF_INET6;
        v6->sin6_port = htons(address.port);
        out.size = sizeof(sockaddr_in6);
        return true;
    }
    return false;
}

std::uint16_t port_of(int fd) {
    SocketAddress own;
    own.size = sizeof own.storage;
    getsockname(fd, own.get(), &own.size);
    // The port lies at the same place in both families.
    return ntohs(reinterpret_cast<sockaddr_in*>(&own.storage)->sin_port);
}

}  // namespace

std::expected<std::unique_ptr<Listener>, std::string> Listener::open(
    const ListenAddress& address,
    const ConnectionKind& kind,
    SessionFactory make_session,
    std::vector<LoopGateway*> gateways) {
    const std::string where = address.address + ":" + std::to_string(address.port);
    SocketAddress target;
    if (!parse(address, target)) {
        return std::unexpected("cannot listen on " + where + ": not an IP address");
    }
    const int fd = socket(target.storage.ss_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (fd < 0) return std::unexpected("cannot open a socket: " + std::string(strerror(errno)));
    const int on = 1;
    setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    if (bind(fd, target.get(), target.size) != 0 || listen(fd, backlog) != 0) {
        std::string error = "cannot listen on " + where + ": " + strerror(errno);
        close(fd);
        return std::unexpected(std::move(error));
    }
    return std::unique_ptr<Listener>(
        new Listener(fd, port_of(fd), kind, std::move(make_session), std::move(gateways)));
}

Listener::Listener(int fd,
                   std::uint16_t port,
                   const ConnectionKind& kind,
                   SessionFactory make_session,
                   std::vector<LoopGateway*> gateways)
    : fd_(fd),
      reserve_fd_(::open("/dev/null", O_RDONLY | O_CLOEXEC)),
      port_(port),
      kind_(kind),
      make_session_(std::move(make_session)),
      gateways_(std::move(gateways)) {}

Listener::~Listener() {
    close(fd_);
    if (reserve_fd_ >= 0) close(reserve_fd_);
}

void Listener::start() {
    gateways_.front()->loop().watch(fd_, EPOLLIN, *this);
    listening_ = true;
}

void Listener::stop() {
    if (!listening_) return;
    gateways_.front()->loop().unwatch(fd_);
    listening_ = false;
}

void Listener::on_ready(std::uint32_t /*events*/) {
    const auto most = gateways_.front()->limits().accepts_a_turn_max;
    for (std::size_t i = 0; i < most; ++i) {
        const int fd = accept4(fd_, nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC);
        if (fd >= 0) {
            accept_one(fd);
            continue;
        }
        if (errno == EMFILE || errno == ENFILE) refuse_one_without_descriptors();
        if (errno != ECONNABORTED && errno != EINTR) return;
    }
}

void Listener::accept_one(int fd) {
    const int on = 1;
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    LoopGateway& gateway = *gateways_[next_++ % gateways_.size()];
    if (gateway.loop().is_here()) {
        gateway.adopt(fd, kind_, make_session_);
    } else {
        gateway.loop().post([this, &gateway, fd] { gateway.adopt(fd, kind_, make_session_); });
    }
}

// A connection that cannot be accepted would keep the listener ready for ever.
void Listener::refuse_one_without_descriptors() {
    if (reserve_fd_ < 0) return;
    close(reserve_fd_);
    const int fd = accept(fd_, nullptr, nullptr);
    if (fd >= 0) close(fd);
    reserve_fd_ = ::open("/dev/null", O_RDONLY | O_CLOEXEC);
}

}  // namespace fenshen::gateway
