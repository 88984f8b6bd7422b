// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>

#include "protocol/websocket/codec.h"
#include "protocol/websocket/testing/frames.h"

namespace fenshen::ws {
namespace {

using namespace std::string_literals;
using ::testing::ElementsAre;
using ::testing::StartsWith;

TEST(WebSocketEncode, WritesEachLengthInItsShortestForm) {
    const auto head_of = [](std::size_t size) {
        Bytes out = "before ";
        append_head(out, Opcode::binary, size);
        return out.substr(7);
    };
    EXPECT_EQ(head_of(0), "\x82\x00"s);
    EXPECT_EQ(head_of(125), "\x82\x7D"s);
    EXPECT_EQ(head_of(126), "\x82\x7E\x00\x7E"s);
    EXPECT_EQ(head_of(65535), "\x82\x7E\xFF\xFF"s);
    EXPECT_EQ(head_of(65536), "\x82\x7F\x00\x00\x00\x00\x00\x01\x00\x00"s);
}

TEST(WebSocketEncode, WritesTheExamplesOfTheRfc) {  // RFC 6455 5.7
    Bytes out;
    append_frame(out, Opcode::text, "Hello");
    EXPECT_EQ(out, "\x81\x05Hello");
    out.clear();
    append_masked_frame(out, Opcode::text, "Hello", 0x37FA213D);
    EXPECT_EQ(out, "\x81\x85\x37\xFA\x21\x3D\x7F\x9F\x4D\x51\x58");
}

TEST(WebSocketEncode, IsReadByTheOtherEnd) {
    Bytes to_client;
    Bytes to_server;
    std::vector<testing::Seen> expected;
    for (const std::size_t size : {0, 1, 125, 126, 127, 65535, 65536}) {
        for (const Opcode opcode : {Opcode::text, Opcode::binary}) {
            const Bytes payload(size, 'p');
            append_frame(to_client, opcode, payload);
            append_masked_frame(
                to_server, opcode, payload, 0xDEADBEEF + static_cast<std::uint32_t>(size));
            expected.push_back(testing::message(opcode, payload));
        }
    }
    testing::Reader client(Role::client);
    client.feed(to_client);
    EXPECT_TRUE(client.seen == expected);
    testing::Reader server(Role::server);
    server.feed(to_server);
    EXPECT_TRUE(server.seen == expected);
}

TEST(WebSocketEncode, ClosesWithAndWithoutACode) {
    Bytes out;
    append_close(out, CloseCode::no_status, "not sent");
    EXPECT_EQ(out, "\x88\x00"s);
    out.clear();
    append_close(out, CloseCode::going_away, "bye");
    EXPECT_EQ(out,
              "\x88\x05\x03\xE9"
              "bye"s);
}

TEST(WebSocketEncode, CutsALongReasonBetweenCharacters) {
    Bytes reason;
    while (reason.size() < 200) reason += "\xE5\x88\x86";
    Bytes out;
    append_close(out, CloseCode::try_later, reason);
    testing::Reader client(Role::client);
    client.feed(out);
    EXPECT_THAT(client.seen,
                ElementsAre(testing::closed(CloseCode::try_later, reason.substr(0, 123))));

    reason.insert(0, 1, 'x');
    out.clear();
    append_close(out, CloseCode::try_later, reason);
    testing::Reader other(Role::client);
    other.feed(out);
    EXPECT_THAT(other.seen,
                ElementsAre(testing::closed(CloseCode::try_later, reason.substr(0, 121))));
}

}  // namespace
}  // namespace fenshen::ws
