// SPDX-License-Identifier: Apache-2.0
// Who receives a message, and how one reader sees it (wukong-semantics 3.1,
// wukong-wire 5.11, 8.2, 8.5).
#pragma once

#include <string>
#include <string_view>
#include <unordered_set>
#include <vector>

#include "model/channel.h"
#include "model/ids.h"
#include "model/message.h"

namespace fenshen::domain {

/// Members, and whoever else the type implies: both parties of a person or agent channel, the
/// visitor of a customer service or visitors channel. Each once; the system account is none.
std::vector<Uid> recipients_of(const ChannelKey& channel, const std::unordered_set<Uid>& members);

/// What differs from reader to reader.
struct ReaderView {
    std::string_view channel_id;  ///< a view into the message
    std::string_view from_uid;    ///< empty for the system account (binary protocol)
    bool red_dot = false;         ///< never on the sender's own copies
};
ReaderView view_for(const Message& message, const Uid& reader);

/// As HTTP shows it, whoever asks (wukong-http 2.4): the stored id; of a person channel the
/// receiver's uid, of one with the system account the last part of the combined id, without the
/// command suffix. A view into the message.
std::string_view http_channel_id(const Message& message);

}  // namespace fenshen::domain
