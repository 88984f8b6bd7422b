// SPDX-License-Identifier: Apache-2.0
// A client and a server of TLS in memory, and the wire between them.
#pragma once

#include <algorithm>
#include <cstdlib>
#include <memory>
#include <utility>

#include "runtime/tls/testing/certificates.h"

namespace fenshen::tls::testing {

template <class T>
T unwrap(std::expected<T, std::string> made) {
    if (!made) std::abort();
    return std::move(*made);
}

/// One end, with what came out of it.
struct End {
    template <class... Arguments>
    explicit End(Arguments&&... arguments) : stream(std::forward<Arguments>(arguments)...) {}

    /// Feeds `bytes` in pieces of at most `step` bytes, until an end or an error.
    Status take(BytesView bytes, std::size_t step = Bytes::npos) {
        Status status = bytes.empty() ? stream.feed({}, plain, wire) : Status::ok;
        while (!bytes.empty() && status == Status::ok) {
            const std::size_t size = std::min(step, bytes.size());
            status = stream.feed(bytes.substr(0, size), plain, wire);
            bytes.remove_prefix(size);
        }
        return status;
    }

    TlsStream stream;
    Bytes plain;  // received
    Bytes wire;   // to be sent
};

struct Pair {
    Pair(TlsContext& server_context,
         TlsContext& client_context,
         const ClientOptions& options = {.server_name = "chat.example.org", .resume = {}})
        : server(server_context), client(client_context, options) {}

    /// Carries bytes both ways until nobody has any. False when somebody failed or closed.
    bool run(std::size_t step = Bytes::npos) {
        bool good = client.take({}) == Status::ok;
        while (good && !(client.wire.empty() && server.wire.empty())) {
            good = server.take(std::exchange(client.wire, {}), step) == Status::ok;
            good = client.take(std::exchange(server.wire, {}), step) == Status::ok && good;
        }
        return good;
    }

    End server;
    End client;
};

}  // namespace fenshen::tls::testing
