// SPDX-License-Identifier: Apache-2.0
// One HTTP request at a time, each on a connection of its own (HTTP/1.1, connection: close).
// Blocks the thread that asks.
#pragma once

#include <cstddef>
#include <cstdint>
#include <expected>
#include <string>

#include "base/clock.h"
#include "base/secret.h"
#include "http_client/url.h"

namespace fenshen {

struct HttpLimits {
    Millis connect_max{10'000};
    Millis silence_max{10'000};  ///< without a byte sent or received
    std::size_t head_bytes_max = 65'536;
    std::size_t body_bytes_max = 67'108'864;
};

struct HttpRequest {
    std::string method;  ///< "GET"
    std::string target;  ///< path and query, encoded already; begins with '/'
    Secret token;        ///< the header `token`; empty: none
    std::string body;    ///< JSON; empty: none
};

struct HttpAnswer {
    unsigned status = 0;
    std::string body;
};

enum class HttpFault : std::uint8_t {
    no_such_host,
    unreachable,  ///< refused, no route, or nobody took the connection in time
    timed_out,    ///< connected, and then silence
    too_large,    ///< of the body or the head
    broken,       ///< closed early, or no HTTP
};

std::expected<HttpAnswer, HttpFault> ask(const BaseUrl& base,
                                         const HttpRequest& request,
                                         const HttpLimits& limits = {});

}  // namespace fenshen
