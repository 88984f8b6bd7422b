// SPDX-License-Identifier: Apache-2.0
// What an account keeps of others: contacts, groups it is in, marks, hidden messages, silent mode;
// and of itself: attributes.
// Every key begins with the uid, length first.
#include "storage/rows_social.h"

#include "storage/detail/channel_key.h"
#include "storage/detail/row_codec.h"
#include "storage/detail/row_read.h"

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

Bytes channel_key(const Uid& uid, const ChannelKey& channel) {
    Bytes key = uid_key(uid);
    detail::append_channel(key, channel);
    return key;
}

Bytes message_key(const Uid& uid, const ChannelKey& channel, MessageSeq seq) {
    Bytes key = channel_key(uid, channel);
    append_be(key, seq.value());
    return key;
}

Bytes packed(const ChannelKey& channel) {
    return detail::channel_key(channel);
}

ChannelKey unpacked(RowReader& in) {
    return detail::take_channel(in);
}

void read_fields(RowReader& in, ContactRow& row) {
    row.state = in.one_of(ContactState::asked_by_me, ContactState::friends);
    row.remark = in.string();
    row.reason = in.string();
    row.at = in.time();
}

void read_fields(RowReader& in, ConversationMarkRow& row) {
    row.pinned_at = in.time();
    row.marks = in.number<std::uint32_t>();
    row.hidden_to = MessageSeq(in.varint());
    // One without anything is not kept.
    if (row.pinned_at.ms == 0 && row.marks == 0 && row.hidden_to.value() == 0) in.fail();
}

void read_fields(RowReader& in, UserAttributes& attributes) {
    const auto count = in.varint();
    if (count == 0) in.fail();
    for (std::uint64_t i = 0; in.ok() && i < count; ++i) {
        std::string name = in.string();
        // Ascending, so that a row has one spelling.
        if (!attributes.empty() && name <= attributes.rbegin()->first) in.fail();
        attributes.emplace_hint(attributes.end(), std::move(name), in.string());
    }
}

void read_fields(RowReader& in, SilentModeRow& row) {
    row.type = in.string();
    row.ignore_until = in.time();
    row.interval = in.string();
}

}  // namespace

void put_contact(Batch& batch, const Uid& uid, const ContactRow& row) {
    RowWriter out(format);
    out.u8(static_cast<std::uint8_t>(row.state)).text(row.remark).text(row.reason).time(row.at);
    batch.put(Table::contact, uid_key(uid) + row.peer.value(), out.bytes());
}

void erase_contact(Batch& batch, const Uid& uid, const Uid& peer) {
    batch.erase(Table::contact, uid_key(uid) + peer.value());
}

Result<std::optional<ContactRow>> read_contact(const Store& store,
                                               SlotId slot,
                                               const Uid& uid,
                                               const Uid& peer) {
    return detail::read_row<ContactRow>(store,
                                        slot,
                                        Table::contact,
                                        uid_key(uid) + peer.value(),
                                        format,
                                        [&](RowReader& in, ContactRow& row) {
                                            row.peer = peer;
                                            read_fields(in, row);
                                        });
}

Result<std::vector<ContactRow>> read_contacts(const Store& store, SlotId slot, const Uid& uid) {
    return detail::read_rows<ContactRow>(store,
                                         slot,
                                         Table::contact,
                                         uid_key(uid),
                                         format,
                                         [](RowReader& key, RowReader& in, ContactRow& row) {
                                             row.peer = Uid(key.take_rest());
                                             read_fields(in, row);
                                         });
}

void put_joined(Batch& batch, const Uid& uid, const JoinedRow& row) {
    RowWriter out(format);
    out.text(packed(row.parent)).time(row.at);
    batch.put(Table::joined, channel_key(uid, row.channel), out.bytes());
}

void erase_joined(Batch& batch, const Uid& uid, const ChannelKey& channel) {
    batch.erase(Table::joined, channel_key(uid, channel));
}

Result<std::vector<JoinedRow>> read_joined(const Store& store, SlotId slot, const Uid& uid) {
    return detail::read_rows<JoinedRow>(store,
                                        slot,
                                        Table::joined,
                                        uid_key(uid),
                                        format,
                                        [](RowReader& key, RowReader& in, JoinedRow& row) {
                                            row.channel = unpacked(key);
                                            RowReader parent(in.text());
                                            row.parent = unpacked(parent);
                                            if (!parent.done()) in.fail();
                                            row.at = in.time();
                                        });
}

void put_conversation_mark(Batch& batch, const Uid& uid, const ConversationMarkRow& row) {
    if (row == ConversationMarkRow{.channel = row.channel}) {
        batch.erase(Table::conversation_mark, channel_key(uid, row.channel));
        return;
    }
    RowWriter out(format);
    out.time(row.pinned_at).varint(row.marks).varint(row.hidden_to.value());
    batch.put(Table::conversation_mark, channel_key(uid, row.channel), out.bytes());
}

Result<std::optional<ConversationMarkRow>> read_conversation_mark(const Store& store,
                                                                  SlotId slot,
                                                                  const Uid& uid,
                                                                  const ChannelKey& channel) {
    return detail::read_row<ConversationMarkRow>(store,
                                                 slot,
                                                 Table::conversation_mark,
                                                 channel_key(uid, channel),
                                                 format,
                                                 [&](RowReader& in, ConversationMarkRow& row) {
                                                     row.channel = channel;
                                                     read_fields(in, row);
                                                 });
}

Result<std::vector<ConversationMarkRow>> read_conversation_marks(const Store& store,
                                                                 SlotId slot,
                                                                 const Uid& uid) {
    return detail::read_rows<ConversationMarkRow>(
        store,
        slot,
        Table::conversation_mark,
        uid_key(uid),
        format,
        [](RowReader& key, RowReader& in, ConversationMarkRow& row) {
            row.channel = unpacked(key);
            read_fields(in, row);
        });
}

void put_hidden_message(Batch& batch, const Uid& uid, const ChannelKey& channel, MessageSeq seq) {
    batch.put(Table::hidden_message, message_key(uid, channel, seq), {});
}

void erase_hidden_message(Batch& batch, const Uid& uid, const ChannelKey& channel, MessageSeq seq) {
    batch.erase(Table::hidden_message, message_key(uid, channel, seq));
}

Result<std::vector<MessageSeq>> read_hidden_messages(const Store& store,
                                                     SlotId slot,
                                                     const Uid& uid,
                                                     const ChannelKey& channel) {
    std::vector<MessageSeq> hidden;
    const Bytes prefix = channel_key(uid, channel);
    const auto scanned = store.scan(slot,
                                    Table::hidden_message,
                                    prefix,
                                    detail::end_of_prefix(prefix),
                                    [&](BytesView key, BytesView) {
                                        RowReader seq(key.substr(prefix.size()));
                                        hidden.emplace_back(seq.be<std::uint64_t>());
                                        return true;
                                    });
    if (!scanned) return std::unexpected(scanned.error());
    return hidden;
}

void put_silent_mode(Batch& batch, const Uid& uid, const SilentModeRow& row) {
    RowWriter out(format);
    out.text(row.type).time(row.ignore_until).text(row.interval);
    batch.put(Table::silent_mode, channel_key(uid, row.channel), out.bytes());
}

void erase_silent_mode(Batch& batch, const Uid& uid, const ChannelKey& channel) {
    batch.erase(Table::silent_mode, channel_key(uid, channel));
}

Result<std::optional<SilentModeRow>> read_silent_mode(const Store& store,
                                                      SlotId slot,
                                                      const Uid& uid,
                                                      const ChannelKey& channel) {
    return detail::read_row<SilentModeRow>(store,
                                           slot,
                                           Table::silent_mode,
                                           channel_key(uid, channel),
                                           format,
                                           [&](RowReader& in, SilentModeRow& row) {
                                               row.channel = channel;
                                               read_fields(in, row);
                                           });
}

Result<std::vector<SilentModeRow>> read_silent_modes(const Store& store,
                                                     SlotId slot,
                                                     const Uid& uid) {
    return detail::read_rows<SilentModeRow>(store,
                                            slot,
                                            Table::silent_mode,
                                            uid_key(uid),
                                            format,
                                            [](RowReader& key, RowReader& in, SilentModeRow& row) {
                                                row.channel = unpacked(key);
                                                read_fields(in, row);
                                            });
}

void put_user_attributes(Batch& batch, const Uid& uid, const UserAttributes& attributes) {
    if (attributes.empty()) {
        erase_user_attributes(batch, uid);
        return;
    }
    RowWriter out(format);
    out.varint(attributes.size());
    for (const auto& [name, value] : attributes) out.text(name).text(value);
    batch.put(Table::user_attribute, uid_key(uid), out.bytes());
}

void erase_user_attributes(Batch& batch, const Uid& uid) {
    batch.erase(Table::user_attribute, uid_key(uid));
}

Result<UserAttributes> read_user_attributes(const Store& store, SlotId slot, const Uid& uid) {
    auto row = detail::read_row<UserAttributes>(
        store,
        slot,
        Table::user_attribute,
        uid_key(uid),
        format,
        [](RowReader& in, UserAttributes& attributes) { read_fields(in, attributes); });
    if (!row) return std::unexpected(row.error());
    return row->value_or(UserAttributes());
}

Result<std::uint64_t> read_user_attribute_bytes(const Store& store, SlotId slot) {
    std::uint64_t bytes = 0;
    std::optional<Bytes> bad;
    const auto scanned =
        store.scan(slot, Table::user_attribute, {}, {}, [&](BytesView key, BytesView value) {
            const auto attributes = detail::decode_row<UserAttributes>(
                value, format, [](RowReader& in, UserAttributes& row) { read_fields(in, row); });
            if (!attributes) {
                bad = key;
                return false;
            }
            for (const auto& [name, text] : *attributes) bytes += name.size() + text.size();
            return true;
        });
    if (!scanned) return std::unexpected(scanned.error());
    if (bad) return detail::corrupt(store, slot, Table::user_attribute, *bad);
    return bytes;
}

}  // namespace fenshen::storage
