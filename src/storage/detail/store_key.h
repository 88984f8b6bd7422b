// SPDX-License-Identifier: Apache-2.0
// Every stored key begins with its slot and its table (cluster-design 3).
#pragma once

#include "base/bytes.h"
#include "model/ids.h"
#include "storage/batch.h"

namespace fenshen::storage::detail {

inline constexpr std::size_t store_prefix_bytes = 3;

inline Bytes store_key(SlotId slot, Table table, BytesView key) {
    Bytes out;
    out.reserve(store_prefix_bytes + key.size());
    append_be(out, slot.value());
    out.push_back(static_cast<char>(table));
    out += key;
    return out;
}

/// The end of a range; an empty `to` means the end of the table.
inline Bytes store_range_end(SlotId slot, Table table, BytesView to) {
    if (!to.empty()) return store_key(slot, table, to);
    return store_key(slot, static_cast<Table>(static_cast<unsigned>(table) + 1U), {});
}

}  // namespace fenshen::storage::detail
