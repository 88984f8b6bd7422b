// SPDX-License-Identifier: Apache-2.0
// The one door to durable state (cluster-design 6): nothing else writes, and nothing is shown to
// anybody before its batch is committed. Embedded: one committer thread takes what all loops have
// and makes it one synced write.
#pragma once

#include <cstddef>
#include <functional>

#include "base/executor.h"
#include "model/error.h"
#include "model/ids.h"
#include "storage/batch.h"

namespace fenshen::storage {

class CommitLog {
public:
    /// Errc: store_unavailable (disk full, I/O error: nothing of it is there), stopping. Who tries
    /// again after a failure does so later, not from within `done`.
    using Done = std::move_only_function<void(Result<void>)>;

    virtual ~CommitLog() = default;
    /// Makes `batch` permanent. `done` runs on `home` once it is durable and can be read from the
    /// Store; in the order of the calls for one home. Completions of one write reach a home as one
    /// piece of work. Thread-safe, never blocks: watch `waiting_bytes` and stop taking work in when
    /// it is high.
    ///
    /// A batch is decided on top of those before it. So when one fails, all that its home has under
    /// way for the same slot fails with it, and the home is told of all in one piece of work, ahead
    /// of what it awaits for other slots; what it hands in for the slot before it has been told of
    /// the last one fails, too. An empty batch changes nothing but takes its place in that order.
    virtual void commit(SlotId slot, Batch batch, Executor& home, Done done) = 0;
    /// Bytes handed in and not yet durable.
    virtual std::size_t waiting_bytes() const = 0;
};

}  // namespace fenshen::storage
