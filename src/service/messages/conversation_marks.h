// SPDX-License-Identifier: Apache-2.0
// What an account puts on its conversations, and hides of their history (easemob-multidevice 4.2,
// 5.4): it counts for this account alone, on all its devices. Errc of all: store_unavailable,
// store_corrupt.
#pragma once

#include <cstdint>
#include <vector>

#include "base/task.h"
#include "model/channel.h"
#include "model/error.h"
#include "model/ids.h"
#include "service/social/account_events.h"
#include "storage/rows_social.h"

namespace fenshen::service {

struct World;

inline constexpr std::size_t pinned_conversations_max = 50;
inline constexpr std::size_t marked_a_call_max = 20;
inline constexpr std::uint8_t mark_max = 19;
inline constexpr std::size_t hidden_a_call_max = 50;
inline constexpr std::size_t pinned_messages_max = 20;

/// Answers since when it is pinned; 0 when it is not. Errc: too_big (too many pins).
Task<Result<WallTime>> pin_conversation(World& world,
                                        EventOrigin by,
                                        ChannelKey channel,
                                        bool pinned);

struct MarkConversations {
    std::uint8_t mark = 0;  ///< 0 ... mark_max
    std::vector<ChannelKey> channels;
    bool marked = true;
};
/// Errc: bad_request (no such mark), too_big (too many channels at once).
Task<Result<void>> mark_conversations(World& world, EventOrigin by, MarkConversations command);

/// Takes the conversation out of the list until a newer message comes; with `history`, what was
/// said so far is hidden as well. Pin and marks go.
Task<Result<void>> remove_conversation(World& world,
                                       EventOrigin by,
                                       ChannelKey channel,
                                       bool history);

/// Whether the account's devices are told (easemob-rest A43).
enum class Telling : std::uint8_t { devices, nobody };

/// Hides single messages; ids that the channel does not hold are passed over. Errc: too_big.
Task<Result<void>> hide_messages(World& world,
                                 EventOrigin by,
                                 ChannelKey channel,
                                 std::vector<MessageId> ids,
                                 Telling telling = Telling::devices);
/// Hides what was said up to `until`.
Task<Result<void>> hide_messages_until(World& world,
                                       EventOrigin by,
                                       ChannelKey channel,
                                       WallTime until,
                                       Telling telling = Telling::devices);
/// Removes every conversation, with its history.
Task<Result<void>> clear_history(World& world, EventOrigin by);

/// Moves the read position forward to `seq`, or to the last message where that is less; creates the
/// row where there is none. Tells the account's other devices when it moved: none, where the
/// account has no Easemob side, which alone has words for it.
Task<Result<void>> read_conversation_to(World& world,
                                        EventOrigin by,
                                        ChannelKey channel,
                                        MessageSeq seq);

/// What of a channel's history is not shown to an account.
struct Hidden {
    MessageSeq up_to;
    std::vector<MessageSeq> single;  ///< ascending
    bool covers(MessageSeq seq) const;
};
Task<Result<Hidden>> hidden_from(World& world, Uid uid, ChannelKey channel);

/// Of all conversations that have any.
Task<Result<std::vector<storage::ConversationMarkRow>>> conversation_marks(World& world, Uid uid);

struct PinMessage {
    ChannelKey channel;
    MessageId id;
    bool pinned = true;
    std::vector<Uid> others;  ///< who else is told: the peer, or the members
};
/// Pins a message for everybody in the channel. Errc: not_found (the channel does not hold it),
/// too_big (too many pins).
Task<Result<void>> pin_message(World& world, EventOrigin by, PinMessage command);
/// Newest pin first.
Task<Result<std::vector<storage::PinnedMessageRow>>> pinned_messages(World& world,
                                                                     ChannelKey channel);

}  // namespace fenshen::service
