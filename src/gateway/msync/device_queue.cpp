// SPDX-License-Identifier: Apache-2.0
#include "gateway/msync/device_queue.h"

namespace fenshen::gateway {

bool DeviceQueue::add(Entry entry, const DeviceQueueLimits& limits) {
    const std::size_t bytes = entry.bytes();
    const bool is_full = waiting_.size() >= limits.waiting_max ||
                         (!waiting_.empty() && waiting_bytes_ + bytes > limits.waiting_bytes_max);
    if (is_full) return false;
    waiting_bytes_ += bytes;
    waiting_.push_back(std::move(entry));
    return true;
}

void DeviceQueue::add_front(std::vector<Entry> entries) {
    for (auto entry = entries.rbegin(); entry != entries.rend(); ++entry) {
        waiting_bytes_ += entry->bytes();
        waiting_.push_front(std::move(*entry));
    }
}

const DeviceQueue::Entries& DeviceQueue::batch(const DeviceQueueLimits& limits) {
    if (!under_way_.empty()) return under_way_;
    std::size_t bytes = 0;
    while (!waiting_.empty() && under_way_.size() < limits.batch_metas_max) {
        const std::size_t more = waiting_.front().bytes();
        if (!under_way_.empty() && bytes + more > limits.batch_bytes_max) break;
        // More of what was missed may still have to be read.
        const bool is_other =
            !under_way_.empty() && waiting_.front().is_online != under_way_.back().is_online;
        if (is_other) break;
        bytes += more;
        waiting_bytes_ -= more;
        waiting_.front().key = ++last_key_;
        under_way_.splice(under_way_.end(), waiting_, waiting_.begin());
    }
    return under_way_;
}

}  // namespace fenshen::gateway
