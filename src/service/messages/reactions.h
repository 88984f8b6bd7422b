// SPDX-License-Identifier: Apache-2.0
// What readers put on a message for everybody in the conversation to see (easemob-rest 3.6). Errc
// of all: store_unavailable, store_corrupt.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/task.h"
#include "model/channel.h"
#include "model/error.h"
#include "model/ids.h"
#include "service/social/account_events.h"
#include "storage/rows_message_marks.h"

namespace fenshen::service {

struct World;

inline constexpr std::size_t reactions_a_message_max = 20;  ///< different ones
inline constexpr std::size_t reaction_bytes_max = 512;      ///< 128 characters
inline constexpr std::size_t reaction_users_shown = 3;      ///< the earliest ones

/// One reaction, and who has it, the earliest first.
struct Reaction {
    std::string text;
    std::vector<Uid> users;
};
/// The one that came first, first.
std::vector<Reaction> grouped(std::vector<storage::ReactionRow> rows);

/// Of the account's conversations the one that holds the message; none: none does. Callers that
/// are given an id alone ask this.
Task<Result<std::optional<ChannelKey>>> channel_of_message(World& world, Uid uid, MessageId id);

struct React {
    ChannelKey channel;
    MessageId id;
    std::string reaction;  ///< 1 to reaction_bytes_max bytes
    bool added = true;
    std::vector<Uid> others;  ///< who is told: the peer, or the other members
};
/// Errc: not_found (no such message), conflict (it is so already), too_big (too many on it).
Task<Result<void>> react(World& world, EventOrigin by, React command);
Task<Result<std::vector<Reaction>>> reactions_of(World& world, ChannelKey channel, MessageId id);

}  // namespace fenshen::service
