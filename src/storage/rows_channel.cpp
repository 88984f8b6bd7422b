// SPDX-License-Identifier: Apache-2.0
#include "storage/detail/channel_key.h"
#include "storage/detail/row_read.h"
#include "storage/rows.h"

namespace fenshen::storage {

namespace {

using detail::RowReader;
using detail::RowWriter;

constexpr std::uint8_t format = 1;

Bytes list_key(const ChannelKey& channel, ListKind kind) {
    Bytes key = detail::channel_key(channel);
    key.push_back(static_cast<char>(kind));
    return key;
}

}  // namespace

void put_channel(Batch& batch, const ChannelKey& channel, const ChannelRow& row) {
    RowWriter out(format);
    out.u8(detail::pack(row.flags)).time(row.created_at);
    batch.put(Table::channel, detail::channel_key(channel), out.bytes());
}

Result<std::optional<ChannelRow>> read_channel(const Store& store,
                                               SlotId slot,
                                               const ChannelKey& channel) {
    return detail::read_row<ChannelRow>(store,
                                        slot,
                                        Table::channel,
                                        detail::channel_key(channel),
                                        format,
                                        [](RowReader& in, ChannelRow& row) {
                                            row.flags = detail::take_flags(in);
                                            row.created_at = in.time();
                                        });
}

void put_member(Batch& batch, const ChannelKey& channel, ListKind kind, const Uid& uid) {
    batch.put(Table::member, list_key(channel, kind) + uid.value(), {});
}

void erase_member(Batch& batch, const ChannelKey& channel, ListKind kind, const Uid& uid) {
    batch.erase(Table::member, list_key(channel, kind) + uid.value());
}

void erase_members(Batch& batch, const ChannelKey& channel, ListKind kind) {
    const Bytes prefix = list_key(channel, kind);
    batch.erase_range(Table::member, prefix, detail::end_of_prefix(prefix));
}

Result<bool> is_member(
    const Store& store, SlotId slot, const ChannelKey& channel, ListKind kind, const Uid& uid) {
    const auto found = store.get(slot, Table::member, list_key(channel, kind) + uid.value());
    if (!found) return std::unexpected(found.error());
    return found->has_value();
}

Result<std::vector<Uid>> read_members(const Store& store,
                                      SlotId slot,
                                      const ChannelKey& channel,
                                      ListKind kind) {
    return detail::read_listed(store, slot, Table::member, list_key(channel, kind));
}

}  // namespace fenshen::storage
