// SPDX-License-Identifier: Apache-2.0
#include "protocol/msync/jid.h"

#include <gtest/gtest.h>

namespace fenshen::msync {
namespace {

TEST(MsyncJid, UserIds) {
    EXPECT_TRUE(is_user_id("alice"));
    EXPECT_TRUE(is_user_id("a.b-c_9"));
    EXPECT_TRUE(is_user_id("249000000000001"));
    EXPECT_TRUE(is_user_id(std::string(64, 'a')));
    for (const auto* text : {"", "Alice", "a b", "a#b", "a@b", "a/b", "\xC3\xA4", "a\n"}) {
        EXPECT_FALSE(is_user_id(text)) << text;
    }
    EXPECT_FALSE(is_user_id(std::string(65, 'a')));
}

TEST(MsyncJid, UpperCaseIsFolded) {
    EXPECT_EQ(to_user_id("AlicE-Z_9."), "alice-z_9.");
    EXPECT_EQ(to_user_id("alice"), "alice");
    EXPECT_EQ(to_user_id(""), std::nullopt);
    EXPECT_EQ(to_user_id("\xC3\x84"), std::nullopt);
    EXPECT_EQ(to_user_id(std::string(65, 'A')), std::nullopt);
    for (const auto* text : {"@", "[", "`", "{", "/", ":"}) {  // beside the letters and digits
        EXPECT_EQ(to_user_id(text), std::nullopt) << text;
    }
}

TEST(MsyncJid, AppKeys) {
    EXPECT_TRUE(is_app_key("org1#app1"));
    EXPECT_TRUE(is_app_key("1101-x#My_App.2"));
    for (const auto* text : {"", "#", "org#", "#app", "org", "o#a#b", "o r#g", "o#a@b", "o/p#a"}) {
        EXPECT_FALSE(is_app_key(text)) << text;
    }
    EXPECT_FALSE(is_app_key("o#" + std::string(app_key_bytes_max - 1, 'a')));
}

TEST(MsyncJid, Resources) {
    EXPECT_TRUE(is_resource("webim_web_1795296143761"));
    EXPECT_TRUE(is_resource("a b/c\xE4\xBD\xA0"));
    EXPECT_FALSE(is_resource(""));
    EXPECT_FALSE(is_resource("a\tb"));
    EXPECT_FALSE(is_resource("a\x7F"));
    EXPECT_FALSE(is_resource(std::string(resource_bytes_max + 1, 'a')));
}

TEST(MsyncJid, AllItsParts) {
    const auto jid = parse_jid("org1#app1_alice@easemob.com/webim_web_pad7");
    ASSERT_TRUE(jid);
    EXPECT_EQ(*jid,
              (Jid{.app_key = "org1#app1",
                   .name = "alice",
                   .domain = domain_users,
                   .client_resource = "webim_web_pad7"}));
    EXPECT_EQ(format_jid(*jid), "org1#app1_alice@easemob.com/webim_web_pad7");
}

TEST(MsyncJid, SomeOfItsParts) {
    const auto both_ways = [](std::string_view text, const Jid& expected) {
        SCOPED_TRACE(text);
        const auto jid = parse_jid(text);
        ASSERT_TRUE(jid);
        EXPECT_EQ(*jid, expected);
        EXPECT_EQ(format_jid(*jid), text);
    };
    both_ways("alice", {.name = "alice"});
    both_ways("alice/web", {.name = "alice", .client_resource = "web"});
    both_ways("alice/web/2@x", {.name = "alice", .client_resource = "web/2@x"});
    both_ways("bob@easemob.com", {.name = "bob", .domain = domain_users});
    both_ways("o#a_2490@conference.easemob.com",
              {.app_key = "o#a", .name = "2490", .domain = domain_groups});
    both_ways("a_b", {.name = "a_b"});
    both_ways("o#a_b_c_", {.app_key = "o#a", .name = "b_c_"});
    both_ways("Alice", {.name = "Alice"});
}

TEST(MsyncJid, AKnownAppKeyMayHoldAnUnderscore) {
    const auto jid = parse_jid("org#my_app_al_ice", "org#my_app");
    ASSERT_TRUE(jid);
    EXPECT_EQ(*jid, (Jid{.app_key = "org#my_app", .name = "al_ice"}));
    // Another one is read by the general rule.
    EXPECT_EQ(parse_jid("org#other_bob", "org#my_app"),
              (Jid{.app_key = "org#other", .name = "bob"}));
    EXPECT_EQ(parse_jid("org#my_apple", "org#my_app"), (Jid{.app_key = "org#my", .name = "apple"}));
    EXPECT_EQ(parse_jid("bob", "org#my_app"), Jid{.name = "bob"});
}

TEST(MsyncJid, WhatIsNone) {
    for (const auto* text : {"",
                             "@easemob.com",
                             "/web",
                             "alice@",
                             "alice/",
                             "alice@a@b",
                             "alice@a b",
                             "o#a",
                             "o#a_",
                             "o#_bob",
                             "#a_bob",
                             "o#a#b_bob",
                             "_#",
                             "al ice",
                             "alice\n",
                             "alice/we\nb"}) {
        EXPECT_FALSE(parse_jid(text)) << text;
    }
    EXPECT_FALSE(parse_jid(std::string(65, 'a')));
}

TEST(MsyncJid, EmptyPartsAreNotWritten) {
    EXPECT_EQ(format_jid({.app_key = "", .name = "bob", .domain = "", .client_resource = ""}),
              "bob");
}

}  // namespace
}  // namespace fenshen::msync
