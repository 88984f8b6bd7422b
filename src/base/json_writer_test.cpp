// SPDX-License-Identifier: Apache-2.0
#include "base/json_writer.h"

#include <gtest/gtest.h>

#include <limits>

namespace fenshen {
namespace {

Bytes text_of(std::string_view text) {
    Bytes out;
    append_json_string(out, text);
    return out;
}

TEST(JsonWriter, NestsAndSetsCommas) {
    Bytes out = ">";
    JsonWriter json(out);
    json.begin_object();
    json.member("a", 1).member("b", "two").member("c", true).key("d").null();
    json.key("e").begin_array().end_array();
    json.key("f").begin_array().begin_object().end_object().number(2U).string("x").end_array();
    json.key("g").raw("[1,2]").member("h", std::string_view("y")).key("i").base64("foob");
    json.end_object();
    EXPECT_EQ(out,
              R"(>{"a":1,"b":"two","c":true,"d":null,"e":[],"f":[{},2,"x"],"g":[1,2],"h":"y",)"
              R"("i":"Zm9vYg=="})");
}

TEST(JsonWriter, NumbersAtTheirEnds) {
    Bytes out;
    JsonWriter json(out);
    json.begin_array()
        .number(std::numeric_limits<std::int64_t>::min())
        .number(std::numeric_limits<std::uint64_t>::max())
        .number(std::uint8_t{255})
        .number(0.5)
        .number(1e300)
        .number(std::numeric_limits<double>::infinity())
        .number(std::numeric_limits<double>::quiet_NaN())
        .end_array();
    EXPECT_EQ(out, "[-9223372036854775808,18446744073709551615,255,0.5,1e+300,null,null]");
}

TEST(JsonWriter, EscapesWhatJsonRequires) {
    EXPECT_EQ(text_of(""), R"("")");
    EXPECT_EQ(text_of("a\"b\\c/d"), R"("a\"b\\c/d")");
    EXPECT_EQ(text_of(std::string_view("\0\x01\t\n\r\x1f\x7f", 7)),
              "\"\\u0000\\u0001\\t\\n\\r\\u001f\x7f\"");
    Bytes out;
    JsonWriter(out).begin_object().member("k\"\n", "v").end_object();
    EXPECT_EQ(out, R"({"k\"\n":"v"})");
}

TEST(JsonWriter, KeepsValidUtf8) {
    for (const std::string_view text :
         {"é", "群组", "\xF0\x9F\x98\x80", "\xED\x9F\xBF", "\xEE\x80\x80", "\xF4\x8F\xBF\xBF"}) {
        EXPECT_EQ(text_of(text), "\"" + Bytes(text) + "\"");
    }
}

TEST(JsonWriter, ReplacesInvalidUtf8) {
    const Bytes r = "\xEF\xBF\xBD";
    EXPECT_EQ(text_of("a\xFFz"), "\"a" + r + "z\"");
    EXPECT_EQ(text_of("\xC0\xAF"), "\"" + r + r + "\"");                  // overlong
    EXPECT_EQ(text_of("\xE0\x80\xAF"), "\"" + r + r + r + "\"");          // overlong
    EXPECT_EQ(text_of("\xED\xA0\x80"), "\"" + r + r + r + "\"");          // a surrogate
    EXPECT_EQ(text_of("\xF4\x90\x80\x80"), "\"" + r + r + r + r + "\"");  // above U+10FFFF
    EXPECT_EQ(text_of("\xE7\xBE"), "\"" + r + r + "\"");                  // cut off
    EXPECT_EQ(text_of("\xE7\"\""), "\"" + r + "\\\"\\\"\"");
    EXPECT_EQ(text_of("\x80"), "\"" + r + "\"");
}

}  // namespace
}  // namespace fenshen
