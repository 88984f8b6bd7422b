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
    std::vector<Message> messages;  ///< ascending; no more than `Rules::page_bytes_max`
    bool more = false;              ///< the page is full, of messages or of bytes
    MessageSeq last;                ///< of the channel
};
Task<Result<MessagePage>> sync_messages(World& world,
                                        ChannelKey channel,
                                        domain::SyncRequest request);

/// 0 when there never was one.
Task<Result<MessageSeq>> last_seq(World& world, ChannelKey channel);
Task<Result<std::optional<Message>>> last_message(World& world, ChannelKey channel);
/// Of the newest message whose id is `id` or less; 0 when there is none.
Task<Result<MessageSeq>> seq_until(World& world, ChannelKey channel, MessageId id);

/// How a message is named.
struct MessageLookups {
    std::vector<MessageSeq> seqs;
    std::vector<MessageId> ids;
};
/// In the order asked.
class FoundMessages {
public:
    explicit FoundMessages(std::size_t bytes_max) : bytes_max_(bytes_max) {}
    /// Answers false, and is cut, where this one is too much. The first never is.
    bool add(Message message);
    void cut() { cut_ = true; }
    const std::vector<Message>& messages() const { return messages_; }
    std::vector<Message> take() && { return std::move(messages_); }
    /// Ended by the bytes: more would have been found.
    bool is_cut() const { return cut_; }

private:
    std::size_t bytes_max_;
    std::size_t bytes_ = 0;
    std::vector<Message> messages_;
    bool cut_ = false;
};
/// The found ones: first by seq, then by id, each in the order asked; unknown ones are passed over.
Task<Result<FoundMessages>> find_messages(World& world, ChannelKey channel, MessageLookups lookups);

}  // namespace fenshen::service
