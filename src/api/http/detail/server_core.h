// SPDX-License-Identifier: Apache-2.0
// What all connections of a server share. Private: Asio shows here.
#pragma once

#include <atomic>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>
#include <memory>
#include <unordered_set>
#include <vector>

#include "api/http/server.h"

namespace fenshen::http::detail {

class Connection;

/// A loop as its connections see it; touched on its thread only, after start().
struct Home {
    explicit Home(boost::asio::io_context& context) : io(context) {}

    /// For the Date header; formed once a second.
    const std::string& date();

    boost::asio::io_context& io;
    std::unordered_set<Connection*> connections;
    /// Input is read into this, and only what is needed moves on: an idle connection has no buffer.
    Bytes scratch = Bytes(std::size_t{64} * 1024, '\0');
    boost::asio::steady_timer* sweep_timer = nullptr;
    /// Once stopping: when patience ends.
    std::chrono::steady_clock::time_point cut_at = std::chrono::steady_clock::time_point::max();
    /// Nothing is left to sweep for.
    bool ended = false;

private:
    std::int64_t date_second_ = -1;
    std::string date_;
};

/// An accepted socket on its way to its loop.
class Descriptor {
public:
    explicit Descriptor(int fd) : fd_(fd) {}
    Descriptor(Descriptor&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
    Descriptor& operator=(Descriptor&&) = delete;
    ~Descriptor();
    int release() { return std::exchange(fd_, -1); }

private:
    int fd_;
};

class ServerCore : public std::enable_shared_from_this<ServerCore> {
public:
    ServerCore(std::vector<boost::asio::io_context*> loops,
               Server::Answer answerer,
               ServerOptions with);

    std::expected<void, std::string> start();
    void stop(Millis patience, std::function<void()> done);

    bool is_stopping() const { return stopping_.load(std::memory_order_relaxed); }
    Response error_response(std::string_view target, int status, std::string_view what) const;
    void fault(std::string_view what, std::string_view detail) const;
    std::uint16_t port() const { return port_.load(std::memory_order_relaxed); }

    const Server::Answer answer;
    const ServerOptions options;
    ServerProbe probe;

private:
    using Acceptor = boost::asio::ip::tcp::acceptor;

    boost::asio::awaitable<void> accept(Acceptor acceptor);
    boost::asio::awaitable<void> sweep(Home& home, Millis tick);
    void accept_some(Acceptor& acceptor, bool& exhausted);
    void take(Descriptor descriptor);
    boost::asio::awaitable<void> serve(Home& home, Descriptor descriptor, bool refused);
    /// One that stop() waits for has ended; the last one ends the sweeps.
    void leave();
    void sweep_ended();

    std::vector<std::unique_ptr<Home>> homes_;
    std::size_t next_home_ = 0;
    Acceptor* acceptor_ = nullptr;  // the accepting coroutine's, on the first loop
    std::atomic<std::uint16_t> port_{0};
    std::atomic<bool> stopping_{false};
    std::function<void()> stopped_;
    /// The accepting coroutine and all connections.
    std::atomic<std::size_t> inside_{0};
    std::atomic<std::size_t> sweeps_{0};
    std::atomic<std::size_t> open_{0};
    std::atomic<std::size_t> refusing_{0};
};

}  // namespace fenshen::http::detail
