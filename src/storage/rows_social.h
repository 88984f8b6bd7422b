// SPDX-License-Identifier: Apache-2.0
// Rows of what accounts have to do with each other: the event log, contacts, groups and threads,
// marks of conversations, silent mode, attributes of users. As in storage/rows.h: functions that
// read may wait for the disk; a row of a format that is not known is store_corrupt.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/bytes.h"
#include "base/clock.h"
#include "model/channel.h"
#include "model/error.h"
#include "model/ids.h"
#include "storage/batch.h"
#include "storage/store.h"

namespace fenshen::storage {

// --- the account's event log
// ----------------------------------------------------------------------------------------

/// One event; what is in it is for service/social/account_events.h to say.
struct AccountEventRow {
    std::uint64_t number = 0;  ///< ascending from 1 within the account
    WallTime at;
    Bytes record;
    bool operator==(const AccountEventRow&) const = default;
};
void put_account_event(Batch& batch, const Uid& uid, const AccountEventRow& row);
void erase_account_event(Batch& batch, const Uid& uid, std::uint64_t number);
/// Ascending, with number > after, at most `count_max`.
Result<std::vector<AccountEventRow>> read_account_events(
    const Store& store, SlotId slot, const Uid& uid, std::uint64_t after, std::size_t count_max);
/// Number of the newest; 0 where there never was one.
Result<std::uint64_t> read_last_account_event(const Store& store, SlotId slot, const Uid& uid);
/// Up to which number the retention has erased events; 0: none.
void put_account_events_erased(Batch& batch, const Uid& uid, std::uint64_t number);
Result<std::uint64_t> read_account_events_erased(const Store& store, SlotId slot, const Uid& uid);

/// Up to which number a device has the events. Erased along with the device.
void put_event_cursor(Batch& batch,
                      const Uid& uid,
                      DeviceClass device_class,
                      const DeviceId& device_id,
                      std::uint64_t number);
void erase_event_cursor(Batch& batch,
                        const Uid& uid,
                        DeviceClass device_class,
                        const DeviceId& device_id);
Result<std::optional<std::uint64_t>> read_event_cursor(const Store& store,
                                                       SlotId slot,
                                                       const Uid& uid,
                                                       DeviceClass device_class,
                                                       const DeviceId& device_id);

// --- contacts (slot of the account)
// ----------------------------------------------------------------------------------------

enum class ContactState : std::uint8_t { asked_by_me = 1, asked_by_peer = 2, friends = 3 };
struct ContactRow {
    Uid peer = {};
    ContactState state = ContactState::friends;
    std::string remark = {};
    std::string reason = {};  ///< of the request
    WallTime at = {};         ///< of the last change of state
    bool operator==(const ContactRow&) const = default;
};
void put_contact(Batch& batch, const Uid& uid, const ContactRow& row);
void erase_contact(Batch& batch, const Uid& uid, const Uid& peer);
Result<std::optional<ContactRow>> read_contact(const Store& store,
                                               SlotId slot,
                                               const Uid& uid,
                                               const Uid& peer);
/// In ascending order of the peer.
Result<std::vector<ContactRow>> read_contacts(const Store& store, SlotId slot, const Uid& uid);

// --- what an account keeps of groups and conversations (slot of the account)
// ----------------------------------------------------------------------------------------

/// A group or thread that the account is in, as the account's side knows it.
struct JoinedRow {
    ChannelKey channel = {};
    ChannelKey parent = {};  ///< of a thread: its group; else none
    WallTime at = {};
    bool operator==(const JoinedRow&) const = default;
};
void put_joined(Batch& batch, const Uid& uid, const JoinedRow& row);
void erase_joined(Batch& batch, const Uid& uid, const ChannelKey& channel);
Result<std::vector<JoinedRow>> read_joined(const Store& store, SlotId slot, const Uid& uid);

/// What the account has put on a conversation. A row without anything is not kept.
struct ConversationMarkRow {
    ChannelKey channel = {};
    WallTime pinned_at = {};    ///< 0: not pinned
    std::uint32_t marks = 0;    ///< a bit a mark, 0-19
    MessageSeq hidden_to = {};  ///< history up to here is not shown to the account
    bool operator==(const ConversationMarkRow&) const = default;
};
void put_conversation_mark(Batch& batch, const Uid& uid, const ConversationMarkRow& row);
Result<std::optional<ConversationMarkRow>> read_conversation_mark(const Store& store,
                                                                  SlotId slot,
                                                                  const Uid& uid,
                                                                  const ChannelKey& channel);
Result<std::vector<ConversationMarkRow>> read_conversation_marks(const Store& store,
                                                                 SlotId slot,
                                                                 const Uid& uid);

/// A single message that is not shown to the account.
void put_hidden_message(Batch& batch, const Uid& uid, const ChannelKey& channel, MessageSeq seq);
void erase_hidden_message(Batch& batch, const Uid& uid, const ChannelKey& channel, MessageSeq seq);
/// Ascending.
Result<std::vector<MessageSeq>> read_hidden_messages(const Store& store,
                                                     SlotId slot,
                                                     const Uid& uid,
                                                     const ChannelKey& channel);

struct SilentModeRow {
    ChannelKey channel = {};     ///< none: the account itself
    std::string type = {};       ///< "ALL", "AT", "NONE"; empty: not set
    WallTime ignore_until = {};  ///< 0: not set
    std::string interval = {};   ///< "21:30-8:30"; empty: not set
    bool operator==(const SilentModeRow&) const = default;
};
void put_silent_mode(Batch& batch, const Uid& uid, const SilentModeRow& row);
void erase_silent_mode(Batch& batch, const Uid& uid, const ChannelKey& channel);
Result<std::optional<SilentModeRow>> read_silent_mode(const Store& store,
                                                      SlotId slot,
                                                      const Uid& uid,
                                                      const ChannelKey& channel);
Result<std::vector<SilentModeRow>> read_silent_modes(const Store& store,
                                                     SlotId slot,
                                                     const Uid& uid);

/// What a user tells of itself, by name; none is no row.
using UserAttributes = std::map<std::string, std::string>;
void put_user_attributes(Batch& batch, const Uid& uid, const UserAttributes& attributes);
void erase_user_attributes(Batch& batch, const Uid& uid);
Result<UserAttributes> read_user_attributes(const Store& store, SlotId slot, const Uid& uid);
/// Bytes of names and values of all users of the slot.
Result<std::uint64_t> read_user_attribute_bytes(const Store& store, SlotId slot);

// --- groups and threads (slot of the channel)
// ----------------------------------------------------------------------------------------

struct GroupRow {
    std::string name = {};
    std::string description = {};
    std::string avatar = {};
    std::string custom = {};
    std::string announcement = {};
    Uid owner = {};
    bool is_public = false;
    bool approval = false;        ///< who applies waits for an admin
    bool allow_invites = false;   ///< members may invite
    bool invite_confirm = false;  ///< who is invited is asked
    bool all_muted = false;
    std::uint32_t users_max = 200;
    WallTime created_at = {};
    ChannelKey parent = {};     ///< of a thread: its group; else none
    MessageId message_id = {};  ///< of a thread: what it hangs on
    bool operator==(const GroupRow&) const = default;
};
void put_group(Batch& batch, const ChannelKey& channel, const GroupRow& row);
void erase_group(Batch& batch, const ChannelKey& channel);
Result<std::optional<GroupRow>> read_group(const Store& store,
                                           SlotId slot,
                                           const ChannelKey& channel);
/// Shows the groups of a slot from `from` on, in the order of their keys, until `visit` answers
/// false.
Result<void> visit_groups(const Store& store,
                          SlotId slot,
                          const ChannelKey& from,
                          const std::function<bool(ChannelKey&&, GroupRow&&)>& visit);

enum class GroupRole : std::uint8_t { member = 0, admin = 1, owner = 2 };
struct GroupMemberRow {
    Uid uid = {};
    GroupRole role = GroupRole::member;
    WallTime joined_at = {};
    std::int64_t muted_until = 0;  ///< ms; 0: not muted, -1: for ever
    bool allow_listed = false;     ///< may speak while all are muted
    bool shielded = false;         ///< does not want the group's messages
    std::map<std::string, std::string> attributes = {};
    bool operator==(const GroupMemberRow&) const = default;
};
void put_group_member(Batch& batch, const ChannelKey& channel, const GroupMemberRow& row);
void erase_group_member(Batch& batch, const ChannelKey& channel, const Uid& uid);
Result<std::optional<GroupMemberRow>> read_group_member(const Store& store,
                                                        SlotId slot,
                                                        const ChannelKey& channel,
                                                        const Uid& uid);
Result<std::vector<GroupMemberRow>> read_group_members(const Store& store,
                                                       SlotId slot,
                                                       const ChannelKey& channel);

enum class GroupRequestKind : std::uint8_t { application = 1, invitation = 2 };
struct GroupRequestRow {
    Uid uid = {};  ///< who would become a member
    GroupRequestKind kind = GroupRequestKind::application;
    Uid inviter = {};
    std::string text = {};
    WallTime at = {};
    bool operator==(const GroupRequestRow&) const = default;
};
void put_group_request(Batch& batch, const ChannelKey& channel, const GroupRequestRow& row);
void erase_group_request(Batch& batch, const ChannelKey& channel, const Uid& uid);
Result<std::vector<GroupRequestRow>> read_group_requests(const Store& store,
                                                         SlotId slot,
                                                         const ChannelKey& channel);

struct PinnedMessageRow {
    MessageId id = {};
    Uid by = {};
    WallTime at = {};
    bool operator==(const PinnedMessageRow&) const = default;
};
void put_pinned_message(Batch& batch, const ChannelKey& channel, const PinnedMessageRow& row);
void erase_pinned_message(Batch& batch, const ChannelKey& channel, MessageId id);
Result<std::vector<PinnedMessageRow>> read_pinned_messages(const Store& store,
                                                           SlotId slot,
                                                           const ChannelKey& channel);

/// In the slot of the group: which threads it has. The thread's own rows lie in its own slot.
struct ThreadRow {
    std::string id;  ///< of the thread's channel
    MessageId message_id = {};
    bool operator==(const ThreadRow&) const = default;
};
void put_thread(Batch& batch, const ChannelKey& group, const ThreadRow& row);
void erase_thread(Batch& batch, const ChannelKey& group, std::string_view id);
/// In ascending order of their ids.
Result<std::vector<ThreadRow>> read_threads(const Store& store,
                                            SlotId slot,
                                            const ChannelKey& group);

}  // namespace fenshen::storage
