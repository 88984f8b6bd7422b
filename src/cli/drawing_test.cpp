// SPDX-License-Identifier: Apache-2.0
// Widths, tables, times, addresses: what verbs are drawn with.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <ctime>

#include "cli/detail/json.h"
#include "cli/detail/shell_quoted.h"
#include "cli/detail/table.h"
#include "cli/detail/text_width.h"
#include "cli/detail/time_words.h"
#include "cli/detail/watch.h"
#include "http_client/url.h"

namespace fenshen::cli {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

TEST(Width, EastAsianCharactersAreTwoAndMarksNone) {
    EXPECT_EQ(columns_of("ann"), 3);
    EXPECT_EQ(columns_of("分身"), 4);
    EXPECT_EQ(columns_of("ａ"), 2);       // full width
    EXPECT_EQ(columns_of("é"), 1);        // one code point
    EXPECT_EQ(columns_of("e\u0301"), 1);  // two
    EXPECT_EQ(columns_of("😀"), 2);
    EXPECT_EQ(columns_of("한국"), 4);
    EXPECT_EQ(columns_of(""), 0);
}

TEST(Width, CutsBeforeWhatDoesNotFit) {
    EXPECT_EQ(cut_to("abcdef", 6), "abcdef");
    EXPECT_EQ(cut_to("abcdef", 5), "abcd…");
    EXPECT_EQ(cut_to("分身分身", 7), "分身分…");
    EXPECT_EQ(cut_to("分身分身", 6), "分身…");  // never half of one
    EXPECT_EQ(cut_to("分身", 1), "…");
    EXPECT_EQ(cut_to("ab", 0), "");
}

TEST(Width, PrintableIsOneHarmlessLine) {
    const std::string gone = "\xef\xbf\xbd";
    EXPECT_EQ(printable("ann 分身 é"), "ann 分身 é");
    EXPECT_EQ(printable("a\x1b[31mb\n\t\x7f"), "a" + gone + "[31mb" + gone + gone + gone);
    EXPECT_EQ(printable("\xc2\x9b"), gone);                          // CSI of eight bits
    EXPECT_EQ(printable("\u202e\u2066\u200f"), gone + gone + gone);  // directions
    EXPECT_EQ(printable("\xff\xc3"), gone + gone);
    EXPECT_EQ(printable("\xc0\xaf"), gone + gone);             // overlong
    EXPECT_EQ(printable("\xed\xa0\x80"), gone + gone + gone);  // a surrogate
    EXPECT_EQ(printable("\xe5\x88"), gone + gone);             // cut
}

TEST(TableOf, CutsTheWidestColumnsFirst) {
    Table table({"A", "NAME"});
    table.add({"1", "0123456789"});
    table.add({"22", "x"});
    EXPECT_EQ(table.draw({}), "A   NAME\n1   0123456789\n22  x\n");
    EXPECT_EQ(table.draw({.columns = 10}), "A   NAME\n1   01234…\n22  x\n");
}

TEST(TableOf, IsNeverWiderThanTheTerminal) {
    Table table({"FIRST", "SECOND", "THIRD"});
    table.add({"分身分身分身", "分身分身", "abcdefghij"});
    for (std::size_t columns = 1; columns < 40; ++columns) {
        const std::string drawn = table.draw({.columns = columns});
        for (std::size_t at = 0; at < drawn.size();) {
            const std::size_t end = drawn.find('\n', at);
            EXPECT_LE(columns_of(drawn.substr(at, end - at)), columns);
            at = end + 1;
        }
    }
}

WallTime time_of(std::string_view text) {
    return parse_rfc3339(text).value_or(WallTime{-1});
}

TEST(Time, Rfc3339IsReadInItsForms) {
    EXPECT_EQ(time_of("1970-01-01T00:00:00Z").ms, 0);
    EXPECT_EQ(time_of("2026-11-24T10:00:00.123Z").ms, 1'795'514'400'123);
    EXPECT_EQ(time_of("2026-11-24T11:00:00.1+01:00").ms, 1'795'514'400'100);
    EXPECT_EQ(time_of("2026-11-24t04:30:00.123456-05:30").ms, 1'795'514'400'123);
    EXPECT_EQ(time_of("2016-12-31T23:59:60Z"), time_of("2017-01-01T00:00:00Z"));
    EXPECT_EQ(time_of("2024-02-29T00:00:00Z").ms, 1'709'164'800'000);
}

TEST(Time, WhatIsNoTimeIsNone) {
    for (const char* text : {"",
                             "2026-11-24",
                             "2026-11-24T10:00:00",
                             "2026-11-24T10:00:00.Z",
                             "2026-11-24T10:00:00.123",
                             "2026-02-29T10:00:00Z",
                             "2026-13-01T10:00:00Z",
                             "2026-11-24T24:00:00Z",
                             "2026-11-24T10:60:00Z",
                             "2026-11-24T10:00:61Z",
                             "2026-11-24T10:00:00+1:00",
                             "2026-11-24T10:00:00+24:00",
                             "2026-11-24T10:00:00Zx",
                             "+026-11-24T10:00:00Z",
                             "1969-12-31T23:59:59Z"}) {
        EXPECT_FALSE(parse_rfc3339(text)) << text;
    }
}

TEST(Time, IsRelativeWhileThatReadsBetter) {
    const WallTime now = time_of("2026-11-24T10:00:00Z");
    const TimeWords words(now, true);
    const auto ago = [&](std::int64_t seconds) {
        return words.relative(WallTime{now.ms - seconds * 1000});
    };
    EXPECT_EQ(ago(0), "just now");
    EXPECT_EQ(ago(5), "5 s ago");
    EXPECT_EQ(ago(59), "59 s ago");
    EXPECT_EQ(ago(60), "1 min ago");
    EXPECT_EQ(ago(3'599), "59 min ago");
    EXPECT_EQ(ago(3'600), "1 h ago");
    EXPECT_EQ(ago(48 * 3'600 - 1), "47 h ago");
    EXPECT_EQ(ago(48 * 3'600), "2026-11-22 10:00:00Z");
    EXPECT_EQ(ago(-120), "in 2 min");
    EXPECT_EQ(words.relative("yesterday"), "yesterday");
    EXPECT_EQ(words.relative(""), "");
}

TEST(Url, BasesAreRead) {
    EXPECT_EQ(parse_base_url("http://127.0.0.1:5001"), (BaseUrl{"127.0.0.1", 5001, ""}));
    EXPECT_EQ(parse_base_url("http://im.example/"), (BaseUrl{"im.example", 80, ""}));
    EXPECT_EQ(parse_base_url("http://[::1]:7/a/b/"), (BaseUrl{"::1", 7, "/a/b"}));
    EXPECT_EQ(parse_base_url("http://[::1]:7/a")->text(), "http://[::1]:7/a");
}

TEST(Url, OthersAreRefused) {
    for (const char* text : {"",
                             "127.0.0.1:5001",
                             "ftp://x",
                             "http://",
                             "http://:80",
                             "http://x:0",
                             "http://x:65536",
                             "http://x:80x",
                             "http://[::1",
                             "http://[::1]80",
                             "http://x/?a=b",
                             "http://x y",
                             "http://x\r\ny"}) {
        EXPECT_FALSE(parse_base_url(text)) << text;
    }
    EXPECT_THAT(parse_base_url("http://me:pw@x").error(),
                ::testing::HasSubstr("no name or password"));
    EXPECT_THAT(parse_base_url("https://x").error(), ::testing::HasSubstr("https is not spoken"));
}

TEST(Url, TextsStayWhatTheyAre) {
    EXPECT_EQ(percent_encoded("aZ0-_.~"), "aZ0-_.~");
    EXPECT_EQ(percent_encoded("a/b?c#d%e f+分"), "a%2Fb%3Fc%23d%25e%20f%2B%E5%88%86");
    EXPECT_EQ(percent_encoded(".."), "%2E%2E");
    EXPECT_EQ(percent_encoded("..."), "...");
    EXPECT_EQ(shell_quoted("http://a:1/b%20"), "http://a:1/b%20");
    EXPECT_EQ(shell_quoted("it's $HOME"), R"('it'\''s $HOME')");
    EXPECT_EQ(shell_quoted(""), "''");
    EXPECT_EQ(shell_quoted("~x"), "'~x'");
}

TEST(JsonValues, AreReadWithinLimits) {
    EXPECT_TRUE(parse_json(R"({"a":"[[[["})"));
    EXPECT_FALSE(parse_json("{"));
    EXPECT_FALSE(parse_json("\"\xff\""));
    const auto nested = [](std::size_t depth) {
        return std::string(depth, '[') + std::string(depth, ']');
    };
    EXPECT_TRUE(parse_json(nested(64)));
    EXPECT_FALSE(parse_json(nested(65)));
    EXPECT_FALSE(parse_json(std::string(1'000'000, '[')));
}

Json event(const char* at, const char* what) {
    return Json{{"at", at}, {"what", what}};
}

TEST(NewEventsOf, AreThoseThatWereNotThere) {
    NewEvents known;
    EXPECT_THAT(known.take(Json::array({event("2", "b"), event("1", "a")})), IsEmpty());
    EXPECT_THAT(known.take(Json::array({event("2", "b"), event("1", "a")})), IsEmpty());
    EXPECT_THAT(known.take(Json::array(
                    {event("3", "d"), event("2", "c"), event("2", "b"), event("1", "a")})),
                ElementsAre(event("2", "c"), event("3", "d")));
    EXPECT_THAT(known.take(Json::array({event("3", "d"), event("3", "d"), event("2", "c")})),
                ElementsAre(event("3", "d")));
    EXPECT_FALSE(known.reaches_known(Json::array({event("4", "e")})));
    EXPECT_TRUE(known.reaches_known(Json::array({event("4", "e"), event("2", "c")})));
}

TEST(NewEventsOf, AnAccountWithoutAnyHasItsFirst) {
    NewEvents known;
    EXPECT_THAT(known.take(Json::array()), IsEmpty());
    EXPECT_THAT(known.take(Json::array({event("1", "a")})), ElementsAre(event("1", "a")));
}

}  // namespace
}  // namespace fenshen::cli
