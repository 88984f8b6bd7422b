// SPDX-License-Identifier: Apache-2.0
// What the case list of the conformance suite does not say: masks, lengths, limits, and what the
// decoder promises about memory and about bytes that are not all there.
#include "protocol/websocket/codec.h"

#include <gmock/gmock.h>

#include "protocol/websocket/testing/frames.h"

namespace fenshen::ws {
namespace {

using namespace std::string_literals;
using ::testing::ElementsAre;
using testing::failed;
using testing::on_the_wire;
using testing::Reader;

Bytes bytes(std::initializer_list<int> values) {
    Bytes out;
    for (const int value : values) out += static_cast<char>(value);
    return out;
}

std::vector<testing::Seen> decode(Role role, BytesView in, const DecoderLimits& limits = {}) {
    Reader reader(role, limits);
    reader.feed(in);
    return reader.seen;
}

TEST(WebSocketDecoder, ReadsTheExamplesOfTheRfc) {  // RFC 6455 5.7
    EXPECT_THAT(decode(Role::client, bytes({0x81, 0x05}) + "Hello"),
                ElementsAre(testing::message(Opcode::text, "Hello")));
    EXPECT_THAT(decode(Role::server,
                       bytes({0x81, 0x85, 0x37, 0xFA, 0x21, 0x3D, 0x7F, 0x9F, 0x4D, 0x51, 0x58})),
                ElementsAre(testing::message(Opcode::text, "Hello")));
    EXPECT_THAT(decode(Role::client, bytes({0x01, 0x03}) + "Hel" + bytes({0x80, 0x02}) + "lo"),
                ElementsAre(testing::message(Opcode::text, "Hello")));
    EXPECT_THAT(decode(Role::server,
                       bytes({0x8A, 0x85, 0x37, 0xFA, 0x21, 0x3D, 0x7F, 0x9F, 0x4D, 0x51, 0x58})),
                ElementsAre(testing::ponged("Hello")));
    const Bytes long_one(65536, 'x');
    EXPECT_THAT(decode(Role::client, bytes({0x82, 0x7F, 0, 0, 0, 0, 0, 1, 0, 0}) + long_one),
                ElementsAre(testing::message(Opcode::binary, long_one)));
}

TEST(WebSocketDecoder, WantsMasksFromClientsOnly) {
    EXPECT_THAT(decode(Role::server, on_the_wire({{testing::text, "a"}}, Role::client)),
                ElementsAre(failed(CloseCode::protocol_error)));
    EXPECT_THAT(decode(Role::client, on_the_wire({{testing::text, "a"}}, Role::server)),
                ElementsAre(failed(CloseCode::protocol_error)));
}

TEST(WebSocketDecoder, RefusesLengthsWrittenTooLong) {
    for (const Bytes& head : {bytes({0x82, 126, 0, 125}),
                              bytes({0x82, 127, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF}),
                              bytes({0x82, 127, 0x80, 0, 0, 0, 0, 0, 0, 0})}) {
        EXPECT_THAT(decode(Role::client, head), ElementsAre(failed(CloseCode::protocol_error)));
    }
}

TEST(WebSocketDecoder, RefusesAtTheFirstByteThatShowsTheFault) {
    EXPECT_THAT(decode(Role::server, bytes({0xC1})),
                ElementsAre(failed(CloseCode::protocol_error)));
    EXPECT_THAT(decode(Role::server, bytes({0x80})),
                ElementsAre(failed(CloseCode::protocol_error)));
    EXPECT_THAT(decode(Role::server, bytes({0x82, 0x05})),
                ElementsAre(failed(CloseCode::protocol_error)));
    EXPECT_THAT(decode(Role::server, bytes({0x89, 0xFE})),
                ElementsAre(failed(CloseCode::protocol_error)));
}

TEST(WebSocketDecoder, FindsBadTextBeforeTheFrameIsThere) {
    const Bytes frame = on_the_wire({{testing::text, "ab\xFF" + Bytes(100, 'c')}}, Role::server);
    Reader reader(Role::server);
    reader.feed(BytesView(frame).substr(0, 6 + 2));
    EXPECT_TRUE(reader.seen.empty());
    reader.feed(BytesView(frame).substr(6 + 2, 1));
    EXPECT_THAT(reader.seen, ElementsAre(failed(CloseCode::bad_text)));
}

TEST(WebSocketDecoder, RefusesTheHeadOfAMessageThatIsTooBig) {
    const DecoderLimits limits{.message_bytes_max = 1000, .fragments_max = 3};
    const auto head = [](std::uint16_t size) {
        Bytes out = bytes({0x82, 0xFE});
        append_be(out, size);
        return out;
    };
    EXPECT_THAT(decode(Role::server, head(1000), limits), ElementsAre());
    EXPECT_THAT(decode(Role::server, head(1001), limits), ElementsAre(failed(CloseCode::too_big)));
    EXPECT_THAT(
        decode(Role::server, bytes({0x82, 0xFF, 0x7F, 255, 255, 255, 255, 255, 255, 255}), limits),
        ElementsAre(failed(CloseCode::too_big)));
}

TEST(WebSocketDecoder, CountsAllFragmentsOfAMessage) {
    const DecoderLimits limits{.message_bytes_max = 1000, .fragments_max = 3};
    const auto seen = [&limits](const std::vector<testing::Wire>& frames) {
        return decode(Role::server, on_the_wire(frames, Role::server), limits);
    };
    using testing::binary_begin;
    using testing::last;
    using testing::more;
    const Bytes part(500, 'x');
    EXPECT_THAT(seen({{binary_begin, part}, {last, part}}),
                ElementsAre(testing::message(Opcode::binary, part + part)));
    EXPECT_THAT(seen({{binary_begin, part}, {more, part}, {last, "x"}}),
                ElementsAre(failed(CloseCode::too_big)));
    EXPECT_THAT(seen({{binary_begin, ""}, {more, ""}, {last, "x"}}),
                ElementsAre(testing::message(Opcode::binary, "x")));
    EXPECT_THAT(seen({{binary_begin, ""}, {more, ""}, {more, ""}, {last, "x"}}),
                ElementsAre(failed(CloseCode::too_big)));
    // Control frames between them do not count.
    EXPECT_THAT(seen({{binary_begin, part}, {testing::ping, Bytes(125, 'p')}, {last, part}}),
                ElementsAre(testing::pinged(Bytes(125, 'p')),
                            testing::message(Opcode::binary, part + part)));
}

TEST(WebSocketDecoder, ShowsAWholeMessageWhereItLies) {
    Bytes in = on_the_wire({{testing::binary, "payload"}}, Role::server);
    Decoder decoder;
    const Event event = decoder.next(in, {});
    EXPECT_EQ(event.payload, "payload");
    EXPECT_EQ(event.payload.data(), in.data() + 6);
    EXPECT_EQ(event.size, in.size());
}

TEST(WebSocketDecoder, ConsumesNothingOfAFrameThatIsNotAllThere) {
    const Bytes frame = on_the_wire({{testing::text, "a message"}}, Role::server);
    Reader reader(Role::server);
    for (std::size_t i = 0; i + 1 < frame.size(); ++i) {
        reader.feed({&frame[i], 1});
        EXPECT_EQ(reader.kept(), i + 1);
    }
    reader.feed({&frame.back(), 1});
    EXPECT_EQ(reader.kept(), 0U);
    EXPECT_THAT(reader.seen, ElementsAre(testing::message(Opcode::text, "a message")));
}

TEST(WebSocketDecoder, TouchesNothingBehindTheEventItReports) {
    Bytes in = on_the_wire({{testing::binary, "one"}, {testing::binary, "two"}}, Role::server);
    const Bytes second = in.substr(9);
    Decoder decoder;
    EXPECT_EQ(decoder.next(in, {}).size, 9U);
    EXPECT_EQ(in.substr(9), second);
}

TEST(WebSocketDecoder, KeepsFragmentsUntilTheirMessageWasSeen) {
    Bytes in = on_the_wire({{testing::text_begin, "ab"}, {testing::last, "cd"}}, Role::server);
    Decoder decoder;
    EXPECT_FALSE(decoder.has_open_message());
    const Event begun = decoder.next(std::span(in).first(8), {});
    EXPECT_EQ(begun.kind, EventKind::need_more);
    EXPECT_EQ(begun.size, 8U);
    EXPECT_TRUE(decoder.has_open_message());
    const Event event = decoder.next(std::span(in).subspan(8), {});
    EXPECT_EQ(event.payload, "abcd");
    EXPECT_FALSE(decoder.has_open_message());
}

TEST(WebSocketDecoder, SwallowsWhatFollowsAnError) {
    Bytes in = bytes({0xC1}) + on_the_wire({{testing::text, "a"}}, Role::server);
    Decoder decoder;
    const Event error = decoder.next(in, {});
    EXPECT_EQ(error.kind, EventKind::error);
    EXPECT_EQ(error.size, in.size());
    EXPECT_FALSE(error.payload.empty());
    Bytes more = on_the_wire({{testing::text, "a"}}, Role::server);
    const Event after = decoder.next(more, {});
    EXPECT_EQ(after.kind, EventKind::need_more);
    EXPECT_EQ(after.size, more.size());
}

TEST(WebSocketMask, IsItsOwnInverseAtEveryLengthAndOffset) {
    const std::uint32_t key = 0x01020384;
    for (std::size_t size = 0; size < 40; ++size) {
        Bytes plain;
        for (std::size_t i = 0; i < size; ++i) plain += static_cast<char>(i * 37);
        Bytes whole = plain;
        apply_mask(whole, key);
        for (std::size_t i = 0; i < size; ++i) {
            EXPECT_EQ(static_cast<char>(whole[i] ^ plain[i]), bytes({1, 2, 3, 0x84})[i % 4]);
        }
        for (std::size_t cut = 0; cut <= size; ++cut) {
            Bytes pieces = plain;
            apply_mask(std::span(pieces).first(cut), key);
            apply_mask(std::span(pieces).subspan(cut), key, cut);
            EXPECT_EQ(pieces, whole);
        }
    }
}

}  // namespace
}  // namespace fenshen::ws
