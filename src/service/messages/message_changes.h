// SPDX-License-Identifier: Apache-2.0
// What is said about messages that are there: taken back, changed, read. Each is made durable
// first, then told to everybody concerned by a message of its own (msync-wire 8.4).
#pragma once

#include <functional>
#include <memory>
#include <optional>

#include "base/task.h"
#include "model/error.h"
#include "model/message.h"
#include "service/parcel.h"
#include "storage/rows_message_marks.h"

namespace fenshen::service {

struct World;

struct ChangeMessage {
    ChannelKey channel;
    MessageId id;
    std::optional<Uid> by;          ///< only what it has sent itself; none: the app, anybody's
    std::optional<Millis> age_max;  ///< none: however old
    /// Changes the stored message, and completes the one that tells of it. On the channel's loop.
    std::function<Result<void>(Message& stored, Message& told)> change;
};
/// `told` goes out when the change is durable, and its outcome answers its origin. Refused with
/// Errc: not_found, denied (another's), conflict (too old), or what `change` says.
void change_message(World& world, ChangeMessage command, SendCommand told);
/// The same without a session behind it: resumes with the outcome.
Task<SendOutcome> change_from_api(World& world,
                                  ChangeMessage command,
                                  std::shared_ptr<Message> told);

/// Marks all of `channel` as read by `told.message->from`; then as above. `tells` false: nobody is
/// told, the origin is answered all the same.
void read_channel(World& world, ChannelKey channel, SendCommand told, bool tells);

struct AcknowledgeMessage {
    ChannelKey channel;  ///< a group
    MessageId id;
    /// Puts how many have read it into the message that tells of it. On the channel's loop.
    std::function<void(Message& told, std::size_t readers)> complete;
};
/// `told.message->from` has read the message: that is written down, and told to the devices of who
/// has sent it, and to the reader's others. Refused with Errc: not_found, denied (it is its own),
/// not_a_member.
void acknowledge_message(World& world, AcknowledgeMessage command, SendCommand told);
/// Who has read a message of a group, in ascending order. Errc: store_unavailable, store_corrupt.
Task<Result<std::vector<storage::MessageReaderRow>>> readers_of(World& world,
                                                                ChannelKey channel,
                                                                MessageId id);

}  // namespace fenshen::service
