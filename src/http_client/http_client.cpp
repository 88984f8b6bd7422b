// SPDX-License-Identifier: Apache-2.0
#include "http_client/http_client.h"

#include <boost/asio/connect.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/beast/core.hpp>
#include <boost/beast/http.hpp>

namespace fenshen {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = beast::http;
using boost::system::error_code;

/// A connection whose every step has a time limit. Beast's limits hold for asynchronous operations
/// only, so each step is one, run to its end.
class Exchange {
public:
    explicit Exchange(const HttpLimits& limits) : limits_(limits) {
        parser_.header_limit(static_cast<std::uint32_t>(limits.head_bytes_max));
        parser_.body_limit(limits.body_bytes_max);
        parser_.eager(true);
    }

    error_code connect(const asio::ip::tcp::resolver::results_type& endpoints) {
        return step(limits_.connect_max, [&](auto done) {
            stream_.async_connect(endpoints,
                                  [done](error_code error, const auto&) { done(error); });
        });
    }

    error_code send(http::request<http::string_body>& request) {
        return step(limits_.silence_max, [&](auto done) {
            http::async_write(
                stream_, request, [done](error_code error, std::size_t) { done(error); });
        });
    }

    error_code receive() {
        while (!parser_.is_done()) {
            const error_code error = step(limits_.silence_max, [&](auto done) {
                http::async_read_some(
                    stream_, buffer_, parser_, [done](error_code e, std::size_t) { done(e); });
            });
            if (error) return error;
        }
        return {};
    }

    HttpAnswer answer() {
        auto message = parser_.release();
        return {message.result_int(), std::move(message.body())};
    }

private:
    template <class Start>
    error_code step(Millis time_max, Start start) {
        error_code result;
        stream_.expires_after(time_max);
        start([&result](error_code error) { result = error; });
        io_.restart();
        io_.run();
        return result;
    }

    HttpLimits limits_;
    asio::io_context io_{1};
    beast::tcp_stream stream_{io_};
    beast::flat_buffer buffer_;
    http::response_parser<http::string_body> parser_;
};

http::request<http::string_body> request_of(const BaseUrl& base, const HttpRequest& asked) {
    http::request<http::string_body> request;
    request.version(11);
    request.method_string(asked.method);
    request.target(base.prefix + asked.target);
    request.set(http::field::host, base.authority());
    request.set(http::field::user_agent, "fenshen");
    request.set(http::field::accept, "application/json");
    request.set(http::field::connection, "close");
    if (!asked.token.empty()) request.set("token", asked.token.reveal());
    if (!asked.body.empty()) request.set(http::field::content_type, "application/json");
    request.body() = asked.body;
    request.prepare_payload();
    return request;
}

HttpFault fault_of(error_code error) {
    if (error == beast::error::timeout) return HttpFault::timed_out;
    if (error == http::error::body_limit || error == http::error::header_limit) {
        return HttpFault::too_large;
    }
    return HttpFault::broken;
}

}  // namespace

std::expected<HttpAnswer, HttpFault> ask(const BaseUrl& base,
                                         const HttpRequest& request,
                                         const HttpLimits& limits) {
    asio::io_context names(1);
    error_code error;
    const auto endpoints =
        asio::ip::tcp::resolver(names).resolve(base.host, std::to_string(base.port), error);
    if (error) return std::unexpected(HttpFault::no_such_host);

    Exchange exchange(limits);
    if (exchange.connect(endpoints)) return std::unexpected(HttpFault::unreachable);
    auto message = request_of(base, request);
    const error_code sent = exchange.send(message);
    // A server may answer, and close, before it has read all: its answer says more than the error.
    if (sent == beast::error::timeout) return std::unexpected(HttpFault::timed_out);
    error = exchange.receive();
    if (error) return std::unexpected(fault_of(error));
    return exchange.answer();
}

}  // namespace fenshen
