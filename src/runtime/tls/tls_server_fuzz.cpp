// SPDX-License-Identifier: Apache-2.0
// A server fed with anything: bytes that were never TLS, or what a real client says with some of
// its bytes changed on the way. What comes out in plain is what the client put in, or less of it;
// and no error of one connection stays behind for the next.
#include <openssl/err.h>

#include <cstdlib>

#include "runtime/tls/testing/pair.h"

namespace {

using namespace fenshen;
using namespace fenshen::tls;
using namespace fenshen::tls::testing;

void require(bool holds) {
    if (!holds) std::abort();
}

TlsContext& server_context() {
    static const auto context = [] {
        const PemFiles files(make_certificate("chat.example.org"));
        return unwrap(TlsContext::server(files.files()));
    }();
    return *context;
}

TlsContext& client_context(bool tls12_only) {
    static const auto tls13 = unwrap(TlsContext::client({}));
    static const auto tls12 = unwrap(TlsContext::client({{}, true}));
    return tls12_only ? *tls12 : *tls13;
}

void feed_raw(BytesView input, std::size_t step) {
    End end(server_context());
    const Status status = end.take(input, step);
    require(status != Status::closed);  // there was no handshake that could end
    require((status == Status::error) == !end.stream.error_text().empty());
    require(end.plain.empty());
}

/// Each three bytes of `changes` change one byte of all that the client says: its place, and how.
void feed_changed(BytesView changes, std::size_t step, bool tls12_only) {
    Pair pair(server_context(), client_context(tls12_only), {"chat.example.org", {}});
    constexpr BytesView words = "some words of the client, and some more of them";
    std::size_t carried = 0;
    bool is_changed = false;
    bool has_spoken = false;
    const auto change = [&](Bytes& wire) {
        for (std::size_t i = 0; i + 3 <= changes.size(); i += 3) {
            const std::size_t place = load_be<std::uint16_t>(changes.substr(i)) % 2048U;
            if (place < carried || place - carried >= wire.size()) continue;
            wire[place - carried] = static_cast<char>(wire[place - carried] ^ changes[i + 2]);
            is_changed |= changes[i + 2] != 0;
        }
        carried += wire.size();
    };
    bool good = pair.client.take({}) == Status::ok;
    while (good && !(pair.client.wire.empty() && pair.server.wire.empty())) {
        Bytes wire = std::exchange(pair.client.wire, {});
        change(wire);
        good = pair.server.take(wire, step) == Status::ok;
        good = pair.client.take(std::exchange(pair.server.wire, {})) == Status::ok && good;
        if (good && !has_spoken && pair.client.stream.is_established()) {
            has_spoken = true;
            pair.client.stream.send(words.substr(0, 20), pair.client.wire);
            pair.client.stream.send(words.substr(20), pair.client.wire);
        }
    }
    require(words.starts_with(pair.server.plain));
    if (!is_changed) require(good && pair.server.plain == words);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size < 1) return 0;
    const BytesView rest(reinterpret_cast<const char*>(data) + 1, size - 1);
    const std::size_t step = data[0] >= 0xF0 ? Bytes::npos : 1 + data[0] / 8U;
    switch (data[0] % 4U) {
        case 0:
        case 1:
            feed_raw(rest, step);
            break;
        case 2:
            feed_changed(rest, step, false);
            break;
        default:
            feed_changed(rest, step, true);
    }
    require(ERR_peek_error() == 0);
    return 0;
}
