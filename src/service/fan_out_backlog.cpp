// SPDX-License-Identifier: Apache-2.0
#include "service/fan_out_backlog.h"

#include <algorithm>

namespace fenshen::service {

void FanOutBacklog::add(const Delivery& delivery) {
    const auto& channel = delivery.message->channel;
    auto [place, is_new] = channels_.try_emplace(channel);
    if (is_new) order_.push_back(channel);
    auto& rounds = place->second;
    const bool joins = !rounds.empty() && rounds.back().next == 0 &&
                       rounds.back().audience == delivery.audience &&
                       rounds.back().deliveries.size() < messages_a_round_max;
    if (!joins) rounds.push_back({delivery.audience, {}, 0});
    rounds.back().deliveries.push_back(delivery);
    ++size_;
}

void FanOutBacklog::work_off(std::size_t sessions_max, const Tell& tell) {
    Allowance allowance{sessions_max, sessions_max * accounts_a_session};
    while (!order_.empty() && !allowance.is_used_up()) {
        const auto place = channels_.find(order_.front());
        order_.pop_front();
        auto& rounds = place->second;
        if (go_on(rounds.front(), allowance, tell)) {
            size_ -= rounds.front().deliveries.size();
            rounds.pop_front();
        }
        if (rounds.empty()) {
            channels_.erase(place);
        } else {
            order_.push_back(place->first);
        }
    }
}

bool FanOutBacklog::go_on(Round& round, Allowance& allowance, const Tell& tell) {
    const auto& uids = *round.audience;
    while (round.next < uids.size() && !allowance.is_used_up()) {
        const std::size_t told = tell(uids[round.next++], round.deliveries);
        allowance.sessions -= std::min(told, allowance.sessions);
        --allowance.accounts;
    }
    return round.next == uids.size();
}

}  // namespace fenshen::service
