// SPDX-License-Identifier: Apache-2.0
// Turns the batches of one group into one RocksDB write: rows that change more than once are
// written once, and each slot's mark says how far it is (cluster-design 3).
#pragma once

#include <rocksdb/write_batch.h>

#include <cstdint>
#include <optional>
#include <unordered_map>
#include <vector>

#include "base/bytes.h"
#include "base/clock.h"
#include "model/ids.h"
#include "storage/batch.h"

namespace fenshen::storage::detail {

inline rocksdb::Slice slice(BytesView bytes) {
    return {bytes.data(), bytes.size()};
}

/// Used by the committer's thread.
class GroupWriter {
public:
    /// Takes over where the stored mark stands; its time, or none when it cannot be read.
    std::optional<WallTime> read_mark(SlotId slot, BytesView mark);

    /// `batch` stays as it is until clear().
    void add(SlotId slot, const Batch& batch);
    /// All that was added, with marks that carry `at`. Null when nothing was.
    rocksdb::WriteBatch* finish(WallTime at);
    /// Begins anew; if the write was `committed`, marks go on from it.
    void clear(bool committed);

private:
    struct Row {
        bool erased = false;
        BytesView value;
    };
    void put(SlotId slot, Table table, BytesView key, BytesView value);
    void write_rows();

    rocksdb::WriteBatch write_;
    std::unordered_map<Bytes, Row> rows_;  ///< of tables whose rows change often; last change wins
    std::vector<SlotId> touched_;
    std::vector<std::uint64_t> marks_;  ///< by slot: groups committed
};

}  // namespace fenshen::storage::detail
