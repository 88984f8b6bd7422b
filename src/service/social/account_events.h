// SPDX-License-Identifier: Apache-2.0
// The account's event log (architecture 6): one ordered list of what changed about an account, for
// each of its devices but the one that changed it. A device online is told at once
// (SessionPort::account_events), one that returns reads on from its cursor. Events are durable with
// the change that they tell of, or not there at all.
#pragma once

#include <algorithm>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "base/bytes.h"
#include "base/clock.h"
#include "base/task.h"
#include "model/channel.h"
#include "model/error.h"
#include "model/ids.h"

namespace fenshen::service {

class Shard;
struct World;

/// Numbers are part of the stored format. Behind each: which fields of AccountEvent it uses besides
/// `at` and `origin`. `origin.uid` is always who did it: the account itself, or another.
enum class AccountEventKind : std::uint8_t {
    // contacts (easemob-multidevice 5.1); uids[0]: the other side, seen from origin.uid
    contact_invited = 1,  ///< text: the reason
    contact_added = 2,    ///< origin accepted; told to origin's own devices
    contact_agreed = 3,   ///< origin accepted; told to who had asked
    contact_refused = 4,
    contact_deleted = 5,
    contact_blocked = 6,
    contact_unblocked = 7,
    contact_remark = 8,  ///< text: the remark

    // conversations (easemob-multidevice 5.4); channel: person (combined id) or group
    conversation_pinned = 20,
    conversation_unpinned = 21,
    conversation_marked = 22,    ///< value: 0-19
    conversation_unmarked = 23,  ///< value: 0-19
    conversation_deleted = 24,   ///< value: 1 when its history is hidden too
    roaming_deleted = 25,        ///< messages or a time span are hidden
    history_cleared = 26,        ///< everything is hidden, every conversation deleted; no channel
    message_pinned = 27,         ///< value: message id
    message_unpinned = 28,       ///< value: message id
    conversation_read = 29,      ///< value: sequence that is read up to
    message_reacted = 30,        ///< value: message id, text: JSON array of what changed

    // silent mode (easemob-multidevice 5.5); no channel: the account itself
    silent_mode_set = 40,      ///< detail: {"type","ignoreDuration","ignoreInterval"}, those set
    silent_mode_cleared = 41,  ///< of a conversation

    // groups (easemob-multidevice 5.2); channel: the group, name: what it is called
    group_created = 60,
    group_destroyed = 61,
    group_joined = 62,            ///< origin joined an open group (its own devices)
    group_left = 63,              ///< its own devices
    group_apply = 64,             ///< text: the message
    group_apply_accepted = 65,    ///< uids[0]: the applicant
    group_apply_declined = 66,    ///< uids[0]: the applicant, text: the reason
    group_invited = 67,           ///< uids: who is invited
    group_invite_accepted = 68,   ///< uids[0]: who had invited
    group_invite_declined = 69,   ///< uids[0]: who had invited, text: the reason
    group_member_removed = 70,    ///< uids: who
    group_member_blocked = 71,    ///< uids: who; own devices only
    group_member_unblocked = 72,  ///< uids: who
    group_updated = 73,           ///< detail: JSON of what changed
    group_member_came = 74,       ///< uids: who, value: how many members there are now
    group_member_gone = 75,       ///< uids: who, value: how many members there are now
    group_direct_joined = 76,     ///< uids: who was added without being asked
    group_owner_changed = 77,     ///< uids[0]: the new owner
    group_admin_added = 78,       ///< uids[0]
    group_admin_removed = 79,     ///< uids[0]
    group_member_muted = 80,      ///< uids, value: until when in ms; -1: for ever
    group_member_unmuted = 81,    ///< uids
    group_announcement = 82,      ///< text; empty: deleted
    group_file_added = 83,
    group_file_removed = 84,
    group_allow_added = 85,    ///< uids
    group_allow_removed = 86,  ///< uids
    group_all_muted = 87,
    group_all_unmuted = 88,
    group_shielded = 89,     ///< own devices only
    group_unshielded = 90,   ///< own devices only
    member_attributes = 91,  ///< uids[0]: whose, detail: JSON object of what changed

    // threads (easemob-multidevice 5.3); channel: the thread, parent: its group, name, value: id of
    // the message that it hangs on
    thread_created = 110,         ///< own devices
    thread_destroyed = 111,       ///< own devices
    thread_joined = 112,          ///< own devices
    thread_left = 113,            ///< own devices
    thread_renamed = 114,         ///< own devices
    thread_member_removed = 115,  ///< uids[0]: who
    thread_seen_created = 116,    ///< for all members of the group
    thread_seen_destroyed = 117,  ///< for all members of the group
    thread_seen_renamed = 118,    ///< for all members of the group; text: how many messages
};

/// Who did it. With another account's uid the device says nothing to the readers.
struct EventOrigin {
    Uid uid;             ///< an account; empty: the app's server
    DeviceId device_id;  ///< empty: none of its devices (the API)
    bool operator==(const EventOrigin&) const = default;
};

struct AccountEvent {
    std::uint64_t number = 0;  ///< in the account's log; 0: not given out yet
    WallTime at;
    AccountEventKind kind = AccountEventKind::contact_invited;
    EventOrigin origin;
    ChannelKey channel = {};
    ChannelKey parent = {};
    std::vector<Uid> uids = {};
    std::string name = {};
    std::string text = {};
    std::string detail = {};  ///< compact JSON object, or empty
    std::int64_t value = 0;
    bool operator==(const AccountEvent&) const = default;

    /// Whether a device of `uid` caused it: that one never gets it.
    bool is_from(const Uid& uid, const DeviceId& device_id) const {
        return !device_id.value().empty() && origin.device_id == device_id && origin.uid == uid;
    }
};
using SharedEvent = std::shared_ptr<const AccountEvent>;

/// All but the number, which the row's key holds.
Bytes encode(const AccountEvent& event);
/// Errc: store_corrupt.
Result<AccountEvent> decode_event(BytesView record);

/// Where the log ends to be kept (architecture 6).
inline constexpr std::uint64_t account_events_max = 2000;
inline constexpr Millis account_event_age_max{7LL * 24 * 60 * 60 * 1000};

/// Adds `event` to the log of `uid` in this turn's batch of its slot, so along with whatever else
/// the caller puts there, and tells the live sessions once it is committed. On the account's loop.
/// Errc: store_unavailable, store_corrupt (then nothing was added).
Result<void> log_event(Shard& shard, const Uid& uid, AccountEvent event);
/// The same for who has read already that `last` is the newest number of the log.
void log_event_behind(Shard& shard, const Uid& uid, std::uint64_t last, AccountEvent event);

/// A device has logged in for the first time: it starts at the head. Into this turn's batch; on the
/// account's loop.
Result<void> start_event_cursor(Shard& shard,
                                const Uid& uid,
                                DeviceClass device_class,
                                const DeviceId& device_id);

struct EventPage {
    std::vector<AccountEvent> events;  ///< ascending, without those that the device caused
    std::uint64_t next = 0;            ///< where the device is once it has taken these
    bool more = false;
    /// Events between the cursor and the oldest kept are gone: the device has to read state anew.
    bool fell_behind = false;
};
/// What of `uid` a device has not had: behind `after`, at most `count_max` events. Errc:
/// store_unavailable, store_corrupt. Ends on the pool.
Task<Result<EventPage>> read_events(
    World& world, Uid uid, DeviceId device_id, std::uint64_t after, std::size_t count_max);

/// Where a device is; the head, which is then written down, for one that has no cursor yet.
Task<Result<std::uint64_t>> event_cursor(World& world,
                                         Uid uid,
                                         DeviceClass device_class,
                                         DeviceId device_id);
/// The device has acknowledged everything up to `number`; cursors only move forward.
Task<Result<void>> move_event_cursor(
    World& world, Uid uid, DeviceClass device_class, DeviceId device_id, std::uint64_t number);

/// How a session puts the two sources together, what it reads and what it is told, so that it gets
/// each event once and in order. Begin with its cursor and read a page; offer it what it is told.
class EventFeed {
public:
    explicit EventFeed(std::uint64_t cursor = 0) : place_(cursor) {}

    std::uint64_t place() const { return place_; }
    /// Told of event `number`: whether to hand it out. Not while pages are being read: they bring
    /// it.
    bool told(std::uint64_t number) {
        if (is_reading_) {
            told_to_ = std::max(told_to_, number);
            return false;
        }
        if (number <= place_) return false;
        place_ = number;
        return true;
    }
    /// A page was read and handed out: whether another has to be read.
    bool page_read(std::uint64_t next, bool more) {
        place_ = std::max(place_, next);
        is_reading_ = more || told_to_ > place_;
        return is_reading_;
    }

private:
    std::uint64_t place_;
    std::uint64_t told_to_ = 0;
    bool is_reading_ = true;
};

}  // namespace fenshen::service
