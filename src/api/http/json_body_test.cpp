// SPDX-License-Identifier: Apache-2.0
#include "api/http/json_body.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <thread>

namespace fenshen::http {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::StartsWith;

JsonDocument lenient(std::string_view body) {
    auto document = JsonDocument::parse(body);
    EXPECT_TRUE(document) << document.error();
    return std::move(*document);
}

JsonDocument strict(std::string_view body) {
    auto document = JsonDocument::parse(body, JsonManner::strict);
    EXPECT_TRUE(document) << document.error();
    return std::move(*document);
}

std::string refusal(std::string_view body, const JsonLimits& limits = {}) {
    const auto document = JsonDocument::parse(body, JsonManner::lenient, limits);
    return document ? "" : document.error();
}

TEST(JsonBody, ReadsEveryType) {
    auto document = lenient(R"({
        "uid": "张三", "device_flag": 255, "least": -9223372036854775808,
        "most": 18446744073709551615, "on": true, "share": 0.5, "whole": 3,
        "payload": "aGVsbG8=", "uids": ["a", "b"], "seqs": [1, 2],
        "header": {"red_dot": 1}, "messages": [{"seq": 1}, {"seq": 2}]})");
    JsonObject root = document.object();
    EXPECT_EQ(root.string("uid"), "张三");
    EXPECT_EQ(root.integer<std::uint8_t>("device_flag"), 255);
    EXPECT_EQ(root.integer<std::int64_t>("least"), INT64_MIN);
    EXPECT_EQ(root.integer<std::uint64_t>("most"), UINT64_MAX);
    EXPECT_TRUE(root.boolean("on"));
    EXPECT_EQ(root.number("share"), 0.5);
    EXPECT_EQ(root.number("whole"), 3);
    EXPECT_EQ(root.base64("payload"), "hello");
    EXPECT_THAT(root.strings("uids"), ElementsAre("a", "b"));
    EXPECT_THAT(root.integers<std::uint32_t>("seqs"), ElementsAre(1, 2));
    EXPECT_THAT(root.integers<std::int8_t>("seqs"), ElementsAre(1, 2));
    EXPECT_EQ(root.object("header").integer<int>("red_dot"), 1);
    auto messages = root.objects("messages");
    ASSERT_EQ(messages.size(), 2U);
    EXPECT_EQ(messages[1].integer<int>("seq"), 2);
    EXPECT_TRUE(document.ok()) << document.error();
    EXPECT_EQ(document.error(), "");
}

TEST(JsonBody, MissingAndNullAreZero) {
    auto document = lenient(R"({"a": null})");
    JsonObject root = document.object();
    for (const auto* name : {"a", "b"}) {
        EXPECT_FALSE(root.has(name));
        EXPECT_EQ(root.string(name), "");
        EXPECT_EQ(root.string(name, "x"), "x");
        EXPECT_EQ(root.integer<int>(name), 0);
        EXPECT_EQ(root.integer<int>(name, -1), -1);
        EXPECT_FALSE(root.boolean(name));
        EXPECT_EQ(root.number(name, 2), 2);
        EXPECT_EQ(root.base64(name), "");
        EXPECT_TRUE(root.strings(name).empty());
        EXPECT_TRUE(root.integers<int>(name).empty());
        EXPECT_TRUE(root.objects(name).empty());
        EXPECT_EQ(root.object(name).object("deeper").string("still"), "");
        EXPECT_EQ(root.raw(name), "");
    }
    EXPECT_TRUE(document.ok()) << document.error();
}

TEST(JsonBody, LenientNamesIgnoreCaseAndTheLastCounts) {
    auto document = lenient(R"({"UID": "a", "uid": "b", "Uid": null, "channel_ID": "c"})");
    JsonObject root = document.object();
    EXPECT_EQ(root.string("uid"), "b");
    EXPECT_EQ(root.string("channel_id"), "c");
    EXPECT_TRUE(document.ok());
}

TEST(JsonBody, StrictNamesAreExactAndKnown) {
    auto document = strict(R"({"UID": "a", "x": 1, "x": 2, "y": [null]})");
    JsonObject root = document.object();
    root.only({"uid", "x", "y"});
    EXPECT_EQ(root.string("uid"), "");
    root.integer<int>("x");
    root.strings("y");
    EXPECT_EQ(document.error(),
              R"(unknown field "UID"; x: stands twice; y[0]: must be a string, not null)");
}

TEST(JsonBody, StrictRootIsNotNull) {
    auto document = strict("null");
    document.object();
    EXPECT_EQ(document.error(), "the body: must be an object, not null");
    auto other = lenient("null");
    other.object();
    EXPECT_TRUE(other.strings().empty());
    EXPECT_TRUE(other.objects().empty());
    EXPECT_TRUE(other.ok());
}

TEST(JsonBody, IntegersHaveTheirWidth) {
    const struct {
        std::string_view value;
        bool fits_u8, fits_i32, fits_u64, fits_i64;
    } cases[] = {
        {"0", true, true, true, true},
        {"-0", true, true, true, true},
        {"255", true, true, true, true},
        {"256", false, true, true, true},
        {"-1", false, true, false, true},
        {"2147483647", false, true, true, true},
        {"2147483648", false, false, true, true},
        {"-2147483648", false, true, false, true},
        {"-2147483649", false, false, false, true},
        {"9223372036854775807", false, false, true, true},
        {"9223372036854775808", false, false, true, false},
        {"18446744073709551615", false, false, true, false},
        {"1.0", false, false, false, false},
        {"1e2", false, false, false, false},
        {R"("1")", false, false, false, false},
        {"true", false, false, false, false},
        {"[1]", false, false, false, false},
    };
    for (const auto& row : cases) {
        const std::string body = R"({"n": )" + std::string(row.value) + "}";
        const auto fits = [&]<class T>(T) {
            auto document = lenient(body);
            const T value = document.object().integer<T>("n", T{7});
            EXPECT_EQ(document.ok(), document.error().empty());
            if (!document.ok()) {
                EXPECT_EQ(value, T{7}) << body;
            }
            return document.ok();
        };
        EXPECT_EQ(fits(std::uint8_t{}), row.fits_u8) << body;
        EXPECT_EQ(fits(std::int32_t{}), row.fits_i32) << body;
        EXPECT_EQ(fits(std::uint64_t{}), row.fits_u64) << body;
        EXPECT_EQ(fits(std::int64_t{}), row.fits_i64) << body;
    }
}

TEST(JsonBody, ErrorsAreGatheredAndNameTheirPlace) {
    auto document = lenient(
        R"({"uid": 1, "device_flag": 300, "on": 1, "share": "x", "payload": "a", "uids": "a",
            "list": [{"seq": "x"}, 7]})");
    JsonObject root = document.object();
    root.string("uid");
    root.integer<std::uint8_t>("device_flag");
    root.boolean("on");
    root.number("share");
    root.base64("payload");
    root.strings("uids");
    for (JsonObject& item : root.objects("list")) item.integer<std::int8_t>("seq");
    root.string("uid");  // told once
    EXPECT_FALSE(document.ok());
    EXPECT_EQ(document.error(),
              "uid: must be a string, not a number; "
              "device_flag: must be an integer from 0 to 255; "
              "on: must be true or false, not a number; "
              "share: must be a number, not a string; "
              "payload: is not base64 with padding; "
              "uids: must be an array, not a string; "
              "list[1]: must be an object, not a number; "
              "list[0].seq: must be an integer from -128 to 127");
}

TEST(JsonBody, TellsTheFirstFewErrorsOnly) {
    std::string body = R"({"uids": [)";
    for (int i = 0; i < 10'000; ++i) body += "1,";
    auto document = lenient(body + "1]}");
    document.object().strings("uids");
    EXPECT_THAT(document.error(), StartsWith("uids[0]: must be a string, not a number; uids[1]"));
    EXPECT_THAT(document.error(), HasSubstr("uids[7]"));
    EXPECT_THAT(document.error(), testing::Not(HasSubstr("uids[8]")));
    EXPECT_THAT(document.error(), testing::EndsWith("; and more"));
}

TEST(JsonBody, RequiresAndRefuses) {
    auto document = lenient(R"({"a": "", "b": null, "c": "x", "d": 0})");
    JsonObject root = document.object();
    root.require({"a", "b", "c", "d", "e"});
    root.refuse("c", "must not be x");
    EXPECT_EQ(document.error(),
              "a: must not be empty; b: is required; e: is required; c: must not be x");
}

TEST(JsonBody, ListsOfTenThousand) {
    std::string body = R"({"uids": ["u0")";
    for (int i = 1; i < 10'000; ++i) body += ",\"u" + std::to_string(i) + '"';
    auto document = lenient(body + "]}");
    const auto uids = document.object().strings("uids");
    ASSERT_EQ(uids.size(), 10'000U);
    EXPECT_EQ(uids.back(), "u9999");
    EXPECT_TRUE(document.ok());
}

TEST(JsonBody, NullElementsAreZeroInLenientManner) {
    auto document = lenient(R"({"s": ["a", null], "i": [1, null], "o": [null]})");
    JsonObject root = document.object();
    EXPECT_THAT(root.strings("s"), ElementsAre("a", ""));
    EXPECT_THAT(root.integers<int>("i"), ElementsAre(1, 0));
    EXPECT_THAT(root.integers<unsigned>("i"), ElementsAre(1, 0));
    EXPECT_EQ(root.objects("o").at(0).string("x"), "");
    EXPECT_TRUE(document.ok()) << document.error();
}

TEST(JsonBody, RootMayBeAnArray) {
    auto document = lenient(R"(["a", "b"])");
    EXPECT_TRUE(document.is_array());
    EXPECT_THAT(document.strings(), ElementsAre("a", "b"));
    EXPECT_TRUE(document.ok());
    document.object();
    EXPECT_EQ(document.error(), "the body: must be an object, not an array");

    auto objects = lenient(R"([{"a": 1}, {"a": "x"}])");
    for (JsonObject& item : objects.objects()) item.integer<int>("a");
    EXPECT_EQ(objects.error(), "[1].a: must be an integer from -2147483648 to 2147483647");

    auto no_array = lenient("{}");
    EXPECT_TRUE(no_array.strings().empty());
    EXPECT_EQ(no_array.error(), "the body: must be an array, not an object");
}

TEST(JsonBody, HandsOutRawJson) {
    auto document = lenient(R"({"p": {"a" : [1, "x"],  "b": null}, "s": "t"})");
    EXPECT_EQ(document.object().raw("p"), R"({"a":[1,"x"],"b":null})");
    EXPECT_EQ(document.object().raw("s"), R"("t")");
}

TEST(JsonBody, Base64IsThatOfGo) {
    auto document = lenient(
        R"({"broken": "Zm9v\r\nYmE=", "bits": "Zh==", "cut": "Zg", "url": "-_-_", "blank": "Zm 9"})");
    JsonObject root = document.object();
    EXPECT_EQ(root.base64("broken"), "fooba");
    EXPECT_EQ(root.base64("bits"), "f");
    EXPECT_TRUE(document.ok());
    for (const auto* name : {"cut", "url", "blank"}) EXPECT_EQ(root.base64(name), "");
    EXPECT_EQ(document.error(),
              "cut: is not base64 with padding; url: is not base64 with padding; "
              "blank: is not base64 with padding");
}

TEST(JsonBody, RefusesWhatIsNotJson) {
    EXPECT_EQ(refusal(""), "EOF");
    EXPECT_EQ(refusal(" \r\n\t"), "EOF");
    EXPECT_EQ(refusal("{"), "the body is not JSON");
    EXPECT_EQ(refusal("uid=a"), "the body is not JSON");
    EXPECT_EQ(refusal(R"({"a":1} x)"), "the body is not JSON");
    EXPECT_EQ(refusal(R"({"a":1,})"), "the body is not JSON");
    EXPECT_EQ(refusal("{\"a\":\"\xFF\"}"), "the body is not UTF-8");
    EXPECT_EQ(refusal("{\"a\":\"\xED\xA0\x80\"}"), "the body is not UTF-8");
    EXPECT_EQ(refusal(R"({"a":"\ud800"})"), "a string in the body has a bad escape");
    EXPECT_EQ(refusal("{\"a\":\"\n\"}"), "a string in the body has a control character");
    EXPECT_EQ(refusal("{\"a\":\"b"), "a string in the body has no end");
    EXPECT_EQ(refusal(R"({"a":18446744073709551616})"), "a number in the body cannot be read");
    EXPECT_EQ(refusal(R"({"a":1e999})"), "a number in the body cannot be read");
    EXPECT_EQ(refusal(std::string_view("{\"a\":1}\0", 8)), "the body is not JSON");
}

TEST(JsonBody, RefusesDeepNesting) {
    const std::string too_deep = "the body is nested deeper than 64 levels";
    const std::string deep(200'000, '[');
    EXPECT_EQ(refusal(deep + std::string(200'000, ']')), too_deep);
    EXPECT_EQ(refusal(deep), "the body is not JSON");
    std::string objects;
    for (int i = 0; i < 200'000; ++i) objects += R"({"a":)";
    EXPECT_EQ(refusal(objects + "1" + std::string(200'000, '}')), too_deep);
    EXPECT_EQ(refusal(objects), "the body is not JSON");

    const auto nested = [](std::size_t depth) {
        return std::string(depth, '[') + std::string(depth, ']');
    };
    EXPECT_EQ(refusal(nested(63)), "");
    EXPECT_EQ(refusal(nested(65)), too_deep);
}

TEST(JsonBody, HasLimitsOfSize) {
    JsonLimits limits;
    limits.bytes_max = 10;
    EXPECT_EQ(refusal(R"({"a":1234})", limits), "");
    EXPECT_EQ(refusal(R"({"a":12345})", limits), "the body is longer than 10 bytes");

    limits = {};
    limits.fields_max = 2;
    limits.elements_max = 2;
    const std::string_view body = R"({"a": [1, 2, 3], "b": {"x": 1, "y": 2, "z": 3}})";
    auto document = JsonDocument::parse(body, JsonManner::lenient, limits);
    ASSERT_TRUE(document);
    JsonObject root = document->object();
    EXPECT_TRUE(root.integers<int>("a").empty());
    EXPECT_EQ(root.object("b").integer<int>("x"), 0);
    EXPECT_EQ(document->error(), "a: has more than 2 elements; b: has more than 2 fields");
}

TEST(JsonBody, DocumentsLiveSideBySideAndAcrossThreads) {
    auto first = lenient(R"({"a": "first"})");
    auto second = std::make_unique<JsonDocument>(lenient(R"({"a": "second"})"));
    {
        auto big = lenient(R"({"a": ")" + std::string(1'000'000, 'x') + R"("})");
        EXPECT_EQ(big.object().string("a").size(), 1'000'000U);
    }
    for (int i = 0; i < 20; ++i) lenient(R"({"b": 1})").object().integer<int>("b");
    EXPECT_EQ(first.object().string("a"), "first");
    std::jthread([&] {
        EXPECT_EQ(second->object().string("a"), "second");
        second.reset();
    }).join();
    JsonDocument moved = std::move(first);
    EXPECT_EQ(moved.object().string("a"), "first");
}

TEST(JsonNames, AreListedAsTheyStand) {
    auto document = JsonDocument::parse(R"({"b":1,"a":null,"":{}})", JsonManner::strict);
    EXPECT_THAT(document->object().names(), testing::ElementsAre("b", "a", ""));
    EXPECT_TRUE(document->ok());
}

TEST(JsonNames, OneThatStandsTwiceIsAnErrorInStrictMannerOnly) {
    constexpr std::string_view text = R"({"a":1,"b":2,"a":3})";
    auto strict = JsonDocument::parse(text, JsonManner::strict);
    EXPECT_THAT(strict->object().names(), testing::ElementsAre("a", "b"));
    EXPECT_THAT(strict->error(), testing::HasSubstr("stands twice"));
    auto lenient = JsonDocument::parse(text);
    EXPECT_THAT(lenient->object().names(), testing::ElementsAre("a", "b", "a"));
    EXPECT_TRUE(lenient->ok());
}

TEST(JsonNames, OfNoObjectAreNone) {
    auto document = JsonDocument::parse("[1]", JsonManner::strict);
    EXPECT_TRUE(document->object().names().empty());
    EXPECT_FALSE(document->ok());
}

}  // namespace
}  // namespace fenshen::http
