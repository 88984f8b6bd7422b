// SPDX-License-Identifier: Apache-2.0
// What a store engine can be asked. Rows and their meaning are storage/rows.h; engines live in
// memory/ and rocksdb/ and are known to app/ only. All pass the contract test in testing/.
#pragma once

#include <functional>
#include <optional>

#include "base/bytes.h"
#include "model/error.h"
#include "model/ids.h"
#include "storage/batch.h"

namespace fenshen::storage {

/// Return false to stop. Views are valid during the call only. It may read the store.
using RowVisitor = std::function<bool(BytesView key, BytesView value)>;

/// Committed state. Thread-safe; may wait for the disk. Keys are without slot and table.
class Store {
public:
    virtual ~Store() = default;
    /// Errc, here and below: store_corrupt (only these rows: others stay readable),
    /// store_unavailable.
    virtual Result<std::optional<Bytes>> get(SlotId slot, Table table, BytesView key) const = 0;
    /// Rows with from <= key < to, ascending, as they were when the call began. An empty `to`: to
    /// the table's end.
    virtual Result<void> scan(
        SlotId slot, Table table, BytesView from, BytesView to, const RowVisitor& visit) const = 0;
    /// The last row with from <= key < to: the head of a channel's log.
    virtual Result<std::optional<std::pair<Bytes, Bytes>>> last(SlotId slot,
                                                                Table table,
                                                                BytesView from,
                                                                BytesView to) const = 0;
    /// Told by those who understand rows: this one's bytes are there, but make no sense. An engine
    /// that has an operator names it to him.
    virtual void found_corrupt(SlotId /*slot*/, Table /*table*/, BytesView /*key*/) const {}
};

}  // namespace fenshen::storage
