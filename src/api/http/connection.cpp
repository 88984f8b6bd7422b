// SPDX-License-Identifier: Apache-2.0
#include "api/http/detail/connection.h"

#include <array>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <exception>

#include "base/task.h"

namespace fenshen::http::detail {

namespace asio = boost::asio;
using asio::awaitable;
using boost::system::error_code;
using Clock = std::chrono::steady_clock;

namespace {

constexpr auto as_result = asio::as_tuple(asio::use_awaitable);

/// What is read and dropped of a client that talks on after an error.
constexpr std::size_t linger_bytes_max = 64UZ * 1024 * 1024;

std::string address_text(const asio::ip::tcp::socket& socket) {
    error_code error;
    const auto endpoint = socket.remote_endpoint(error);
    if (error) return {};
    const asio::ip::address address = endpoint.address();
    if (address.is_v6() && address.to_v6().is_v4_mapped()) {
        return asio::ip::make_address_v4(asio::ip::v4_mapped, address.to_v6()).to_string();
    }
    return address.to_string();
}

Task<void> compute(std::shared_ptr<ServerCore> core, std::shared_ptr<Exchange> exchange) {
    std::string failure;
    try {
        Task<Response> task = core->answer(exchange->request);
        exchange->response = co_await task;
        co_return;
    } catch (const std::exception& thrown) {
        failure = thrown.what();
    } catch (...) {
        failure = "of unknown type";
    }
    core->probe.handler_faults.add();
    core->fault("http_handler_threw", exchange->request.path + ": " + failure);
    exchange->response =
        core->error_response(exchange->request.target, 500, "a fault in the server");
}

}  // namespace

Connection::Connection(asio::ip::tcp::socket socket, std::shared_ptr<ServerCore> core, Home& home)
    : socket_(std::move(socket)),
      core_(std::move(core)),
      home_(home),
      peer_address_(address_text(socket_)) {
    error_code ignored;
    socket_.set_option(asio::ip::tcp::no_delay(true), ignored);
    socket_.non_blocking(true, ignored);
    home_.connections.insert(this);
}

Connection::~Connection() {
    charge(0);
    home_.connections.erase(this);
}

awaitable<void> Connection::run() {
    if (co_await is_handed_over()) {
        error_code error;
        const int fd = socket_.release(error);
        if (!error) core_->options.hand_over(fd, Bytes(pending()));
        co_return;
    }
    while (true) {
        auto exchange = std::make_shared<Exchange>();
        Framing framing;
        const Faulty fault = co_await receive(*exchange, framing);
        if (fault) {
            if (fault->status == 0) co_return;
            if (fault->status == 408) core_->probe.timeouts.add();
            const Response response =
                core_->error_response(exchange->request.target, fault->status, fault->what);
            charge(0);
            framing.keep_alive = false;
            const bool head_only = exchange->request.method == Method::head;
            if (co_await write(response, framing, head_only)) co_await leave();
            co_return;
        }
        is_first_ = false;
        state_ = State::answering;
        never_due();
        const bool head_only = exchange->request.method == Method::head;
        co_await have_answered(exchange);
        if (cut_) co_return;
        charge(0);
        if (core_->is_stopping()) framing.keep_alive = false;
        const bool written = co_await write(exchange->response, framing, head_only);
        if (!written) co_return;
        if (framing.keep_alive) continue;
        co_await leave();
        co_return;
    }
}

awaitable<void> Connection::refuse() {
    const Response response = core_->error_response({}, 503, "too many connections");
    Framing framing;
    framing.keep_alive = false;
    if (co_await write(response, framing, false)) co_await leave();
}

awaitable<bool> Connection::is_handed_over() {
    const ServerOptions& options = core_->options;
    if (options.handed_over_path.empty()) co_return false;
    const Bytes wanted = "GET " + options.handed_over_path;
    due_in(options.limits.header_time_max);
    while (true) {
        const BytesView got = pending();
        if (BytesView(wanted).substr(0, got.size()) != got.substr(0, wanted.size()))
            co_return false;
        if (got.size() > wanted.size()) {
            const char next = got[wanted.size()];
            co_return next == ' ' || next == '?';
        }
        // Who goes, or says nothing more, is dealt with by those who read requests.
        const Filled filled = co_await fill();
        if (filled != Filled::more) co_return false;
    }
}

awaitable<Connection::Faulty> Connection::receive(Exchange& exchange, Framing& framing) {
    RequestParser parser(core_->options.limits);
    Request& request = exchange.request;
    if (const Faulty fault = co_await receive_header(parser)) {
        request.target = parser.target();
        co_return fault;
    }
    request.peer_address = peer_address_;
    const bool any_case = core_->options.any_case_methods;
    if (const Faulty fault = parser.translate(request, framing, any_case)) co_return fault;

    if (const auto expected = request.headers.find("Expect"); expected && !framing.is_http_1_0) {
        if (!same_ignoring_case(*expected, "100-continue")) {
            co_return Fault{417, "no expectation but 100-continue"};
        }
        if (!parser.has_all() && pending().empty()) {
            const bool written = co_await write_bytes("HTTP/1.1 100 Continue\r\n\r\n", {});
            if (!written) co_return Fault{};
        }
    }
    if (const Faulty fault = co_await receive_body(parser)) co_return fault;
    request.body = parser.take_body();
    co_return std::nullopt;
}

awaitable<Connection::Faulty> Connection::receive_header(RequestParser& parser) {
    const Limits& limits = core_->options.limits;
    state_ = State::idle;
    due_in(is_first_ ? limits.header_time_max : limits.idle_max);
    while (true) {
        if (!pending().empty()) {
            const RequestParser::Step step = parser.put(pending());
            if (step.fault) co_return step.fault;
            consume(step.used);
            if (state_ == State::idle && parser.has_begun()) {
                state_ = State::receiving;
                if (!is_first_) due_in(limits.header_time_max);
            }
            if (parser.has_header()) co_return std::nullopt;
        }
        const Filled filled = co_await fill();
        if (filled == Filled::ended) co_return Fault{};
        if (filled == Filled::expired) {
            if (state_ == State::idle) co_return Fault{};
            co_return Fault{408, "the headers took too long"};
        }
    }
}

awaitable<Connection::Faulty> Connection::receive_body(RequestParser& parser) {
    const Limits& limits = core_->options.limits;
    due_in(limits.body_time_max);
    while (!parser.has_all()) {
        bool wants_more = pending().empty();
        if (!wants_more) {
            const RequestParser::Step step = parser.put(pending());
            if (step.fault) co_return step.fault;
            wants_more = step.wants_more;
            consume(step.used);
            charge(parser.body_bytes());
            const auto all_bytes = static_cast<std::size_t>(core_->probe.bodies_bytes.value());
            if (all_bytes > limits.bodies_bytes_max) {
                co_return Fault{503, "too many large requests under way"};
            }
        }
        if (!wants_more || parser.has_all()) continue;
        const Filled filled = co_await fill();
        if (filled == Filled::ended) co_return Fault{};
        if (filled == Filled::expired) co_return Fault{408, "the body took too long"};
    }
    co_return std::nullopt;
}

awaitable<Connection::Filled> Connection::fill() {
    while (true) {
        if (expired_) co_return Filled::expired;
        if (cut_ || (state_ == State::idle && core_->is_stopping())) co_return Filled::ended;
        error_code error;
        std::size_t bytes = 0;
        std::tie(error) = co_await socket_.async_wait(asio::socket_base::wait_read, as_result);
        if (error) {
            if (expired_) continue;
            co_return Filled::ended;
        }
        bytes = socket_.read_some(asio::buffer(home_.scratch.data(), home_.scratch.size()), error);
        if (error == asio::error::would_block || error == asio::error::interrupted) continue;
        if (error || bytes == 0) co_return Filled::ended;
        input_.append(home_.scratch.data(), bytes);
        co_return Filled::more;
    }
}

awaitable<void> Connection::have_answered(std::shared_ptr<Exchange> exchange) {
    exchange_ = exchange;
    const auto started = Clock::now();
    Task<void> task = compute(core_, exchange);
    start(std::move(task), [exchange] { exchange->finish(); });
    if (!exchange->finished()) {
        auto initiate = [&exchange, executor = socket_.get_executor()](auto handler) {
            exchange->wait([handler = std::move(handler), executor]() mutable {
                asio::post(executor, std::move(handler));
            });
        };
        co_await asio::async_initiate<const asio::use_awaitable_t<>, void()>(initiate,
                                                                             asio::use_awaitable);
    }
    exchange_.reset();
    const std::chrono::duration<double> took = Clock::now() - started;
    core_->probe.request_seconds.observe(took.count());
}

awaitable<bool> Connection::write(const Response& response, Framing framing, bool head_only) {
    const int hundreds = std::clamp(response.status / 100, 1, 5);
    core_->probe.requests[hundreds - 1].add();
    const Bytes head = response_head(response, framing, home_.date());
    BytesView body = response.body;
    if (head_only || !may_have_body(response.status)) body = {};
    const bool written = co_await write_bytes(head, body);
    co_return written;
}

awaitable<bool> Connection::write_bytes(BytesView head, BytesView body) {
    due_in(core_->options.limits.write_time_max);
    const std::array<asio::const_buffer, 2> buffers{asio::const_buffer(head.data(), head.size()),
                                                    asio::const_buffer(body.data(), body.size())};
    error_code error;
    std::size_t bytes = 0;
    std::tie(error, bytes) = co_await asio::async_write(socket_, buffers, as_result);
    never_due();
    if (error && expired_) core_->probe.timeouts.add();
    co_return !error && !cut_;
}

awaitable<void> Connection::leave() {
    state_ = State::leaving;
    error_code ignored;
    socket_.shutdown(asio::ip::tcp::socket::shutdown_send, ignored);
    due_in(core_->options.limits.linger_max);
    std::size_t dropped = 0;
    while (dropped < linger_bytes_max) {
        input_.clear();
        consumed_ = 0;
        const Filled filled = co_await fill();
        if (filled != Filled::more) co_return;
        dropped += input_.size();
    }
}

void Connection::consume(std::size_t bytes) {
    consumed_ += bytes;
    if (consumed_ < input_.size()) return;
    Bytes().swap(input_);
    consumed_ = 0;
}

void Connection::charge(std::size_t body_bytes) {
    core_->probe.bodies_bytes.add(static_cast<std::int64_t>(body_bytes) -
                                  static_cast<std::int64_t>(charged_));
    charged_ = body_bytes;
}

void Connection::due_in(Millis time) {
    due_ = Clock::now() + time;
    expired_ = false;  // of what was due before
}

void Connection::expire_if_due(Clock::time_point now) {
    if (now < due_) return;
    expired_ = true;
    // It stays due: between two parts of a long write there is nothing to cancel, and the next
    // sweep has to try again.
    error_code ignored;
    socket_.cancel(ignored);
}

void Connection::begin_stop() {
    if (state_ != State::idle && state_ != State::leaving) return;
    error_code ignored;
    socket_.cancel(ignored);
}

void Connection::cut() {
    cut_ = true;
    error_code ignored;
    socket_.close(ignored);
    if (exchange_) exchange_->abandon();
}

}  // namespace fenshen::http::detail
