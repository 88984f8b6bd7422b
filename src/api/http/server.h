// SPDX-License-Identifier: Apache-2.0
// The HTTP/1.1 server: listens, reads whole requests within limits, has them answered one after the
// other, writes the answers. A connection belongs to one loop and is one coroutine there; the
// library that parses stays in server.cpp. What requests mean is the router's and the handlers'.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <expected>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "api/http/message.h"
#include "api/http/router.h"
#include "base/bytes.h"
#include "base/clock.h"
#include "telemetry/metrics.h"

namespace boost::asio {
class io_context;
}

namespace fenshen::http {

namespace detail {
class ServerCore;
}

struct Limits {
    /// Start line and headers together; beyond it 431, or 414 if the start line alone is longer.
    std::size_t header_bytes_max = 16UZ * 1024;
    /// After chunks are joined; beyond it 413.
    std::size_t body_bytes_max = 16UZ * 1024 * 1024;
    /// Of all requests under way; beyond it 503.
    std::size_t bodies_bytes_max = 256UZ * 1024 * 1024;
    /// Beyond it a new connection gets 503 and is closed.
    std::size_t connections_max = 4096;
    /// From the first byte of a request to its last header; on a new connection from its start.
    /// 408.
    Millis header_time_max{10'000};
    /// From the last header to the last byte of the body. 408.
    Millis body_time_max{60'000};
    /// To write one answer to a slow reader. Then the connection is closed.
    Millis write_time_max{60'000};
    /// Silence between two requests. Then the connection is closed without a word.
    Millis idle_max{75'000};
    /// How long what a client still sends after an error is read and dropped: closing at once would
    /// reset the connection before the client has seen the answer.
    Millis linger_max{2'000};
};

struct ServerOptions {
    /// An IPv4 or IPv6 address, not a name.
    std::string address = "127.0.0.1";
    /// 0: the kernel chooses.
    std::uint16_t port = 0;
    Limits limits;
    /// Method names in whatever case: some clients write "Post".
    bool any_case_methods = false;
    /// A path whose GETs are not HTTP for long: a new connection that begins with one is handed
    /// over as it is, with all the bytes that came. Empty: none.
    std::string handed_over_path;
    /// Owns the descriptor from then on; it does not block. Called on every loop.
    std::function<void(int fd, Bytes first)> hand_over;
    /// The body of the errors that the server itself finds (400, 408, 413, 414, 417, 431, 500, 501,
    /// 503, 505); `what` is a short English text, `target` what the request line asked for, as far
    /// as that is known. Default: plain text. Called on every loop.
    std::function<Response(std::string_view target, int status, std::string_view what)>
        error_response;
    /// Faults worth a log line: a handler that threw, accept that fails. No query strings: tokens
    /// come in them. Called on every loop.
    std::function<void(std::string_view what, std::string_view detail)> on_fault;
};

/// What happened, counted on the loops, read by anybody.
struct ServerProbe {
    telemetry::Counter connections;          ///< accepted, refused ones too
    telemetry::Counter connections_refused;  ///< over connections_max
    telemetry::Gauge connections_open;
    telemetry::Counter requests[5];     ///< answered, by hundreds of the status (1xx .. 5xx)
    telemetry::Counter handler_faults;  ///< exceptions out of handlers
    telemetry::Counter timeouts;        ///< header, body and write; not idle
    telemetry::Gauge bodies_bytes;      ///< held by requests under way
    telemetry::Histogram request_seconds{
        telemetry::Histogram::latency()};  ///< last byte in to answer ready
};

class Server {
public:
    using Answer = std::function<Task<Response>(Request&)>;

    /// Each io_context has one thread running it, and outlives the server; connections are spread
    /// over them in turn. `answer` is called on all of them and its task may end on any thread; a
    /// router's handle() fits. At most one answer is under way per connection.
    Server(std::vector<boost::asio::io_context*> loops, Answer answer, ServerOptions options);
    /// Call it when stop() is done, or when no loop runs any more.
    ~Server();
    Server(const Server&) = delete;
    Server& operator=(const Server&) = delete;

    /// Opens the port and begins to serve. The error says what the system said, for the operator.
    /// Any thread, once.
    std::expected<void, std::string> start();

    /// 0 before start().
    std::uint16_t port() const;

    /// No new connections; idle ones are closed, requests that have begun to arrive are answered
    /// with `Connection: close`. What is not finished after `patience` is cut. Then `done` is
    /// called, on the first loop; a handler that is still at work then finds nobody to answer,
    /// which is safe. Any thread, once, after start() succeeded; the loops must be running.
    void stop(Millis patience, std::function<void()> done);

    const ServerProbe& probe() const;

private:
    std::shared_ptr<detail::ServerCore> core_;
};

/// The server's metrics under fenshen_http_*, with a `listener` label. The probe outlives the
/// registry's last scrape.
void add_metrics(telemetry::MetricRegistry& registry,
                 const ServerProbe& probe,
                 std::string listener);

}  // namespace fenshen::http
