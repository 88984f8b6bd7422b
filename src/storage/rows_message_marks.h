// SPDX-License-Identifier: Apache-2.0
// What its readers have put on a message: reactions, and that they have read it. Rows in the slot
// of the channel, apart from the message, which stays as it was said.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "model/channel.h"
#include "model/error.h"
#include "model/ids.h"
#include "storage/batch.h"
#include "storage/store.h"

namespace fenshen::storage {

struct ReactionRow {
    std::string reaction;
    Uid by;
    WallTime at;
    bool operator==(const ReactionRow&) const = default;
};
void put_reaction(Batch& batch,
                  const ChannelKey& channel,
                  MessageId id,
                  const ReactionRow& reaction);
void erase_reaction(Batch& batch,
                    const ChannelKey& channel,
                    MessageId id,
                    std::string_view reaction,
                    const Uid& by);
/// Of one message; those of the same reaction stand together.
Result<std::vector<ReactionRow>> read_reactions(const Store& store,
                                                SlotId slot,
                                                const ChannelKey& channel,
                                                MessageId id);

struct MessageReaderRow {
    Uid uid;
    WallTime at;
    bool operator==(const MessageReaderRow&) const = default;
};
void put_message_reader(Batch& batch,
                        const ChannelKey& channel,
                        MessageId id,
                        const MessageReaderRow& reader);
/// In ascending order of the uid.
Result<std::vector<MessageReaderRow>> read_message_readers(const Store& store,
                                                           SlotId slot,
                                                           const ChannelKey& channel,
                                                           MessageId id);

}  // namespace fenshen::storage
