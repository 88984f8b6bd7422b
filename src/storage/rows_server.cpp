// SPDX-License-Identifier: Apache-2.0
// Rows of no account and no channel: effects between slots, and what holds for the whole server
// (slot 0).
#include "storage/detail/row_read.h"
#include "storage/rows.h"

namespace fenshen::storage {

namespace {

using detail::RowReader;
using detail::RowWriter;

constexpr std::uint8_t format = 1;
constexpr SlotId::Value control_slot = 0;

template <class T>
Bytes number_key(T number) {
    Bytes key;
    append_be(key, number);
    return key;
}

}  // namespace

void put_effect(Batch& batch, const EffectRow& row) {
    RowWriter out(format);
    out.varint(row.target.value()).text(row.payload);
    batch.put(Table::outbox, number_key(row.number), out.bytes());
}

void erase_effect(Batch& batch, std::uint64_t number) {
    batch.erase(Table::outbox, number_key(number));
}

Result<std::vector<EffectRow>> read_effects(const Store& store, SlotId slot) {
    return detail::read_rows<EffectRow>(
        store, slot, Table::outbox, {}, format, [](RowReader& key, RowReader& in, EffectRow& row) {
            row.number = key.be<std::uint64_t>();
            row.target = SlotId(in.number<std::uint16_t>());
            row.payload = in.string();
        });
}

void put_effect_taken(Batch& batch, SlotId source, std::uint64_t number) {
    RowWriter out(format);
    out.varint(number);
    batch.put(Table::inbox, number_key(source.value()), out.bytes());
}

Result<std::uint64_t> read_effect_taken(const Store& store, SlotId slot, SlotId source) {
    const auto taken = detail::read_row<std::uint64_t>(
        store,
        slot,
        Table::inbox,
        number_key(source.value()),
        format,
        [](RowReader& in, std::uint64_t& number) { number = in.varint(); });
    if (!taken) return std::unexpected(taken.error());
    return taken->value_or(0);
}

void put_system_uid(Batch& batch, const Uid& uid) {
    batch.put(Table::system_uid, uid.value(), {});
}

void erase_system_uid(Batch& batch, const Uid& uid) {
    batch.erase(Table::system_uid, uid.value());
}

Result<std::vector<Uid>> read_system_uids(const Store& store) {
    return detail::read_listed(store, SlotId(control_slot), Table::system_uid, {});
}

void put_setting(Batch& batch, std::string_view name, BytesView value) {
    batch.put(Table::setting, name, value);
}

Result<std::optional<Bytes>> read_setting(const Store& store, std::string_view name) {
    return store.get(SlotId(control_slot), Table::setting, name);
}

void put_policy_version(Batch& batch, const PolicyVersionRow& row) {
    RowWriter out(format);
    out.time(row.changed_at).text(row.changed_by).text(row.policy);
    batch.put(Table::policy_version, number_key(row.version), out.bytes());
}

void erase_policy_versions_before(Batch& batch, std::uint64_t version) {
    batch.erase_range(Table::policy_version, number_key<std::uint64_t>(0), number_key(version));
}

Result<std::vector<PolicyVersionRow>> read_policy_versions(const Store& store,
                                                           std::uint64_t before,
                                                           std::size_t count_max) {
    std::vector<PolicyVersionRow> versions;
    const Bytes first = number_key<std::uint64_t>(0);
    Bytes end = before == 0 ? Bytes{} : number_key(before);
    while (versions.size() < count_max) {
        auto last = store.last(SlotId(control_slot), Table::policy_version, first, end);
        if (!last) return std::unexpected(last.error());
        if (!*last) break;
        const auto& [key, value] = **last;
        RowReader number(key);
        auto row = detail::decode_row<PolicyVersionRow>(
            value, format, [](RowReader& in, PolicyVersionRow& read) {
                read.changed_at = in.time();
                read.changed_by = in.string();
                read.policy = in.string();
            });
        if (row) row->version = number.be<std::uint64_t>();
        if (!row || !number.done()) {
            return detail::corrupt(store, SlotId(control_slot), Table::policy_version, key);
        }
        end = key;
        versions.push_back(std::move(*row));
    }
    return versions;
}

}  // namespace fenshen::storage
