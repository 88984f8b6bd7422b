// SPDX-License-Identifier: Apache-2.0
#include "protocol/websocket/detail/utf8.h"

#include <gtest/gtest.h>

#include "model/names.h"

namespace fenshen::ws::detail {
namespace {

bool is_valid(BytesView text) {
    Utf8Check check;
    return check.take(text) && check.is_complete();
}

void append_utf8(Bytes& out, std::uint32_t point) {
    if (point < 0x80) {
        out += static_cast<char>(point);
    } else if (point < 0x800) {
        out += static_cast<char>(0xC0U | point >> 6U);
        out += static_cast<char>(0x80U | (point & 0x3FU));
    } else if (point < 0x10000) {
        out += static_cast<char>(0xE0U | point >> 12U);
        out += static_cast<char>(0x80U | (point >> 6U & 0x3FU));
        out += static_cast<char>(0x80U | (point & 0x3FU));
    } else {
        out += static_cast<char>(0xF0U | point >> 18U);
        out += static_cast<char>(0x80U | (point >> 12U & 0x3FU));
        out += static_cast<char>(0x80U | (point >> 6U & 0x3FU));
        out += static_cast<char>(0x80U | (point & 0x3FU));
    }
}

TEST(Utf8Check, KnowsEveryCodePoint) {
    for (std::uint32_t point = 0; point < 0x11'1000; ++point) {
        Bytes text;
        append_utf8(text, point);
        const bool is_surrogate = point >= 0xD800 && point <= 0xDFFF;
        ASSERT_EQ(is_valid(text), !is_surrogate && point <= 0x10FFFF) << point;
    }
}

TEST(Utf8Check, JudgesEveryBeginningOfThreeBytesAsItsNeighbourDoes) {
    for (std::uint32_t raw = 0; raw < 0x100'0000; raw += 3) {  // 3 and 256 share no factor
        Bytes text;
        append_be(text, raw);
        text.erase(0, 1);
        ASSERT_EQ(is_valid(text), is_valid_utf8(text)) << raw;
    }
}

TEST(Utf8Check, DoesNotMindWhereItIsCut) {
    const Bytes text =
        "plain text, \xE5\x88\x86\xE8\xBA\xAB, \xF0\x9F\x98\x80 and \xC3\xA9 more text";
    for (std::size_t cut = 0; cut <= text.size(); ++cut) {
        Utf8Check check;
        EXPECT_TRUE(check.take(BytesView(text).substr(0, cut)));
        EXPECT_TRUE(check.take(BytesView(text).substr(cut)));
        EXPECT_TRUE(check.is_complete());
    }
}

TEST(Utf8Check, SaysNoAtTheFirstByteThatIsWrong) {
    Utf8Check check;
    EXPECT_TRUE(check.take("abc\xED"));
    EXPECT_FALSE(check.is_complete());
    EXPECT_FALSE(check.take("\xA0"));
}

}  // namespace
}  // namespace fenshen::ws::detail
