// SPDX-License-Identifier: Apache-2.0
#include "protocol/wukong/in_flight.h"

#include <algorithm>
#include <utility>

namespace fenshen::wukong {

namespace {

struct Entry {
    std::int64_t message_id = 0;
    InFlight::Payload payload;  ///< empty: acknowledged, a gap
    MonoTime due;
    std::uint8_t repeats = 0;
};

}  // namespace

/// A queue in a vector: in order of `due`, as every wait is equally long. Acknowledged entries
/// become gaps; those at the front are passed over at once, and dropped when they are many.
struct InFlight::State {
    std::vector<Entry> entries;
    std::size_t first = 0;  ///< entries before it are gone
    std::size_t live = 0;

    void skip_gaps() {
        while (first < entries.size() && !entries[first].payload) ++first;
        if (first == entries.size()) {
            entries.clear();
            first = 0;
        } else if (first >= 32 && first >= entries.size() / 2) {
            entries.erase(entries.begin(), entries.begin() + static_cast<std::ptrdiff_t>(first));
            first = 0;
        }
    }

    void drop(Entry& entry) {
        entry.payload.reset();
        --live;
        skip_gaps();
    }
};

InFlight::InFlight() = default;
InFlight::~InFlight() = default;
InFlight::InFlight(InFlight&&) noexcept = default;
InFlight& InFlight::operator=(InFlight&&) noexcept = default;

std::size_t InFlight::add(std::int64_t message_id,
                          Payload payload,
                          MonoTime now,
                          const InFlightLimits& limits) {
    if (!payload || limits.count_max == 0) return 0;
    if (!state_) state_ = std::make_unique<State>();
    std::size_t fallen_out = 0;
    if (state_->live >= limits.count_max) {
        state_->drop(state_->entries[state_->first]);
        fallen_out = 1;
    }
    state_->entries.push_back({.message_id = message_id,
                               .payload = std::move(payload),
                               .due = now + limits.interval,
                               .repeats = 0});
    ++state_->live;
    return fallen_out;
}

bool InFlight::ack(std::int64_t message_id) {
    if (!state_) return false;
    const auto begin = state_->entries.begin() + static_cast<std::ptrdiff_t>(state_->first);
    const auto found = std::find_if(begin, state_->entries.end(), [&](const Entry& entry) {
        return entry.message_id == message_id && entry.payload;
    });
    if (found == state_->entries.end()) return false;
    state_->drop(*found);
    if (state_->live == 0) state_.reset();
    return true;
}

InFlight::Due InFlight::due(MonoTime now, const InFlightLimits& limits) {
    Due due;
    if (!state_) return due;
    auto& entries = state_->entries;
    // What is sent again goes to the back, behind `end`.
    const std::size_t end = entries.size();
    std::size_t at = state_->first;
    for (; at < end && entries[at].due <= now; ++at) {
        Entry entry = std::move(entries[at]);
        entries[at].payload.reset();
        if (!entry.payload) continue;
        if (entry.repeats >= limits.repeats_max) {
            ++due.given_up;
            --state_->live;
            continue;
        }
        due.again.push_back(entry.payload);
        ++entry.repeats;
        entry.due = now + limits.interval;
        entries.push_back(std::move(entry));
    }
    state_->skip_gaps();
    if (state_->live == 0) state_.reset();
    return due;
}

std::size_t InFlight::size() const {
    return state_ ? state_->live : 0;
}

void InFlight::clear() {
    state_.reset();
}

}  // namespace fenshen::wukong
