// SPDX-License-Identifier: Apache-2.0
// Reading rows of one kind: the format byte, the fields, and that nothing is left over.
#pragma once

#include <optional>
#include <string>
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

inline ChannelFlags unpack_flags(std::uint8_t bits) {
    return {
        (bits & 1U) != 0, (bits & 2U) != 0, (bits & 4U) != 0, (bits & 8U) != 0, (bits & 16U) != 0};
}

inline std::string take_rest(RowReader& in) {
    std::string rest(in.rest());
    in = RowReader({});
    return rest;
}

/// One row; `fields(in, row)` reads it.
template <class Row, class Fields>
Result<std::optional<Row>> read_row(const Store& store,
                                    SlotId slot,
                                    Table table,
                                    BytesView key,
                                    std::uint8_t format,
                                    Fields fields) {
    auto value = store.get(slot, table, key);
    if (!value) return std::unexpected(value.error());
    if (!*value) return std::nullopt;
    RowReader in(**value);
    if (in.u8() != format) return std::unexpected(Errc::store_corrupt);
    Row row;
    fields(in, row);
    if (!in.done()) return std::unexpected(Errc::store_corrupt);
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
    bool corrupt = false;
    const auto scanned =
        store.scan(slot, table, prefix, end_of_prefix(prefix), [&](BytesView key, BytesView value) {
            RowReader rest(key.substr(prefix.size()));
            RowReader in(value);
            Row row;
            const bool known = in.u8() == format;
            if (known) fields(rest, in, row);
            corrupt = !known || !in.done() || !rest.done();
            if (!corrupt) rows.push_back(std::move(row));
            return !corrupt;
        });
    if (!scanned) return std::unexpected(scanned.error());
    if (corrupt) return std::unexpected(Errc::store_corrupt);
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
