// SPDX-License-Identifier: Apache-2.0
// The case list of the well-known WebSocket conformance suite (Autobahn), groups 1 to 7 and 9, as a
// table. Every case is decoded by the server's and by the client's end, whole, byte by byte, and
// cut at random points.
#include <gtest/gtest.h>

#include <algorithm>
#include <ostream>
#include <random>

#include "protocol/websocket/testing/frames.h"

namespace fenshen::ws::testing {

static void PrintTo(const Seen& seen, std::ostream* out) {
    *out << "{kind " << static_cast<int>(seen.kind) << ", opcode " << static_cast<int>(seen.opcode)
         << ", code " << static_cast<int>(seen.code) << ", " << seen.payload.size() << " bytes '"
         << seen.payload.substr(0, 40) << "'}";
}

namespace {

struct Case {
    std::string name;
    std::vector<Wire> frames;
    std::vector<Seen> expected;
    DecoderLimits limits{};
};

constexpr CloseCode bad_frame = CloseCode::protocol_error;
constexpr CloseCode bad_text = CloseCode::bad_text;

Seen text_of(Bytes payload) {
    return message(Opcode::text, std::move(payload));
}
Seen binary_of(Bytes payload) {
    return message(Opcode::binary, std::move(payload));
}

Bytes with_code(int code, BytesView reason = {}) {
    Bytes payload;
    append_be(payload, static_cast<std::uint16_t>(code));
    payload += reason;
    return payload;
}

std::vector<Wire> octets(BytesView all) {
    std::vector<Wire> frames;
    for (std::size_t i = 0; i < all.size(); ++i) {
        const std::uint8_t opcode = i == 0 ? text_begin : more;
        frames.push_back({opcode, Bytes(1, all[i])});
    }
    frames.push_back({last, ""});
    return frames;
}

void run(const Case& test, Role role) {
    SCOPED_TRACE(test.name + (role == Role::server ? ", server" : ", client"));
    const Bytes input = on_the_wire(test.frames, role);

    Reader whole(role, test.limits);
    whole.feed(input);
    ASSERT_EQ(whole.seen, test.expected);

    if (input.size() <= 70'000) {
        Reader bytewise(role, test.limits);
        for (const char c : input) bytewise.feed({&c, 1});
        ASSERT_EQ(bytewise.seen, test.expected);
    }
    std::mt19937 dice(static_cast<std::uint32_t>(input.size()));
    for (int round = 0; round < 8; ++round) {
        Reader pieces(role, test.limits);
        std::uniform_int_distribution<std::size_t> length(
            0, std::max<std::size_t>(input.size() / 3, 1));
        for (std::size_t at = 0; at < input.size();) {
            const std::size_t size = std::min(length(dice), input.size() - at);
            pieces.feed(BytesView(input).substr(at, size));
            at += size;
        }
        ASSERT_EQ(pieces.seen, test.expected);
    }
}

void run(const std::vector<Case>& cases) {
    for (const Case& test : cases) {
        run(test, Role::server);
        run(test, Role::client);
    }
}

TEST(WebSocketCases, Group1Framing) {
    std::vector<Case> cases;
    for (const std::size_t size : {0, 125, 126, 127, 128, 65535, 65536}) {
        const Bytes letters(size, '*');
        const Bytes bytes(size, '\xFE');
        cases.push_back(
            {"1.1 text " + std::to_string(size), {{text, letters}}, {text_of(letters)}});
        cases.push_back(
            {"1.2 binary " + std::to_string(size), {{binary, bytes}}, {binary_of(bytes)}});
    }
    run(cases);
}

TEST(WebSocketCases, Group2PingsAndPongs) {
    const Bytes odd("\x00\xFF\xFE\xFD\xFC\xFB\x00\xFF", 8);
    const Bytes longest(125, '\xFE');
    const std::vector<Wire> ten_pings(10, {ping, "payload"});
    const std::vector<Seen> ten_answers(10, pinged("payload"));
    run({
        {"2.1", {{ping, ""}}, {pinged("")}},
        {"2.2", {{ping, "Hello, world!"}}, {pinged("Hello, world!")}},
        {"2.3", {{ping, odd}}, {pinged(odd)}},
        {"2.4", {{ping, longest}}, {pinged(longest)}},
        {"2.5", {{ping, Bytes(126, '\xFE')}}, {failed(bad_frame)}},
        {"2.7", {{pong, ""}}, {ponged("")}},
        {"2.8", {{pong, "unasked"}}, {ponged("unasked")}},
        {"2.9", {{pong, "unasked"}, {ping, "ask"}}, {ponged("unasked"), pinged("ask")}},
        {"2.10", ten_pings, ten_answers},
    });
}

TEST(WebSocketCases, Group3ReservedBits) {
    run({
        {"3.1", {{text | 0x40, "x"}}, {failed(bad_frame)}},
        {"3.2", {{text, "a"}, {text | 0x20, "b"}, {ping, ""}}, {text_of("a"), failed(bad_frame)}},
        {"3.3", {{text, "a"}, {text | 0x30, "b"}, {ping, ""}}, {text_of("a"), failed(bad_frame)}},
        {"3.4", {{text, "a"}, {text | 0x40, "b"}, {ping, ""}}, {text_of("a"), failed(bad_frame)}},
        {"3.5", {{binary | 0x50, "x"}}, {failed(bad_frame)}},
        {"3.6", {{ping | 0x60, "x"}}, {failed(bad_frame)}},
        {"3.7", {{close | 0x70, ""}}, {failed(bad_frame)}},
        {"of a fragment", {{text_begin, "a"}, {last | 0x10, "b"}}, {failed(bad_frame)}},
    });
}

TEST(WebSocketCases, Group4ReservedOpcodes) {
    std::vector<Case> cases;
    for (const int opcode : {3, 4, 5, 6, 7, 11, 12, 13, 14, 15}) {
        const auto first = static_cast<std::uint8_t>(0x80 | opcode);
        cases.push_back({"4.x alone", {{first, ""}}, {failed(bad_frame)}});
        cases.push_back({"4.x with data", {{first, "data"}}, {failed(bad_frame)}});
        cases.push_back({"4.x between",
                         {{text, "Hello"}, {first, "data"}, {ping, ""}},
                         {text_of("Hello"), failed(bad_frame)}});
    }
    run(cases);
}

TEST(WebSocketCases, Group5Fragments) {
    run({
        {"5.1", {{0x09, "a"}, {last, "b"}}, {failed(bad_frame)}},
        {"5.2", {{0x0A, "a"}, {last, "b"}}, {failed(bad_frame)}},
        {"close in fragments", {{0x08, ""}, {last, ""}}, {failed(bad_frame)}},
        {"5.3", {{text_begin, "frag1"}, {last, "frag2"}}, {text_of("frag1frag2")}},
        {"5.6",
         {{text_begin, "frag1"}, {ping, "pi"}, {last, "frag2"}},
         {pinged("pi"), text_of("frag1frag2")}},
        {"5.9", {{last, "x"}, {text, "y"}}, {failed(bad_frame)}},
        {"5.12", {{more, "x"}, {text, "y"}}, {failed(bad_frame)}},
        {"5.15",
         {{text_begin, "a"}, {last, "b"}, {more, "c"}, {text, "d"}},
         {text_of("ab"), failed(bad_frame)}},
        {"5.16", {{more, "a"}, {text_begin, "b"}, {last, "c"}}, {failed(bad_frame)}},
        {"5.17", {{last, "a"}, {text_begin, "b"}, {last, "c"}}, {failed(bad_frame)}},
        {"5.18", {{text_begin, "a"}, {text, "b"}}, {failed(bad_frame)}},
        {"binary within text", {{text_begin, "a"}, {binary_begin, "b"}}, {failed(bad_frame)}},
        {"5.19",
         {{text_begin, "1"},
          {more, "2"},
          {ping, "p1"},
          {more, "3"},
          {more, "4"},
          {ping, "p2"},
          {last, "5"}},
         {pinged("p1"), pinged("p2"), text_of("12345")}},
        {"two messages",
         {{binary_begin, "\xFF"}, {last, "\xFE"}, {text_begin, "a"}, {last, "b"}, {text, "c"}},
         {binary_of("\xFF\xFE"), text_of("ab"), text_of("c")}},
        {"pong between", {{binary_begin, ""}, {pong, ""}, {last, ""}}, {ponged(""), binary_of("")}},
        {"close between",
         {{text_begin, "a"}, {close, with_code(1000)}, {last, "b"}},
         {closed(CloseCode::normal)}},
    });
}

// Group 6: what is valid, whole and in fragments of one byte each.
TEST(WebSocketCases, Group6ValidText) {
    std::vector<Case> cases{
        {"6.1.1", {{text, ""}}, {text_of("")}},
        {"6.1.2", {{text_begin, ""}, {more, ""}, {last, ""}}, {text_of("")}},
        {"6.1.3", {{text_begin, ""}, {more, "middle"}, {last, ""}}, {text_of("middle")}},
        {"6.2.2",
         {{text_begin, "Hello-\xC2\xB5@\xC3\x9F"}, {last, "\xC3\xB6\xC3\xA4UTF-8!!"}},
         {text_of("Hello-\xC2\xB5@\xC3\x9F\xC3\xB6\xC3\xA4UTF-8!!")}},
    };
    const BytesView valid[] = {
        "Hello-\xC2\xB5@\xC3\x9F\xC3\xB6\xC3\xA4\xC3\xBC\xC3\xA0\xC3\xA1-UTF-8!!",
        "\xCE\xBA\xE1\xBD\xB9\xCF\x83\xCE\xBC\xCE\xB5",
        "\xE5\x88\x86\xE8\xBA\xAB, \xE5\x88\x86\xF0\x9F\x98\x80\xE5\x88\x86\xC3\xA9\xE8\xBA\xAB.",
        {"\x00", 1},
        "\x7F",
        "\xC2\x80",
        "\xDF\xBF",
        "\xE0\xA0\x80",
        "\xEC\xBF\xBF",
        "\xED\x80\x80",
        "\xED\x9F\xBF",
        "\xEE\x80\x80",
        "\xEF\xBF\xBD",
        "\xEF\xBF\xBE",
        "\xEF\xBF\xBF",
        "\xF0\x90\x80\x80",
        "\xF3\xBF\xBF\xBF",
        "\xF4\x8F\xBF\xBF",
    };
    for (const BytesView one : valid) {
        cases.push_back({"6 valid, whole", {{text, Bytes(one)}}, {text_of(Bytes(one))}});
        cases.push_back({"6 valid, octets", octets(one), {text_of(Bytes(one))}});
    }
    run(cases);
}

TEST(WebSocketCases, Group6InvalidText) {
    std::vector<Case> cases;
    const BytesView invalid[] = {
        "\xCE\xBA\xE1\xBD\xB9\xCF\x83\xCE\xBC\xCE\xB5\xED\xA0\x80\x65\x64",  // 6.3: a surrogate
        "\xF4\x90\x80\x80",                                                  // 6.4: above U+10FFFF
        "\xF8\x88\x80\x80\x80",
        "\xFC\x84\x80\x80\x80\x80",
        "\xF7\xBF\xBF\xBF",
        "\xFB\xBF\xBF\xBF\xBF",
        "\x80",
        "\xBF",
        "\x80\xBF\x80",
        "\xC3\x20\xC4\x20",
        "\xE1\x80\x20",
        "\xF1\x80\x80\x20",
        "\xC3",
        "\xE1\x80",
        "\xF1\x80\x80",
        "\xDF",
        "\xFE",
        "\xFF",
        "\xC0\xAF",
        "\xE0\x80\xAF",
        "\xF0\x80\x80\xAF",
        "\xC1\xBF",
        "\xE0\x9F\xBF",
        "\xF0\x8F\xBF\xBF",
        "\xC0\x80",
        "\xED\xA0\x80",
        "\xED\xBF\xBF",
        "\xED\xA0\x80\xED\xB0\x80",
        "\xE5\x88\x86\xE8\xBA\xC0",
        "\xE5\x88\x86\xE8\x20\x86",
        "\xE5\x88\x86\x86",
        "0123456789abcdef\xFF"
        "0123456789abcdef",
    };
    for (const BytesView one : invalid) {
        cases.push_back({"6 invalid, whole", {{text, Bytes(one)}}, {failed(bad_text)}});
        cases.push_back({"6 invalid, octets", octets(one), {failed(bad_text)}});
        cases.push_back({"6 as binary", {{binary, Bytes(one)}}, {binary_of(Bytes(one))}});
    }
    run(cases);
}

TEST(WebSocketCases, Group7Close) {
    const Bytes reason(123, 'r');
    std::vector<Case> cases{
        {"7.1.1", {{text, "a"}, {close, ""}}, {text_of("a"), closed(CloseCode::no_status)}},
        {"7.1.2", {{close, ""}, {close, ""}}, {closed(CloseCode::no_status)}},
        {"7.1.3", {{close, ""}, {ping, ""}}, {closed(CloseCode::no_status)}},
        {"7.1.4", {{close, ""}, {text, "a"}}, {closed(CloseCode::no_status)}},
        {"7.1.5",
         {{text_begin, "a"}, {close, ""}, {last, "b"}, {0xFF, "?"}},
         {closed(CloseCode::no_status)}},
        {"7.3.2", {{close, "a"}}, {failed(bad_frame)}},
        {"7.3.3", {{close, with_code(1000)}}, {closed(CloseCode::normal)}},
        {"7.3.4", {{close, with_code(1000, "Bye")}}, {closed(CloseCode::normal, "Bye")}},
        {"7.3.5", {{close, with_code(1000, reason)}}, {closed(CloseCode::normal, reason)}},
        {"7.3.6", {{close, with_code(1000, reason + "r")}}, {failed(bad_frame)}},
        {"7.5.1", {{close, with_code(1000, "\xCE\xBA\xED\xA0\x80")}}, {failed(bad_text)}},
        {"cut reason", {{close, with_code(1000, "\xCE")}}, {failed(bad_text)}},
    };
    for (const int code : {1000,
                           1001,
                           1002,
                           1003,
                           1007,
                           1008,
                           1009,
                           1010,
                           1011,
                           1012,
                           1013,
                           1014,
                           3000,
                           3999,
                           4000,
                           4999}) {
        cases.push_back({"7.7 " + std::to_string(code),
                         {{close, with_code(code)}},
                         {closed(static_cast<CloseCode>(code))}});
    }
    for (const int code : {0, 999, 1004, 1005, 1006, 1015, 1016, 1100, 2000, 2999, 5000, 65535}) {
        cases.push_back(
            {"7.9 " + std::to_string(code), {{close, with_code(code)}}, {failed(bad_frame)}});
    }
    run(cases);
}

TEST(WebSocketCases, Group9LargeMessages) {
    const std::size_t size = 1024UL * 1024;
    const DecoderLimits limits{.message_bytes_max = size, .fragments_max = 65536};
    const Bytes letters(size, '*');
    std::vector<Case> cases{
        {"9.1", {{text, letters}}, {text_of(letters)}, limits},
        {"9.2", {{binary, letters}}, {binary_of(letters)}, limits},
    };
    for (const std::size_t fragment : {64UL, 1024UL, 65536UL}) {
        std::vector<Wire> frames;
        for (std::size_t at = 0; at < size; at += fragment) {
            const std::uint8_t first = at == 0 ? text_begin : more;
            frames.push_back({first, letters.substr(at, fragment)});
        }
        frames.back().first |= last;
        cases.push_back({"9.3", std::move(frames), {text_of(letters)}, limits});
    }
    run(cases);
}

}  // namespace
}  // namespace fenshen::ws::testing
