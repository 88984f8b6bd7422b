// SPDX-License-Identifier: Apache-2.0
#include "storage/detail/channel_key.h"
#include "storage/detail/row_read.h"
#include "storage/rows.h"

namespace fenshen::storage {

namespace {

using detail::RowReader;
using detail::RowWriter;

constexpr std::uint8_t format = 1;

Bytes uid_key(const Uid& uid) {
    Bytes key;
    detail::append_text(key, uid.value());
    return key;
}

Bytes conversation_key(const Uid& uid, const ChannelKey& channel) {
    Bytes key = uid_key(uid);
    detail::append_channel(key, channel);
    return key;
}

void read_fields(RowReader& in, ConversationRow& row) {
    row.kind = in.one_of(ConversationKind::chat, ConversationKind::command);
    row.read_to = MessageSeq(in.varint());
    row.deleted_to = MessageSeq(in.varint());
    row.created_at = in.time();
    row.updated_at = in.time();
}

}  // namespace

void put_conversation(Batch& batch, const Uid& uid, const ConversationRow& row) {
    RowWriter out(format);
    out.u8(static_cast<std::uint8_t>(row.kind))
        .varint(row.read_to.value())
        .varint(row.deleted_to.value())
        .time(row.created_at)
        .time(row.updated_at);
    batch.put(Table::conversation, conversation_key(uid, row.channel), out.bytes());
}

void erase_conversation(Batch& batch, const Uid& uid, const ChannelKey& channel) {
    batch.erase(Table::conversation, conversation_key(uid, channel));
}

Result<std::optional<ConversationRow>> read_conversation(const Store& store,
                                                         SlotId slot,
                                                         const Uid& uid,
                                                         const ChannelKey& channel) {
    return detail::read_row<ConversationRow>(store,
                                             slot,
                                             Table::conversation,
                                             conversation_key(uid, channel),
                                             format,
                                             [&](RowReader& in, ConversationRow& row) {
                                                 row.channel = channel;
                                                 read_fields(in, row);
                                             });
}

Result<std::vector<ConversationRow>> read_conversations(const Store& store,
                                                        SlotId slot,
                                                        const Uid& uid) {
    return detail::read_rows<ConversationRow>(
        store,
        slot,
        Table::conversation,
        uid_key(uid),
        format,
        [](RowReader& key, RowReader& in, ConversationRow& row) {
            row.channel = detail::take_channel(key);
            read_fields(in, row);
        });
}

}  // namespace fenshen::storage
