// SPDX-License-Identifier: Apache-2.0
#include "domain/recipients.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "model/names.h"

namespace fenshen::domain {
namespace {

using Names = std::vector<std::string>;

Names sorted_recipients(ChannelType type, std::string id, const Names& members = {}) {
    std::unordered_set<Uid> set;
    for (const auto& member : members) set.emplace(member);
    Names names;
    for (const auto& uid : recipients_of({type, std::move(id)}, set)) names.push_back(uid.value());
    std::ranges::sort(names);
    return names;
}

TEST(Recipients, OfAPersonChannelAreBoth) {
    EXPECT_EQ(sorted_recipients(ChannelType::person, "u2@u1"), (Names{"u1", "u2"}));
    EXPECT_EQ(sorted_recipients(ChannelType::person, "u2@u1____cmd"), (Names{"u1", "u2"}));
}

TEST(Recipients, OfAMessageToOneselfIsOneOnce) {
    EXPECT_EQ(sorted_recipients(ChannelType::person, "u1@u1"), Names{"u1"});
}

TEST(Recipients, TheSystemAccountReceivesNothing) {
    EXPECT_EQ(sorted_recipients(ChannelType::person, "u1@____system"), Names{"u1"});
    EXPECT_EQ(sorted_recipients(ChannelType::group, "g", {"a", "____system"}), Names{"a"});
}

TEST(Recipients, OfAnAgentChannelAreBoth) {
    EXPECT_EQ(sorted_recipients(ChannelType::agent, "u1@bot"), (Names{"bot", "u1"}));
}

TEST(Recipients, OfMostChannelsAreTheMembers) {
    for (const auto type : {ChannelType::group,
                            ChannelType::community,
                            ChannelType::community_topic,
                            ChannelType::info,
                            ChannelType::data,
                            ChannelType::live,
                            ChannelType::agent_group}) {
        EXPECT_EQ(sorted_recipients(type, "v|s", {"b", "a"}), (Names{"a", "b"}));
        EXPECT_EQ(sorted_recipients(type, "v|s"), Names{});
    }
}

TEST(Recipients, OfACustomerServiceChannelIncludeTheVisitor) {
    const auto type = ChannelType::customer_service;
    EXPECT_EQ(sorted_recipients(type, "v1|s", {"a"}), (Names{"a", "v1"}));
    EXPECT_EQ(sorted_recipients(type, "v1|s|t", {"a"}), (Names{"a", "v1"}));
    EXPECT_EQ(sorted_recipients(type, "v1|s", {"a", "v1"}), (Names{"a", "v1"}));
    EXPECT_EQ(sorted_recipients(type, "v1|s____cmd", {"a"}), (Names{"a", "v1"}));
    EXPECT_EQ(sorted_recipients(type, "service", {"a"}), Names{"a"});
    EXPECT_EQ(sorted_recipients(type, "|s", {"a"}), Names{"a"});
}

TEST(Recipients, OfAVisitorsChannelIncludeItsVisitor) {
    EXPECT_EQ(sorted_recipients(ChannelType::visitors, "v1", {"a"}), (Names{"a", "v1"}));
    EXPECT_EQ(sorted_recipients(ChannelType::visitors, "v1____cmd", {"v1"}), Names{"v1"});
}

// --- one reader's view (the table of wukong-wire 8.2)

Message message_of(ChannelKey channel, std::string from, std::string addressed_to) {
    Message message;
    message.channel = std::move(channel);
    message.from = Uid(std::move(from));
    message.addressed_to = std::move(addressed_to);
    message.flags.red_dot = true;
    return message;
}
Message from_u1_to_u2() {
    return message_of({ChannelType::person, "u2@u1"}, "u1", "u2");
}

void expect_view(const Message& message,
                 std::string reader,
                 std::string_view channel_id,
                 std::string_view from_uid,
                 bool red_dot) {
    const auto view = view_for(message, Uid(std::move(reader)));
    EXPECT_EQ(view.channel_id, channel_id);
    EXPECT_EQ(view.from_uid, from_uid);
    EXPECT_EQ(view.red_dot, red_dot);
}

TEST(ReaderView, EachSeesTheOther) {
    expect_view(from_u1_to_u2(), "u2", "u1", "u1", true);
    expect_view(from_u1_to_u2(), "u1", "u2", "u1", false);
}

TEST(ReaderView, TheRedDotIsNeverAdded) {
    auto message = from_u1_to_u2();
    message.flags.red_dot = false;
    expect_view(message, "u2", "u1", "u1", false);
}

TEST(ReaderView, ElsewhereTheChannelIsWhatTheSenderWrote) {
    const auto in_group = message_of({ChannelType::group, "g1"}, "u1", "g1");
    expect_view(in_group, "u2", "g1", "u1", true);
    expect_view(in_group, "u1", "g1", "u1", false);
    const auto to_agent = message_of({ChannelType::agent, "u1@bot"}, "u1", "bot");
    expect_view(to_agent, "bot", "bot", "u1", true);
    const auto command = message_of({ChannelType::group, "g1____cmd"}, "u1", "g1");
    expect_view(command, "u2", "g1", "u1", true);
}

TEST(ReaderView, TheSystemAccountIsBlank) {
    const auto to_u1 = message_of({ChannelType::person, "u1@____system"}, "____system", "u1");
    expect_view(to_u1, "u1", "", "", true);
    const auto to_group = message_of({ChannelType::group, "g1"}, "____system", "g1");
    expect_view(to_group, "u1", "g1", "", true);
}

TEST(ReaderView, OfAMessageToOneself) {
    expect_view(message_of({ChannelType::person, "u1@u1"}, "u1", "u1"), "u1", "u1", "u1", false);
}

// --- over HTTP (wukong-http 2.4)

TEST(HttpChannelId, OfAPersonChannelIsTheReceiver) {
    EXPECT_EQ(http_channel_id(from_u1_to_u2()), "u2");
    EXPECT_EQ(http_channel_id(message_of({ChannelType::person, "u2@u1"}, "u2", "u1")), "u1");
    EXPECT_EQ(http_channel_id(message_of({ChannelType::person, "u1@u1"}, "u1", "u1")), "u1");
}

TEST(HttpChannelId, OfACommandToAPersonIsWithoutTheSuffix) {
    const ChannelKey key{ChannelType::person, "u2@u1____cmd"};
    EXPECT_EQ(http_channel_id(message_of(key, "u1", "u2")), "u2");
    EXPECT_EQ(http_channel_id(message_of(key, "u2", "u1")), "u1");
}

TEST(HttpChannelId, FromTheSystemAccountIsTheLastPart) {
    EXPECT_EQ(
        http_channel_id(message_of({ChannelType::person, "u1@____system"}, "____system", "u1")),
        "____system");
    EXPECT_EQ(http_channel_id(message_of({ChannelType::person, "____system@x"}, "____system", "x")),
              "x");
}

TEST(HttpChannelId, OfOtherChannelsIsTheStoredOne) {
    EXPECT_EQ(http_channel_id(message_of({ChannelType::group, "g1____cmd"}, "u1", "g1")),
              "g1____cmd");
    EXPECT_EQ(http_channel_id(message_of({ChannelType::agent, "u1@bot"}, "u1", "bot")), "u1@bot");
}

}  // namespace
}  // namespace fenshen::domain
