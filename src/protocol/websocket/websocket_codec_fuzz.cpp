// SPDX-License-Identifier: Apache-2.0
// Where the stream is cut never matters, whatever is in it; and a message that was decoded and
// encoded again is decoded to itself. The first byte says who reads, the second how it is cut.
#include <algorithm>
#include <cstdlib>

#include "protocol/websocket/testing/frames.h"

namespace {

using namespace fenshen;
using namespace fenshen::ws;
using fenshen::ws::testing::Reader;
using fenshen::ws::testing::Seen;

constexpr DecoderLimits limits{.message_bytes_max = 300, .fragments_max = 5};

void require(bool holds) {
    if (!holds) std::abort();
}

std::vector<Seen> decode_in_pieces(BytesView input, Role role, std::size_t step) {
    Reader reader(role, limits);
    for (std::size_t at = 0; at < input.size(); at += step) reader.feed(input.substr(at, step));
    return reader.seen;
}

void check_again(const Seen& seen) {
    const Opcode opcode = seen.kind == EventKind::message ? seen.opcode
                          : seen.kind == EventKind::ping  ? Opcode::ping
                                                          : Opcode::pong;
    Bytes frame;
    append_masked_frame(frame, opcode, seen.payload, 0x9ABCDEF1);
    Reader server(Role::server, limits);
    server.feed(frame);
    require(server.seen.size() == 1 && server.seen[0] == seen);
    frame.clear();
    append_frame(frame, opcode, seen.payload);
    Reader client(Role::client, limits);
    client.feed(frame);
    require(client.seen.size() == 1 && client.seen[0] == seen);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size < 2) return 0;
    const Role role = data[0] % 2 == 0 ? Role::server : Role::client;
    const std::size_t step = 1 + data[1] % 16U;
    const BytesView input(reinterpret_cast<const char*>(data) + 2, size - 2);
    const std::vector<Seen> whole = decode_in_pieces(input, role, std::max<std::size_t>(size, 1));
    require(whole == decode_in_pieces(input, role, step));
    require(whole == decode_in_pieces(input, role, 1));
    for (const Seen& seen : whole) {
        const bool is_last = &seen == &whole.back();
        if (seen.kind == EventKind::close || seen.kind == EventKind::error) {
            require(is_last);
            require(seen.code == CloseCode::no_status || may_be_sent(seen.code));
        } else {
            require(seen.payload.size() <= limits.message_bytes_max);
            check_again(seen);
        }
    }
    return 0;
}
