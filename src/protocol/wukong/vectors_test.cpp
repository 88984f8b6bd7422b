// SPDX-License-Identifier: Apache-2.0
// The binary codec against the vector file, both ways.
#include <gtest/gtest.h>

#include "model/names.h"
#include "protocol/wukong/testing/vector_file.h"

namespace fenshen::wukong {
namespace {

using testing::bytes_of;
using testing::Fields;
using testing::Json;
using testing::vector_named;
using testing::vectors_of;

Bytes encoded(const Frame& frame, std::uint8_t version) {
    Bytes out = "before";
    encode(out, frame, version);
    EXPECT_TRUE(out.starts_with("before"));
    return out.substr(6);
}

TEST(WukongVectors, FramesBothWays) {
    const auto vectors = vectors_of("frame");
    ASSERT_EQ(vectors.size(), 45U);
    for (const Json* vector : vectors) {
        SCOPED_TRACE(testing::name_of(*vector));
        const auto version = vector->at("protocol_version").get<std::uint8_t>();
        const Bytes bytes = bytes_of(*vector);
        const Frame frame = testing::frame_of(*vector);

        EXPECT_EQ(to_hex(encoded(frame, version)), to_hex(bytes));

        const auto raw = take_frame(bytes);
        ASSERT_TRUE(raw && *raw);
        EXPECT_EQ((*raw)->size, bytes.size());
        const auto decoded = decode(**raw, version);
        ASSERT_TRUE(decoded);
        EXPECT_EQ(*decoded, frame);
    }
}

TEST(WukongVectors, TheServersConnackNeedsNoHelp) {
    // Left to itself the encoder writes what wukong-wire 5.6 asks for.
    for (const char* id : {"connack-v2-success",
                           "connack-v3-success",
                           "connack-v4-success",
                           "connack-v5-success",
                           "connack-v2-authfail",
                           "connack-v5-authfail",
                           "connack-v5-noencryption"}) {
        SCOPED_TRACE(id);
        auto frame = std::get<Connack>(testing::frame_of(vector_named(id)));
        frame.server_version.reset();
        frame.omits_server_version = false;
        const auto version = vector_named(id).at("protocol_version").get<std::uint8_t>();
        EXPECT_EQ(to_hex(encoded(frame, version)), to_hex(bytes_of(vector_named(id))));
    }
}

TEST(WukongVectors, NothingIsTakenBeforeTheLastByte) {
    for (const Json* vector : vectors_of("frame")) {
        SCOPED_TRACE(testing::name_of(*vector));
        const Bytes bytes = bytes_of(*vector);
        for (std::size_t size = 0; size < bytes.size(); ++size) {
            const auto raw = take_frame(BytesView(bytes).substr(0, size));
            ASSERT_TRUE(raw);
            EXPECT_FALSE(*raw) << size;
        }
    }
}

TEST(WukongVectors, ABodyThatEndsEarlyIsAnErrorOrAShorterPayload) {
    for (const Json* vector : vectors_of("frame")) {
        SCOPED_TRACE(testing::name_of(*vector));
        const auto version = vector->at("protocol_version").get<std::uint8_t>();
        const Bytes bytes = bytes_of(*vector);
        const auto raw = take_frame(bytes);
        ASSERT_TRUE(raw && *raw);
        for (std::size_t size = 0; size < std::min((*raw)->body.size(), 400UZ); ++size) {
            RawFrame cut = **raw;
            cut.body = cut.body.substr(0, size);
            const auto decoded = decode(cut, version);
            if (!decoded) continue;
            // Only the types that end in a payload may still be read.
            const bool has_rest = raw.value()->type == FrameType::send ||
                                  raw.value()->type == FrameType::recv ||
                                  raw.value()->type == FrameType::event;
            EXPECT_TRUE(has_rest) << size;
            EXPECT_NE(*decoded, testing::frame_of(*vector));
        }
    }
}

TEST(WukongVectors, Lengths) {
    const auto vectors = vectors_of("varint");
    ASSERT_EQ(vectors.size(), 10U);
    for (const Json* vector : vectors) {
        SCOPED_TRACE(testing::name_of(*vector));
        const auto value = Fields(vector->at("fields")).number<std::size_t>("value");
        const Bytes length = bytes_of(*vector);

        // Read: as the length of a frame whose body is missing by one byte, then complete.
        Bytes bytes = "\xC0" + length + Bytes(value - 1, 'x');
        const auto waits = take_frame(bytes, value);
        ASSERT_TRUE(waits);
        EXPECT_FALSE(*waits);
        bytes.push_back('x');
        const auto raw = take_frame(bytes, value);
        ASSERT_TRUE(raw && *raw);
        EXPECT_EQ((*raw)->body.size(), value);
        EXPECT_EQ(take_frame(bytes, value - 1).error(), WireError::frame_too_big);

        // Written: an EVENT has 12 bytes besides its data.
        if (value < 12) continue;
        const Bytes data(value - 12, 'd');
        const Bytes event =
            encoded(Event{.id = {}, .type = {}, .timestamp_ms = 0, .data = data}, 5);
        EXPECT_EQ(to_hex(event.substr(1, length.size())), to_hex(length));
        EXPECT_EQ(event.size(), 1 + length.size() + value);
    }
}

TEST(WukongVectors, FramesBackToBack) {
    const auto vectors = vectors_of("stream");
    ASSERT_EQ(vectors.size(), 1U);
    const Bytes bytes = bytes_of(*vectors[0]);
    std::vector<Frame> frames;
    for (BytesView rest = bytes; !rest.empty();) {
        const auto raw = take_frame(rest);
        ASSERT_TRUE(raw && *raw);
        const auto frame = decode(**raw, 5);
        ASSERT_TRUE(frame);
        frames.push_back(*frame);
        rest.remove_prefix((*raw)->size);
    }
    const std::vector<Frame> expected{Ping{},
                                      testing::frame_of(vector_named("send-v5-encrypted")),
                                      Recvack{.flags = {}, .message_id = 1, .message_seq = 1},
                                      Ping{}};
    EXPECT_EQ(frames, expected);
}

enum class Verdict : std::uint8_t { error, waits, frame };

Verdict verdict_on(BytesView bytes, std::uint8_t version, std::size_t& consumed) {
    const auto raw = take_frame(bytes);
    if (!raw) return Verdict::error;
    if (!*raw) return Verdict::waits;
    if (!decode(**raw, version)) return Verdict::error;
    consumed = (*raw)->size;
    return Verdict::frame;
}

TEST(WukongVectors, MalformedBytes) {
    const auto vectors = vectors_of("malformed");
    ASSERT_EQ(vectors.size(), 13U);
    for (const Json* vector : vectors) {
        SCOPED_TRACE(testing::name_of(*vector));
        const auto said = vector->at("fields").at("codec_result").get<std::string>();
        const bool is_error = said == "decode error" ||
                              // where we do better than the reference (wukong-wire 1.4)
                              testing::name_of(*vector) == "bad-type-0";
        std::size_t consumed = 0;
        const auto verdict = verdict_on(
            bytes_of(*vector), vector->at("protocol_version").get<std::uint8_t>(), consumed);
        if (is_error) {
            EXPECT_EQ(verdict, Verdict::error);
        } else if (said.starts_with("no frame")) {
            EXPECT_EQ(verdict, Verdict::waits);
        } else {
            EXPECT_EQ(verdict, Verdict::frame);
            EXPECT_NE(said.find(", " + std::to_string(consumed) + " bytes consumed"), said.npos);
        }
    }
}

TEST(WukongVectors, TheErrorsSayWhat) {
    const auto error_of = [](const char* id) {
        const Bytes bytes = bytes_of(vector_named(id));
        const auto raw = take_frame(bytes);
        if (!raw) return raw.error();
        return decode(**raw, 5).error();
    };
    EXPECT_EQ(error_of("bad-remaining-length-over-limit"), WireError::frame_too_big);
    EXPECT_EQ(error_of("bad-length-5-continuations"), WireError::bad_length);
    EXPECT_EQ(error_of("bad-type-0"), WireError::bad_type);
    EXPECT_EQ(error_of("bad-type-13"), WireError::bad_type);
    EXPECT_EQ(error_of("bad-type-15"), WireError::bad_type);
    EXPECT_EQ(error_of("bad-truncated-body"), WireError::truncated_body);
    EXPECT_EQ(error_of("bad-string-length-negative"), WireError::bad_string);
    EXPECT_EQ(error_of("bad-string-overrun"), WireError::bad_string);
}

TEST(WukongVectors, FramesOfTheClientThatTakesOnePerMessage) {
    // The gateway puts them into WebSocket messages of their own; here only their sizes are
    // checked.
    const auto& fields = vector_named("ws-four-frames-in-one-message").at("fields");
    std::vector<std::size_t> sizes;
    for (const char* id : {"sendack-success", "disconnect-kick", "pong", "sendack-success"}) {
        sizes.push_back(encoded(testing::frame_of(vector_named(id)), 2).size());
    }
    EXPECT_EQ(fields.at("frame_sizes").get<std::vector<std::size_t>>(), sizes);
}

TEST(WukongVectors, PersonChannelsAreNamedAlike) {
    const auto vectors = vectors_of("person_channel");
    ASSERT_EQ(vectors.size(), 7U);
    for (const Json* vector : vectors) {
        SCOPED_TRACE(testing::name_of(*vector));
        const Fields fields(vector->at("fields"));
        // Where the reference's answer depends on the order, ours is the larger uid first.
        const auto expected = std::max(fields.text("id_computed_with_a_first"),
                                       fields.text("id_computed_with_b_first"));
        EXPECT_EQ(person_channel_id(fields.text("a"), fields.text("b")), expected);
        EXPECT_EQ(person_channel_id(fields.text("b"), fields.text("a")), expected);
    }
}

}  // namespace
}  // namespace fenshen::wukong
