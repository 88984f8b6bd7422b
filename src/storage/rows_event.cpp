// SPDX-License-Identifier: Apache-2.0
// Rows of the account's event log. Number 0 of an account is no event: it says up to where the
// retention has erased them, so that a gap left by a failed commit is never taken for a loss.
#include "storage/detail/row_codec.h"
#include "storage/detail/row_read.h"
#include "storage/rows_social.h"

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

Bytes event_key(const Uid& uid, std::uint64_t number) {
    Bytes key = uid_key(uid);
    append_be(key, number);
    return key;
}

Bytes cursor_key(const Uid& uid, DeviceClass device_class, const DeviceId& device_id) {
    Bytes key = uid_key(uid);
    key.push_back(static_cast<char>(device_class.value()));
    return key + device_id.value();
}

std::optional<AccountEventRow> decode(BytesView key, std::size_t prefix, BytesView value) {
    auto row = detail::decode_row<AccountEventRow>(
        value, format, [](RowReader& in, AccountEventRow& read) {
            read.at = in.time();
            read.record = in.string();
        });
    if (!row || key.size() != prefix + sizeof(std::uint64_t)) return std::nullopt;
    row->number = load_be<std::uint64_t>(key.substr(prefix));
    return row;
}

}  // namespace

void put_account_event(Batch& batch, const Uid& uid, const AccountEventRow& row) {
    RowWriter out(format);
    out.time(row.at).text(row.record);
    batch.put(Table::account_event, event_key(uid, row.number), out.bytes());
}

void erase_account_event(Batch& batch, const Uid& uid, std::uint64_t number) {
    batch.erase(Table::account_event, event_key(uid, number));
}

Result<std::vector<AccountEventRow>> read_account_events(
    const Store& store, SlotId slot, const Uid& uid, std::uint64_t after, std::size_t count_max) {
    std::vector<AccountEventRow> rows;
    std::optional<Bytes> bad;
    const Bytes prefix = uid_key(uid);
    const auto scanned = store.scan(slot,
                                    Table::account_event,
                                    event_key(uid, after + 1),
                                    detail::end_of_prefix(prefix),
                                    [&](BytesView key, BytesView value) {
                                        if (rows.size() >= count_max) return false;
                                        auto row = decode(key, prefix.size(), value);
                                        if (!row) {
                                            bad = key;
                                            return false;
                                        }
                                        rows.push_back(std::move(*row));
                                        return rows.size() < count_max;
                                    });
    if (!scanned) return std::unexpected(scanned.error());
    if (bad) return detail::corrupt(store, slot, Table::account_event, *bad);
    return rows;
}

Result<std::uint64_t> read_last_account_event(const Store& store, SlotId slot, const Uid& uid) {
    const Bytes prefix = uid_key(uid);
    const auto last =
        store.last(slot, Table::account_event, event_key(uid, 1), detail::end_of_prefix(prefix));
    if (!last) return std::unexpected(last.error());
    if (!*last) return std::uint64_t{0};
    const auto& key = (*last)->first;
    if (key.size() != prefix.size() + sizeof(std::uint64_t)) {
        return detail::corrupt(store, slot, Table::account_event, key);
    }
    return load_be<std::uint64_t>(BytesView(key).substr(prefix.size()));
}

void put_account_events_erased(Batch& batch, const Uid& uid, std::uint64_t number) {
    RowWriter out(format);
    out.varint(number);
    batch.put(Table::account_event, event_key(uid, 0), out.bytes());
}

Result<std::uint64_t> read_account_events_erased(const Store& store, SlotId slot, const Uid& uid) {
    struct Mark {
        std::uint64_t number = 0;
    };
    const auto mark =
        detail::read_row<Mark>(store,
                               slot,
                               Table::account_event,
                               event_key(uid, 0),
                               format,
                               [](RowReader& in, Mark& read) { read.number = in.varint(); });
    if (!mark) return std::unexpected(mark.error());
    return *mark ? (*mark)->number : 0;
}

void put_event_cursor(Batch& batch,
                      const Uid& uid,
                      DeviceClass device_class,
                      const DeviceId& device_id,
                      std::uint64_t number) {
    RowWriter out(format);
    out.varint(number);
    batch.put(Table::event_cursor, cursor_key(uid, device_class, device_id), out.bytes());
}

void erase_event_cursor(Batch& batch,
                        const Uid& uid,
                        DeviceClass device_class,
                        const DeviceId& device_id) {
    batch.erase(Table::event_cursor, cursor_key(uid, device_class, device_id));
}

Result<std::optional<std::uint64_t>> read_event_cursor(const Store& store,
                                                       SlotId slot,
                                                       const Uid& uid,
                                                       DeviceClass device_class,
                                                       const DeviceId& device_id) {
    return detail::read_row<std::uint64_t>(
        store,
        slot,
        Table::event_cursor,
        cursor_key(uid, device_class, device_id),
        format,
        [](RowReader& in, std::uint64_t& number) { number = in.varint(); });
}

}  // namespace fenshen::storage
