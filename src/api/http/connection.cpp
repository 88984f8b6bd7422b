// SPDX-License-Identifier: Apache-2.0
#include "api/http/detail/connection.h"

#include <array>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/http/parser.hpp>
#include <exception>

#include "api/http/uri.h"
#include "base/task.h"

namespace fenshen::http::detail {

namespace asio = boost::asio;
namespace beast = boost::beast;
using asio::awaitable;
using boost::system::error_code;
using Clock = std::chrono::steady_clock;

namespace {

constexpr auto as_result = asio::as_tuple(asio::use_awaitable);

/// What is read and dropped of a client that talks on after an error.
constexpr std::size_t linger_bytes_max = 64UZ * 1024 * 1024;

/// A body that grows with what really comes, not with what Content-Length announces.
struct BytesBody {
    using value_type = Bytes;

    class reader {
    public:
        template <bool is_request, class Fields>
        reader(beast::http::header<is_request, Fields>&, Bytes& body) : body_(body) {}

        void init(const boost::optional<std::uint64_t>& length, error_code& error) {
            constexpr std::uint64_t believed_max = 64UZ * 1024;
            body_.reserve(static_cast<std::size_t>(std::min(length.value_or(0), believed_max)));
            error = {};
        }
        template <class Buffers>
        std::size_t put(const Buffers& buffers, error_code& error) {
            std::size_t bytes = 0;
            for (auto at = asio::buffer_sequence_begin(buffers);
                 at != asio::buffer_sequence_end(buffers);
                 ++at) {
                const asio::const_buffer buffer(*at);
                body_.append(static_cast<const char*>(buffer.data()), buffer.size());
                bytes += buffer.size();
            }
            error = {};
            return bytes;
        }
        void finish(error_code& error) { error = {}; }

    private:
        Bytes& body_;
    };
};

/// The parser would wait for ever for the carriage return.
bool has_bare_line_feed(std::string_view input) {
    for (std::size_t at = input.find('\n'); at != std::string_view::npos;
         at = input.find('\n', at + 1)) {
        if (at == 0 || input[at - 1] != '\r') return true;
    }
    return false;
}

constexpr Fault bare_line_feed{400, "lines must end in CR LF"};

Fault fault_of(const error_code& error, std::string_view input) {
    using beast::http::error;
    if (error == error::body_limit) return {413, "the body is too large"};
    if (error == error::bad_version) {
        if (has_bare_line_feed(input)) return bare_line_feed;
        return {505, "HTTP/1.1 is spoken here"};
    }
    if (error == error::bad_content_length) return {400, "bad Content-Length"};
    if (error == error::bad_transfer_encoding) return {400, "bad Transfer-Encoding"};
    if (error == error::bad_chunk || error == error::bad_chunk_extension) {
        return {400, "broken chunk"};
    }
    return {400, "this is not an HTTP request"};
}

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
    core->fault("http_handler_threw", exchange->request.target + ": " + failure);
    exchange->response = core->error_response(500, "a fault in the server");
}

}  // namespace

class Connection::Parser : public beast::http::request_parser<BytesBody> {
public:
    explicit Parser(const Limits& limits) {
        header_limit(static_cast<std::uint32_t>(limits.header_bytes_max));
        body_limit(limits.body_bytes_max);
        eager(false);
    }

    /// Fills in the request from the headers.
    Faulty translate(Request& request, Framing& framing) const {
        const auto& message = get();
        framing.is_http_1_0 = message.version() < 11;
        framing.keep_alive = message.keep_alive();
        request.method = method_of(view(message.method_string()));
        request.target = view(message.target());
        for (const auto& field : message) {
            request.headers.add(std::string(view(field.name_string())),
                                std::string(view(field.value())));
        }
        const auto codings = request.headers.all("Transfer-Encoding");
        if (!codings.empty()) {
            if (framing.is_http_1_0) return Fault{400, "HTTP/1.0 has no Transfer-Encoding"};
            if (codings.size() > 1 || !same_ignoring_case(codings[0], "chunked")) {
                return Fault{501, "no Transfer-Encoding but chunked"};
            }
        }
        const std::size_t hosts = request.headers.all("Host").size();
        if (hosts > 1 || (hosts == 0 && !framing.is_http_1_0)) {
            return Fault{400, "one Host header is needed"};
        }
        auto target = http::parse_target(request.target);
        if (!target) return Fault{400, target.error()};
        request.path = std::move(target->path);
        request.segments = std::move(target->segments);
        request.query = std::move(target->query);
        return std::nullopt;
    }

private:
    static std::string_view view(beast::string_view text) { return {text.data(), text.size()}; }
};

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
    while (true) {
        auto exchange = std::make_shared<Exchange>();
        Framing framing;
        const Faulty fault = co_await receive(*exchange, framing);
        if (fault) {
            if (fault->status == 0) co_return;
            if (fault->status == 408) core_->probe.timeouts.add();
            const Response response = core_->error_response(fault->status, fault->what);
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
    const Response response = core_->error_response(503, "too many connections");
    Framing framing;
    framing.keep_alive = false;
    if (co_await write(response, framing, false)) co_await leave();
}

awaitable<Connection::Faulty> Connection::receive(Exchange& exchange, Framing& framing) {
    Parser parser(core_->options.limits);
    if (const Faulty fault = co_await receive_header(parser)) co_return fault;
    Request& request = exchange.request;
    request.peer_address = peer_address_;
    if (const Faulty fault = parser.translate(request, framing)) co_return fault;

    if (const auto expected = request.headers.find("Expect"); expected && !framing.is_http_1_0) {
        if (!same_ignoring_case(*expected, "100-continue")) {
            co_return Fault{417, "no expectation but 100-continue"};
        }
        if (!parser.is_done() && pending().empty()) {
            const bool written = co_await write_bytes("HTTP/1.1 100 Continue\r\n\r\n", {});
            if (!written) co_return Fault{};
        }
    }
    if (const Faulty fault = co_await receive_body(parser)) co_return fault;
    request.body = std::move(parser.get().body());
    co_return std::nullopt;
}

awaitable<Connection::Faulty> Connection::receive_header(Parser& parser) {
    const Limits& limits = core_->options.limits;
    state_ = State::idle;
    due_in(is_first_ ? limits.header_time_max : limits.idle_max);
    std::size_t header_bytes = 0;
    while (true) {
        if (!pending().empty() && state_ == State::idle) {
            state_ = State::receiving;
            if (!is_first_) due_in(limits.header_time_max);
        }
        if (!parser.got_some()) drop_blank_lines();
        if (!pending().empty()) {
            error_code failure;
            const std::size_t used =
                parser.put(asio::const_buffer(pending().data(), pending().size()), failure);
            header_bytes += used;
            using beast::http::error;
            if (failure && failure != error::need_more && failure != error::header_limit) {
                co_return fault_of(failure, pending());
            }
            // The parser takes the fields one by one, and its limit is not for their sum.
            const bool done = parser.is_header_done();
            const std::size_t known = header_bytes + (done ? 0 : pending().size() - used);
            if (known > limits.header_bytes_max || failure == error::header_limit) {
                if (parser.get().target().empty()) co_return Fault{414, "too long a request line"};
                co_return Fault{431, "the headers are too large"};
            }
            consume(used);
            if (done) co_return std::nullopt;
            if (has_bare_line_feed(pending())) co_return bare_line_feed;
        }
        const Filled filled = co_await fill();
        if (filled == Filled::ended) co_return Fault{};
        if (filled == Filled::expired) {
            if (state_ == State::idle) co_return Fault{};
            co_return Fault{408, "the headers took too long"};
        }
    }
}

awaitable<Connection::Faulty> Connection::receive_body(Parser& parser) {
    const Limits& limits = core_->options.limits;
    due_in(limits.body_time_max);
    while (!parser.is_done()) {
        bool wants_more = pending().empty();
        if (!wants_more) {
            error_code error;
            const std::size_t used =
                parser.put(asio::const_buffer(pending().data(), pending().size()), error);
            wants_more = error == beast::http::error::need_more;
            if (error && !wants_more) co_return fault_of(error, pending());
            consume(used);
            charge(parser.get().body().size());
            if (static_cast<std::size_t>(core_->probe.bodies_bytes.value()) >
                limits.bodies_bytes_max) {
                co_return Fault{503, "too many large requests under way"};
            }
            // Chunk headers and trailers are the only things that wait for their end unconsumed.
            if (wants_more && pending().size() > limits.header_bytes_max) {
                co_return Fault{400, "broken chunk"};
            }
            if (wants_more && has_bare_line_feed(pending())) co_return bare_line_feed;
        }
        if (!wants_more) continue;
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

/// RFC 9112 2.2: some clients send an empty line behind a body.
void Connection::drop_blank_lines() {
    const std::size_t text = pending().find_first_not_of("\r\n");
    if (text != 0) consume(std::min(text, pending().size()));
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
    never_due();
    expired_ = true;
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
