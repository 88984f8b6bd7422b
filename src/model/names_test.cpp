// SPDX-License-Identifier: Apache-2.0
#include "model/names.h"

#include <gtest/gtest.h>

namespace fenshen {
namespace {

TEST(PersonChannelId,
     FollowsTheVectorsOfTheSpecification) {  // wukong-wire 8.1, wukong-semantics 17
    EXPECT_EQ(person_channel_id("u1", "u2"), "u2@u1");
    EXPECT_EQ(person_channel_id("alice", "bob"), "bob@alice");
    EXPECT_EQ(person_channel_id("10000", "10001"), "10000@10001");
    EXPECT_EQ(person_channel_id("10001", "10002"), "10002@10001");
    EXPECT_EQ(person_channel_id("张三", "李四"), "张三@李四");
    EXPECT_EQ(person_channel_id("____system", "u1"), "u1@____system");
}

TEST(PersonChannelId, IsTheSameInBothDirectionsEvenWhenHashesCollide) {
    EXPECT_EQ(person_channel_id("l98cu", "pvdba"), "pvdba@l98cu");
    EXPECT_EQ(person_channel_id("pvdba", "l98cu"), "pvdba@l98cu");
    EXPECT_EQ(person_channel_id("u2", "u1"), person_channel_id("u1", "u2"));
}

TEST(PersonChannelId, SplitsIntoItsTwoUids) {
    const auto pair = split_person_id("u2@u1");
    EXPECT_EQ(pair.first, "u2");
    EXPECT_EQ(pair.second, "u1");
    EXPECT_TRUE(split_person_id("group").first.empty());
}

TEST(Names, RefusesWhatWouldBreakStoredIds) {
    EXPECT_TRUE(is_usable_uid("ann"));
    EXPECT_TRUE(is_usable_uid("张三"));
    for (const char* bad : {"", "  ", "a@b", "a#b", "a&b", "____system", "a\nb", "\xff\xfe"}) {
        EXPECT_FALSE(is_usable_uid(bad)) << bad;
    }
    EXPECT_FALSE(is_usable_uid(std::string(name_bytes_max + 1, 'a')));
    EXPECT_FALSE(is_usable_channel_id("g1____cmd"));
}

TEST(Names, Utf8IsCheckedToTheLetter) {
    EXPECT_TRUE(is_valid_utf8("a\xC3\xA9\xE4\xB8\xAD\xF0\x9F\x98\x80"));
    EXPECT_FALSE(is_valid_utf8("\xC0\x80"));          // overlong
    EXPECT_FALSE(is_valid_utf8("\xED\xA0\x80"));      // surrogate
    EXPECT_FALSE(is_valid_utf8("\xF4\x90\x80\x80"));  // beyond Unicode
    EXPECT_FALSE(is_valid_utf8("\xE4\xB8"));          // cut
}

TEST(Names, CommandChannelsSitBesideTheirChannel) {
    const ChannelKey group{ChannelType::group, "g1"};
    EXPECT_EQ(command_channel_of(group).id, "g1____cmd");
    EXPECT_EQ(plain_channel_of(command_channel_of(group)), group);
    EXPECT_EQ(command_channel_of(command_channel_of(group)), command_channel_of(group));
}

}  // namespace
}  // namespace fenshen
