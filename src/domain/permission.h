// SPDX-License-Identifier: Apache-2.0
// May this sender write here? The order and the codes of wukong-semantics 3.3 and 3.4; what is
// asked are facts, so that the rule needs nothing but them.
#pragma once

#include <string_view>

#include "model/channel.h"
#include "model/error.h"
#include "model/ids.h"

namespace fenshen::domain {

/// What is known of a message to a person, besides the channel of the two.
struct PersonFacts {
    bool sender_muted = false;      ///< the sender's own `send_ban`; nothing mutes the API
    bool sender_is_system = false;  ///< a system account, or the API
    bool peer_is_system = false;
    bool denied = false;   ///< the sender is on the peer's deny list
    bool allowed = false;  ///< the sender is on the peer's allow list
    bool strangers_may_write = true;
};
/// Errc: sender_muted, denied, not_allowed.
Result<void> may_send_to_person(const PersonFacts& facts);

/// What is known of a message to a channel. For a command channel the lists are those of the
/// channel it belongs to.
struct ChannelFacts {
    ChannelType type = ChannelType::group;
    ChannelFlags flags;  ///< of the channel that is written to, command channel or not
    const Uid& sender;
    std::string_view channel_id;  ///< without the command suffix
    bool sender_muted = false;    ///< as above
    bool sender_is_system = false;
    bool from_api = false;
    bool is_member = false;
    bool denied = false;
    bool has_allow_list = false;
    bool allowed = false;
};
/// For a person channel only the flags count: the lists are the peer's, and asked for by
/// may_send_to_person. Errc: sender_muted, channel_banned, channel_disbanded, denied, not_a_member,
/// not_allowed.
Result<void> may_send_to_channel(const ChannelFacts& facts);

}  // namespace fenshen::domain
