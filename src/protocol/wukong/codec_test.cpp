// SPDX-License-Identifier: Apache-2.0
#include "protocol/wukong/codec.h"

#include <gtest/gtest.h>

#include <deque>
#include <random>

#include "base/hex.h"

namespace fenshen::wukong {
namespace {

/// Makes frames of random content; what their views look into lives as long as it does.
class RandomFrames {
public:
    explicit RandomFrames(std::uint64_t seed) : random_(seed) {}

    Frame next(std::uint8_t version) {
        switch (random_() % 12) {
            case 0:
                return Connect{.version = number<std::uint8_t>(),
                               .device_flag = number<std::uint8_t>(),
                               .device_id = text(),
                               .uid = text(),
                               .token = text(),
                               .client_timestamp_ms = number<std::int64_t>(),
                               .client_key = text()};
            case 1:
                return connack(version);
            case 2:
                return send(version);
            case 3:
                return Sendack{.flags = flags(),
                               .message_id = number<std::int64_t>(),
                               .client_seq = number<std::uint32_t>(),
                               .message_seq = message_seq(version),
                               .reason = reason(),
                               .client_msg_no = version >= 6 ? text() : ""};
            case 4:
                return recv(version);
            case 5:
                return Recvack{.flags = flags(),
                               .message_id = number<std::int64_t>(),
                               .message_seq = message_seq(version)};
            case 6:
                return Ping{};
            case 7:
                return Pong{};
            case 8:
                return Disconnect{.reason = reason(), .text = text()};
            case 9:
                return Sub{.setting = number<std::uint8_t>(),
                           .sub_no = text(),
                           .channel_id = text(),
                           .channel_type = number<std::uint8_t>(),
                           .action = number<std::uint8_t>(),
                           .param = text()};
            case 10:
                return Suback{.sub_no = text(),
                              .channel_id = text(),
                              .channel_type = number<std::uint8_t>(),
                              .action = number<std::uint8_t>(),
                              .reason = reason()};
            default:
                return Event{.id = text(),
                             .type = text(),
                             .timestamp_ms = number<std::int64_t>(),
                             .data = text()};
        }
    }

    std::size_t below(std::size_t bound) { return random_() % bound; }

private:
    template <class T>
    T number() {
        return static_cast<T>(random_());
    }
    bool coin() { return random_() % 2 == 0; }
    Reason reason() { return static_cast<Reason>(number<std::uint8_t>()); }
    HeaderFlags flags() {
        return {.no_persist = coin(), .red_dot = coin(), .sync_once = coin(), .dup = coin()};
    }
    std::uint64_t message_seq(std::uint8_t version) {
        return version >= 6 ? number<std::uint64_t>() : number<std::uint32_t>();
    }
    std::string_view text() {
        const std::size_t size = random_() % 20 == 0 ? random_() % 3000 : random_() % 40;
        Bytes bytes(size, '\0');
        for (char& c : bytes) c = number<char>();
        return kept_.emplace_back(std::move(bytes));
    }
    Connack connack(std::uint8_t version) {
        Connack frame{.server_version = std::nullopt,
                      .omits_server_version = false,
                      .time_diff_ms = number<std::int64_t>(),
                      .reason = reason(),
                      .server_key = text(),
                      .salt = text(),
                      .node_id = 0};
        if (coin()) {
            frame.server_version = number<std::uint8_t>();
        } else {
            frame.omits_server_version = version > 3;
        }
        if (frame.server_version.value_or(version) >= 4) frame.node_id = number<std::uint64_t>();
        return frame;
    }
    Send send(std::uint8_t version) {
        Send frame{.flags = flags(),
                   .setting = number<std::uint8_t>(),
                   .client_seq = number<std::uint32_t>(),
                   .client_msg_no = text(),
                   .stream_no = {},
                   .channel_id = text(),
                   .channel_type = number<std::uint8_t>(),
                   .expire_s = version >= 3 ? number<std::uint32_t>() : 0,
                   .msg_key = text(),
                   .topic = {},
                   .payload = text()};
        if ((frame.setting & 0x02U) != 0 && version >= 2 && version < 5) frame.stream_no = text();
        if ((frame.setting & 0x08U) != 0) frame.topic = text();
        return frame;
    }
    Recv recv(std::uint8_t version) {
        Recv frame{.flags = flags(),
                   .setting = number<std::uint8_t>(),
                   .msg_key = text(),
                   .from_uid = text(),
                   .channel_id = text(),
                   .channel_type = number<std::uint8_t>(),
                   .expire_s = version >= 3 ? number<std::uint32_t>() : 0,
                   .client_msg_no = text(),
                   .stream_flag = 0,
                   .stream_no = {},
                   .stream_id = 0,
                   .message_id = number<std::int64_t>(),
                   .message_seq = message_seq(version),
                   .timestamp_s = number<std::int32_t>(),
                   .topic = {},
                   .payload = text()};
        if ((frame.setting & 0x02U) != 0 && version >= 2 && version < 5) {
            frame.stream_flag = number<std::uint8_t>();
            frame.stream_no = text();
            frame.stream_id = number<std::uint64_t>();
        }
        if ((frame.setting & 0x08U) != 0) frame.topic = text();
        return frame;
    }

    std::mt19937_64 random_;
    std::deque<Bytes> kept_;
};

TEST(WukongCodec, WhatIsWrittenIsRead) {
    for (std::uint8_t version = 0; version <= 7; ++version) {
        RandomFrames frames(version);
        for (int i = 0; i < 3000; ++i) {
            const Frame frame = frames.next(version);
            Bytes bytes;
            encode(bytes, frame, version);
            const auto raw = take_frame(bytes);
            ASSERT_TRUE(raw && *raw);
            ASSERT_EQ((*raw)->size, bytes.size());
            ASSERT_EQ(static_cast<std::size_t>((*raw)->type), frame.index() + 1);
            const auto decoded = decode(**raw, version);
            ASSERT_TRUE(decoded);
            ASSERT_EQ(*decoded, frame) << to_hex(bytes);
        }
    }
}

TEST(WukongCodec, WhereTheStreamIsCutDoesNotMatter) {
    RandomFrames source(7);
    std::vector<Frame> sent;
    Bytes stream;
    for (int i = 0; i < 400; ++i) {
        sent.push_back(source.next(5));
        encode(stream, sent.back(), 5);
    }
    std::vector<Frame> got;
    std::size_t consumed = 0;
    for (std::size_t there = 0; there < stream.size();) {
        there = std::min(there + 1 + source.below(200), stream.size());
        for (;;) {
            const auto raw = take_frame(BytesView(stream).substr(consumed, there - consumed));
            ASSERT_TRUE(raw);
            if (!*raw) break;
            const auto frame = decode(**raw, 5);
            ASSERT_TRUE(frame);
            got.push_back(*frame);
            consumed += (*raw)->size;
        }
    }
    EXPECT_EQ(consumed, stream.size());
    EXPECT_EQ(got, sent);
}

TEST(WukongCodec, TrailingBytesAreIgnored) {
    RandomFrames frames(11);
    for (int i = 0; i < 500; ++i) {
        const Frame frame = frames.next(5);
        Bytes bytes;
        encode(bytes, frame, 5);
        const auto raw = take_frame(bytes);
        ASSERT_TRUE(raw && *raw);
        // What ends in a payload has none; PING and PONG have no body.
        if (frame.index() == 2 || frame.index() == 4 || frame.index() == 11) continue;
        const Bytes longer = Bytes((*raw)->body) + "more";
        RawFrame stretched = **raw;
        stretched.body = longer;
        const auto decoded = decode(stretched, 5);
        ASSERT_TRUE(decoded);
        EXPECT_EQ(*decoded, frame);
    }
}

TEST(WukongCodec, Version6HasWideSequences) {
    const Sendack ack{.flags = {},
                      .message_id = 1,
                      .client_seq = 2,
                      .message_seq = 0x1'0000'0003,
                      .reason = Reason::success,
                      .client_msg_no = "n"};
    Bytes bytes;
    encode(bytes, ack, 6);
    EXPECT_EQ(to_hex(bytes),
              "40180000000000000001000000020000000100000003010001"
              "6e");
    bytes.clear();
    encode(bytes, Recvack{.flags = {}, .message_id = 1, .message_seq = 0x1'0000'0003}, 6);
    EXPECT_EQ(to_hex(bytes), "601000000000000000010000000100000003");
    // An older session gets neither.
    bytes.clear();
    encode(bytes, ack, 5);
    EXPECT_EQ(to_hex(bytes),
              "401100000000000000010000000200000003"
              "01");
}

TEST(WukongCodec, SendackOfVersion6MayEndEarly) {
    for (const char* hex : {"40150000000000000001000000020000000000000003"
                            "01",
                            "40160000000000000001000000020000000000000003"
                            "0100",
                            "40180000000000000001000000020000000000000003"
                            "01000561"}) {
        const Bytes bytes = from_hex(hex).value();
        const auto raw = take_frame(bytes);
        ASSERT_TRUE(raw && *raw) << hex;
        const auto ack = decode_sendack(**raw, 6);
        ASSERT_TRUE(ack) << hex;
        EXPECT_EQ(ack->message_seq, 3U);
        EXPECT_EQ(ack->client_msg_no, "");
    }
}

TEST(WukongCodec, ConnackOfAnOlderServerIsReadByItsOwnVersion) {
    // We announced 6, the server answers with 3 or 4.
    for (const std::uint8_t server : {std::uint8_t{3}, std::uint8_t{4}}) {
        Bytes bytes;
        encode(bytes,
               Connack{.server_version = server,
                       .omits_server_version = false,
                       .time_diff_ms = 5,
                       .reason = Reason::success,
                       .server_key = "k",
                       .salt = "s",
                       .node_id = 9},
               server);
        const auto raw = take_frame(bytes);
        ASSERT_TRUE(raw && *raw);
        const auto connack = decode_connack(**raw, 6);
        ASSERT_TRUE(connack);
        EXPECT_EQ(connack->server_version, server);
        EXPECT_EQ(connack->node_id, server == 4 ? 9U : 0U);
    }
}

TEST(WukongCodec, StringsTooLongForTheirLengthAreCut) {
    const Bytes longest(string_bytes_max, 'x');
    const Bytes longer = longest + "y";
    for (const Bytes& text : {longest, longer}) {
        Bytes bytes;
        encode(bytes, Disconnect{.reason = Reason::ban, .text = text}, 5);
        const auto raw = take_frame(bytes);
        ASSERT_TRUE(raw && *raw);
        EXPECT_EQ(decode(**raw, 5), Frame(Disconnect{.reason = Reason::ban, .text = longest}));
    }
}

TEST(WukongCodec, ALengthMayBeWrittenTooLong) {
    const Bytes bytes = from_hex(
                            "90838000"
                            "0c0000")
                            .value();
    const auto raw = take_frame(bytes);
    ASSERT_TRUE(raw && *raw);
    EXPECT_EQ(decode(**raw, 5), Frame(Disconnect{.reason = Reason::connect_kick, .text = {}}));
}

TEST(WukongCodec, AnEmptyBodyIsAnErrorOfTheBody) {
    for (unsigned type = 1; type <= 12; ++type) {
        if (type == 7 || type == 8) continue;
        const Bytes bytes{static_cast<char>(type << 4U), '\0'};
        const auto raw = take_frame(bytes);
        ASSERT_TRUE(raw && *raw);
        EXPECT_EQ((*raw)->size, 2U);
        EXPECT_EQ(decode(**raw, 5).error(), WireError::truncated_body);
    }
}

TEST(WukongCodec, TheLimitIsCheckedBeforeTheBodyIsThere) {
    const Bytes head = from_hex("30e807").value();  // 1000
    EXPECT_EQ(take_frame(head, 999).error(), WireError::frame_too_big);
    const auto waits = take_frame(head, 1000);
    ASSERT_TRUE(waits);
    EXPECT_FALSE(*waits);
}

TEST(WukongCodec, TypedDecodersRefuseOtherFrames) {
    Bytes bytes;
    encode(bytes, Disconnect{}, 5);
    const auto raw = take_frame(bytes);
    ASSERT_TRUE(raw && *raw);
    EXPECT_EQ(decode_connect(**raw).error(), WireError::unexpected_type);
    EXPECT_EQ(decode_connack(**raw, 5).error(), WireError::unexpected_type);
    EXPECT_EQ(decode_send(**raw, 5).error(), WireError::unexpected_type);
    EXPECT_EQ(decode_sendack(**raw, 5).error(), WireError::unexpected_type);
    EXPECT_EQ(decode_recv(**raw, 5).error(), WireError::unexpected_type);
    EXPECT_EQ(decode_recvack(**raw, 5).error(), WireError::unexpected_type);
}

TEST(WukongCodec, Negotiation) {
    const std::pair<int, int> table[] = {
        {0, 1}, {1, 1}, {2, 2}, {3, 3}, {4, 4}, {5, 5}, {6, 6}, {7, 6}, {255, 6}};
    for (const auto& [client, expected] : table) {
        const auto version = negotiate(static_cast<std::uint8_t>(client));
        EXPECT_EQ(version, expected);
        EXPECT_EQ(connack_has_server_version(version), client > 3);
        EXPECT_EQ(connack_has_node_id(version), expected >= 4);
    }
}

TEST(WukongCodec, OldReadersGetNoStreamBits) {
    const std::pair<int, int> table[] = {
        {1, 0xF9}, {2, 0xF9}, {3, 0xF9}, {4, 0xFD}, {5, 0xFF}, {6, 0xFF}};
    for (const auto& [version, expected] : table) {
        EXPECT_EQ(setting_for_version(0xFF, static_cast<std::uint8_t>(version)), expected);
        EXPECT_EQ(takes_events(static_cast<std::uint8_t>(version)), version >= 5);
    }
}

TEST(WukongCodec, ErrorsHaveNames) {
    EXPECT_EQ(name_of(WireError::bad_type), "bad_type");
    EXPECT_EQ(name_of(WireError::unexpected_type), "unexpected_type");
}

}  // namespace
}  // namespace fenshen::wukong
