// SPDX-License-Identifier: Apache-2.0
// The load itself: one thread that drives all clients over one epoll set, sends by rate or by
// acknowledgement, and counts that what was sent was acknowledged and received on every device,
// once.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "client.h"
#include "options.h"
#include "percentiles.h"
#include "server_process.h"

namespace fenshen::bench {

struct LoadResult {
    std::uint64_t sent = 0;
    std::uint64_t acknowledged = 0;
    std::uint64_t refused = 0;
    std::uint64_t received = 0;
    std::uint64_t expected = 0;  ///< receptions that the acknowledged messages owe
    std::uint64_t repeated = 0;  ///< received twice
    double seconds = 0;          ///< of the measured part
    double server_cpu_s = 0;     ///< in it
    double syncs = 0;            ///< in it
    std::uint64_t measured = 0;  ///< messages acknowledged in it
    std::uint64_t measured_received = 0;
    Latencies to_ack;
    Latencies to_receiver;
    std::string failure;  ///< of a client, if one had to stop
};

class Load {
public:
    Load(const Options& options, ServerProcess& server);
    ~Load();

    /// Logs everybody in; throws when somebody is refused. Answers the CPU seconds that the server
    /// took.
    double log_in();
    void log_out();
    /// Sends for the time asked, then waits until everything is answered and received.
    LoadResult run();
    std::size_t connections() const { return clients_.size(); }

private:
    std::string uid_of(std::uint32_t account) const;
    std::uint16_t port() const;
    void watch(Client& client, bool wants_write);
    void poll(int timeout_ms);
    void fill(std::uint64_t now_ns);
    void send_one(Client& sender, std::uint64_t intended_ns);
    void on_sendack(Client& client, const wukong::Sendack& frame);
    void on_recv(Client& client, const Stamp& stamp);
    std::uint32_t receivers_of_a_message() const;
    bool is_sender(const Client& client) const;
    std::string failure() const;

    const Options& options_;
    ServerProcess& server_;
    int epoll_ = -1;
    std::vector<std::unique_ptr<Client>> clients_;
    std::vector<Client*> senders_;
    Client::Events events_;
    LoadResult result_;
    /// By receiver and sender: the highest number seen; numbers come in order.
    std::vector<std::vector<std::uint32_t>> seen_;
    std::vector<std::vector<std::uint64_t>>
        sent_at_;  ///< by sender: when each number was meant to go
    std::vector<Client*> dirty_;
    bool measuring_ = false;
    bool sending_ = false;
    std::uint64_t began_ns_ = 0;
    std::uint64_t due_ = 0;  ///< messages sent in the open loop
    std::size_t next_sender_ = 0;
};

}  // namespace fenshen::bench
