// SPDX-License-Identifier: Apache-2.0
// A committed message's way out: recipients grouped by the loop of their account, sessions by the
// loop that holds them. The cost grows with the devices online, never with members or conversations
// (architecture 3).
#include <algorithm>

#include "domain/recipients.h"
#include "model/names.h"
#include "service/shard.h"

namespace fenshen::service {

namespace {

/// Messages of large groups that may wait before slices grow.
constexpr std::size_t backlog_eased_max = 256;

using Audience = std::vector<std::shared_ptr<const std::vector<Uid>>>;

Audience group_by_loop(const World& world, const std::vector<Uid>& uids) {
    std::vector<std::vector<Uid>> groups(world.shards.size());
    for (const auto& uid : uids) groups[world.shard_of_account(uid).id().value()].push_back(uid);
    Audience audience(groups.size());
    for (std::size_t i = 0; i < groups.size(); ++i) {
        if (groups[i].empty()) continue;
        audience[i] = std::make_shared<const std::vector<Uid>>(std::move(groups[i]));
    }
    return audience;
}

/// Whom a message is for that is not for all: a client can name members only, and its sender's own
/// devices get it, too.
std::vector<Uid> audience_of(const ChannelEntry& channel, const SendCommand& command) {
    std::vector<Uid> uids = *command.audience;
    if (command.from_api) return uids;
    std::erase_if(uids, [&](const Uid& uid) { return !channel.subscribers.contains(uid); });
    uids.push_back(command.message->from);
    std::ranges::sort(uids);
    uids.erase(std::ranges::unique(uids).begin(), uids.end());
    return uids;
}

/// Most messages are for every device of every reader.
bool is_for(const Message& message, const Uid& uid, const DeviceId& device) {
    if (message.spares_sender && uid == message.from) return false;
    if (message.to_device.empty()) return true;
    return uid.value() == message.addressed_to && device.value() == message.to_device;
}

}  // namespace

void Shard::fan_out(ChannelEntry& channel, const SendCommand& command) {
    const SharedMessage message = command.message;
    if (channel.key.type == ChannelType::person) {
        const auto pair = split_person_id(plain_id_of(channel.key));
        const Shard& first = world_.shard_of_account(Uid(std::string(pair.first)));
        const Shard& second = world_.shard_of_account(Uid(std::string(pair.second)));
        parcel_for(first).deliveries.push_back({message, command.origin, nullptr});
        if (&first != &second) {
            parcel_for(second).deliveries.push_back({message, command.origin, nullptr});
        }
        return;
    }
    const Audience* audience = &channel.audience;
    Audience given;
    if (command.audience) {
        given = group_by_loop(world_, audience_of(channel, command));
        audience = &given;
    } else if (!channel.audience_is_current) {
        rebuild_audience(channel);
    }
    for (std::size_t loop = 0; loop < audience->size(); ++loop) {
        if (!(*audience)[loop]) continue;
        parcel_for(LoopId(static_cast<std::uint16_t>(loop)))
            .deliveries.push_back({message, command.origin, (*audience)[loop]});
    }
}

void Shard::rebuild_audience(ChannelEntry& channel) {
    channel.audience =
        group_by_loop(world_, domain::recipients_of(channel.key, channel.subscribers));
    channel.audience_is_current = true;
}

void Shard::hand_out(const Delivery& delivery) {
    if (delivery.audience) {
        const bool is_large = delivery.audience->size() > world_.rules.slice_sessions_max;
        if (is_large || fan_out_backlog_.holds(delivery.message->channel)) {
            return fan_out_backlog_.add(delivery);
        }
        for (const auto& uid : *delivery.audience) hand_out_to(uid, {&delivery, 1});
        return;
    }
    const auto pair = split_person_id(plain_id_of(delivery.message->channel));
    const Uid first{std::string(pair.first)};
    const Uid second{std::string(pair.second)};
    if (&world_.shard_of_account(first) == this) hand_out_to(first, {&delivery, 1});
    if (first != second && &world_.shard_of_account(second) == this) {
        hand_out_to(second, {&delivery, 1});
    }
}

std::size_t Shard::hand_out_to(const Uid& uid, std::span<const Delivery> deliveries) {
    if (uid.value() == system_uid) return 0;
    const auto* account = accounts_.find(uid);
    if (!account) return 0;  // nobody of it is online
    for (const auto& session : account->sessions) {
        auto& out = parcel_for(session.session.loop).session_deliveries;
        for (const auto& delivery : deliveries) {
            if (session.session == delivery.origin) continue;
            if (!is_for(*delivery.message, uid, session.device_id)) continue;
            out.push_back({session.session.serial, delivery.message});
            stats_.deliveries.fetch_add(1, std::memory_order_relaxed);
        }
    }
    return account->sessions.size();
}

// The further behind, the larger the slices: who sends faster than can be told finds a loop that is
// slow to read, not one that gathers messages without end.
void Shard::hand_out_slice() {
    const std::size_t waiting = fan_out_backlog_.size();
    const std::size_t pressure = 1 + waiting / backlog_eased_max;
    stats_.fan_out_slices.fetch_add(1, std::memory_order_relaxed);
    fan_out_backlog_.work_off(world_.rules.slice_sessions_max * pressure,
                              [this](const Uid& uid, std::span<const Delivery> deliveries) {
                                  return hand_out_to(uid, deliveries);
                              });
    stats_.fan_out_waiting.store(fan_out_backlog_.size(), std::memory_order_relaxed);
}

}  // namespace fenshen::service
