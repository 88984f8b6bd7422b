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

/// Never gives the same id twice, and each is greater than the one before, also when the clock goes
/// back or more than 4096 are asked for in a millisecond: it then runs ahead of the clock.
/// Thread-safe, without locks.
class Snowflake {
public:
    static constexpr std::int64_t epoch_ms = 1288834974657;
    static constexpr std::uint16_t node_max = 1023;

    /// `floor`: ids begin after this millisecond. After a restart the time of the last one stored:
    /// what else was given out in that millisecond is not known any more.
    explicit Snowflake(NodeId node, WallTime floor = {}) : node_(node.value()) {
        assert(node.value() <= node_max);
        if (floor.ms >= epoch_ms) last_.store(ticks_of(floor) | sequence_mask);
    }
    /// After `last`, the highest id known.
    Snowflake(NodeId node, MessageId last) : Snowflake(node, time_of(last)) {}

    MessageId next(WallTime now) {
        const std::uint64_t clock = ticks_of(now);
        std::uint64_t last = last_.load(std::memory_order_relaxed);
        std::uint64_t ticks = 0;
        do {
            ticks = std::max(clock, last + 1);
        } while (!last_.compare_exchange_weak(last, ticks, std::memory_order_relaxed));
        const std::uint64_t ms = ticks >> sequence_bits;
        const std::uint64_t id =
            (ms << time_shift) | (std::uint64_t{node_} << sequence_bits) | (ticks & sequence_mask);
        return MessageId(static_cast<std::int64_t>(id & INT64_MAX));
    }

    /// The least id of a millisecond.
    static MessageId first_of(WallTime time) {
        const std::int64_t ms = std::max<std::int64_t>(time.ms - epoch_ms, 0);
        return MessageId(ms << time_shift);
    }
    /// The millisecond that an id carries.
    static WallTime time_of(MessageId id) {
        const auto bits = static_cast<std::uint64_t>(std::max<std::int64_t>(id.value(), 0));
        return {epoch_ms + static_cast<std::int64_t>(bits >> time_shift)};
    }

private:
    static constexpr unsigned sequence_bits = 12;
    static constexpr unsigned time_shift = 22;
    static constexpr std::uint64_t sequence_mask = (1U << sequence_bits) - 1;

    /// Milliseconds since the ids' epoch, with room for the running number.
    static std::uint64_t ticks_of(WallTime time) {
        const std::int64_t ms = std::max<std::int64_t>(time.ms - epoch_ms, 0);
        return static_cast<std::uint64_t>(ms) << sequence_bits;
    }

    const std::uint16_t node_;
    std::atomic<std::uint64_t> last_{0};
};

}  // namespace fenshen::domain
