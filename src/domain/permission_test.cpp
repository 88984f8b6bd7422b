// SPDX-License-Identifier: Apache-2.0
#include "domain/permission.h"

#include <gtest/gtest.h>

#include <functional>
#include <optional>

namespace fenshen::domain {
namespace {

using Verdict = std::optional<Errc>;
constexpr Verdict allowed = std::nullopt;

Verdict verdict_of(const Result<void>& result) {
    return result ? std::nullopt : Verdict(result.error());
}

// --- persons: wukong-semantics 3.4, rules 4 to 6

struct PersonRow {
    const char* rule;
    PersonFacts facts;
    Verdict verdict;
};

const PersonRow person_rows[] = {
    {"anybody, by default", {}, allowed},
    {"the muted", {.sender_muted = true}, Errc::sender_muted},
    {"the muted, though a system account",
     {.sender_muted = true, .sender_is_system = true},
     Errc::sender_muted},
    {"a system account, though denied", {.sender_is_system = true, .denied = true}, allowed},
    {"a system account, without friendship",
     {.sender_is_system = true, .strangers_may_write = false},
     allowed},
    {"to a system account, though denied", {.peer_is_system = true, .denied = true}, allowed},
    {"the denied", {.denied = true}, Errc::denied},
    {"the denied, though also allowed",
     {.denied = true, .allowed = true, .strangers_may_write = false},
     Errc::denied},
    {"a stranger where friendship is needed", {.strangers_may_write = false}, Errc::not_allowed},
    {"a friend where friendship is needed",
     {.allowed = true, .strangers_may_write = false},
     allowed},
    {"the denied before the stranger",
     {.denied = true, .strangers_may_write = false},
     Errc::denied},
};

TEST(MaySendToPerson, ByTheTable) {
    for (const auto& row : person_rows) {
        EXPECT_EQ(verdict_of(may_send_to_person(row.facts)), row.verdict) << row.rule;
    }
}

// --- channels: one row a rule, and what it gives for each kind of channel

constexpr ChannelType all_types[] = {
    ChannelType::person,
    ChannelType::group,
    ChannelType::customer_service,
    ChannelType::info,
    ChannelType::community_topic,
    ChannelType::community,
    ChannelType::data,
    ChannelType::temp,
    ChannelType::live,
    ChannelType::visitors,
    ChannelType::agent,
    ChannelType::agent_group,
    ChannelType::none,
};

enum class Kind : std::uint8_t { person, open, visitors, agent, like_a_group };
Kind kind_of(ChannelType type) {
    switch (type) {
        case ChannelType::person:
            return Kind::person;
        case ChannelType::customer_service:
        case ChannelType::info:
            return Kind::open;
        case ChannelType::visitors:
            return Kind::visitors;
        case ChannelType::agent:
            return Kind::agent;
        default:
            return Kind::like_a_group;
    }
}

const Uid ann("ann");

/// ann, no member of anything, writes.
ChannelFacts facts_of(ChannelType type) {
    return {.type = type, .flags = {}, .sender = ann, .channel_id = "bob@carl"};
}

struct ChannelRow {
    const char* rule;
    std::function<void(ChannelFacts&)> given;
    Verdict person, open, visitors, agent, like_a_group;
};

const ChannelRow channel_rows[] = {
    {"a stranger",
     [](ChannelFacts&) {},
     allowed,
     allowed,
     Errc::not_a_member,
     Errc::not_a_member,
     Errc::not_a_member},
    {"a member",
     [](ChannelFacts& facts) { facts.is_member = true; },
     allowed,
     allowed,
     allowed,
     allowed,
     allowed},
    {"the muted come first",
     [](ChannelFacts& facts) {
         facts.sender_muted = facts.is_member = facts.sender_is_system = true;
         facts.flags.ban = true;
     },
     Errc::sender_muted,
     Errc::sender_muted,
     Errc::sender_muted,
     Errc::sender_muted,
     Errc::sender_muted},
    {"a banned channel, for the system account, too",
     [](ChannelFacts& facts) { facts.flags.ban = facts.sender_is_system = true; },
     Errc::channel_banned,
     allowed,
     allowed,
     allowed,
     Errc::channel_banned},
    {"a disbanded channel, for the API, too",
     [](ChannelFacts& facts) { facts.flags.disband = facts.from_api = true; },
     Errc::channel_disbanded,
     allowed,
     allowed,
     allowed,
     Errc::channel_disbanded},
    {"banned before disbanded, both before the lists",
     [](ChannelFacts& facts) { facts.flags.ban = facts.flags.disband = facts.denied = true; },
     Errc::channel_banned,
     allowed,
     Errc::denied,
     Errc::denied,
     Errc::channel_banned},
    {"the other flags do not count",
     [](ChannelFacts& facts) {
         facts.flags.send_ban = facts.flags.large = facts.flags.allow_stranger = true;
         facts.is_member = true;
     },
     allowed,
     allowed,
     allowed,
     allowed,
     allowed},
    {"the API, whatever the lists say",
     [](ChannelFacts& facts) { facts.from_api = facts.denied = facts.has_allow_list = true; },
     allowed,
     allowed,
     allowed,
     allowed,
     allowed},
    {"a system account, whatever the lists say",
     [](ChannelFacts& facts) {
         facts.sender_is_system = facts.denied = facts.has_allow_list = true;
     },
     allowed,
     allowed,
     allowed,
     allowed,
     allowed},
    {"a denied member",
     [](ChannelFacts& facts) { facts.is_member = facts.denied = true; },
     allowed,
     allowed,
     Errc::denied,
     Errc::denied,
     Errc::denied},
    {"the denied before the strangers",
     [](ChannelFacts& facts) { facts.denied = true; },
     allowed,
     allowed,
     Errc::denied,
     Errc::denied,
     Errc::denied},
    {"the denied, though allowed",
     [](ChannelFacts& facts) {
         facts.is_member = facts.denied = facts.has_allow_list = facts.allowed = true;
     },
     allowed,
     allowed,
     Errc::denied,
     Errc::denied,
     Errc::denied},
    {"a member outside of the allow list",
     [](ChannelFacts& facts) { facts.is_member = facts.has_allow_list = true; },
     allowed,
     allowed,
     Errc::not_allowed,
     Errc::not_allowed,
     Errc::not_allowed},
    {"a member on the allow list",
     [](ChannelFacts& facts) { facts.is_member = facts.has_allow_list = facts.allowed = true; },
     allowed,
     allowed,
     allowed,
     allowed,
     allowed},
    {"a stranger on the allow list",
     [](ChannelFacts& facts) { facts.has_allow_list = facts.allowed = true; },
     allowed,
     allowed,
     Errc::not_a_member,
     Errc::not_a_member,
     Errc::not_a_member},
    {"the visitor whose channel it is, though denied",
     [](ChannelFacts& facts) {
         facts.channel_id = "ann";
         facts.denied = true;
     },
     allowed,
     allowed,
     allowed,
     Errc::denied,
     Errc::denied},
    {"the user of an agent, though denied",
     [](ChannelFacts& facts) {
         facts.channel_id = "ann@helper";
         facts.denied = true;
     },
     allowed,
     allowed,
     Errc::denied,
     allowed,
     Errc::denied},
    {"the agent itself",
     [](ChannelFacts& facts) { facts.channel_id = "bob@ann"; },
     allowed,
     allowed,
     Errc::not_a_member,
     allowed,
     Errc::not_a_member},
};

TEST(MaySendToChannel, ByTheTable) {
    for (const auto& row : channel_rows) {
        for (const auto type : all_types) {
            auto facts = facts_of(type);
            row.given(facts);
            Verdict expected;
            switch (kind_of(type)) {
                case Kind::person:
                    expected = row.person;
                    break;
                case Kind::open:
                    expected = row.open;
                    break;
                case Kind::visitors:
                    expected = row.visitors;
                    break;
                case Kind::agent:
                    expected = row.agent;
                    break;
                case Kind::like_a_group:
                    expected = row.like_a_group;
                    break;
            }
            EXPECT_EQ(verdict_of(may_send_to_channel(facts)), expected)
                << row.rule << ", type " << static_cast<int>(type);
        }
    }
}

// The reason codes of wukong-semantics 3.3 and 3.4.
TEST(MaySendToChannel, ReasonsHaveTheirCodes) {
    EXPECT_EQ(row_of(Errc::sender_muted).wukong, 25);
    EXPECT_EQ(row_of(Errc::channel_banned).wukong, 19);
    EXPECT_EQ(row_of(Errc::channel_disbanded).wukong, 24);
    EXPECT_EQ(row_of(Errc::denied).wukong, 4);
    EXPECT_EQ(row_of(Errc::not_a_member).wukong, 3);
    EXPECT_EQ(row_of(Errc::not_allowed).wukong, 13);
    EXPECT_EQ(row_of(Errc::conflict).wukong, 28);
}

}  // namespace
}  // namespace fenshen::domain
