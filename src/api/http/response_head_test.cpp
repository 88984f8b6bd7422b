// SPDX-License-Identifier: Apache-2.0
#include "api/http/detail/response_head.h"

#include <gtest/gtest.h>

namespace fenshen::http::detail {
namespace {

TEST(ResponseHead, IsWhatTheStandardWants) {
    Response response = json(200, "{}");
    response.headers.add("X-One", "1");
    EXPECT_EQ(response_head(response, {}, "D"),
              "HTTP/1.1 200 OK\r\n"
              "Date: D\r\n"
              "Content-Type: application/json; charset=utf-8\r\n"
              "Content-Length: 2\r\n"
              "X-One: 1\r\n"
              "\r\n");
}

TEST(ResponseHead, SaysWhetherTheConnectionStays) {
    const auto connection = [](Framing framing) {
        const Bytes head = response_head(empty(200), framing, "D");
        const std::size_t at = head.find("Connection: ");
        return at == Bytes::npos ? "" : head.substr(at, head.find("\r\n", at) - at);
    };
    EXPECT_EQ(connection({.keep_alive = true, .is_http_1_0 = false}), "");
    EXPECT_EQ(connection({.keep_alive = false, .is_http_1_0 = false}), "Connection: close");
    EXPECT_EQ(connection({.keep_alive = true, .is_http_1_0 = true}), "Connection: keep-alive");
    EXPECT_EQ(connection({.keep_alive = false, .is_http_1_0 = true}), "Connection: close");
}

TEST(ResponseHead, HasNoLengthWhereThereIsNoBody) {
    for (const int status : {204, 304}) {
        EXPECT_EQ(response_head(empty(status), {}, "D").find("Content-Length"), Bytes::npos);
    }
    EXPECT_NE(response_head(empty(200), {}, "D").find("Content-Length: 0\r\n"), Bytes::npos);
}

TEST(ResponseHead, LetsNoHeaderBreakTheFraming) {
    Response response = text(299, "");
    response.headers.add("X-Value", "a\r\nSet-Cookie: b\x7F\tc");
    response.headers.add("X-Name\r\nSet-Cookie", "b");
    response.headers.add("", "b");
    response.headers.add("content-length", "7");
    response.headers.add("Transfer-Encoding", "chunked");
    EXPECT_EQ(response_head(response, {}, "D"),
              "HTTP/1.1 299 \r\n"
              "Date: D\r\n"
              "Content-Type: text/plain; charset=utf-8\r\n"
              "Content-Length: 0\r\n"
              "X-Value: a  Set-Cookie: b \tc\r\n"
              "\r\n");
}

TEST(ResponseHead, WritesDates) {
    EXPECT_EQ(http_date(784'111'777), "Sun, 06 Nov 1994 08:49:37 GMT");
    EXPECT_EQ(http_date(0), "Thu, 01 Jan 1970 00:00:00 GMT");
    EXPECT_EQ(http_date(951'782'399), "Mon, 28 Feb 2000 23:59:59 GMT");
}

}  // namespace
}  // namespace fenshen::http::detail
