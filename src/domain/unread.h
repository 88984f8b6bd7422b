// SPDX-License-Identifier: Apache-2.0
// Unread counts are computed, never stored (wukong-semantics 5.3, 5.4).
#pragma once

#include <algorithm>
#include <cstdint>

#include "model/ids.h"

namespace fenshen::domain {

struct UnreadFacts {
    MessageSeq last;      ///< newest message
    MessageSeq read_to;   ///< read position
    MessageSeq own_last;  ///< newest message of the account itself, 0 if none
    bool newest_is_own = false;
};
struct Unread {
    std::uint64_t unread = 0;
    MessageSeq read_to;  ///< what counts as read
    bool operator==(const Unread&) const = default;
};
/// Who has written has read everything before it.
inline Unread unread_of(const UnreadFacts& facts) {
    const std::uint64_t last = facts.last.value();
    if (facts.newest_is_own) return {0, facts.last};
    const MessageSeq read = std::max(facts.read_to, facts.own_last);
    if (read.value() >= last) return {0, facts.read_to};
    return {last - read.value(), read};
}

/// The read position that leaves `unread` messages: all read for 0 or less, all but one for more
/// than there are (wukong-http 12.6; of an empty channel 0).
inline MessageSeq read_position_for_unread(MessageSeq last, std::int64_t unread) {
    const std::uint64_t count = last.value();
    if (unread <= 0 || count == 0) return last;
    const auto wanted = static_cast<std::uint64_t>(unread);
    return MessageSeq(wanted > count ? count - 1 : count - wanted);
}

}  // namespace fenshen::domain
