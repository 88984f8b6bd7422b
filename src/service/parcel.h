// SPDX-License-Identifier: Apache-2.0
// What one loop hands to another at the end of a turn: lists, not single things (architecture, idea
// 2).
#pragma once

#include <array>
#include <functional>
#include <memory>
#include <optional>
#include <vector>

#include "model/message.h"
#include "service/session_port.h"

namespace fenshen::service {

/// A message on its way in. It passes the loop of the peer's account (person channels: may the
/// sender write to them?) and then the loop of its channel.
struct SendCommand {
    std::shared_ptr<Message> message;  ///< id, seq and time are still to be given
    SessionRef origin;                 ///< never gets the message itself; serial 0 for the API
    /// What the peer's lists say against it; counts after the channel's own flags
    /// (wukong-semantics 3.3).
    std::optional<Errc> refused_by_peer;
    bool from_api = false;  ///< the system device: lists do not apply (wukong-semantics 3.4)
    /// Told the outcome on the channel's loop; for the API.
    std::unique_ptr<std::move_only_function<void(const SendOutcome&)>> answer;
    /// Set for temporary channels: who gets it, instead of members.
    std::shared_ptr<const std::vector<Uid>> audience;
};

/// A committed message for accounts of the target loop.
struct Delivery {
    SharedMessage message;
    SessionRef origin;
    /// Accounts of the target loop; null for a person channel, whose two uids are in the channel's
    /// id.
    std::shared_ptr<const std::vector<Uid>> audience;
};

struct Parcel {
    std::vector<SendCommand> to_peers;
    std::vector<SendCommand> to_channels;
    std::vector<Delivery> deliveries;
    std::vector<SendOutcome> outcomes;
    std::vector<SessionDelivery> session_deliveries;
    std::vector<SessionEvent> session_events;

    bool empty() const {
        return to_peers.empty() && to_channels.empty() && deliveries.empty() && outcomes.empty() &&
               session_deliveries.empty() && session_events.empty();
    }
};

}  // namespace fenshen::service
