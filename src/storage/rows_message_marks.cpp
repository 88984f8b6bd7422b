// SPDX-License-Identifier: Apache-2.0
#include "storage/rows_message_marks.h"

#include "storage/detail/channel_key.h"
#include "storage/detail/row_codec.h"
#include "storage/detail/row_read.h"

namespace fenshen::storage {

namespace {

using detail::RowReader;
using detail::RowWriter;

constexpr std::uint8_t format = 1;

Bytes message_key(const ChannelKey& channel, MessageId id) {
    Bytes key = detail::channel_key(channel);
    append_be(key, static_cast<std::uint64_t>(id.value()));
    return key;
}

Bytes reaction_key(const ChannelKey& channel,
                   MessageId id,
                   std::string_view reaction,
                   const Uid& by) {
    Bytes key = message_key(channel, id);
    detail::append_text(key, reaction);
    return key + by.value();
}

}  // namespace

void put_reaction(Batch& batch,
                  const ChannelKey& channel,
                  MessageId id,
                  const ReactionRow& reaction) {
    RowWriter out(format);
    out.time(reaction.at);
    batch.put(
        Table::reaction, reaction_key(channel, id, reaction.reaction, reaction.by), out.bytes());
}

void erase_reaction(Batch& batch,
                    const ChannelKey& channel,
                    MessageId id,
                    std::string_view reaction,
                    const Uid& by) {
    batch.erase(Table::reaction, reaction_key(channel, id, reaction, by));
}

Result<std::vector<ReactionRow>> read_reactions(const Store& store,
                                                SlotId slot,
                                                const ChannelKey& channel,
                                                MessageId id) {
    return detail::read_rows<ReactionRow>(store,
                                          slot,
                                          Table::reaction,
                                          message_key(channel, id),
                                          format,
                                          [](RowReader& key, RowReader& in, ReactionRow& row) {
                                              row.reaction = key.string();
                                              row.by = Uid(key.take_rest());
                                              row.at = in.time();
                                          });
}

void put_message_reader(Batch& batch,
                        const ChannelKey& channel,
                        MessageId id,
                        const MessageReaderRow& reader) {
    RowWriter out(format);
    out.time(reader.at);
    batch.put(Table::message_reader, message_key(channel, id) + reader.uid.value(), out.bytes());
}

Result<std::vector<MessageReaderRow>> read_message_readers(const Store& store,
                                                           SlotId slot,
                                                           const ChannelKey& channel,
                                                           MessageId id) {
    return detail::read_rows<MessageReaderRow>(
        store,
        slot,
        Table::message_reader,
        message_key(channel, id),
        format,
        [](RowReader& key, RowReader& in, MessageReaderRow& row) {
            row.uid = Uid(key.take_rest());
            row.at = in.time();
        });
}

}  // namespace fenshen::storage
