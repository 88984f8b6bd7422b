// SPDX-License-Identifier: Apache-2.0
// Rows of an account: itself, tokens, devices, history, person lists. Every key begins with the
// uid, length first, so that no account's rows lie among another's.
#include "storage/detail/row_codec.h"
#include "storage/detail/row_read.h"
#include "storage/rows.h"
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

Bytes class_key(const Uid& uid, DeviceClass device_class) {
    Bytes key = uid_key(uid);
    key.push_back(static_cast<char>(device_class.value()));
    return key;
}

Bytes device_key(const Uid& uid, DeviceClass device_class, const DeviceId& device_id) {
    return class_key(uid, device_class) + device_id.value();
}

Bytes event_key(const Uid& uid, std::uint64_t number) {
    Bytes key = uid_key(uid);
    append_be(key, number);
    return key;
}

/// Hashes are of one length in a store, but nothing here relies on it.
Bytes hash_key(BytesView token_hash) {
    Bytes key;
    detail::append_text(key, token_hash);
    return key;
}

Bytes list_key(const Uid& owner, ListKind kind) {
    Bytes key = uid_key(owner);
    key.push_back(static_cast<char>(kind));
    return key;
}

void read_fields(RowReader& in, LoginEventRow& row) {
    row.at = in.time();
    row.what = in.string();
    row.why = in.string();
    row.rule = in.string();
    row.device_class = DeviceClass(in.u8());
    row.device_id = DeviceId(in.string());
    row.protocol = in.string();
    row.address = in.string();
    row.by = in.string();
}

}  // namespace

void put_account(Batch& batch, const Uid& uid, const AccountRow& row) {
    RowWriter out(format);
    out.u8(detail::pack(row.flags)).time(row.created_at);
    batch.put(Table::account, uid_key(uid), out.bytes());
}

Result<std::optional<AccountRow>> read_account(const Store& store, SlotId slot, const Uid& uid) {
    return detail::read_row<AccountRow>(
        store, slot, Table::account, uid_key(uid), format, [](RowReader& in, AccountRow& row) {
            row.flags = detail::take_flags(in);
            row.created_at = in.time();
        });
}

void put_token(Batch& batch, const Uid& uid, const TokenRow& row) {
    RowWriter out(format);
    out.u8(static_cast<std::uint8_t>(row.level)).text(row.token_hash).time(row.registered_at);
    batch.put(Table::token, class_key(uid, row.device_class), out.bytes());
}

void put_token_class(Batch& batch, const Uid& uid, BytesView token_hash, DeviceClass device_class) {
    RowWriter out(format);
    out.u8(device_class.value());
    batch.put(Table::token_class, hash_key(token_hash) + uid.value(), out.bytes());
}

void erase_token_class(Batch& batch, const Uid& uid, BytesView token_hash) {
    batch.erase(Table::token_class, hash_key(token_hash) + uid.value());
}

Result<std::optional<DeviceClass>> find_token_class(const Store& store,
                                                    SlotId slot,
                                                    BytesView token_hash) {
    const Bytes prefix = hash_key(token_hash);
    const auto rows = detail::read_rows<std::uint8_t>(store,
                                                      slot,
                                                      Table::token_class,
                                                      prefix,
                                                      format,
                                                      [](RowReader& key, RowReader& in, auto& row) {
                                                          key.take_rest();
                                                          row = in.u8();
                                                      });
    if (!rows) return std::unexpected(rows.error());
    if (rows->empty()) return std::nullopt;
    return DeviceClass(rows->front());
}

void put_account_policy(Batch& batch, const Uid& uid, const AccountPolicyRow& row) {
    RowWriter out(format);
    out.time(row.changed_at).time(row.expires_at.value_or(WallTime{})).text(row.policy);
    batch.put(Table::account_policy, uid_key(uid), out.bytes());
}

void erase_account_policy(Batch& batch, const Uid& uid) {
    batch.erase(Table::account_policy, uid_key(uid));
}

Result<std::optional<AccountPolicyRow>> read_account_policy(const Store& store,
                                                            SlotId slot,
                                                            const Uid& uid) {
    return detail::read_row<AccountPolicyRow>(store,
                                              slot,
                                              Table::account_policy,
                                              uid_key(uid),
                                              format,
                                              [](RowReader& in, AccountPolicyRow& row) {
                                                  row.changed_at = in.time();
                                                  const WallTime expires_at = in.time();
                                                  if (expires_at.ms != 0) {
                                                      row.expires_at = expires_at;
                                                  }
                                                  row.policy = in.string();
                                              });
}

void put_credential(Batch& batch, const Uid& uid, const CredentialRow& row) {
    RowWriter out(format);
    out.varint(row.generation)
        .text(row.password_salt)
        .text(row.password_hash)
        .u8(row.password_work)
        .text(row.nickname)
        .time(row.created_at)
        .time(row.modified_at);
    batch.put(Table::credential, uid_key(uid), out.bytes());
}

void erase_credential(Batch& batch, const Uid& uid) {
    batch.erase(Table::credential, uid_key(uid));
}

Result<std::optional<CredentialRow>> read_credential(const Store& store,
                                                     SlotId slot,
                                                     const Uid& uid) {
    return detail::read_row<CredentialRow>(store,
                                           slot,
                                           Table::credential,
                                           uid_key(uid),
                                           format,
                                           [](RowReader& in, CredentialRow& row) {
                                               row.generation = in.varint();
                                               row.password_salt = in.string();
                                               row.password_hash = in.string();
                                               row.password_work = in.u8();
                                               row.nickname = in.string();
                                               row.created_at = in.time();
                                               row.modified_at = in.time();
                                           });
}

Result<std::vector<Uid>> read_credential_uids(const Store& store,
                                              SlotId slot,
                                              const std::optional<Uid>& after,
                                              std::size_t count_max) {
    std::vector<Uid> uids;
    std::optional<Bytes> bad;
    // A key with a byte behind it is the least one that is greater.
    const Bytes from = after ? uid_key(*after) + '\0' : Bytes{};
    if (count_max == 0) return uids;
    const auto scanned =
        store.scan(slot, Table::credential, from, {}, [&](BytesView key, BytesView) {
            RowReader in(key);
            uids.emplace_back(in.string());
            if (!in.done()) bad = key;
            return !bad && uids.size() < count_max;
        });
    if (!scanned) return std::unexpected(scanned.error());
    if (bad) return detail::corrupt(store, slot, Table::credential, *bad);
    return uids;
}

Result<std::vector<TokenRow>> read_tokens(const Store& store, SlotId slot, const Uid& uid) {
    return detail::read_rows<TokenRow>(store,
                                       slot,
                                       Table::token,
                                       uid_key(uid),
                                       format,
                                       [](RowReader& key, RowReader& in, TokenRow& row) {
                                           row.device_class = DeviceClass(key.u8());
                                           row.level =
                                               in.one_of(DeviceLevel::secondary, DeviceLevel::main);
                                           row.token_hash = in.string();
                                           row.registered_at = in.time();
                                       });
}

void put_device(Batch& batch, const Uid& uid, const DeviceRow& row) {
    RowWriter out(format);
    out.u8(static_cast<std::uint8_t>(row.level))
        .text(row.protocol)
        .text(row.client)
        .text(row.name)
        .text(row.last_address)
        .time(row.first_seen)
        .time(row.last_login)
        .time(row.last_seen)
        .text(row.last_end.why)
        .time(row.last_end.at)
        .text(row.last_end.rule)
        .text(row.last_end.by);
    batch.put(Table::device, device_key(uid, row.device_class, row.device_id), out.bytes());
}

void erase_device(Batch& batch,
                  const Uid& uid,
                  DeviceClass device_class,
                  const DeviceId& device_id) {
    batch.erase(Table::device, device_key(uid, device_class, device_id));
    erase_event_cursor(batch, uid, device_class, device_id);
}

Result<std::vector<DeviceRow>> read_devices(const Store& store, SlotId slot, const Uid& uid) {
    return detail::read_rows<DeviceRow>(store,
                                        slot,
                                        Table::device,
                                        uid_key(uid),
                                        format,
                                        [](RowReader& key, RowReader& in, DeviceRow& row) {
                                            row.device_class = DeviceClass(key.u8());
                                            row.device_id = DeviceId(key.take_rest());
                                            row.level = in.one_of(DeviceLevel::secondary,
                                                                  DeviceLevel::main);
                                            row.protocol = in.string();
                                            row.client = in.string();
                                            row.name = in.string();
                                            row.last_address = in.string();
                                            row.first_seen = in.time();
                                            row.last_login = in.time();
                                            row.last_seen = in.time();
                                            row.last_end.why = in.string();
                                            row.last_end.at = in.time();
                                            row.last_end.rule = in.string();
                                            row.last_end.by = in.string();
                                        });
}

void put_device_synced(Batch& batch, const Uid& uid, const DeviceSyncedRow& row) {
    RowWriter out(format);
    out.varint(static_cast<std::uint64_t>(row.floor.value())).varint(row.beyond.size());
    MessageId last = row.floor;
    for (const MessageId id : row.beyond) {
        out.varint(static_cast<std::uint64_t>(id.value() - last.value()));
        last = id;
    }
    batch.put(Table::device_synced, device_key(uid, row.device_class, row.device_id), out.bytes());
}

void erase_device_synced(Batch& batch,
                         const Uid& uid,
                         DeviceClass device_class,
                         const DeviceId& device_id) {
    batch.erase(Table::device_synced, device_key(uid, device_class, device_id));
}

Result<std::vector<DeviceSyncedRow>> read_devices_synced(const Store& store,
                                                         SlotId slot,
                                                         const Uid& uid) {
    return detail::read_rows<DeviceSyncedRow>(
        store,
        slot,
        Table::device_synced,
        uid_key(uid),
        format,
        [](RowReader& key, RowReader& in, DeviceSyncedRow& row) {
            row.device_class = DeviceClass(key.u8());
            row.device_id = DeviceId(key.take_rest());
            std::uint64_t last = in.varint();
            row.floor = MessageId(static_cast<std::int64_t>(last));
            if (last > INT64_MAX) in.fail();
            for (std::uint64_t count = in.varint(); count > 0 && in.ok(); --count) {
                const std::uint64_t step = in.varint();
                if (step == 0 || step > INT64_MAX - last) in.fail();
                last += step;
                row.beyond.emplace_back(static_cast<std::int64_t>(last));
            }
        });
}

void put_login_event(Batch& batch, const Uid& uid, const LoginEventRow& row) {
    RowWriter out(format);
    out.time(row.at)
        .text(row.what)
        .text(row.why)
        .text(row.rule)
        .u8(row.device_class.value())
        .text(row.device_id.value())
        .text(row.protocol)
        .text(row.address)
        .text(row.by);
    batch.put(Table::login_event, event_key(uid, row.number), out.bytes());
}

void erase_login_events_before(Batch& batch, const Uid& uid, std::uint64_t number) {
    batch.erase_range(Table::login_event, event_key(uid, 0), event_key(uid, number));
}

Result<std::optional<LoginEventRow>> read_oldest_login_event(const Store& store,
                                                             SlotId slot,
                                                             const Uid& uid) {
    std::optional<LoginEventRow> oldest;
    std::optional<Bytes> bad;
    const Bytes first = event_key(uid, 0);
    const auto scanned = store.scan(
        slot,
        Table::login_event,
        first,
        detail::end_of_prefix(uid_key(uid)),
        [&](BytesView key, BytesView value) {
            RowReader number(key.substr(first.size() - sizeof(std::uint64_t)));
            oldest = detail::decode_row<LoginEventRow>(
                value, format, [](RowReader& in, LoginEventRow& read) { read_fields(in, read); });
            if (oldest) oldest->number = number.be<std::uint64_t>();
            if (!oldest || !number.done()) bad = key;
            return false;
        });
    if (!scanned) return std::unexpected(scanned.error());
    if (bad) return detail::corrupt(store, slot, Table::login_event, *bad);
    return oldest;
}

Result<std::vector<LoginEventRow>> read_login_events(
    const Store& store, SlotId slot, const Uid& uid, std::uint64_t before, std::size_t count_max) {
    std::vector<LoginEventRow> events;
    const Bytes first = event_key(uid, 0);
    Bytes end = before == 0 ? detail::end_of_prefix(uid_key(uid)) : event_key(uid, before);
    while (events.size() < count_max) {
        auto last = store.last(slot, Table::login_event, first, end);
        if (!last) return std::unexpected(last.error());
        if (!*last) break;
        const auto& [last_key, value] = **last;
        RowReader number(BytesView(last_key).substr(first.size() - sizeof(std::uint64_t)));
        auto row = detail::decode_row<LoginEventRow>(
            value, format, [](RowReader& in, LoginEventRow& read) { read_fields(in, read); });
        if (row) row->number = number.be<std::uint64_t>();
        if (!row || !number.done()) {
            return detail::corrupt(store, slot, Table::login_event, last_key);
        }
        end = event_key(uid, row->number);
        events.push_back(std::move(*row));
    }
    return events;
}

void put_person_listed(Batch& batch, const Uid& owner, ListKind kind, const Uid& other) {
    batch.put(Table::person_list, list_key(owner, kind) + other.value(), {});
}

void erase_person_listed(Batch& batch, const Uid& owner, ListKind kind, const Uid& other) {
    batch.erase(Table::person_list, list_key(owner, kind) + other.value());
}

void erase_person_list(Batch& batch, const Uid& owner, ListKind kind) {
    const Bytes prefix = list_key(owner, kind);
    batch.erase_range(Table::person_list, prefix, detail::end_of_prefix(prefix));
}

Result<bool> is_person_listed(
    const Store& store, SlotId slot, const Uid& owner, ListKind kind, const Uid& other) {
    const auto found = store.get(slot, Table::person_list, list_key(owner, kind) + other.value());
    if (!found) return std::unexpected(found.error());
    return found->has_value();
}

Result<std::vector<Uid>> read_person_list(const Store& store,
                                          SlotId slot,
                                          const Uid& owner,
                                          ListKind kind) {
    return detail::read_listed(store, slot, Table::person_list, list_key(owner, kind));
}

}  // namespace fenshen::storage
