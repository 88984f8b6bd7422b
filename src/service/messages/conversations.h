// SPDX-License-Identifier: Apache-2.0
// An account's conversation list, computed when asked (architecture 7): the rows say where the
// account has read and deleted, the channels' logs say the rest. Read positions and deletions are
// rows of the account.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/task.h"
#include "model/channel.h"
#include "model/error.h"
#include "model/message.h"
#include "storage/rows.h"

namespace fenshen::service {

struct World;

inline constexpr std::size_t conversations_a_sync_max = 1000;  // wukong-semantics 5.5

struct SyncConversations {
    Uid uid;
    bool only_unread = false;     ///< only messages beyond the read position
    std::size_t recents_max = 0;  ///< messages a conversation; 0: the answer is empty
    std::vector<std::uint8_t> exclude_types;
    /// What the client has: messages beyond it are new to it.
    struct Known {
        ChannelKey channel;
        MessageSeq last;
    };
    std::vector<Known> known;
    std::size_t page = 0;  ///< 1-based; 0: no paging
    std::size_t page_size = 100;
};

struct Conversation {
    ChannelKey channel;
    std::uint64_t unread = 0;
    MessageSeq read_to;
    MessageSeq last;               ///< of the newest message shown
    std::vector<Message> recents;  ///< newest first
};

/// wukong-http 12.1; those with the newest last message first. Where the messages come to more than
/// `Rules::page_bytes_max`, the conversations behind have only their newest; at four times that
/// the list ends. Who then says what they have gets the rest.
Task<Result<std::vector<Conversation>>> sync_conversations(World& world, SyncConversations command);

/// wukong-http 12.2: one for each channel asked, empty ones too; deletion marks do not count. The
/// same bounds of bytes as above; behind the last, conversations are empty.
Task<Result<std::vector<Conversation>>> conversations_of(World& world,
                                                         Uid uid,
                                                         std::vector<ChannelKey> channels,
                                                         std::size_t recents_max);

/// Conversations of the account, newest first. Ends on the pool.
Task<Result<std::vector<storage::ConversationRow>>> conversation_rows(
    World& world, Uid uid, storage::ConversationKind kind = storage::ConversationKind::chat);

/// Moves the read position so that `unread` are left, only ever forward; creates the row where
/// there is none.
Task<Result<void>> set_unread(World& world, Uid uid, ChannelKey channel, std::int64_t unread);
/// Marks as deleted up to the last message: the conversation shows again with a newer one.
Task<Result<void>> delete_conversation(World& world, Uid uid, ChannelKey channel);

/// Command messages beyond the account's position, ascending, at most `count_max` and about
/// `Rules::page_bytes_max`, and how far that is in each channel (wukong-http 11).
struct Commands {
    std::vector<Message> messages;
};
Task<Result<Commands>> sync_commands(World& world, Uid uid, std::size_t count_max);
/// The account has what the last sync_commands handed out.
Task<Result<void>> acknowledge_commands(World& world, Uid uid);
/// A main device has acknowledged a command (wukong-semantics 6.4).
Task<Result<void>> command_consumed(World& world, Uid uid, ChannelKey channel, MessageSeq seq);

}  // namespace fenshen::service
