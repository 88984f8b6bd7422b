// SPDX-License-Identifier: Apache-2.0
#include "api/http/uri.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace fenshen::http {
namespace {

using testing::ElementsAre;

NamedValue pair(std::string name, std::string value) {
    return {std::move(name), std::move(value)};
}

TEST(Uri, SplitsAndDecodesThePath) {
    const auto target = parse_target("/v1/accounts/%E5%BC%A0%20a+b/devices");
    ASSERT_TRUE(target);
    EXPECT_EQ(target->path, "/v1/accounts/张 a+b/devices");
    EXPECT_THAT(target->segments, ElementsAre("v1", "accounts", "张 a+b", "devices"));
    EXPECT_TRUE(target->query.empty());
}

TEST(Uri, KeepsEmptySegments) {
    EXPECT_THAT(parse_target("/")->segments, ElementsAre(""));
    EXPECT_THAT(parse_target("/a/")->segments, ElementsAre("a", ""));
    EXPECT_THAT(parse_target("//a")->segments, ElementsAre("", "a"));
    EXPECT_EQ(parse_target("//a")->path, "//a");
}

TEST(Uri, KeepsAnEncodedSlashWithinItsSegment) {
    const auto target = parse_target("/users/a%2Fb");
    ASSERT_TRUE(target);
    EXPECT_THAT(target->segments, ElementsAre("users", "a/b"));
    EXPECT_EQ(target->path, "/users/a/b");
}

TEST(Uri, DecodesTheQuery) {
    const auto target = parse_target("/r?uid=a%26b&x=1+2&&flag&=v&uid=second&e=a=b&q=a?b");
    ASSERT_TRUE(target);
    EXPECT_THAT(target->query,
                ElementsAre(pair("uid", "a&b"),
                            pair("x", "1 2"),
                            pair("flag", ""),
                            pair("", "v"),
                            pair("uid", "second"),
                            pair("e", "a=b"),
                            pair("q", "a?b")));
    EXPECT_EQ(target->query.get("uid"), "a&b");
    EXPECT_THAT(target->query.all("uid"), ElementsAre("a&b", "second"));
    EXPECT_EQ(target->query.get("UID", "none"), "none");
    EXPECT_EQ(target->query.find("none"), std::nullopt);
}

TEST(Uri, TakesTheAbsoluteFormAndTheAsterisk) {
    EXPECT_EQ(parse_target("http://host:5001/a?b=c")->path, "/a");
    EXPECT_EQ(parse_target("HTTPS://host/a?b=c")->query.get("b"), "c");
    EXPECT_EQ(parse_target("http://host")->path, "/");
    EXPECT_EQ(parse_target("http://host?b=c")->query.get("b"), "c");
    EXPECT_THAT(parse_target("http://host?b=c")->segments, ElementsAre(""));
    EXPECT_EQ(parse_target("*")->path, "*");
    EXPECT_TRUE(parse_target("*")->segments.empty());
}

TEST(Uri, RefusesWhatCouldMeanTwoThings) {
    const std::string_view refused[] = {
        "",
        "a",
        "?a=b",
        "host:443",
        "ftp://host/a",
        "http:///a",
        "/a#b",
        "/.",
        "/..",
        "/../a",
        "/a/..",
        "/a/./b",
        "/%2e%2E/a",
        "/a%2F..%2Fb",
        "/a\\..\\b",
        "/a/%5C../b%5c..",
        "/a%00b",
        "/a?b=%00",
        "/%",
        "/%4",
        "/%zz",
        "/%-1",
        "/a?%",
        "/a?b=%g0",
        "/\xFF",
        "/%ff",
        "/%ED%A0%80",
        "/a?b=%C0%AF",
        "/a?%80=b",
    };
    for (const std::string_view target : refused) {
        EXPECT_FALSE(parse_target(target)) << target;
    }
    EXPECT_TRUE(parse_target("/a/...")) << "three dots are a name";
    EXPECT_TRUE(parse_target("/a/.b/c.."));
}

TEST(Uri, HasLimits) {
    const TargetLimits limits{.segments_max = 2, .parameters_max = 2};
    EXPECT_TRUE(parse_target("/a/b?c=1&d=2&", limits));
    EXPECT_FALSE(parse_target("/a/b/c", limits));
    EXPECT_FALSE(parse_target("/a?c=1&d=2&e=3", limits));
}

TEST(Message, HeaderNamesIgnoreCase) {
    Headers headers;
    headers.add("Content-Type", "a");
    headers.add("content-type", "b");
    EXPECT_EQ(headers.get("CONTENT-TYPE"), "a");
    EXPECT_EQ(headers.all("Content-type").size(), 2U);
    EXPECT_FALSE(headers.find("Content_Type"));
}

TEST(Message, MethodsGoBothWays) {
    for (const auto method : {Method::get,
                              Method::head,
                              Method::post,
                              Method::put,
                              Method::patch,
                              Method::del,
                              Method::options}) {
        EXPECT_EQ(method_of(name_of(method)), method);
    }
    EXPECT_EQ(method_of("get"), Method::other);
    EXPECT_EQ(method_of("TRACE"), Method::other);
    EXPECT_EQ(name_of(Method::other), "");
}

TEST(Message, ReadsWholeIntegersOnly) {
    EXPECT_EQ(to_integer<std::uint8_t>("255"), 255);
    EXPECT_EQ(to_integer<std::int64_t>("-9223372036854775808"), INT64_MIN);
    for (const std::string_view text : {"", " 1", "1 ", "+1", "0x1", "1.0", "256", "-1"}) {
        EXPECT_EQ(to_integer<std::uint8_t>(text), std::nullopt) << text;
    }
}

}  // namespace
}  // namespace fenshen::http
