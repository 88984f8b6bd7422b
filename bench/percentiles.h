// SPDX-License-Identifier: Apache-2.0
// Latencies of a run: all of them, sorted when asked.
#pragma once

#include <algorithm>
#include <cstdint>
#include <vector>

namespace fenshen::bench {

class Latencies {
public:
    void add(std::uint64_t ns) { all_.push_back(ns); }
    std::size_t count() const { return all_.size(); }
    /// In milliseconds; 0 when there are none.
    double percentile(double share) {
        if (all_.empty()) return 0;
        const auto place = std::min(
            all_.size() - 1, static_cast<std::size_t>(share * static_cast<double>(all_.size())));
        std::ranges::nth_element(all_, all_.begin() + static_cast<std::ptrdiff_t>(place));
        return static_cast<double>(all_[place]) / 1e6;
    }

private:
    std::vector<std::uint64_t> all_;
};

}  // namespace fenshen::bench
