// SPDX-License-Identifier: Apache-2.0
// What an account is shown of a conversation's log: neither what was taken back nor what it has
// deleted for itself nor what is no message (receipts), and of the rest what was asked for.
#pragma once

#include <cstddef>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "base/task.h"
#include "model/error.h"
#include "model/message.h"
#include "service/messages/conversation_marks.h"

namespace fenshen::api::easemob {

/// How the SDK names its kind: "txt", "img", ... None: nothing that is shown.
std::optional<std::string_view> shown_kind_of(const Message& message);

struct HistoryQuery {
    /// The page begins behind this message, in the order asked; none: at the log's end.
    std::optional<MessageId> cursor;
    bool forward = false;                      ///< towards newer ones
    std::size_t count = 1;                     ///< at most so many; 1 or more
    std::set<std::string, std::less<>> kinds;  ///< empty: all
    std::int64_t from_ms = 0;                  ///< 0: no bound
    std::int64_t to_ms = 0;                    ///< included; 0: no bound
    std::optional<Uid> sender;
};

struct HistoryPage {
    std::vector<Message> messages;  ///< in the order asked
    MessageId next;                 ///< the cursor of the page behind this one
    bool is_last = false;           ///< nothing more that was asked for
};

/// A page may end early, after a good many messages that were not asked for. Errc of both:
/// store_unavailable, store_corrupt.
Task<Result<HistoryPage>> read_history(service::World& world,
                                       ChannelKey channel,
                                       HistoryQuery query,
                                       service::Hidden hidden);

/// The newest that `uid` is shown. `newest`: the log's newest, where the caller has it.
Task<Result<std::optional<Message>>> newest_shown(service::World& world,
                                                  Uid uid,
                                                  ChannelKey channel,
                                                  std::optional<Message> newest);

}  // namespace fenshen::api::easemob
