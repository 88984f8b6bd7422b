// SPDX-License-Identifier: Apache-2.0
#include "base/rfc3339.h"

#include <gtest/gtest.h>

namespace fenshen {
namespace {

TEST(Rfc3339, WritesUtcWithMilliseconds) {
    EXPECT_EQ(rfc3339({0}), "1970-01-01T00:00:00.000Z");
    EXPECT_EQ(rfc3339({1'795'600'800'007}), "2026-11-25T10:00:00.007Z");
    EXPECT_EQ(rfc3339({951'782'400'000}), "2000-02-29T00:00:00.000Z");
    EXPECT_EQ(rfc3339({-1}), "1969-12-31T23:59:59.999Z");
    EXPECT_EQ(rfc3339({INT64_MIN}), "0000-01-01T00:00:00.000Z");
    EXPECT_EQ(rfc3339({INT64_MAX}), "9999-12-31T23:59:59.999Z");
}

TEST(Rfc3339, ReadsWhatItWrites) {
    for (std::int64_t ms = -200'000'000'000'000 / 4; ms < 250'000'000'000'000;
         ms += 1'234'567'891'011) {
        EXPECT_EQ(from_rfc3339(rfc3339({ms})), WallTime{ms}) << ms;
    }
}

TEST(Rfc3339, ReadsOffsetsAndFractions) {
    EXPECT_EQ(from_rfc3339("1970-01-01T08:00:00+08:00"), WallTime{0});
    EXPECT_EQ(from_rfc3339("1969-12-31T23:30:00-00:30"), WallTime{0});
    EXPECT_EQ(from_rfc3339("1970-01-01t00:00:01.5z"), WallTime{1500});
    EXPECT_EQ(from_rfc3339("1970-01-01T00:00:01.123999Z"), WallTime{1123});
    EXPECT_EQ(from_rfc3339("2016-12-31T23:59:60Z"), from_rfc3339("2017-01-01T00:00:00Z"));
}

TEST(Rfc3339, RefusesWhatIsNoTime) {
    for (const auto* text : {"",
                             "1970-01-01",
                             "1970-01-01T00:00:00",
                             "1970-02-30T00:00:00Z",
                             "2025-02-29T00:00:00Z",
                             "1970-13-01T00:00:00Z",
                             "1970-01-01T24:00:00Z",
                             "1970-01-01T00:00:61Z",
                             "1970-01-01T00:00:00.Z",
                             "1970-01-01T00:00:00Z ",
                             "1970-01-01T00:00:00+0800",
                             "+970-01-01T00:00:00Z",
                             "197-01-01T00:00:00Z"}) {
        EXPECT_FALSE(from_rfc3339(text)) << text;
    }
}

}  // namespace
}  // namespace fenshen
