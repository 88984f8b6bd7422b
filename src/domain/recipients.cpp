// SPDX-License-Identifier: Apache-2.0
#include "domain/recipients.h"

#include <algorithm>

#include "model/names.h"

namespace fenshen::domain {

std::vector<Uid> recipients_of(const ChannelKey& channel, const std::unordered_set<Uid>& members) {
    std::vector<Uid> uids;
    const std::string_view id = plain_id_of(channel);
    const auto add = [&](std::string_view uid) {
        if (uid.empty() || uid == system_uid) return;
        const bool is_there = std::ranges::find(uids, uid, &Uid::value) != uids.end();
        if (!is_there) uids.emplace_back(std::string(uid));
    };
    switch (channel.type) {
        case ChannelType::person:
        case ChannelType::agent: {
            const auto pair = split_person_id(id);
            add(pair.first);
            add(pair.second);
            return uids;
        }
        case ChannelType::customer_service:
            // Without a bar there is no visitor in the id (wukong-wire 8.5).
            if (const auto bar = id.find('|'); bar != std::string_view::npos) {
                add(id.substr(0, bar));
            }
            break;
        case ChannelType::visitors:
            add(id);
            break;
        default:
            break;
    }
    const auto implied = uids;
    uids.reserve(members.size() + implied.size());
    for (const auto& uid : members) {
        const bool is_implied = std::ranges::find(implied, uid) != implied.end();
        if (!is_implied && uid.value() != system_uid) uids.push_back(uid);
    }
    return uids;
}

ReaderView view_for(const Message& message, const Uid& reader) {
    const bool from_system = message.from.value() == system_uid;
    ReaderView view;
    view.from_uid = from_system ? std::string_view() : std::string_view(message.from.value());
    view.channel_id = message.addressed_to;
    // The receiver's own uid would be of no use to it: it sees who writes.
    if (message.channel.type == ChannelType::person && message.addressed_to == reader.value()) {
        view.channel_id = view.from_uid;
    }
    view.red_dot = message.flags.red_dot && message.from != reader;
    return view;
}

std::string_view http_channel_id(const Message& message) {
    if (message.channel.type != ChannelType::person) return message.channel.id;
    const auto pair = split_person_id(plain_id_of(message.channel));
    // The system account's name is not shown, so neither part is told from the sender's.
    const bool hides_sender = message.from.value() == system_uid;
    const bool second_is_sender = !hides_sender && pair.second == message.from.value();
    return second_is_sender ? pair.first : pair.second;
}

}  // namespace fenshen::domain
