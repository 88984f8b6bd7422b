// SPDX-License-Identifier: Apache-2.0
// One connection, owned by the coroutine that runs it, on its home's thread. Reads requests, has
// them answered in order, writes the answers. Private: Asio shows here.
#pragma once

#include <chrono>
#include <memory>
#include <optional>
#include <string_view>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/ip/tcp.hpp>

#include "api/http/detail/exchange.h"
#include "api/http/detail/request_parser.h"
#include "api/http/detail/response_head.h"
#include "api/http/detail/server_core.h"

namespace fenshen::http::detail {

class Connection {
public:
    Connection(boost::asio::ip::tcp::socket socket, std::shared_ptr<ServerCore> core, Home& home);
    ~Connection();
    Connection(const Connection&) = delete;
    Connection& operator=(const Connection&) = delete;

    /// Serves until either side has had enough. Does not throw except for want of memory.
    boost::asio::awaitable<void> run();
    /// 503 and out.
    boost::asio::awaitable<void> refuse();

    // For the home's sweep and stop.
    void expire_if_due(std::chrono::steady_clock::time_point now);
    /// Ends it now if it is between two requests, otherwise after the one under way.
    void begin_stop();
    void cut();

private:
    using Faulty = std::optional<Fault>;

    /// `idle`: not a byte of the next request is here.
    enum class State : std::uint8_t { idle, receiving, answering, leaving };
    enum class Filled : std::uint8_t { more, ended, expired };

    /// Reads no further than it takes to tell.
    boost::asio::awaitable<bool> is_handed_over();
    boost::asio::awaitable<Faulty> receive(Exchange& exchange, Framing& framing);
    boost::asio::awaitable<Faulty> receive_header(RequestParser& parser);
    boost::asio::awaitable<Faulty> receive_body(RequestParser& parser);
    boost::asio::awaitable<Filled> fill();
    boost::asio::awaitable<void> have_answered(std::shared_ptr<Exchange> exchange);
    boost::asio::awaitable<bool> write(const Response& response, Framing framing, bool head_only);
    boost::asio::awaitable<bool> write_bytes(BytesView head, BytesView body);
    boost::asio::awaitable<void> leave();

    std::string_view pending() const { return std::string_view(input_).substr(consumed_); }
    void consume(std::size_t bytes);
    void charge(std::size_t body_bytes);
    void due_in(Millis time);
    void never_due() { due_ = std::chrono::steady_clock::time_point::max(); }

    boost::asio::ip::tcp::socket socket_;
    const std::shared_ptr<ServerCore> core_;
    Home& home_;
    std::string peer_address_;

    Bytes input_;
    std::size_t consumed_ = 0;  // of input_
    std::size_t charged_ = 0;   // of the bodies' budget
    std::shared_ptr<Exchange> exchange_;
    std::chrono::steady_clock::time_point due_ = std::chrono::steady_clock::time_point::max();
    State state_ = State::idle;
    bool is_first_ = true;
    bool expired_ = false;
    bool cut_ = false;
};

}  // namespace fenshen::http::detail
