// SPDX-License-Identifier: Apache-2.0
// Which messages a page of history holds (the table of wukong-http 9.1).
#pragma once

#include <cstddef>
#include <cstdint>

#include "model/ids.h"

namespace fenshen::domain {

struct SyncRequest {
    static constexpr std::int64_t limit_max = 10'000;

    enum class Mode : std::uint8_t { down = 0, up = 1 };
    std::uint64_t start = 0;
    std::uint64_t end = 0;
    std::int64_t limit = 0;  ///< 0 or less: no messages
    Mode mode = Mode::down;
};

/// Sequences from `first` to `last`, both included, ascending; the first `count_max` of them.
struct SyncWindow {
    MessageSeq first;
    MessageSeq last;
    std::size_t count_max = 0;  ///< 0: nothing
    bool operator==(const SyncWindow&) const = default;
};

/// `last`: the channel's newest sequence.
SyncWindow sync_window(const SyncRequest& request, MessageSeq last);

/// Whether the answer says that there is more: the page is full (wukong-http 9.1).
bool has_more(const SyncRequest& request, std::size_t found);

}  // namespace fenshen::domain
