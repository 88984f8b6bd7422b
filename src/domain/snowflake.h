// SPDX-License-Identifier: Apache-2.0
// Message ids: 63 bits of milliseconds, node and a running number (wukong-wire 8.7). All loops
// share one source.
#pragma once

#include <algorithm>
#include <atomic>
#include <cassert>
#include <cstdint>

#include "base/clock.h"
#include "model/ids.h"

namespace fenshen::domain {

/// Never gives the same id twice, also when the clock goes back or more than 4096 are asked for in
/// a millisecond: it then runs ahead of the clock. Thread-safe.
class Snowflake {
public:
    static constexpr std::int64_t epoch_ms = 1288834974657;
    static constexpr std::uint16_t node_max = 1023;

    /// `floor`: no id will carry an earlier time; what was stored last, after a restart.
    explicit Snowflake(NodeId node, WallTime floor = {}) : node_(node.value()) {
        assert(node.value() <= node_max);
        last_.store(ticks_of(floor));
    }

    MessageId next(WallTime now) {
        const std::uint64_t clock = ticks_of(now);
        std::uint64_t last = last_.load(std::memory_order_relaxed);
        std::uint64_t ticks = 0;
        do {
            ticks = std::max(clock, last + 1);
        } while (!last_.compare_exchange_weak(last, ticks, std::memory_order_relaxed));
        const std::uint64_t ms = ticks >> sequence_bits;
        const std::uint64_t sequence = ticks & ((1U << sequence_bits) - 1);
        return MessageId(
            static_cast<std::int64_t>((ms << 22U) | (std::uint64_t{node_} << 12U) | sequence));
    }

private:
    static constexpr unsigned sequence_bits = 12;

    /// Milliseconds since the ids' epoch, with room for the running number.
    static std::uint64_t ticks_of(WallTime time) {
        const std::int64_t ms = std::max<std::int64_t>(time.ms - epoch_ms, 0);
        return static_cast<std::uint64_t>(ms) << sequence_bits;
    }

    const std::uint16_t node_;
    std::atomic<std::uint64_t> last_{0};
};

}  // namespace fenshen::domain
