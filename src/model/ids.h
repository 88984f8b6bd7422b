// SPDX-License-Identifier: Apache-2.0
// The names that things have. docs/glossary.md says what each word means.
#pragma once

#include <cstdint>
#include <string>

#include "base/strong_id.h"

namespace fenshen {

/// An account. Never empty in a stored row; what a client may choose is checked by model/names.h.
using Uid = StrongId<struct UidTag, std::string>;
/// What a client calls its installation. May be empty; two empty ones count as equal
/// (wukong-wire 5.7).
using DeviceId = StrongId<struct DeviceIdTag, std::string>;
/// A device class: WuKong's device_flag. Any of 0-255 is a class of its own.
using DeviceClass = StrongId<struct DeviceClassTag, std::uint8_t>;
/// Unique in the cluster, positive, grows with time within one channel (wukong-wire 8.7).
using MessageId = StrongId<struct MessageIdTag, std::int64_t>;
/// Position in a channel's log: 1, 2, 3 ... without gaps; 0 is "not stored".
using MessageSeq = StrongId<struct MessageSeqTag, std::uint64_t>;
/// One of `slot_count` parts of the data; fixed for an account and for a channel (model/slot.h).
using SlotId = StrongId<struct SlotIdTag, std::uint16_t>;
using NodeId = StrongId<struct NodeIdTag, std::uint16_t>;
using LoopId = StrongId<struct LoopIdTag, std::uint16_t>;

enum class DeviceLevel : std::uint8_t { secondary = 0, main = 1 };

/// Names a session anywhere in the cluster. Serials are never used twice: a stale reference finds
/// nobody.
struct SessionRef {
    NodeId node;
    LoopId loop;
    std::uint64_t serial = 0;
    auto operator<=>(const SessionRef&) const = default;
};

}  // namespace fenshen
