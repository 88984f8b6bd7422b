// SPDX-License-Identifier: Apache-2.0
// Which of the `slot_count` parts of the data an account or a channel belongs to (cluster-design
// 3). The hash is part of the stored format: it never changes, and has test vectors.
#pragma once

#include <cstdint>
#include <string_view>

#include "model/channel.h"
#include "model/ids.h"

namespace fenshen {

/// The number of slots of a new store; what a store was created with stays.
inline constexpr std::uint16_t default_slot_count = 64;

class SlotMap {
public:
    /// Precondition: count > 0.
    explicit SlotMap(std::uint16_t count = default_slot_count) : count_(count) {}

    std::uint16_t count() const { return count_; }
    /// Devices, tokens, person lists and conversations of an account.
    SlotId of_account(std::string_view uid) const;
    SlotId of_account(const Uid& uid) const { return of_account(uid.value()); }
    /// Flags, members and log of a channel. A command channel sits beside the channel it belongs
    /// to.
    SlotId of_channel(const ChannelKey& key) const;

private:
    std::uint16_t count_;
};

}  // namespace fenshen
