// SPDX-License-Identifier: Apache-2.0
#include "base/duration.h"

#include <gtest/gtest.h>

namespace fenshen {
namespace {

using namespace std::chrono_literals;

TEST(Duration, IsReadInEveryUnit) {
    EXPECT_EQ(parse_duration("180s"), 180s);
    EXPECT_EQ(parse_duration("2m"), 2min);
    EXPECT_EQ(parse_duration("1500ms"), 1500ms);
    EXPECT_EQ(parse_duration("1h"), 1h);
    EXPECT_EQ(parse_duration("7d"), 168h);
    EXPECT_EQ(parse_duration("0"), 0ms);
    EXPECT_EQ(parse_duration("250"), 250ms);
}

TEST(Duration, WhatIsNoDurationIsRefused) {
    for (const char* text :
         {"", "s", "-1s", "+1s", "1.5s", "1 s", " 1s", "1s ", "1S", "1w", "1sm", "0x1s"}) {
        EXPECT_EQ(parse_duration(text), std::nullopt) << text;
    }
}

TEST(Duration, TheLargestNumberDoesNotOverflow) {
    EXPECT_GT(parse_duration("9999999999d").value(), 0ms);
    EXPECT_EQ(parse_duration("10000000000d"), std::nullopt);
}

TEST(Duration, IsWrittenInTheLargestUnitThatSaysItExactly) {
    EXPECT_EQ(text_of(0ms), "0s");
    EXPECT_EQ(text_of(180s), "3m");
    EXPECT_EQ(text_of(90s), "90s");
    EXPECT_EQ(text_of(1500ms), "1500ms");
    EXPECT_EQ(text_of(168h), "7d");
}

TEST(Duration, WhatIsWrittenIsReadAgain) {
    for (std::int64_t ms = 1; ms < 1'000'000'000; ms = ms * 3 + 7) {
        EXPECT_EQ(parse_duration(text_of(Millis{ms})), Millis{ms});
    }
}

}  // namespace
}  // namespace fenshen
