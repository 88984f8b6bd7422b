// SPDX-License-Identifier: Apache-2.0
// Time is an argument. The server runs on SystemClock; tests and the simulation bring their own.
#pragma once

#include <chrono>
#include <cstdint>

namespace fenshen {

using Millis = std::chrono::milliseconds;

/// Milliseconds since the Unix epoch: what is stored and sent.
struct WallTime {
    std::int64_t ms = 0;
    constexpr std::int64_t seconds() const { return ms / 1000; }
    auto operator<=>(const WallTime&) const = default;
};

/// Milliseconds of a clock that never goes back: what time-outs are measured with.
struct MonoTime {
    std::int64_t ms = 0;
    auto operator<=>(const MonoTime&) const = default;
    friend constexpr MonoTime operator+(MonoTime t, Millis d) { return {t.ms + d.count()}; }
    friend constexpr Millis operator-(MonoTime a, MonoTime b) { return Millis{a.ms - b.ms}; }
};

/// Thread-safe.
class Clock {
public:
    virtual ~Clock() = default;
    virtual WallTime wall() const = 0;
    virtual MonoTime mono() const = 0;
};

class SystemClock final : public Clock {
public:
    WallTime wall() const override {
        return {
            std::chrono::duration_cast<Millis>(std::chrono::system_clock::now().time_since_epoch())
                .count()};
    }
    MonoTime mono() const override {
        return {
            std::chrono::duration_cast<Millis>(std::chrono::steady_clock::now().time_since_epoch())
                .count()};
    }
};

}  // namespace fenshen
