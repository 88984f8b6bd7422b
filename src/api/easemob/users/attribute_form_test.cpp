// SPDX-License-Identifier: Apache-2.0
// Forms as the SDK and others write them, and what is none.
#include "api/easemob/users/attribute_form.h"

#include <gtest/gtest.h>

namespace fenshen::api::easemob {
namespace {

using Form = std::map<std::string, std::string>;

TEST(AttributeForm, SeveralAreEncoded) {
    EXPECT_EQ(read_attribute_form("nickname=Ann%20Lee&sign=a%26b%3Dc+d&ext="),
              (Form{{"nickname", "Ann Lee"}, {"sign", "a&b=c d"}, {"ext", ""}}));
    EXPECT_EQ(read_attribute_form("sign=a&sign=b"), (Form{{"sign", "b"}}));
}

TEST(AttributeForm, OneComesAsItWasTyped) {
    EXPECT_EQ(read_attribute_form("nickname=tea & milk = x"),
              (Form{{"nickname", "tea & milk = x"}}));
    EXPECT_EQ(read_attribute_form("nickname=AT&T"), (Form{{"nickname", "AT&T"}}));
    EXPECT_EQ(read_attribute_form("sign=100% \xE8\x8C\xB6"), (Form{{"sign", "100% \xE8\x8C\xB6"}}));
    EXPECT_EQ(read_attribute_form("phone=+441632"), (Form{{"phone", "+441632"}}));
    EXPECT_EQ(read_attribute_form("sign=%E8%8C%B6"), (Form{{"sign", "\xE8\x8C\xB6"}}));
}

TEST(AttributeForm, WhatIsNone) {
    for (const BytesView body : {"", "=", "=x", "nickname", "&", "a=b&=c", "a=\xFF", "a=%FF"}) {
        EXPECT_EQ(read_attribute_form(body), Form{}) << body;
    }
    std::string many = "a0=1";
    for (std::size_t i = 1; i < attributes_max; ++i) many += "&a" + std::to_string(i) + "=1";
    EXPECT_EQ(read_attribute_form(many).size(), attributes_max);
    EXPECT_EQ(read_attribute_form(many + "&more=1"), Form{});
    EXPECT_EQ(read_attribute_form("a=" + std::string(attribute_form_bytes_max, 'x')), Form{});
}

}  // namespace
}  // namespace fenshen::api::easemob
