// SPDX-License-Identifier: Apache-2.0
// Reading rows of one kind: the format byte, the fields, and that nothing is left over. A row that
// cannot be read is named to the store, which tells the operator.
#pragma once

#include <optional>
#include <vector>

#include "model/channel.h"
#include "model/error.h"
#include "model/ids.h"
#include "storage/detail/row_codec.h"
#include "storage/store.h"

namespace fenshen::storage::detail {

inline std::uint8_t pack(const ChannelFlags& flags) {
    unsigned bits = 0;
    bits |= flags.ban ? 1U : 0U;
    bits |= flags.disband ? 2U : 0U;
    bits |= flags.send_ban ? 4U : 0U;
    bits |= flags.allow_stranger ? 8U : 0U;
    bits |= flags.large ? 16U : 0U;
    return static_cast<std::uint8_t>(bits);
}

inline ChannelFlags take_flags(RowReader& in) {
    const unsigned bits = in.u8();
    if (bits >= 32) in.fail();
    return {
        (bits & 1U) != 0, (bits & 2U) != 0, (bits & 4U) != 0, (bits & 8U) != 0, (bits & 16U) != 0};
}

inline std::unexpected<Errc> corrupt(const Store& store, SlotId slot, Table table, BytesView key) {
    store.found_corrupt(slot, table, key);
    return std::unexpected(Errc::store_corrupt);
}

/// The row in `value`, if it is one; `fields(in, row)` reads it.
template <class Row, class Fields>
std::optional<Row> decode_row(BytesView value, std::uint8_t format, Fields fields) {
    RowReader in(value);
    if (in.u8() != format) return std::nullopt;
    Row row{};
    fields(in, row);
    if (!in.done()) return std::nullopt;
    return row;
}

/// One row; `fields(in, row)` reads it.
template <class Row, class Fields>
Result<std::optional<Row>> read_row(const Store& store,
                                    SlotId slot,
                                    Table table,
                                    BytesView key,
                                    std::uint8_t format,
                                    Fields fields) {
    const auto value = store.get(slot, table, key);
    if (!value) return std::unexpected(value.error());
    if (!*value) return std::nullopt;
    auto row = decode_row<Row>(**value, format, fields);
    if (!row) return corrupt(store, slot, table, key);
    return row;
}

/// All rows whose key begins with `prefix`; `fields(key behind the prefix, in, row)` reads one.
template <class Row, class Fields>
Result<std::vector<Row>> read_rows(const Store& store,
                                   SlotId slot,
                                   Table table,
                                   BytesView prefix,
                                   std::uint8_t format,
                                   Fields fields) {
    std::vector<Row> rows;
    std::optional<Bytes> bad;
    const auto scanned =
        store.scan(slot, table, prefix, end_of_prefix(prefix), [&](BytesView key, BytesView value) {
            RowReader rest(key.substr(prefix.size()));
            auto row = decode_row<Row>(
                value, format, [&](RowReader& in, Row& read) { fields(rest, in, read); });
            if (!row || !rest.done()) {
                bad = key;
                return false;
            }
            rows.push_back(std::move(*row));
            return true;
        });
    if (!scanned) return std::unexpected(scanned.error());
    if (bad) return corrupt(store, slot, table, *bad);
    return rows;
}

/// The uids behind `prefix`: lists are keys without values.
inline Result<std::vector<Uid>> read_listed(const Store& store,
                                            SlotId slot,
                                            Table table,
                                            BytesView prefix) {
    std::vector<Uid> uids;
    const auto scanned =
        store.scan(slot, table, prefix, end_of_prefix(prefix), [&](BytesView key, BytesView) {
            uids.emplace_back(std::string(key.substr(prefix.size())));
            return true;
        });
    if (!scanned) return std::unexpected(scanned.error());
    return uids;
}

}  // namespace fenshen::storage::detail
