// SPDX-License-Identifier: Apache-2.0
// Unread counts are computed, never stored; what is stored are two marks of an account in a
// channel, and both only ever move forward (wukong-semantics 5.3, 5.4; wukong-http 12).
#pragma once

#include <algorithm>
#include <cstdint>

#include "model/ids.h"

namespace fenshen::domain {

struct UnreadFacts {
    MessageSeq last;      ///< newest message that is looked at
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
constexpr std::uint64_t messages_between(MessageSeq after, MessageSeq last) {
    return last > after ? last.value() - after.value() : 0;
}
inline Unread unread_of(const UnreadFacts& facts) {
    if (facts.newest_is_own) return {0, facts.last};
    const Unread by_position{messages_between(facts.read_to, facts.last), facts.read_to};
    const Unread by_own{messages_between(facts.own_last, facts.last), facts.own_last};
    return by_own.unread < by_position.unread ? by_own : by_position;
}

/// The read position that leaves `unread` messages: all read for 0 or less, all but one for more
/// than there are; 0 in a channel without messages.
inline MessageSeq read_position_for_unread(MessageSeq last, std::int64_t unread) {
    const std::uint64_t count = last.value();
    if (unread <= 0 || count == 0) return last;
    const auto wanted = static_cast<std::uint64_t>(unread);
    return MessageSeq(wanted > count ? count - 1 : count - wanted);
}

/// Where a mark stands after it was asked to move to `target`: it never goes back.
inline MessageSeq forward(MessageSeq mark, MessageSeq target) {
    return std::max(mark, target);
}

/// What a client asks of one conversation (wukong-http 12.1).
struct RecentsFacts {
    MessageSeq known;          ///< the client has it up to here; 0: it does not say
    bool only_unread = false;  ///< where it does not say: what is beyond the read position
    MessageSeq read_to;
    MessageSeq deleted_to;  ///< the conversation was deleted up to here; 0: never
};
/// Messages with a sequence beyond this are shown; without any the conversation is left out.
inline MessageSeq shown_after(const RecentsFacts& facts) {
    MessageSeq bound = facts.known;
    if (bound.value() == 0 && facts.only_unread) bound = facts.read_to;
    return std::max(bound, facts.deleted_to);
}

}  // namespace fenshen::domain
