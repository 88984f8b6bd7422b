// SPDX-License-Identifier: Apache-2.0
// Messages of large groups on their way out. Telling all who are online at once would keep a loop
// from everybody else, so it is done in slices, one a turn. What comes meanwhile for the same
// channel is gathered and goes out together: a reader of a busy group gets its messages in one
// piece.
#pragma once

#include <cstddef>
#include <deque>
#include <functional>
#include <memory>
#include <span>
#include <unordered_map>
#include <vector>

#include "model/channel.h"
#include "service/parcel.h"

namespace fenshen::service {

class FanOutBacklog {
public:
    /// Messages that go the round together, at most.
    static constexpr std::size_t messages_a_round_max = 64;
    /// Accounts looked at for each session that a slice may tell: most of a large group is away.
    static constexpr std::size_t accounts_a_session = 16;

    /// Tells the sessions of an account, each of all the messages in their order; answers how many
    /// sessions there are.
    using Tell = std::function<std::size_t(const Uid& uid, std::span<const Delivery> deliveries)>;

    bool empty() const { return order_.empty(); }
    /// Messages that somebody has still to be told.
    std::size_t size() const { return size_; }
    /// Whatever else comes for this channel has to wait behind what is here.
    bool holds(const ChannelKey& channel) const { return channels_.contains(channel); }
    /// Precondition: it has an audience.
    void add(const Delivery& delivery);
    /// Goes on, a channel after the other, until about `sessions_max` sessions have been told.
    void work_off(std::size_t sessions_max, const Tell& tell);

private:
    using Audience = std::shared_ptr<const std::vector<Uid>>;
    /// Messages that go through one audience together.
    struct Round {
        Audience audience;
        std::vector<Delivery> deliveries;
        std::size_t next = 0;  ///< of the audience
    };
    struct Allowance {
        std::size_t sessions;
        std::size_t accounts;
        bool is_used_up() const { return sessions == 0 || accounts == 0; }
    };
    /// Whether the round is over.
    static bool go_on(Round& round, Allowance& allowance, const Tell& tell);

    std::unordered_map<ChannelKey, std::deque<Round>> channels_;
    std::deque<ChannelKey> order_;  ///< whose slice is next
    std::size_t size_ = 0;
};

}  // namespace fenshen::service
