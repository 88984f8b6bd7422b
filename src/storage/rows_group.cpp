// SPDX-License-Identifier: Apache-2.0
// Rows of groups and threads, in the slot of their channel. Who is a member is said by the
// channel's own lists, too (storage/rows.h): those decide who gets messages, these what else a
// member is.
#include "storage/detail/channel_key.h"
#include "storage/detail/row_codec.h"
#include "storage/detail/row_read.h"
#include "storage/rows_social.h"

namespace fenshen::storage {

namespace {

using detail::channel_key;
using detail::RowReader;
using detail::RowWriter;

constexpr std::uint8_t format = 1;

std::uint8_t flags_of(const GroupRow& row) {
    unsigned bits = 0;
    bits |= row.is_public ? 1U : 0U;
    bits |= row.approval ? 2U : 0U;
    bits |= row.allow_invites ? 4U : 0U;
    bits |= row.invite_confirm ? 8U : 0U;
    bits |= row.all_muted ? 16U : 0U;
    return static_cast<std::uint8_t>(bits);
}

void take_flags(RowReader& in, GroupRow& row) {
    const unsigned bits = in.u8();
    if (bits >= 32) in.fail();
    row.is_public = (bits & 1U) != 0;
    row.approval = (bits & 2U) != 0;
    row.allow_invites = (bits & 4U) != 0;
    row.invite_confirm = (bits & 8U) != 0;
    row.all_muted = (bits & 16U) != 0;
}

void read_fields(RowReader& in, GroupRow& row) {
    row.name = in.string();
    row.description = in.string();
    row.avatar = in.string();
    row.custom = in.string();
    row.announcement = in.string();
    row.owner = Uid(in.string());
    take_flags(in, row);
    row.users_max = in.number<std::uint32_t>();
    row.created_at = in.time();
    RowReader parent(in.text());
    row.parent = detail::take_channel(parent);
    if (!parent.done()) in.fail();
    row.message_id = MessageId(static_cast<std::int64_t>(in.varint()));
}

void read_fields(RowReader& in, GroupMemberRow& row) {
    row.role = in.one_of(GroupRole::member, GroupRole::owner);
    row.joined_at = in.time();
    row.muted_until = static_cast<std::int64_t>(in.varint());
    const unsigned bits = in.u8();
    if (bits >= 4) in.fail();
    row.allow_listed = (bits & 1U) != 0;
    row.shielded = (bits & 2U) != 0;
    const auto count = in.varint();
    for (std::uint64_t i = 0; in.ok() && i < count; ++i) {
        std::string name = in.string();
        // Ascending, so that a row has one spelling.
        if (!row.attributes.empty() && name <= row.attributes.rbegin()->first) in.fail();
        row.attributes.emplace_hint(row.attributes.end(), std::move(name), in.string());
    }
}

void read_fields(RowReader& in, GroupRequestRow& row) {
    row.kind = in.one_of(GroupRequestKind::application, GroupRequestKind::invitation);
    row.inviter = Uid(in.string());
    row.text = in.string();
    row.at = in.time();
}

Bytes pin_key(const ChannelKey& channel, MessageId id) {
    Bytes key = channel_key(channel);
    append_be(key, static_cast<std::uint64_t>(id.value()));
    return key;
}

}  // namespace

void put_group(Batch& batch, const ChannelKey& channel, const GroupRow& row) {
    RowWriter out(format);
    out.text(row.name)
        .text(row.description)
        .text(row.avatar)
        .text(row.custom)
        .text(row.announcement)
        .text(row.owner.value())
        .u8(flags_of(row))
        .varint(row.users_max)
        .time(row.created_at)
        .text(channel_key(row.parent))
        .varint(static_cast<std::uint64_t>(row.message_id.value()));
    batch.put(Table::group, channel_key(channel), out.bytes());
}

void erase_group(Batch& batch, const ChannelKey& channel) {
    batch.erase(Table::group, channel_key(channel));
}

Result<std::optional<GroupRow>> read_group(const Store& store,
                                           SlotId slot,
                                           const ChannelKey& channel) {
    return detail::read_row<GroupRow>(
        store, slot, Table::group, channel_key(channel), format, [](RowReader& in, GroupRow& row) {
            read_fields(in, row);
        });
}

Result<void> visit_groups(const Store& store,
                          SlotId slot,
                          const ChannelKey& from,
                          const std::function<bool(ChannelKey&&, GroupRow&&)>& visit) {
    std::optional<Bytes> bad;
    const auto scanned =
        store.scan(slot, Table::group, channel_key(from), {}, [&](BytesView key, BytesView value) {
            RowReader name(key);
            ChannelKey channel = detail::take_channel(name);
            auto row = detail::decode_row<GroupRow>(
                value, format, [](RowReader& in, GroupRow& read) { read_fields(in, read); });
            if (!row || !name.done()) {
                bad = key;
                return false;
            }
            return visit(std::move(channel), std::move(*row));
        });
    if (!scanned) return std::unexpected(scanned.error());
    if (bad) return detail::corrupt(store, slot, Table::group, *bad);
    return {};
}

void put_group_member(Batch& batch, const ChannelKey& channel, const GroupMemberRow& row) {
    RowWriter out(format);
    out.u8(static_cast<std::uint8_t>(row.role))
        .time(row.joined_at)
        .varint(static_cast<std::uint64_t>(row.muted_until))
        .u8(static_cast<std::uint8_t>((row.allow_listed ? 1U : 0U) | (row.shielded ? 2U : 0U)))
        .varint(row.attributes.size());
    for (const auto& [name, value] : row.attributes) out.text(name).text(value);
    batch.put(Table::group_member, channel_key(channel) + row.uid.value(), out.bytes());
}

void erase_group_member(Batch& batch, const ChannelKey& channel, const Uid& uid) {
    batch.erase(Table::group_member, channel_key(channel) + uid.value());
}

Result<std::optional<GroupMemberRow>> read_group_member(const Store& store,
                                                        SlotId slot,
                                                        const ChannelKey& channel,
                                                        const Uid& uid) {
    return detail::read_row<GroupMemberRow>(store,
                                            slot,
                                            Table::group_member,
                                            channel_key(channel) + uid.value(),
                                            format,
                                            [&](RowReader& in, GroupMemberRow& row) {
                                                row.uid = uid;
                                                read_fields(in, row);
                                            });
}

Result<std::vector<GroupMemberRow>> read_group_members(const Store& store,
                                                       SlotId slot,
                                                       const ChannelKey& channel) {
    return detail::read_rows<GroupMemberRow>(
        store,
        slot,
        Table::group_member,
        channel_key(channel),
        format,
        [](RowReader& key, RowReader& in, GroupMemberRow& row) {
            row.uid = Uid(key.take_rest());
            read_fields(in, row);
        });
}

void put_group_request(Batch& batch, const ChannelKey& channel, const GroupRequestRow& row) {
    RowWriter out(format);
    out.u8(static_cast<std::uint8_t>(row.kind))
        .text(row.inviter.value())
        .text(row.text)
        .time(row.at);
    batch.put(Table::group_request, channel_key(channel) + row.uid.value(), out.bytes());
}

void erase_group_request(Batch& batch, const ChannelKey& channel, const Uid& uid) {
    batch.erase(Table::group_request, channel_key(channel) + uid.value());
}

Result<std::vector<GroupRequestRow>> read_group_requests(const Store& store,
                                                         SlotId slot,
                                                         const ChannelKey& channel) {
    return detail::read_rows<GroupRequestRow>(
        store,
        slot,
        Table::group_request,
        channel_key(channel),
        format,
        [](RowReader& key, RowReader& in, GroupRequestRow& row) {
            row.uid = Uid(key.take_rest());
            read_fields(in, row);
        });
}

void put_pinned_message(Batch& batch, const ChannelKey& channel, const PinnedMessageRow& row) {
    RowWriter out(format);
    out.text(row.by.value()).time(row.at);
    batch.put(Table::pinned_message, pin_key(channel, row.id), out.bytes());
}

void erase_pinned_message(Batch& batch, const ChannelKey& channel, MessageId id) {
    batch.erase(Table::pinned_message, pin_key(channel, id));
}

Result<std::vector<PinnedMessageRow>> read_pinned_messages(const Store& store,
                                                           SlotId slot,
                                                           const ChannelKey& channel) {
    return detail::read_rows<PinnedMessageRow>(
        store,
        slot,
        Table::pinned_message,
        channel_key(channel),
        format,
        [](RowReader& key, RowReader& in, PinnedMessageRow& row) {
            row.id = MessageId(static_cast<std::int64_t>(key.be<std::uint64_t>()));
            row.by = Uid(in.string());
            row.at = in.time();
        });
}

void put_thread(Batch& batch, const ChannelKey& group, const ThreadRow& row) {
    RowWriter out(format);
    out.varint(static_cast<std::uint64_t>(row.message_id.value()));
    batch.put(Table::thread, channel_key(group) + row.id, out.bytes());
}

void erase_thread(Batch& batch, const ChannelKey& group, std::string_view id) {
    batch.erase(Table::thread, channel_key(group) + Bytes(id));
}

Result<std::vector<ThreadRow>> read_threads(const Store& store,
                                            SlotId slot,
                                            const ChannelKey& group) {
    return detail::read_rows<ThreadRow>(store,
                                        slot,
                                        Table::thread,
                                        channel_key(group),
                                        format,
                                        [](RowReader& key, RowReader& in, ThreadRow& row) {
                                            row.id = key.take_rest();
                                            row.message_id =
                                                MessageId(static_cast<std::int64_t>(in.varint()));
                                        });
}

}  // namespace fenshen::storage
