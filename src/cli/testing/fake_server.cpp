// SPDX-License-Identifier: Apache-2.0
#include "cli/testing/fake_server.h"

#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstdlib>
#include <stdexcept>
#include <tuple>
#include <utility>

namespace fenshen::cli::testing {
namespace {

/// A socket bound to a free port of loopback.
std::pair<int, std::uint16_t> bound_socket() {
    const int fd = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    auto* raw = reinterpret_cast<sockaddr*>(&address);
    if (fd < 0 || ::bind(fd, raw, size) != 0 || ::getsockname(fd, raw, &size) != 0) {
        throw std::runtime_error("no port for a fake server");
    }
    return {fd, ntohs(address.sin_port)};
}

std::size_t body_bytes(const std::string& head) {
    const auto at = head.find("Content-Length: ");
    return at == std::string::npos ? 0 : std::strtoul(head.c_str() + at + 16, nullptr, 10);
}

}  // namespace

std::string http_answer(unsigned status, const std::string& body) {
    return "HTTP/1.1 " + std::to_string(status) +
           " X\r\nContent-Type: application/json\r\nContent-Length: " +
           std::to_string(body.size()) + "\r\nConnection: close\r\n\r\n" + body;
}

FakeServer::FakeServer(Handler handler) : handler_(std::move(handler)) {
    std::tie(listener_, port_) = bound_socket();
    if (::listen(listener_, 16) != 0) throw std::runtime_error("a fake server cannot listen");
    thread_ = std::thread([this] { serve(); });
}

FakeServer::~FakeServer() {
    asked();
    ::close(listener_);
}

const std::vector<Asked>& FakeServer::asked() {
    ::shutdown(listener_, SHUT_RDWR);  // accept() ends
    if (thread_.joinable()) thread_.join();
    return asked_;
}

void FakeServer::serve() {
    while (true) {
        const int connection = ::accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
        if (connection < 0) return;
        answer(connection);
        ::close(connection);
    }
}

void FakeServer::answer(int connection) {
    std::string bytes;
    std::size_t head_end = std::string::npos;
    char piece[4096];
    while (head_end == std::string::npos ||
           bytes.size() < head_end + 4 + body_bytes(bytes.substr(0, head_end))) {
        const ssize_t count = ::recv(connection, piece, sizeof piece, 0);
        if (count <= 0) return;
        bytes.append(piece, static_cast<std::size_t>(count));
        head_end = bytes.find("\r\n\r\n");
    }
    Asked asked;
    const auto method_end = bytes.find(' ');
    const auto target_end = bytes.find(' ', method_end + 1);
    asked.method = bytes.substr(0, method_end);
    asked.target = bytes.substr(method_end + 1, target_end - method_end - 1);
    asked.head = bytes.substr(0, head_end + 2);
    asked.body = bytes.substr(head_end + 4);
    const std::string reply = handler_(asked);
    asked_.push_back(std::move(asked));
    for (std::size_t sent = 0; sent < reply.size();) {
        const ssize_t count =
            ::send(connection, reply.data() + sent, reply.size() - sent, MSG_NOSIGNAL);
        if (count <= 0) return;
        sent += static_cast<std::size_t>(count);
    }
}

SilentPort::SilentPort(bool listens) {
    std::tie(fd_, port_) = bound_socket();
    if (listens && ::listen(fd_, 1) != 0) throw std::runtime_error("a port cannot listen");
}

SilentPort::~SilentPort() {
    ::close(fd_);
}

}  // namespace fenshen::cli::testing
