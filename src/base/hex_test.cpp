// SPDX-License-Identifier: Apache-2.0
#include "base/hex.h"

#include <gtest/gtest.h>

namespace fenshen {
namespace {

TEST(Hex, BothWays) {
    const Bytes bytes("\x00\x7F\x80\xFF\x1a", 5);
    EXPECT_EQ(to_hex(bytes), "007f80ff1a");
    EXPECT_EQ(from_hex("007f80ff1a"), bytes);
    EXPECT_EQ(from_hex("007F80FF1A"), bytes);
    EXPECT_EQ(to_hex(""), "");
    EXPECT_EQ(from_hex(""), Bytes());
}

TEST(Hex, RefusesWhatIsNot) {
    for (const BytesView text : {"0", "0g", "g0", " 0", "0x00 "})
        EXPECT_FALSE(from_hex(text)) << text;
}

}  // namespace
}  // namespace fenshen
