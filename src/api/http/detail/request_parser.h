// SPDX-License-Identifier: Apache-2.0
// From bytes to one Request, within limits; no socket. Wraps the library's parser, and refuses what
// that lets pass: headers without end, lines that end in a bare line feed, codings that we do not
// know.
#pragma once

#include <memory>
#include <optional>
#include <string_view>

#include "api/http/detail/response_head.h"
#include "api/http/message.h"
#include "api/http/server.h"

namespace fenshen::http::detail {

/// Why a request cannot be received. Status 0: nobody is there to be told.
struct Fault {
    int status = 0;
    std::string_view what;
};

class RequestParser {
public:
    explicit RequestParser(const Limits& limits);
    ~RequestParser();
    RequestParser(const RequestParser&) = delete;
    RequestParser& operator=(const RequestParser&) = delete;

    struct Step {
        /// Of the input; the rest is to be shown again, with more behind it.
        std::size_t used = 0;
        /// Nothing more can be done with this input.
        bool wants_more = false;
        std::optional<Fault> fault;
    };
    /// Takes a piece: up to the end of the header, then up to the end of the body. `input` is
    /// everything that has come and was not used, and not empty. Not after has_all() or a fault.
    Step put(std::string_view input);

    /// More than blank lines came.
    bool has_begun() const;
    bool has_header() const;
    /// The body is there as well.
    bool has_all() const;
    /// As the client sent it; empty until the request line is there.
    std::string_view target() const;
    /// Bytes of the body so far.
    std::size_t body_bytes() const;

    /// Once has_header(): all but the body. Trailers never show.
    std::optional<Fault> translate(Request& request,
                                   Framing& framing,
                                   bool any_case_methods = false) const;
    /// Once has_all(), once.
    Bytes take_body();

private:
    struct Impl;
    const std::unique_ptr<Impl> impl_;
};

}  // namespace fenshen::http::detail
