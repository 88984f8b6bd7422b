// SPDX-License-Identifier: Apache-2.0
#include "base/ip.h"

#include <gtest/gtest.h>

namespace fenshen {
namespace {

IpAddress address(std::string_view text) {
    return IpAddress::parse(text).value();
}
IpRange range(std::string_view text) {
    return IpRange::parse(text).value();
}

TEST(IpAddress, IsReadAndWritten) {
    for (const char* text : {"127.0.0.1", "0.0.0.0", "255.255.255.255", "::", "::1", "fe80::1:2"}) {
        EXPECT_EQ(address(text).text(), text);
    }
    EXPECT_EQ(address("localhost").text(), "127.0.0.1");
    EXPECT_EQ(IpAddress().text(), "127.0.0.1");
}

TEST(IpAddress, WhatIsNoAddressIsRefused) {
    for (const char* text : {"",
                             "127.1",
                             "1.2.3.4.5",
                             "256.0.0.1",
                             "example.org",
                             "::g",
                             "*",
                             "1.2.3.4 ",
                             "[::1]",
                             "1.2.3.4:80"}) {
        EXPECT_FALSE(IpAddress::parse(text)) << text;
    }
}

TEST(IpAddress, AMappedAddressIsTheSameOne) {
    EXPECT_EQ(address("::ffff:10.1.2.3"), address("10.1.2.3"));
    EXPECT_TRUE(address("::ffff:127.9.9.9").is_loopback());
}

TEST(IpAddress, KnowsLoopbackAndAny) {
    for (const char* text : {"127.0.0.1", "127.255.0.9", "::1"}) {
        EXPECT_TRUE(address(text).is_loopback()) << text;
        EXPECT_FALSE(address(text).is_any()) << text;
    }
    for (const char* text : {"128.0.0.1", "10.0.0.1", "::2", "1::1"}) {
        EXPECT_FALSE(address(text).is_loopback()) << text;
    }
    for (const char* text : {"0.0.0.0", "::"}) {
        EXPECT_TRUE(address(text).is_any()) << text;
        EXPECT_FALSE(address(text).is_loopback()) << text;
    }
    EXPECT_FALSE(address("10.0.0.1").is_any());
}

TEST(IpRange, ContainsByItsBits) {
    EXPECT_TRUE(range("10.0.0.0/8").contains(address("10.255.1.2")));
    EXPECT_FALSE(range("10.0.0.0/8").contains(address("11.0.0.0")));
    EXPECT_TRUE(range("192.168.4.0/22").contains(address("192.168.7.255")));
    EXPECT_FALSE(range("192.168.4.0/22").contains(address("192.168.8.0")));
    EXPECT_TRUE(range("fd00::/8").contains(address("fdff::1")));
    EXPECT_FALSE(range("fd00::/8").contains(address("fe00::1")));
    EXPECT_TRUE(range("10.0.0.7").contains(address("10.0.0.7")));
    EXPECT_FALSE(range("10.0.0.7").contains(address("10.0.0.6")));
}

TEST(IpRange, AllOfIPv4IsNotAllOfIPv6) {
    EXPECT_TRUE(range("0.0.0.0/0").contains(address("8.8.8.8")));
    EXPECT_FALSE(range("0.0.0.0/0").contains(address("2001::1")));
    EXPECT_TRUE(range("::/0").contains(address("8.8.8.8")));
}

TEST(IpRange, IsReadAndWritten) {
    for (const char* text : {"10.0.0.7", "10.0.0.0/8", "fd00::/8", "::1", "0.0.0.0/0"}) {
        EXPECT_EQ(range(text).text(), text);
    }
    for (const char* text : {"",
                             "/8",
                             "10.0.0.0/",
                             "10.0.0.0/33",
                             "10.0.0.0/-1",
                             "::/129",
                             "10.0.0.0/8/8",
                             "10.0.0.0/8 ",
                             "ten/8"}) {
        EXPECT_FALSE(IpRange::parse(text)) << text;
    }
}

}  // namespace
}  // namespace fenshen
