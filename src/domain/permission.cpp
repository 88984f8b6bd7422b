// SPDX-License-Identifier: Apache-2.0
#include "domain/permission.h"

#include "model/names.h"

namespace fenshen::domain {

namespace {

/// Types whose ban and disband flags do not count (wukong-semantics 3.3, step 4).
bool ignores_flags(ChannelType type) {
    return type == ChannelType::customer_service || type == ChannelType::info ||
           type == ChannelType::visitors || type == ChannelType::agent;
}

bool is_party(std::string_view combined_id, const Uid& uid) {
    const auto pair = split_person_id(combined_id);
    return pair.first == uid.value() || pair.second == uid.value();
}

/// Rules 1 to 5 of wukong-semantics 3.4: who may, whatever the lists say.
bool may_anyway(const ChannelFacts& facts) {
    switch (facts.type) {
        case ChannelType::customer_service:
        case ChannelType::info:
            return true;
        case ChannelType::agent:
            if (is_party(facts.channel_id, facts.sender)) return true;
            break;
        case ChannelType::visitors:
            if (facts.sender.value() == facts.channel_id) return true;
            break;
        default:
            break;
    }
    return facts.from_api || facts.sender_is_system;
}

}  // namespace

Result<void> may_send_to_person(const PersonFacts& facts) {
    if (facts.sender_muted) return std::unexpected(Errc::sender_muted);
    if (facts.sender_is_system || facts.peer_is_system) return {};
    if (facts.denied) return std::unexpected(Errc::denied);
    if (!facts.strangers_may_write && !facts.allowed) return std::unexpected(Errc::not_allowed);
    return {};
}

Result<void> may_send_to_channel(const ChannelFacts& facts) {
    if (facts.sender_muted) return std::unexpected(Errc::sender_muted);
    if (!ignores_flags(facts.type)) {
        if (facts.flags.ban) return std::unexpected(Errc::channel_banned);
        if (facts.flags.disband) return std::unexpected(Errc::channel_disbanded);
    }
    if (facts.type == ChannelType::person || may_anyway(facts)) return {};
    if (facts.denied) return std::unexpected(Errc::denied);
    if (!facts.is_member) return std::unexpected(Errc::not_a_member);
    if (facts.has_allow_list && !facts.allowed) return std::unexpected(Errc::not_allowed);
    return {};
}

}  // namespace fenshen::domain
