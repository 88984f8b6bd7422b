// SPDX-License-Identifier: Apache-2.0
// What a whole connection does with requests is in server_test.cpp; here is what needs no socket.
#include "api/http/detail/request_parser.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace fenshen::http::detail {
namespace {

struct Outcome {
    int status = 0;  ///< of the fault; 200: a request; 0: more is wanted
    Request request;
    Framing framing;
    std::size_t used = 0;
};

/// Shows the parser `piece` bytes more at a time.
Outcome parse(std::string_view input, std::size_t piece, const Limits& limits = {}) {
    RequestParser parser(limits);
    Outcome outcome;
    bool translated = false;
    std::size_t shown = 0;
    while (true) {
        shown = std::min(shown + piece, input.size());
        bool wants_more = false;
        while (!wants_more && shown > outcome.used) {
            const auto step = parser.put(input.substr(outcome.used, shown - outcome.used));
            outcome.used += step.used;
            wants_more = step.wants_more;
            std::optional<Fault> fault = step.fault;
            if (!fault && parser.has_header() && !std::exchange(translated, true)) {
                fault = parser.translate(outcome.request, outcome.framing);
            }
            if (fault) {
                outcome.status = fault->status;
                return outcome;
            }
            if (parser.has_all()) {
                outcome.request.body = parser.take_body();
                outcome.status = 200;
                return outcome;
            }
        }
        if (shown == input.size()) return outcome;
    }
}

TEST(RequestParser, TranslatesTheHeader) {
    const std::string_view input =
        "POST /a%20b?c=d HTTP/1.1\r\nHost: x\r\nX-One:  1 \r\nx-one: 2\r\nContent-Length: "
        "2\r\n\r\nokrest";
    for (const std::size_t piece : {1UZ, 3UZ, input.size()}) {
        const Outcome outcome = parse(input, piece);
        ASSERT_EQ(outcome.status, 200);
        EXPECT_EQ(outcome.used, input.size() - 4);
        EXPECT_EQ(outcome.request.method, Method::post);
        EXPECT_EQ(outcome.request.target, "/a%20b?c=d");
        EXPECT_EQ(outcome.request.path, "/a b");
        EXPECT_EQ(outcome.request.query.get("c"), "d");
        EXPECT_THAT(outcome.request.headers.all("X-ONE"), testing::ElementsAre("1", "2"));
        EXPECT_EQ(outcome.request.body, "ok");
        EXPECT_TRUE(outcome.framing.keep_alive);
        EXPECT_FALSE(outcome.framing.is_http_1_0);
    }
}

TEST(RequestParser, ReadsWhetherTheConnectionStays) {
    const auto keeps = [](std::string_view version, std::string_view header) {
        return parse("GET / " + std::string(version) + "\r\nHost: x\r\n" + std::string(header) +
                         "\r\n",
                     1000)
            .framing.keep_alive;
    };
    EXPECT_TRUE(keeps("HTTP/1.1", ""));
    EXPECT_FALSE(keeps("HTTP/1.1", "Connection: close\r\n"));
    EXPECT_FALSE(keeps("HTTP/1.1", "Connection: Upgrade, Close\r\n"));
    EXPECT_FALSE(keeps("HTTP/1.0", ""));
    EXPECT_TRUE(keeps("HTTP/1.0", "Connection: Keep-Alive\r\n"));
}

TEST(RequestParser, WantsMoreUntilAllIsThere) {
    const std::string_view input =
        "\r\nPOST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n"
        "2\r\nok\r\n0\r\nX: y\r\n\r\n";
    for (std::size_t size = 0; size < input.size(); ++size) {
        EXPECT_EQ(parse(input.substr(0, size), 1).status, 0) << size;
        EXPECT_EQ(parse(input.substr(0, size), input.size()).status, 0) << size;
    }
    EXPECT_EQ(parse(input, 1).request.body, "ok");
    EXPECT_EQ(parse(input, input.size()).used, input.size());
}

// Boost 1.81 ends the process here in a build with assertions.
TEST(RequestParser, TakesAnEmptyChunkedBodyByteByByte) {
    const std::string_view input =
        "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n";
    EXPECT_EQ(parse(input, 1).status, 200);
    EXPECT_EQ(parse(input, input.size()).status, 200);
}

// The wait for the final chunk's five bytes must not look at a chunk's last ones.
TEST(RequestParser, LineFeedsInChunksAreData) {
    const std::string_view input =
        "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n6\r\n\n\n\n\n\n\n\r\n"
        "0\r\n\r\n";
    for (const std::size_t piece : {1UZ, 2UZ, 3UZ, input.size()}) {
        EXPECT_EQ(parse(input, piece).request.body, "\n\n\n\n\n\n");
    }
    const auto bare = std::string(input.substr(0, input.size() - 5)) + "0\n\n";
    for (const std::size_t piece : {1UZ, bare.size()}) EXPECT_EQ(parse(bare, piece).status, 400);
}

TEST(RequestParser, AQuoteInAChunkExtensionEndsWithItsLine) {
    const std::string head = "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n";
    const auto status = [&](const std::string& chunks) {
        EXPECT_EQ(parse(head + chunks, 1).status, parse(head + chunks, 1000).status);
        return parse(head + chunks, 1000).status;
    };
    EXPECT_EQ(status("1;e=\"a\"\r\nx\r\n00;e=\"b\"\r\nX: y\r\n\r\n"), 200);
    EXPECT_EQ(status("1;e=\"a\r\nx\r\n0\r\n\r\n"), 400);
    EXPECT_EQ(status("1\r\nx\r\n0;e=\"b\r\nX: y\r\n\r\n"), 400);
}

TEST(RequestParser, RefusesShortNonsenseAtOnce) {
    for (const std::string_view input : {"GET /\r\n\r\n", "GET / x\r\n\r\n", "G\r\n\r\n"}) {
        EXPECT_EQ(parse(input, 1).status, 400) << input;
        EXPECT_EQ(parse(input, input.size()).status, 400) << input;
    }
}

TEST(RequestParser, LimitsHoldHoweverTheBytesCome) {
    Limits limits;
    limits.header_bytes_max = 100;
    limits.body_bytes_max = 10;
    const std::string head = "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n";
    const auto status = [&](const std::string& input) {
        const int whole = parse(input, input.size(), limits).status;
        EXPECT_EQ(parse(input, 1, limits).status, whole) << input;
        EXPECT_EQ(parse(input, 7, limits).status, whole) << input;
        return whole;
    };
    const auto padded = [&](std::size_t bytes) {
        return head + "X: " + std::string(bytes - head.size() - 7, 'x') + "\r\n\r\n";
    };
    EXPECT_EQ(status(padded(100) + "0\r\n\r\n"), 200);
    EXPECT_EQ(status(padded(101) + "0\r\n\r\n"), 431);
    EXPECT_EQ(status("GET /" + std::string(200, 'a')), 414);
    EXPECT_EQ(status(head + "\r\na\r\n0123456789\r\n0\r\n\r\n"), 200);
    EXPECT_EQ(status(head + "\r\nb\r\n0123456789a\r\n0\r\n\r\n"), 413);
    EXPECT_EQ(status(head + "\r\n0;" + std::string(200, 'a')), 400);
    EXPECT_EQ(status(head + "\r\n0\r\nX: " + std::string(200, 'a')), 400);
}

}  // namespace
}  // namespace fenshen::http::detail
