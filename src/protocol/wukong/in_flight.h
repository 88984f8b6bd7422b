// SPDX-License-Identifier: Apache-2.0
// The RECVs of one session that its client has not acknowledged, and when they go out again
// (wukong-wire 5.11). A session that waits for nothing pays for one pointer.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

#include "base/clock.h"

namespace fenshen::wukong {

struct InFlightLimits {
    Millis interval{60'000};
    std::uint8_t repeats_max = 5;
    /// Above it the oldest falls out.
    std::size_t count_max = 100;
};

/// Belongs to one session: one thread at a time.
class InFlight {
public:
    /// What is to be sent again; this class doesn't look into it.
    using Payload = std::shared_ptr<const void>;

    struct Due {
        std::vector<Payload> again;  ///< oldest first
        std::size_t given_up = 0;    ///< were repeated often enough, and are forgotten now
    };

    InFlight();
    ~InFlight();
    InFlight(InFlight&&) noexcept;
    InFlight& operator=(InFlight&&) noexcept;

    /// After the message was sent for the first time. Times must not go back from call to call, and
    /// the limits be the same in each. Answers how many fell out: 0 or 1.
    std::size_t add(std::int64_t message_id,
                    Payload payload,
                    MonoTime now,
                    const InFlightLimits& limits);
    /// False for what is not there: unknown, or acknowledged before.
    bool ack(std::int64_t message_id);
    /// To be called now and then, every second or so.
    Due due(MonoTime now, const InFlightLimits& limits);

    std::size_t size() const;
    bool empty() const { return size() == 0; }
    void clear();

private:
    struct State;
    std::unique_ptr<State> state_;
};
static_assert(sizeof(InFlight) == sizeof(void*));

}  // namespace fenshen::wukong
