// SPDX-License-Identifier: Apache-2.0
#include "protocol/websocket/handshake.h"

#include <gmock/gmock.h>

namespace fenshen::ws {
namespace {

using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::StartsWith;

constexpr BytesView rfc_key = "dGhlIHNhbXBsZSBub25jZQ==";  // RFC 6455 1.3
constexpr BytesView rfc_accept = "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=";

using Fields = std::vector<std::pair<std::string, std::string>>;

const Fields good_fields{
    {"Host", "chat.example.org:5200"},
    {"Upgrade", "websocket"},
    {"Connection", "Upgrade"},
    {"Sec-WebSocket-Key", std::string(rfc_key)},
    {"Sec-WebSocket-Version", "13"},
};

Bytes request_of(const Fields& fields, BytesView line = "GET /ws?uid=a HTTP/1.1") {
    Bytes out(line);
    out += "\r\n";
    for (const auto& [name, value] : fields) out += name + ": " + value + "\r\n";
    return out + "\r\n";
}

/// The good request with one field changed; without it when `value` is null.
Fields with(const std::string& name, const char* value) {
    Fields fields = good_fields;
    std::erase_if(fields, [&name](const auto& field) { return field.first == name; });
    if (value != nullptr) fields.emplace_back(name, value);
    return fields;
}

Fields and_also(const std::string& name, const std::string& value) {
    Fields fields = good_fields;
    fields.emplace_back(name, value);
    return fields;
}

std::uint16_t status_of(BytesView request) {
    const UpgradeParse parsed = parse_upgrade(request);
    if (parsed.outcome == HandshakeOutcome::bad) {
        EXPECT_FALSE(parsed.why.empty());
        return parsed.status;
    }
    return parsed.outcome == HandshakeOutcome::ok ? 101 : 0;
}

TEST(WebSocketUpgrade, ReadsWhatABrowserSends) {
    const Bytes request =
        "GET /ws?uid=u1&token=%20 HTTP/1.1\r\n"
        "Host: chat.example.org\r\n"
        "Connection: keep-alive, Upgrade\r\n"
        "Pragma: no-cache\r\n"
        "User-Agent: Mozilla/5.0 (X11; Linux x86_64)\r\n"
        "upgrade: WebSocket\r\n"
        "Origin: https://app.example.org\r\n"
        "Sec-WebSocket-Version: 13\r\n"
        "Accept-Encoding: gzip, deflate\r\n"
        "Sec-WebSocket-Key:\t dGhlIHNhbXBsZSBub25jZQ== \r\n"
        "Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits\r\n"
        "Sec-WebSocket-Protocol: chat, superchat\r\n"
        "X-Forwarded-For: 203.0.113.7, 10.0.0.1\r\n"
        "X-Real-IP: 203.0.113.7\r\n"
        "X-Real-Port: 50123\r\n"
        "\r\n";
    const Bytes with_a_frame = request + "\x82\x80";
    const UpgradeParse parsed = parse_upgrade(with_a_frame);
    ASSERT_EQ(parsed.outcome, HandshakeOutcome::ok) << parsed.why;
    EXPECT_EQ(parsed.size, request.size());
    EXPECT_EQ(parsed.request.path, "/ws");
    EXPECT_EQ(parsed.request.query, "uid=u1&token=%20");
    EXPECT_EQ(parsed.request.host, "chat.example.org");
    EXPECT_EQ(parsed.request.origin, "https://app.example.org");
    EXPECT_EQ(parsed.request.key, rfc_key);
    EXPECT_EQ(parsed.request.forwarded_for, "203.0.113.7, 10.0.0.1");
    EXPECT_EQ(parsed.request.real_ip, "203.0.113.7");
    EXPECT_EQ(parsed.request.real_port, "50123");
}

TEST(WebSocketUpgrade, DoesNotMindWhereItIsCut) {
    const Bytes request = request_of(good_fields);
    for (std::size_t size = 0; size < request.size(); ++size) {
        EXPECT_EQ(parse_upgrade(BytesView(request).substr(0, size)).outcome,
                  HandshakeOutcome::need_more)
            << size;
    }
    EXPECT_EQ(parse_upgrade(request).outcome, HandshakeOutcome::ok);
}

TEST(WebSocketUpgrade, AcceptsEveryPath) {
    const auto path_of = [](const std::string& target) {
        const Bytes request = request_of(good_fields, "GET " + target + " HTTP/1.1");
        const UpgradeParse parsed = parse_upgrade(request);
        return std::string(parsed.request.path) + " " + std::string(parsed.request.query);
    };
    EXPECT_EQ(path_of("/"), "/ ");
    EXPECT_EQ(path_of("/a/b/%2e%2e"), "/a/b/%2e%2e ");
    EXPECT_EQ(path_of("/?"), "/ ");
    EXPECT_EQ(path_of("/?a?b"), "/ a?b");
    EXPECT_EQ(path_of("/\xE5\x88\x86"), "/\xE5\x88\x86 ");
    EXPECT_EQ(path_of("http://host:1/x?y"), "/x y");
    EXPECT_EQ(path_of("/go?to=http://host/"), "/go to=http://host/");
}

TEST(WebSocketUpgrade, RefusesAMalformedRequestLine) {
    for (const BytesView line : {"GET  / HTTP/1.1",
                                 "GET / HTTP/1.0",
                                 "GET / HTTP/1.1 ",
                                 "GET / http/1.1",
                                 "GET /",
                                 "GET ws HTTP/1.1",
                                 "GET * HTTP/1.1",
                                 "GET ftp://host/x HTTP/1.1",
                                 "GET http:///x HTTP/1.1",
                                 "GET http://host HTTP/1.1",
                                 "GET /a\tb HTTP/1.1",
                                 "GET /a\x7F HTTP/1.1",
                                 "GET /a b HTTP/1.1"}) {
        EXPECT_EQ(status_of(request_of(good_fields, line)), 400) << line;
    }
}

TEST(WebSocketUpgrade, RefusesGarbageAtItsFirstByte) {
    EXPECT_EQ(status_of("\x16\x03\x01"), 400);  // TLS where none is spoken
    EXPECT_EQ(status_of("{"), 400);
    EXPECT_EQ(status_of(" GET"), 400);
    EXPECT_EQ(status_of("get "), 400);
    EXPECT_EQ(status_of("P"), 405);
    EXPECT_EQ(status_of("GEX"), 405);
    EXPECT_EQ(status_of("GETS"), 405);
    EXPECT_EQ(status_of("G"), 0);
}

TEST(WebSocketUpgrade, ChecksTheFieldsThatMakeIt) {
    const auto status = [](const Fields& fields) { return status_of(request_of(fields)); };
    EXPECT_EQ(status(good_fields), 101);
    EXPECT_EQ(status(with("Host", nullptr)), 400);
    EXPECT_EQ(status(and_also("host", "another")), 400);
    EXPECT_EQ(status(with("Upgrade", nullptr)), 426);
    EXPECT_EQ(status(with("Upgrade", "h2c")), 426);
    EXPECT_EQ(status(with("Upgrade", "h2c, WEBSOCKET")), 101);
    EXPECT_EQ(status(with("Connection", nullptr)), 426);
    EXPECT_EQ(status(with("Connection", "close")), 426);
    EXPECT_EQ(status(with("Connection", "keep-alive,UPGRADE")), 101);
    EXPECT_EQ(status(with("Sec-WebSocket-Version", nullptr)), 426);
    EXPECT_EQ(status(with("Sec-WebSocket-Version", "8")), 426);
    EXPECT_EQ(status(with("Sec-WebSocket-Version", "13, 8")), 426);
    EXPECT_EQ(status(and_also("Sec-WebSocket-Version", "13")), 426);
    EXPECT_EQ(status(with("Sec-WebSocket-Key", nullptr)), 400);
    EXPECT_EQ(status(with("Sec-WebSocket-Key", "")), 400);
    EXPECT_EQ(status(with("Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZQ=")), 400);
    EXPECT_EQ(status(with("Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZWVl")), 400);
    EXPECT_EQ(status(with("Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25j_Q==")), 400);
    EXPECT_EQ(status(and_also("Sec-WebSocket-Key", std::string(rfc_key))), 400);
    EXPECT_EQ(status(and_also("Content-Length", "0")), 101);
    EXPECT_EQ(status(and_also("Content-Length", "5")), 400);
    EXPECT_EQ(status(and_also("Transfer-Encoding", "chunked")), 400);
}

TEST(WebSocketUpgrade, IsStrictAboutLines) {
    const auto status = [](BytesView more) {
        Bytes request = request_of(good_fields);
        request.insert(request.size() - 2, more);
        return status_of(request);
    };
    EXPECT_EQ(status("X: y\r\n"), 101);
    EXPECT_EQ(status("X:\r\n"), 101);
    EXPECT_EQ(status("X: \xE5\x88\x86\r\n"), 101);
    EXPECT_EQ(status("X y\r\n"), 400);
    EXPECT_EQ(status(": y\r\n"), 400);
    EXPECT_EQ(status("X : y\r\n"), 400);
    EXPECT_EQ(status("X: y\r\n folded\r\n"), 400);
    EXPECT_EQ(status("X: y\nZ: bare\r\n"), 400);
    EXPECT_EQ(status("X: y\rZ: bare\r\n"), 400);
    EXPECT_EQ(status({"X: \0\r\n", 6}), 400);
    EXPECT_EQ(status("X: \x7F\r\n"), 400);
}

TEST(WebSocketUpgrade, HasALimitOfBytesAndFields) {
    Bytes request = request_of(good_fields);
    const auto padded_to = [&request](std::size_t size) {
        Bytes padded = request;
        padded.insert(padded.size() - 2, "X: " + Bytes(size - request.size() - 5, 'x') + "\r\n");
        return padded;
    };
    EXPECT_EQ(status_of(padded_to(head_bytes_max)), 101);
    EXPECT_EQ(status_of(padded_to(head_bytes_max + 1)), 431);
    EXPECT_EQ(status_of(BytesView(padded_to(head_bytes_max + 1)).substr(0, head_bytes_max - 1)), 0);
    EXPECT_EQ(status_of("GET /" + Bytes(head_bytes_max, 'x')), 431);

    Fields fields = good_fields;
    while (fields.size() < head_fields_max) fields.emplace_back("X", "y");
    EXPECT_EQ(status_of(request_of(fields)), 101);
    fields.emplace_back("X", "y");
    EXPECT_EQ(status_of(request_of(fields)), 431);
}

TEST(WebSocketUpgrade, IsAnswered) {
    EXPECT_EQ(accept_for(rfc_key), rfc_accept);
    Bytes out;
    append_accept(out, rfc_key);
    EXPECT_EQ(out,
              "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
              "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n");
}

TEST(WebSocketUpgrade, IsRefusedInWords) {
    const auto refusal = [](std::uint16_t status) {
        Bytes out;
        append_refusal(out, status);
        return out;
    };
    EXPECT_EQ(refusal(404),
              "HTTP/1.1 404 Not Found\r\nConnection: close\r\nContent-Type: text/plain\r\n"
              "Content-Length: 14\r\n\r\n404 Not Found\n");
    EXPECT_THAT(refusal(400), StartsWith("HTTP/1.1 400 Bad Request\r\n"));
    EXPECT_THAT(refusal(405), HasSubstr("\r\nAllow: GET\r\n"));
    EXPECT_THAT(refusal(426), HasSubstr("\r\nSec-WebSocket-Version: 13\r\n"));
    EXPECT_THAT(refusal(426), HasSubstr("\r\nUpgrade: websocket\r\n"));
    EXPECT_THAT(refusal(431), StartsWith("HTTP/1.1 431 "));
}

TEST(WebSocketClientHandshake, IsUnderstoodByTheServer) {
    const std::string key = key_from("the sample nonce");
    EXPECT_EQ(key, rfc_key);
    Bytes request;
    append_upgrade(request, "localhost:5200", "/ws?a=b", key);
    const UpgradeParse parsed = parse_upgrade(request);
    ASSERT_EQ(parsed.outcome, HandshakeOutcome::ok);
    EXPECT_EQ(parsed.request.host, "localhost:5200");
    EXPECT_EQ(parsed.request.path, "/ws");

    Bytes answer;
    append_accept(answer, parsed.request.key);
    for (std::size_t size = 0; size < answer.size(); ++size) {
        EXPECT_EQ(parse_answer(BytesView(answer).substr(0, size), key).outcome,
                  HandshakeOutcome::need_more);
    }
    const AnswerParse accepted = parse_answer(answer + "\x82", key);
    EXPECT_EQ(accepted.outcome, HandshakeOutcome::ok) << accepted.why;
    EXPECT_EQ(accepted.size, answer.size());
    EXPECT_EQ(accepted.status, 101);
}

TEST(WebSocketClientHandshake, DoubtsOtherAnswers) {
    Bytes good;
    append_accept(good, rfc_key);
    const auto doubted = [](BytesView answer) {
        const AnswerParse parsed = parse_answer(answer, rfc_key);
        return parsed.outcome == HandshakeOutcome::bad && !parsed.why.empty();
    };
    const auto changed = [&good](BytesView from, BytesView to) {
        Bytes answer = good;
        answer.replace(answer.find(from), from.size(), to);
        return answer;
    };
    EXPECT_FALSE(doubted(good));
    EXPECT_TRUE(doubted("SSH-2.0"));
    EXPECT_TRUE(doubted(changed("HTTP/1.1 101", "HTTP/1.1 1o1")));
    EXPECT_TRUE(doubted(changed("HTTP/1.1 101", "HTTP/1.1 10")));
    EXPECT_TRUE(doubted(changed("HTTP/1.1 101", "HTTP/1.1 1010")));
    EXPECT_TRUE(doubted(changed("Upgrade: websocket", "Upgrade: h2c")));
    EXPECT_TRUE(doubted(changed("Connection: Upgrade", "Connection: close")));
    EXPECT_TRUE(doubted(changed("s3pP", "S3pP")));
    EXPECT_TRUE(doubted(changed("Sec-WebSocket-Accept", "Sec-WebSocket-Except")));
    EXPECT_TRUE(doubted(changed("Upgrade: ", "Sec-WebSocket-Protocol: chat\r\nUpgrade: ")));
    EXPECT_TRUE(doubted("HTTP/1.1 101 " + Bytes(head_bytes_max, 'x')));

    Bytes refusal;
    append_refusal(refusal, 404);
    EXPECT_TRUE(doubted(refusal));
    EXPECT_EQ(parse_answer(refusal, rfc_key).status, 404);
}

}  // namespace
}  // namespace fenshen::ws
