// SPDX-License-Identifier: Apache-2.0
// The bytes before a response's body. Pure.
#pragma once

#include <cstdint>

#include "api/http/message.h"

namespace fenshen::http::detail {

/// "Sun, 06 Nov 1994 08:49:37 GMT" (RFC 9110 5.6.7).
std::string http_date(std::int64_t unix_seconds);

struct Framing {
    bool keep_alive = true;
    /// A client of HTTP/1.0 stays only if it is told so.
    bool is_http_1_0 = false;
};

/// Status line and headers, blank line included. Headers of the response that would break the
/// framing (Content-Length, Connection, Transfer-Encoding, names that are no tokens) are left out.
Bytes response_head(const Response& response, const Framing& framing, std::string_view date);

/// Whether such an answer has a body at all (RFC 9110 6.4.1).
bool may_have_body(int status);

}  // namespace fenshen::http::detail
