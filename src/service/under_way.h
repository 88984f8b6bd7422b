// SPDX-License-Identifier: Apache-2.0
// The store as it will be once all that this shard has under way is committed: who changes a row
// reads it here, so that two changes of one turn see each other. Rows are read with the functions
// of storage/. On the shard's loop.
#pragma once

#include <map>
#include <optional>
#include <utility>

#include "base/bytes.h"
#include "storage/batch.h"
#include "storage/store.h"

namespace fenshen::service {

class Shard;

class UnderWay final : public storage::Store {
public:
    explicit UnderWay(Shard& shard) : shard_(shard) {}

    /// Adds `batch` to the turn's of `slot`. Only what is added here is seen here. Precondition: no
    /// ranges are erased.
    void add(SlotId slot, const storage::Batch& batch);

    Result<std::optional<Bytes>> get(SlotId slot,
                                     storage::Table table,
                                     BytesView key) const override;
    Result<void> scan(SlotId slot,
                      storage::Table table,
                      BytesView from,
                      BytesView to,
                      const storage::RowVisitor& visit) const override;
    Result<std::optional<std::pair<Bytes, Bytes>>> last(SlotId slot,
                                                        storage::Table table,
                                                        BytesView from,
                                                        BytesView to) const override;
    void found_corrupt(SlotId slot, storage::Table table, BytesView key) const override;

    /// Rows that are under way; a figure, and for tests.
    std::size_t size() const;

private:
    struct Change {
        std::optional<Bytes> value;  ///< none: erased
        std::uint32_t commits = 0;
    };
    using Changes = std::map<Bytes, Change, std::less<>>;
    using Place = std::pair<SlotId, storage::Table>;

    const Changes* changes_of(SlotId slot, storage::Table table) const;
    void let_go(const Place& place, const Bytes& key);

    Shard& shard_;
    std::map<Place, Changes> changes_;
};

}  // namespace fenshen::service
