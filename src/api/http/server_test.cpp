// SPDX-License-Identifier: Apache-2.0
// What clients send, over real sockets on the loopback; the other half is server_life_test.cpp.
#include "api/http/server.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "api/http/detail/test_support.h"

namespace fenshen::http {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing_support::Client;
using testing_support::Reply;
using testing_support::ServerTest;

std::string get(std::string_view target, std::string_view headers = {}) {
    return "GET " + std::string(target) + " HTTP/1.1\r\nHost: x\r\n" + std::string(headers) +
           "\r\n";
}

std::string post(std::string_view target, std::string_view body) {
    return "POST " + std::string(target) +
           " HTTP/1.1\r\nHost: x\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n" +
           std::string(body);
}

std::string chunked(std::string_view chunks) {
    return "POST /echo HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n" +
           std::string(chunks);
}

TEST_F(ServerTest, AnswersOneAfterTheOtherOnOneConnection) {
    serve();
    Client client = connect();
    for (int i = 0; i < 3; ++i) {
        const Reply reply = client.ask(get("/hello"));
        EXPECT_EQ(reply.status, 200);
        EXPECT_EQ(reply.body, "hello");
        EXPECT_EQ(reply.header("Content-Type"), "text/plain; charset=utf-8");
        EXPECT_EQ(reply.header("Connection"), std::nullopt);
        EXPECT_EQ(reply.header("Date").value_or("").size(), 29U);
    }
    EXPECT_EQ(client.ask(get("/unknown")).status, 404);
    EXPECT_EQ(client.ask(get("/echo")).status, 405);
    EXPECT_EQ(client.ask(get("/query?q=a%20b")).body, "a b");
    EXPECT_EQ(client.ask(get("/peer")).body, "127.0.0.1");
    EXPECT_EQ(client.ask(get("/header", "x-TEST: \t seen \r\n")).body, "seen");
}

TEST_F(ServerTest, AnswersTwentyPipelinedRequestsInOrder) {
    serve();
    std::string requests;
    for (int i = 0; i < 20; ++i) {
        requests += post("/echo", std::to_string(i)) + get("/query?q=" + std::to_string(i));
    }
    Client client = connect();
    client.send(requests);
    for (int i = 0; i < 20; ++i) {
        EXPECT_EQ(client.receive().body, std::to_string(i));
        EXPECT_EQ(client.receive().body, std::to_string(i));
    }
}

TEST_F(ServerTest, PipelinedRequestsWaitForAHandlerThatTakesItsTime) {
    serve();
    Client client = connect();
    client.send(get("/wait") + get("/hello") + get("/wait") + get("/hello"));
    gate_.await_arrivals(1);
    gate_.open();  // resumed on this thread, answered on the loop's
    EXPECT_EQ(client.receive().body, "waited");
    EXPECT_EQ(client.receive().body, "hello");
    gate_.await_arrivals(1);
    gate_.open();
    EXPECT_EQ(client.receive().body, "waited");
    EXPECT_EQ(client.receive().body, "hello");
}

TEST_F(ServerTest, ReadsRequestsByteByByte) {
    serve();
    Client client = connect();
    client.send_byte_by_byte(post("/echo", "body") + get("/hello"));
    EXPECT_EQ(client.receive().body, "body");
    EXPECT_EQ(client.receive().body, "hello");
    client.send_byte_by_byte(chunked("4;ext=1\r\nfirs\r\n1\r\nt\r\n0\r\nX: y\r\n\r\n"));
    EXPECT_EQ(client.receive().body, "first");
}

TEST_F(ServerTest, CutsAtEveryByteMeanTheSame) {
    serve();
    const std::string requests = post("/echo", "ab") + chunked("2\r\ncd\r\n0\r\n\r\n");
    for (std::size_t cut = 0; cut <= requests.size(); ++cut) {
        Client client = connect();
        client.send(requests.substr(0, cut));
        // A whole first request is answered before the rest is sent, so the cut is seen as such.
        const bool first_is_whole = cut >= post("/echo", "ab").size();
        if (first_is_whole) {
            EXPECT_EQ(client.receive().body, "ab") << cut;
        }
        client.send(requests.substr(cut));
        if (!first_is_whole) {
            EXPECT_EQ(client.receive().body, "ab") << cut;
        }
        EXPECT_EQ(client.receive().body, "cd") << cut;
    }
}

TEST_F(ServerTest, JoinsChunksAndIgnoresTrailers) {
    serve();
    Client client = connect();
    EXPECT_EQ(client.ask(chunked("5\r\nhello\r\nA\r\n, big room\r\n0\r\n\r\n")).body,
              "hello, big room");
    EXPECT_EQ(client.ask(chunked("0\r\n\r\n")).body, "");
    EXPECT_EQ(client
                  .ask("POST /header HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: Chunked\r\n\r\n"
                       "1\r\na\r\n0\r\nX-Test: smuggled\r\n\r\n")
                  .body,
              "none");
}

TEST_F(ServerTest, RefusesBrokenChunks) {
    serve();
    const std::string_view broken[] = {
        "x\r\nhello\r\n0\r\n\r\n",
        "-1\r\nhello\r\n0\r\n\r\n",
        "\r\nhello\r\n0\r\n\r\n",
        "2\r\nhello\r\n0\r\n\r\n",
        "5\r\nhelloXX0\r\n\r\n",
        "5\nhello\n0\n\n",
        "fffffffffffffffff\r\nhello\r\n0\r\n\r\n",
        "5 \x01\r\nhello\r\n0\r\n\r\n",
    };
    for (const std::string_view chunks : broken) {
        Client client = connect();
        const Reply reply = client.ask(chunked(chunks));
        EXPECT_EQ(reply.status, 400) << chunks;
        EXPECT_EQ(reply.header("Connection"), "close");
        client.end_sending();
        EXPECT_TRUE(client.ended()) << chunks;
    }
}

TEST_F(ServerTest, RefusesAChunkHeaderWithoutEnd) {
    serve();
    Client client = connect();
    client.send(chunked("5;"));
    client.send(std::string(100'000, 'e'));
    EXPECT_EQ(client.receive().status, 400);
}

TEST_F(ServerTest, RefusesWhatAProxyMayReadDifferently) {
    serve();
    const struct {
        std::string_view headers;
        int status;
    } cases[] = {
        {"Host: x\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n", 400},
        {"Host: x\r\nTransfer-Encoding: chunked\r\nContent-Length: 1\r\n", 400},
        {"Host: x\r\nContent-Length: 1\r\nContent-Length: 2\r\n", 400},
        {"Host: x\r\nContent-Length: -1\r\n", 400},
        {"Host: x\r\nContent-Length: 1x\r\n", 400},
        {"Host: x\r\nContent-Length: 99999999999999999999999\r\n", 400},
        {"Host: x\r\nTransfer-Encoding: gzip\r\n", 501},
        {"Host: x\r\nTransfer-Encoding: gzip, chunked\r\n", 501},
        {"Host: x\r\nTransfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n", 400},
        {"Host: x\r\nTransfer-Encoding: gzip\r\nTransfer-Encoding: chunked\r\n", 501},
        {"Content-Length: 0\r\n", 400},
        {"Host: x\r\nHost: y\r\n", 400},
        {"Host: x\r\n folded: y\r\n", 200},
        {"Host : x\r\n", 400},
        {"Host: x\r\nno colon\r\n", 400},
        {"Host: x\r\nX-Test: a\x01z\r\n", 400},
    };
    for (const auto& [headers, status] : cases) {
        EXPECT_EQ(ask("POST /echo HTTP/1.1\r\n" + std::string(headers) + "\r\n").status, status)
            << headers;
    }
}

TEST_F(ServerTest, RefusesWhatIsNotHttp) {
    serve();
    EXPECT_EQ(ask("hello\r\n\r\n").status, 400);
    EXPECT_EQ(ask("GET  HTTP/1.1\r\nHost: x\r\n\r\n").status, 400);
    EXPECT_EQ(
        ask(std::string_view("\x16\x03\x01\x02\x00\x01\x00\x01\xFC\x03\x03\r\n\r\n", 15)).status,
        400);
    EXPECT_EQ(ask("GET /hello HTTP/1.1\nHost: x\n\n").body, "lines must end in CR LF");
    EXPECT_EQ(ask("GET /hello HTTP/1.1\r\nHost: x\n\n").status, 400);
    EXPECT_EQ(ask("GET /hello HTTP/2.0\r\nHost: x\r\n\r\n").status, 505);
    EXPECT_EQ(ask("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n").status, 505);
    EXPECT_EQ(ask(get("/../etc/passwd")).status, 400);
    EXPECT_EQ(ask(get("/%ff")).status, 400);
    EXPECT_EQ(ask(get("hello")).status, 400);
    EXPECT_EQ(ask("CONNECT x:443 HTTP/1.1\r\nHost: x\r\n\r\n").status, 400);
}

TEST_F(ServerTest, RefusesHeadersThatAreTooLarge) {
    serve();
    const std::string large(17'000, 'a');
    EXPECT_EQ(ask(get("/" + large)).status, 414);
    EXPECT_EQ(ask("GET /" + large).status, 414);  // no end in sight
    EXPECT_EQ(ask(get("/hello", "X-Test: " + large + "\r\n")).status, 431);
    std::string many;
    for (int i = 0; i < 5000; ++i) many += "a:b\r\n";
    EXPECT_EQ(ask(get("/hello", many)).status, 431);
    EXPECT_EQ(ask(get("/hello", "X-Test: " + large.substr(0, 16'000) + "\r\n")).status, 200);
}

// One field a packet: each is small, their sum is not.
TEST_F(ServerTest, HeadersAreLimitedInTheirSum) {
    Limits limits;
    limits.header_bytes_max = 200;
    serve(limits);
    Client client = connect();
    client.send("GET /hello HTTP/1.1\r\nHost: x\r\n");
    client.send_byte_by_byte("X-Test: abcdefgh\r\nX-Test: abcdefgh\r\nX-Test: abcdefgh\r\n");
    EXPECT_EQ(client.ask("\r\n").status, 200);
    std::string headers;
    for (int i = 0; i < 12; ++i) headers += "X-Test: abcdefgh\r\n";
    client.send("GET /hello HTTP/1.1\r\nHost: x\r\n");
    client.send_byte_by_byte(headers);
    EXPECT_EQ(client.receive().status, 431);
}

TEST_F(ServerTest, RefusesBodiesThatAreTooLarge) {
    Limits limits;
    limits.body_bytes_max = 1000;
    serve(limits);
    EXPECT_EQ(ask(post("/echo", std::string(1000, 'x'))).body.size(), 1000U);
    // Announced: refused before it is sent.
    EXPECT_EQ(ask("POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 1001\r\n\r\n").status, 413);
    EXPECT_EQ(ask("POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 99999999999\r\n\r\n").status,
              413);
    const std::string half = "1f4\r\n" + std::string(500, 'x') + "\r\n";
    EXPECT_EQ(ask(chunked(half + half + "0\r\n\r\n")).status, 200);
    EXPECT_EQ(ask(chunked(half + half + "1\r\nx\r\n0\r\n\r\n")).status, 413);
}

// Many clients send their whole body before they look for an answer.
TEST_F(ServerTest, ALargeRefusedBodyDoesNotLoseTheAnswer) {
    Limits limits;
    limits.linger_max = Millis{30'000};
    serve(limits);
    Client client = connect();
    client.send(post("/echo", std::string(20UZ * 1024 * 1024, 'x')));
    const Reply reply = client.receive();
    EXPECT_EQ(reply.status, 413);
    client.end_sending();
    EXPECT_TRUE(client.ended());
}

TEST_F(ServerTest, TakesTenMegabytes) {
    serve();
    const std::string body(10UZ * 1024 * 1024, 'x');
    const Reply reply = ask(post("/echo", body));
    EXPECT_EQ(reply.status, 200);
    EXPECT_TRUE(reply.body == body);
}

TEST_F(ServerTest, BodiesHaveABudgetTogether) {
    Limits limits;
    limits.bodies_bytes_max = 1000;
    serve(limits);
    Client first = connect();
    first.send("POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 900\r\n\r\n" +
               std::string(800, 'x'));
    // Its bytes are counted once the server has read them.
    while (server_->probe().bodies_bytes.value() < 800) std::this_thread::yield();
    EXPECT_EQ(ask(post("/echo", std::string(300, 'x'))).status, 503);
    EXPECT_EQ(ask(post("/echo", std::string(100, 'x'))).status, 200);
    EXPECT_EQ(first.ask(std::string(100, 'x')).body.size(), 900U);
    EXPECT_EQ(first.ask(get("/hello")).status, 200);
    EXPECT_EQ(server_->probe().bodies_bytes.value(), 0);
}

TEST_F(ServerTest, SpeaksHttp10) {
    serve();
    Client client = connect();
    Reply reply = client.ask("GET /hello HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
    EXPECT_EQ(reply.body, "hello");
    EXPECT_EQ(reply.header("Connection"), "keep-alive");
    reply = client.ask("GET /hello HTTP/1.0\r\n\r\n");
    EXPECT_EQ(reply.header("Connection"), "close");
    client.end_sending();
    EXPECT_TRUE(client.ended());
    EXPECT_EQ(ask("POST /echo HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n").status,
              400);
}

TEST_F(ServerTest, ClosesWhenAsked) {
    serve();
    Client client = connect();
    const Reply reply = client.ask(get("/hello", "Connection: close\r\n") + get("/hello"));
    EXPECT_EQ(reply.header("Connection"), "close");
    client.end_sending();
    EXPECT_TRUE(client.ended());
}

TEST_F(ServerTest, AnswersAClientThatHasNothingMoreToSay) {
    serve();
    Client client = connect();
    client.send(post("/echo", "last words"));
    client.end_sending();
    EXPECT_EQ(client.receive().body, "last words");
    EXPECT_TRUE(client.ended());
}

TEST_F(ServerTest, SaysContinueToThoseWhoWait) {
    serve();
    Client client = connect();
    const std::string head =
        "POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\nExpect: 100-Continue\r\n\r\n";
    EXPECT_EQ(client.ask(head).status, 100);
    EXPECT_EQ(client.ask("body").body, "body");
    EXPECT_EQ(client.ask(head + "body").body, "body");  // did not wait
    EXPECT_EQ(ask(get("/hello", "Expect: miracles\r\n")).status, 417);
    EXPECT_EQ(ask("POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 99999999999\r\n"
                  "Expect: 100-continue\r\n\r\n")
                  .status,
              413);
}

TEST_F(ServerTest, HeadAndNoContentHaveNoBody) {
    serve();
    Client client = connect();
    client.send("HEAD /hello HTTP/1.1\r\nHost: x\r\n\r\n");
    const Reply head = client.receive(false);
    EXPECT_EQ(head.status, 200);
    EXPECT_EQ(head.header("Content-Length"), "5");
    const Reply nothing = client.ask("DELETE /nothing HTTP/1.1\r\nHost: x\r\n\r\n");
    EXPECT_EQ(nothing.status, 204);
    EXPECT_EQ(nothing.header("Content-Length"), std::nullopt);
    EXPECT_EQ(client.ask(get("/hello")).body, "hello");
}

TEST_F(ServerTest, BlankLinesBeforeARequestDoNoHarm) {
    serve();
    Client client = connect();
    EXPECT_EQ(client.ask("\r\n\n\r\n" + post("/echo", "a") + "\r\n").body, "a");
    EXPECT_EQ(client.ask(get("/hello")).body, "hello");
}

TEST_F(ServerTest, MethodsMayBeWrittenInAnyCaseWhereThatIsAllowed) {
    options_.any_case_methods = true;
    serve();
    EXPECT_EQ(ask("Get /hello HTTP/1.1\r\nHost: x\r\n\r\n").body, "hello");
    EXPECT_EQ(ask("post /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\n\r\na").body, "a");
}

TEST_F(ServerTest, MethodsAreWrittenInCapitalsElsewhere) {
    serve();
    EXPECT_NE(ask("Get /hello HTTP/1.1\r\nHost: x\r\n\r\n").status, 200);
}

TEST_F(ServerTest, WhatBeginsWithTheOtherPathIsHandedOver) {
    options_.handed_over_path = "/socket";
    // Says back what it got.
    options_.hand_over = [](int fd, Bytes first) {
        const std::string answer =
            "HTTP/1.1 200 OK\r\nContent-Length: " + std::to_string(first.size()) + "\r\n\r\n" +
            first;
        EXPECT_EQ(::send(fd, answer.data(), answer.size(), MSG_NOSIGNAL),
                  static_cast<ssize_t>(answer.size()));
        ::close(fd);
    };
    serve();
    EXPECT_EQ(ask(get("/socket")).body, get("/socket"));
    EXPECT_EQ(ask(get("/socket?a=b", "X-Test: y\r\n")).body, get("/socket?a=b", "X-Test: y\r\n"));
    // Cut off wherever it may be, it is known by its first line.
    Client slow = connect();
    slow.send_byte_by_byte("GET /socket ");
    EXPECT_THAT(slow.receive().body, testing::StartsWith("GET /socket "));
    for (const auto* other : {"/socke", "/sockets", "/socket/", "/hello/socket"}) {
        EXPECT_EQ(ask(get(other)).status, 404) << other;
    }
    EXPECT_EQ(ask(post("/socket", "x")).status, 404);
    Client client = connect();
    EXPECT_EQ(client.ask(get("/hello")).body, "hello");
    // Only a connection that begins so.
    EXPECT_EQ(client.ask(get("/socket")).status, 404);
    EXPECT_EQ(ask("\r\n" + get("/hello")).body, "hello");
    connect().send("GET /soc");
    EXPECT_EQ(client.ask(get("/hello")).body, "hello");
}

TEST_F(ServerTest, AHandlerThatThrowsIsA500AndALogLine) {
    serve();
    Client client = connect();
    const Reply reply = client.ask(get("/throw?a=b"));
    EXPECT_EQ(reply.status, 500);
    EXPECT_EQ(reply.body, "a fault in the server");
    EXPECT_THAT(faults(), ElementsAre("http_handler_threw /throw: on purpose"));
    client.send(get("/wait_and_throw"));
    gate_.await_arrivals(1);
    gate_.open();
    EXPECT_EQ(client.receive().status, 500);
    EXPECT_EQ(client.ask(get("/hello")).status, 200);
    EXPECT_EQ(server_->probe().handler_faults.value(), 2U);
}

TEST_F(ServerTest, CountsForPrometheus) {
    serve();
    telemetry::MetricRegistry registry;
    add_metrics(registry, server_->probe(), "api");
    Client client = connect();
    client.ask(get("/hello"));
    client.ask(get("/unknown"));
    const std::string metrics = registry.text();
    EXPECT_THAT(metrics, HasSubstr("fenshen_http_connections_total{listener=\"api\"} 1\n"));
    EXPECT_THAT(metrics, HasSubstr("fenshen_http_connections{listener=\"api\"} 1\n"));
    EXPECT_THAT(metrics,
                HasSubstr("fenshen_http_requests_total{class=\"2xx\",listener=\"api\"} 1\n"));
    EXPECT_THAT(metrics,
                HasSubstr("fenshen_http_requests_total{class=\"4xx\",listener=\"api\"} 1\n"));
    EXPECT_THAT(metrics, HasSubstr("fenshen_http_request_seconds_count{listener=\"api\"} 2\n"));
}

}  // namespace
}  // namespace fenshen::http
