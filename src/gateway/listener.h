// SPDX-License-Identifier: Apache-2.0
// Accepts client connections on one port and spreads them over the loops.
#pragma once

#include <cstdint>
#include <expected>
#include <memory>
#include <string>
#include <vector>

#include "gateway/loop_gateway.h"

namespace fenshen::gateway {

struct ListenAddress {
    std::string address = "127.0.0.1";  ///< an IPv4 or IPv6 address
    std::uint16_t port = 0;             ///< 0: the kernel's choice
};

class Listener final : public runtime::Watcher {
public:
    /// Opens the port. The error says what the system said, for the operator.
    static std::expected<std::unique_ptr<Listener>, std::string> open(
        const ListenAddress& address,
        const ConnectionKind& kind,
        SessionFactory make_session,
        std::vector<LoopGateway*> gateways);
    ~Listener() override;
    Listener(const Listener&) = delete;
    Listener& operator=(const Listener&) = delete;

    std::uint16_t port() const { return port_; }
    /// Begins, ends to accept; on the first gateway's loop.
    void start();
    void stop();

    void on_ready(std::uint32_t events) override;

private:
    Listener(int fd,
             std::uint16_t port,
             const ConnectionKind& kind,
             SessionFactory make_session,
             std::vector<LoopGateway*> gateways);
    void accept_one(int fd);
    void refuse_one_without_descriptors();

    const int fd_;
    int reserve_fd_;  // given up for a moment when descriptors run out
    const std::uint16_t port_;
    const ConnectionKind kind_;
    const SessionFactory make_session_;
    const std::vector<LoopGateway*> gateways_;
    std::size_t next_ = 0;
    bool listening_ = false;
};

}  // namespace fenshen::gateway
