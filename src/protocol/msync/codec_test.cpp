// SPDX-License-Identifier: Apache-2.0
// What the vectors do not show: limits, cuts, hostile bytes, replacing a sender.
#include "protocol/msync/codec.h"

#include <gtest/gtest.h>

#include <set>
#include <vector>

#include "protocol/msync/testing/vector_file.h"

namespace fenshen::msync {
namespace {

using namespace std::string_literals;
using testing::bytes_of;
using testing::Json;
using testing::text_of;
using testing::vector_file;

template <class T>
WireError error_of(BytesView bytes, const Limits& limits = {}) {
    const auto decoded = decode<T>(bytes, limits);
    EXPECT_FALSE(decoded);
    return decoded ? WireError{} : decoded.error();
}

Bytes encoded(const auto& message) {
    Bytes out;
    encode(out, message);
    return out;
}

Bytes times(std::size_t count, BytesView bytes) {
    Bytes out;
    for (std::size_t i = 0; i < count; ++i) out.append(bytes);
    return out;
}

BytesView operator""_b(const char* text, std::size_t size) {
    return {text, size};
}

TEST(MsyncCodec, CutAnywhereItIsAnErrorOrLess) {
    for (const Json& vector : vector_file().at("vectors")) {
        SCOPED_TRACE(text_of(vector, "id"));
        const Bytes bytes = bytes_of(vector);
        testing::with_message(text_of(vector, "message"), [&]<class T>() {
            std::size_t readable = 0;
            for (std::size_t size = 0; size < bytes.size(); ++size) {
                // A copy of its own, so that a look behind the end is seen.
                const std::vector<char> cut(bytes.begin(),
                                            bytes.begin() + static_cast<std::ptrdiff_t>(size));
                const auto decoded = decode<T>(BytesView(cut.data(), cut.size()));
                if (!decoded) {
                    EXPECT_EQ(decoded.error(), WireError::truncated) << size;
                } else {
                    ++readable;  // between two fields
                }
            }
            EXPECT_TRUE(readable < bytes.size() || bytes.empty());
        });
    }
}

TEST(MsyncCodec, Varints) {
    const auto meta_id = [](BytesView varint) {
        const Bytes bytes = "\x10" + Bytes(varint);
        return decode<SyncDl>(bytes);
    };
    EXPECT_EQ(meta_id("\0"_b)->meta_id, 0U);
    EXPECT_EQ(meta_id("\x80\x80\x80\x80\x80\x80\x80\x80\x80\x00"_b)->meta_id, 0U);
    EXPECT_EQ(meta_id("\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\x01"_b)->meta_id, UINT64_MAX);
    EXPECT_EQ(meta_id("\x80\x80\x80\x80\x80\x80\x80\x80\x80\x80\x00"_b).error(),
              WireError::bad_varint);
    EXPECT_EQ(meta_id("\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\x02"_b).error(), WireError::bad_varint);
    EXPECT_EQ(meta_id("\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\x81"_b).error(), WireError::bad_varint);
    EXPECT_EQ(meta_id("\xFF\xFF"_b).error(), WireError::truncated);
    EXPECT_EQ(meta_id(""_b).error(), WireError::truncated);
    // Also within a packed field, which ends where it says and not later.
    EXPECT_EQ(error_of<Provision>("\xB2\x01\x01\x80\x00"_b), WireError::truncated);
}

TEST(MsyncCodec, Tags) {
    EXPECT_EQ(error_of<Jid>("\x00\x00"_b), WireError::bad_tag);                  // number 0
    EXPECT_EQ(error_of<Jid>("\x06"_b), WireError::bad_tag);                      // wire type 6
    EXPECT_EQ(error_of<Jid>("\x0F"_b), WireError::bad_tag);                      // wire type 7
    EXPECT_EQ(error_of<Jid>("\x80\x80\x80\x80\x10\x00"_b), WireError::bad_tag);  // 33 bits
    EXPECT_EQ(decode<Jid>("\xF8\xFF\xFF\xFF\x0F\x00"_b), Jid{});  // the highest number, unknown
}

TEST(MsyncCodec, LengthsBeyondTheEnd) {
    EXPECT_EQ(error_of<Jid>("\x0A\x01"_b), WireError::truncated);
    EXPECT_EQ(error_of<Jid>("\x0A\xFF\xFF\xFF\xFF\x0F"_b), WireError::truncated);
    EXPECT_EQ(error_of<Jid>("\x0A\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\x01"_b),
              WireError::truncated);
    // Within its parent, but beyond its own end.
    EXPECT_EQ(error_of<Notice>("\x0A\x02\x0A\x05hello"_b), WireError::truncated);
    // Unknown fields are held to it as well.
    EXPECT_EQ(error_of<Jid>("\xA2\x06\x05hell"_b), WireError::truncated);
    EXPECT_EQ(error_of<Jid>("\xA5\x06\x01\x02\x03"_b), WireError::truncated);
    EXPECT_EQ(error_of<Jid>("\xA1\x06\x01\x02\x03\x04\x05\x06\x07"_b), WireError::truncated);
}

TEST(MsyncCodec, WrongWireTypes) {
    EXPECT_EQ(error_of<Jid>("\x08\x00"_b), WireError::wrong_wire_type);
    EXPECT_EQ(error_of<SyncDl>("\x12\x01\x00"_b), WireError::wrong_wire_type);
    EXPECT_EQ(error_of<SyncDl>("\x11\0\0\0\0\0\0\0\0"_b), WireError::wrong_wire_type);
    EXPECT_EQ(error_of<SyncDl>("\x20\x00"_b), WireError::wrong_wire_type);
    EXPECT_EQ(error_of<KeyValue>("\x29\0\0\0\0\0\0\0\0\x25\0\0\0\0\x1D\0\0\0\0"_b),
              WireError::wrong_wire_type);
    EXPECT_EQ(error_of<Notice>("\x0B\x0C"_b), WireError::wrong_wire_type);  // a group
    // Packed is another matter only where numbers are.
    EXPECT_EQ(error_of<MucBody>("\x80\x01\x00"_b), WireError::wrong_wire_type);
}

TEST(MsyncCodec, Groups) {
    EXPECT_EQ(decode<Jid>("\xA3\x06\xA4\x06\x12\x01x"_b), Jid{.name = "x"});
    EXPECT_EQ(error_of<Jid>("\xA4\x06"_b), WireError::bad_group);
    EXPECT_EQ(error_of<Jid>("\xA3\x06"_b), WireError::truncated);
    EXPECT_EQ(error_of<Jid>("\xA3\x06\xAC\x06"_b), WireError::bad_group);  // another's end
    EXPECT_EQ(error_of<Jid>("\xA3\x06\xAB\x06\xA4\x06\xAC\x06"_b),
              WireError::bad_group);  // crossed
    EXPECT_EQ(error_of<Jid>("\xA3\x06\x07\xA4\x06"_b), WireError::bad_tag);
}

TEST(MsyncCodec, NestingHasALimit) {
    // Status in SyncDl lies one deep, RedirectInfo two.
    const Bytes two_deep =
        encoded(SyncDl{.status = Status{.redirect_info = {RedirectInfo{.host = "h"}}}});
    EXPECT_TRUE(decode<SyncDl>(two_deep, {.nesting_max = 3}));
    EXPECT_EQ(error_of<SyncDl>(two_deep, {.nesting_max = 2}), WireError::too_deep);

    const auto groups = [](std::size_t depth) {
        return times(depth, "\xA3\x06"_b) + times(depth, "\xA4\x06"_b);
    };
    EXPECT_TRUE(decode<Jid>(groups(8)));
    EXPECT_EQ(error_of<Jid>(groups(9)), WireError::too_deep);
    EXPECT_EQ(error_of<Jid>(times(500000, "\xA3\x06"_b)), WireError::too_deep);
    // Within a message they lie deeper.
    const auto nested = [&](std::size_t depth) {
        const Bytes bytes = groups(depth);
        return "\x0A" + Bytes(1, static_cast<char>(bytes.size())) + bytes;
    };
    EXPECT_TRUE(decode<Notice>(nested(7)));
    EXPECT_EQ(error_of<Notice>(nested(8)), WireError::too_deep);
    // However much a caller allows, the reader's own memory of open groups ends.
    EXPECT_EQ(error_of<Jid>(groups(65), {.nesting_max = 1000}), WireError::too_deep);
}

TEST(MsyncCodec, AMessageWithinAMessageIsNoLongerThanThatOne) {
    const Bytes bomb = times(400000, "\x0A"_b);
    EXPECT_EQ(error_of<Notice>(bomb), WireError::truncated);
}

TEST(MsyncCodec, BytesHaveALimit) {
    const Bytes bytes = encoded(Jid{.name = "alice"});
    EXPECT_TRUE(decode<Jid>(bytes, {.message_bytes_max = bytes.size()}));
    EXPECT_EQ(error_of<Jid>(bytes, {.message_bytes_max = bytes.size() - 1}),
              WireError::message_too_big);
    Bytes out;
    EXPECT_EQ(set_sender(out, bytes, {}, {.message_bytes_max = bytes.size() - 1}).error(),
              WireError::message_too_big);
}

TEST(MsyncCodec, TextsHaveALimitAndBytesDoNot) {
    const Limits limits{.string_bytes_max = 5};
    EXPECT_TRUE(decode<Jid>(encoded(Jid{.name = "alice"}), limits));
    EXPECT_EQ(error_of<Jid>(encoded(Jid{.name = "alice1"}), limits), WireError::string_too_long);
    EXPECT_EQ(error_of<Meta>(encoded(Meta{.directed_users = {"alice1"}}), limits),
              WireError::string_too_long);
    EXPECT_EQ(error_of<KeyValue>(encoded(KeyValue{.value = "alice1"}), limits),
              WireError::string_too_long);
    EXPECT_TRUE(decode<Meta>(encoded(Meta{.payload = "longer"}), limits));
    EXPECT_TRUE(decode<SyncDl>(encoded(SyncDl{.metas = {"\x0A\x04long"}}), limits));
}

TEST(MsyncCodec, ElementsHaveALimitTogether) {
    const Limits limits{.elements_max = 3};
    const KeyValue pair{.key = "k"};
    const auto body = [&](std::size_t of_content, std::size_t of_body) {
        return encoded(MessageBody{.contents = {{.params = std::vector(of_content, pair)}},
                                   .ext = std::vector(of_body, pair)});
    };
    EXPECT_TRUE(decode<MessageBody>(body(1, 1), limits));
    EXPECT_EQ(error_of<MessageBody>(body(2, 1), limits), WireError::too_many_elements);
    EXPECT_EQ(error_of<MessageBody>(body(1, 2), limits), WireError::too_many_elements);
    // The head has no list, so nothing is counted, or kept.
    EXPECT_TRUE(decode<MessageHead>(body(2, 2), limits));

    // Two bytes on the wire that cost half a kilobyte.
    const Bytes bomb = times(500000, "\x22\x00"_b);
    EXPECT_EQ(error_of<MessageBody>(bomb), WireError::too_many_elements);
    EXPECT_TRUE(decode<MessageHead>(bomb));

    const Bytes packed = "\xB2\x01\x04\0\0\0\0"s;
    EXPECT_TRUE(decode<Provision>(packed, {.elements_max = 4}));
    EXPECT_EQ(error_of<Provision>(packed, limits), WireError::too_many_elements);
    const Bytes unpacked = "\x58\0\x58\0\x58\0\x58\0"s;
    EXPECT_EQ(error_of<Envelope>(unpacked, limits), WireError::too_many_elements);
}

TEST(MsyncCodec, NumbersWithoutANameGoThrough) {
    const Bytes bytes = encoded(MessageBody{.type = static_cast<MessageType>(99),
                                            .stream = Stream{.state = Stream::State::full_text}});
    const auto body = decode<MessageBody>(bytes);
    ASSERT_TRUE(body);
    EXPECT_EQ(body->type, static_cast<MessageType>(99));
    EXPECT_EQ(encoded(*body), bytes);
    const Bytes negative = encoded(Status{.error_code = static_cast<StatusCode>(-1)});
    EXPECT_EQ(negative.size(), 11U);
    EXPECT_EQ(decode<Status>(negative)->error_code, static_cast<StatusCode>(-1));
}

TEST(MsyncCodec, AbsentIsNotZero) {
    EXPECT_EQ(decode<MessageBody>("\x22\x03\xB0\x01\x00"_b)->contents[0].sub_type,
              Content::SubType::combine);
    EXPECT_EQ(decode<MessageBody>("\x22\x00"_b)->contents[0].sub_type, std::nullopt);
    EXPECT_EQ(decode<Jid>("\x22\x00"_b)->client_resource, "");
    EXPECT_EQ(encoded(Jid{.client_resource = ""}), "\x22\x00"_b);
    EXPECT_EQ(encoded(Jid{}), "");
    EXPECT_TRUE(decode<Notice>("\x0A\x00"_b)->queue.has_value());
    EXPECT_EQ(decode<KeyValue>(""_b)->value.index(), 0U);
}

TEST(MsyncCodec, ViewsLookIntoTheInput) {
    const Bytes bytes = encoded(Meta{.payload = "payload", .directed_users = {"alice"}});
    const auto meta = decode<Meta>(bytes);
    ASSERT_TRUE(meta);
    for (const BytesView view : {*meta->payload, meta->directed_users[0]}) {
        EXPECT_GE(view.data(), bytes.data());
        EXPECT_LE(view.data() + view.size(), bytes.data() + bytes.size());
    }
}

TEST(MsyncCodec, MetasGoThroughUntouched) {
    // An unknown field, a number in too many bytes, and nothing that is a Meta at all.
    const Bytes odd = "\xA2\x06\x01x\x08\x81\x00"s;
    const Bytes none = "\xFF";
    const Bytes bytes = encoded(SyncDl{.metas = {odd, none}});
    const auto sync = decode<SyncDl>(bytes);
    ASSERT_TRUE(sync);
    EXPECT_EQ(sync->metas, (std::vector<BytesView>{odd, none}));
    EXPECT_EQ(decode<Meta>(sync->metas[0])->id, 1U);
}

Bytes with_sender(BytesView body, const Jid& sender) {
    Bytes out = "before";
    const auto is_set = set_sender(out, body, sender);
    EXPECT_TRUE(is_set);
    EXPECT_TRUE(out.starts_with("before"));
    return out.substr(6);
}

TEST(MsyncCodec, ASenderIsReplacedAndNothingElse) {
    const Jid alice{.name = "alice", .client_resource = "web"};
    const Bytes stamp =
        "\x12\x0C\x12\x05"
        "alice\x22\x03web"s;
    // type, a forged from, to, contents with an unknown field, an unknown field of the body
    const Bytes before = "\x08\x01"s;
    const Bytes after =
        "\x1A\x05\x12\x03"
        "bob\x22\x05\x08\x00\xA0\x06\x07\xA2\x06\x01x"s;
    EXPECT_EQ(with_sender(before +
                              "\x12\x05\x12\x03"
                              "eve" +
                              after,
                          alice),
              before + stamp + after);
    // Every from goes, since a reader merges them or takes the last one.
    EXPECT_EQ(with_sender("\x12\x02\x0A\x00"s + before + "\x12\x00"s + after +
                              "\x12\x05\x12\x03"
                              "eve",
                          alice),
              stamp + before + after);
    EXPECT_EQ(with_sender(before + after, alice), before + stamp + after);
    EXPECT_EQ(with_sender(before, alice), before + stamp);
    EXPECT_EQ(with_sender("", alice), stamp);
    EXPECT_EQ(with_sender(before + after, {}), before + "\x12\x00"s + after);
}

TEST(MsyncCodec, ASenderIsNotPutIntoWhatCannotBeRead) {
    for (const BytesView body : {"\x08"_b, "\x08\x01\x10\x05"_b, "\x08\x01\x22\x05x"_b, "\x04"_b}) {
        Bytes out = "before";
        EXPECT_FALSE(set_sender(out, body, {}));
        EXPECT_EQ(out, "before");
    }
}

TEST(MsyncCodec, EveryErrorHasAName) {
    std::set<std::string_view> names;
    for (int i = 0; i <= static_cast<int>(WireError::bad_group); ++i) {
        names.insert(name_of(static_cast<WireError>(i)));
    }
    EXPECT_EQ(names.size(), static_cast<std::size_t>(WireError::bad_group) + 1);
    EXPECT_FALSE(names.contains("unknown"));
}

}  // namespace
}  // namespace fenshen::msync
