// SPDX-License-Identifier: Apache-2.0
// The one queue of an MSync device (msync-wire 5): what is to be handed out, what was handed out
// and waits for its acknowledgement, and which messages the device has. A batch goes out when the
// one before is acknowledged. Pure; on its session's loop.
#pragma once

#include <cstddef>
#include <cstdint>
#include <list>
#include <memory>
#include <span>
#include <vector>

#include "base/bytes.h"
#include "base/clock.h"
#include "model/message.h"

namespace fenshen::gateway {

struct DeviceQueueLimits {
    std::size_t batch_metas_max = 20;
    std::size_t batch_bytes_max = 256UL * 1024;  ///< of payloads; the first always goes
    std::size_t waiting_max = 2'000;             ///< entries
    std::size_t waiting_bytes_max = 2UL * 1024 * 1024;
};

class DeviceQueue {
public:
    struct Entry {
        std::uint64_t key = 0;
        SharedMessage message = {};              ///< or
        std::shared_ptr<const Bytes> meta = {};  ///< a serialized Meta: an event
        std::uint64_t event_number = 0;          ///< of an event's last Meta
        bool is_online = true;                   ///< false: missed while the device was away
        std::size_t bytes() const { return message ? message->payload.size() + 128 : meta->size(); }
    };

    /// Keys begin after `key`: they must not repeat those of the device's last connection
    /// (msync-wire 5.2, rule 7).
    void begin_after(std::uint64_t key) { last_key_ = key; }

    /// False: it is full, and nothing was added.
    [[nodiscard]] bool add(Entry entry, const DeviceQueueLimits& limits);
    /// Ahead of all that waits, in their order: what was read for a device that had been away.
    void add_front(std::vector<Entry> entries);

    // Lists, since empty ones cost nothing beside the session: idle devices are many.
    using Entries = std::list<Entry>;
    /// The batch under way; where there is none, the next one. Empty: there is nothing.
    const Entries& batch(const DeviceQueueLimits& limits);
    const Entries& under_way() const { return under_way_; }
    /// Lets go of what has a key up to `key`; hands each to `acked` first.
    template <class F>
    void acknowledge(std::uint64_t key, F acked) {
        while (!under_way_.empty() && under_way_.front().key <= key) {
            acked(under_way_.front());
            under_way_.pop_front();
        }
    }

    bool has_missed_waiting() const { return !waiting_.empty() && !waiting_.front().is_online; }
    const Entries& waiting() const { return waiting_; }
    std::size_t size() const { return under_way_.size() + waiting_.size(); }

private:
    Entries under_way_;
    Entries waiting_;
    std::size_t waiting_bytes_ = 0;
    std::uint64_t last_key_ = 0;
};

}  // namespace fenshen::gateway
