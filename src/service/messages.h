// SPDX-License-Identifier: Apache-2.0
// Sending through the API, and reading messages back (wukong-http 8, 9). Readers see committed
// messages only; they do not check rights, since the caller is the app's own back end.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "base/task.h"
#include "domain/sync_window.h"
#include "model/error.h"
#include "model/message.h"
#include "service/session_port.h"

namespace fenshen::service {

struct World;

/// Sends a message that has no session behind it: lists do not apply to it (wukong-semantics 3.4).
/// `message` carries everything but id, seq and time; `audience` is for temporary channels. Resumes
/// when it is durable, or refused.
Task<SendOutcome> send_from_api(World& world,
                                std::shared_ptr<Message> message,
                                std::shared_ptr<const std::vector<Uid>> audience);

struct MessagePage {
    std::vector<Message> messages;  ///< ascending
    bool more = false;
    MessageSeq last;  ///< of the channel
};
Task<Result<MessagePage>> sync_messages(World& world,
                                        ChannelKey channel,
                                        domain::SyncRequest request);

/// 0 when there never was one.
Task<Result<MessageSeq>> last_seq(World& world, ChannelKey channel);
Task<Result<std::optional<Message>>> last_message(World& world, ChannelKey channel);

/// How a message is named.
struct MessageLookups {
    std::vector<MessageSeq> seqs;
    std::vector<MessageId> ids;
    std::vector<std::string> client_msg_nos;
};
/// The found ones: first by seq, then by id, then by client number, each in the order asked;
/// unknown ones are passed over. By client number the newest; it is looked for among the last
/// `client_msg_no_search_max` of the channel.
Task<Result<std::vector<Message>>> find_messages(World& world,
                                                 ChannelKey channel,
                                                 MessageLookups lookups);
inline constexpr std::uint64_t client_msg_no_search_max = 10'000;

}  // namespace fenshen::service
