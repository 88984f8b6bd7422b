// SPDX-License-Identifier: Apache-2.0
// Texts in streams.
#include <gtest/gtest.h>

#include "protocol/wukong/jsonrpc.h"
#include "protocol/wukong/testing/vector_file.h"

namespace fenshen::wukong {
namespace {

using testing::vector_named;

TEST(WukongJsonText, TheFirstByteTellsTheProtocol) {
    EXPECT_EQ(sniff_protocol(""), Sniffed::need_more);
    EXPECT_EQ(sniff_protocol(" \t\r\n"), Sniffed::need_more);
    EXPECT_EQ(sniff_protocol("{"), Sniffed::json);
    EXPECT_EQ(sniff_protocol("\n {\"a\""), Sniffed::json);
    EXPECT_EQ(sniff_protocol("["), Sniffed::binary);
    EXPECT_EQ(sniff_protocol("\x10"), Sniffed::binary);
    EXPECT_EQ(sniff_protocol(" \x10"), Sniffed::binary);
    EXPECT_EQ(sniff_protocol("x{"), Sniffed::binary);
}

/// All texts of a stream that arrives in pieces of `step` bytes.
std::vector<std::string> cut_texts(BytesView stream, std::size_t step) {
    JsonTextCutter cutter;
    std::vector<std::string> texts;
    std::size_t consumed = 0;
    for (std::size_t there = 0; there < stream.size();) {
        there = std::min(there + step, stream.size());
        for (;;) {
            const auto text = cutter.take(stream.substr(consumed, there - consumed), 1000);
            if (!text) return {"error"};
            if (!*text) break;
            if (!(*text)->text.empty()) texts.emplace_back((*text)->text);
            consumed += (*text)->size;
        }
    }
    return texts;
}

TEST(WukongJsonText, TextsAreCutOffAStream) {
    const std::string_view stream =
        "  {\"a\":1}{\"b\":\"}\\\"{\\\\\"}\r\n\t[{\"c\":[{}]}] {\"d\":{\"e\":\"\\\\\\\"]\"}} \n";
    const std::vector<std::string> expected{
        R"({"a":1})", R"({"b":"}\"{\\"})", R"([{"c":[{}]}])", R"({"d":{"e":"\\\"]"}})"};
    for (std::size_t step = 1; step <= stream.size(); ++step) {
        EXPECT_EQ(cut_texts(stream, step), expected) << step;
    }
}

TEST(WukongJsonText, AStreamMayNotHoldAnythingElse) {
    for (const std::string_view stream : {"x", "{}x", "7", "\"a\"", "{} }", "null"}) {
        EXPECT_EQ(cut_texts(stream, 1), std::vector<std::string>{"error"}) << stream;
    }
}

TEST(WukongJsonText, AStreamedTextIsLimited) {
    const Bytes fits = "{" + Bytes(8, ' ') + "}";
    JsonTextCutter cutter;
    const auto text = cutter.take(fits, 10);
    ASSERT_TRUE(text && *text);
    EXPECT_EQ((*text)->size, 10U);
    EXPECT_EQ(cutter.take(fits, 9).error(), JsonTextCutter::Error::too_big);
    JsonTextCutter slow;
    EXPECT_TRUE(slow.take("{12345678", 10));
    EXPECT_EQ(slow.take("{123456789", 10).error(), JsonTextCutter::Error::too_big);
}

TEST(WukongJsonText, PartialTextOfTheFileWaits) {
    const auto& partial = vector_named("rpc-c2s-partial").at("text").get_ref<const std::string&>();
    JsonTextCutter cutter;
    const auto text = cutter.take(partial, 1000);
    ASSERT_TRUE(text);
    EXPECT_FALSE(*text);
}

}  // namespace
}  // namespace fenshen::wukong
