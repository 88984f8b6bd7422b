// SPDX-License-Identifier: Apache-2.0
#include "base/base64.h"

#include <gtest/gtest.h>

#include <random>

namespace fenshen {
namespace {

TEST(Base64, VectorsOfTheRfc) {
    const std::pair<BytesView, BytesView> vectors[] = {{"", ""},
                                                       {"f", "Zg=="},
                                                       {"fo", "Zm8="},
                                                       {"foo", "Zm9v"},
                                                       {"foob", "Zm9vYg=="},
                                                       {"fooba", "Zm9vYmE="},
                                                       {"foobar", "Zm9vYmFy"}};
    for (const auto& [plain, text] : vectors) {
        Bytes out = "x";
        append_base64(out, plain);
        EXPECT_EQ(out, "x" + Bytes(text));
        Bytes back = "y";
        EXPECT_TRUE(append_from_base64(back, text)) << text;
        EXPECT_EQ(back, "y" + Bytes(plain));
    }
}

TEST(Base64, RandomBytesComeBack) {
    std::mt19937 random(1);
    for (std::size_t size = 0; size < 300; ++size) {
        Bytes plain(size, '\0');
        for (char& c : plain) c = static_cast<char>(random());
        Bytes text;
        append_base64(text, plain);
        EXPECT_EQ(text.size(), base64_bytes(size));
        Bytes back;
        ASSERT_TRUE(append_from_base64(back, text));
        EXPECT_EQ(back, plain);
        // The same with line breaks anywhere.
        for (int i = 0; i < 3; ++i)
            text.insert(random() % (text.size() + 1), i == 0 ? "\r\n" : "\n");
        back.clear();
        ASSERT_TRUE(append_from_base64(back, text));
        EXPECT_EQ(back, plain);
    }
}

TEST(Base64, RefusesWhatIsNot) {
    for (const BytesView text : {"Z",
                                 "Zg",
                                 "Zg=",
                                 "Zg===",
                                 "Zm8",
                                 "Zm8==",
                                 "Zm9v=",
                                 "=",
                                 "====",
                                 "Z===",
                                 "Zm9vZg==Zm9v",
                                 "Zm9 ",
                                 "Zm9-",
                                 "Zm_v",
                                 "Zg=g",
                                 "Zm9v\xFFx9v",
                                 "Z\ng=\n"}) {
        Bytes out = "kept";
        EXPECT_FALSE(append_from_base64(out, text)) << text;
        EXPECT_EQ(out, "kept");
    }
}

TEST(Base64, LeftoverBitsAreIgnored) {
    Bytes out;
    EXPECT_TRUE(append_from_base64(out, "Zh=="));
    EXPECT_EQ(out, "f");
}

TEST(Base64Url, HasItsOwnAlphabetAndNoPadding) {
    EXPECT_EQ(to_base64url(""), "");
    EXPECT_EQ(to_base64url("f"), "Zg");
    EXPECT_EQ(to_base64url("fo"), "Zm8");
    EXPECT_EQ(to_base64url("foo"), "Zm9v");
    EXPECT_EQ(to_base64url("\xfb\xef\xff\xfe"), "--___g");
}

}  // namespace
}  // namespace fenshen
