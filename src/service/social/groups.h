// SPDX-License-Identifier: Apache-2.0
// Groups as Easemob means them (easemob-rest 3.8 to 3.10, easemob-multidevice 5.2): a channel of
// type group, whose members are its subscribers, with roles, settings and requests beside it. Who
// acts is `by`; with an empty uid it is the app's server, which may do everything. What happens is
// told to those whom the specification names, exactly once, by effects of the batch that does it; a
// verb comes back when they have it.
// Errc of all: not_found (no such group), store_unavailable, store_corrupt.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/task.h"
#include "model/channel.h"
#include "model/error.h"
#include "model/ids.h"
#include "service/social/account_events.h"
#include "storage/rows_social.h"

namespace fenshen::service {

struct World;

inline constexpr std::uint32_t group_users_default = 200;
inline constexpr std::uint32_t group_users_max = 8000;
inline constexpr std::size_t group_admins_max = 99;
inline constexpr std::size_t group_name_bytes_max = 512;
inline constexpr std::size_t group_text_bytes_max = 8192;  ///< description, custom, announcement
inline constexpr std::size_t member_attributes_bytes_max = 4096;  ///< of a member, together

/// Channel of the group with this id.
ChannelKey group_channel(std::string_view id);

/// What became of one account in a call about several.
struct MemberOutcome {
    Uid uid;
    std::optional<Errc> error = {};  ///< conflict: is it already; not_found: is no member; denied
    std::int64_t until = 0;          ///< of a mute
    bool is_owner = false;           ///< why it was denied
};
using MemberOutcomes = std::vector<MemberOutcome>;

// --- life

struct CreateGroup {
    Uid owner;
    storage::GroupRow settings;  ///< owner, times and parent are set by the call
    std::vector<Uid> members;    ///< without the owner
};
/// Answers the new group's channel. Errc: bad_request (names too long, limits out of bounds),
/// too_big (more members than the limit).
Task<Result<ChannelKey>> create_group(World& world, EventOrigin by, CreateGroup command);
/// With its threads. Errc: denied (only the owner may).
Task<Result<void>> destroy_group(World& world, EventOrigin by, ChannelKey channel);

struct GroupChange {
    std::optional<std::string> name = {};
    std::optional<std::string> description = {};
    std::optional<std::string> avatar = {};
    std::optional<std::string> custom = {};
    std::optional<bool> is_public = {};
    std::optional<bool> approval = {};
    std::optional<bool> allow_invites = {};
    std::optional<bool> invite_confirm = {};
    std::optional<std::uint32_t> users_max = {};
};
/// Errc: denied (neither owner nor admin), bad_request (also: more members than seats).
Task<Result<void>> update_group(World& world,
                                EventOrigin by,
                                ChannelKey channel,
                                GroupChange change);
/// Errc: denied (only the owner may), not_a_member (the new owner).
Task<Result<void>> change_group_owner(World& world, EventOrigin by, ChannelKey channel, Uid owner);
/// Empty: deleted. Errc: denied, too_big.
Task<Result<void>> set_announcement(World& world,
                                    EventOrigin by,
                                    ChannelKey channel,
                                    std::string text);

// --- members

enum class Joining : std::uint8_t { joined, waits };
/// Errc: denied (a private group, or blocked), conflict (is a member), too_big (it is full).
Task<Result<Joining>> join_group(World& world,
                                 EventOrigin by,
                                 ChannelKey channel,
                                 std::string text);
struct DecideApplication {
    ChannelKey channel;
    Uid applicant;
    bool accepted = true;
    std::string reason = {};
};
/// Errc: denied, not_found (has not applied), too_big.
Task<Result<void>> decide_application(World& world, EventOrigin by, DecideApplication command);

/// Errc: denied (may not invite).
Task<Result<MemberOutcomes>> invite_to_group(World& world,
                                             EventOrigin by,
                                             ChannelKey channel,
                                             std::vector<Uid> uids);
/// Whether the other members hear who came or went; those whom it is about always do.
enum class MemberNotices : std::uint8_t { told, silent };
/// Adds them without asking (easemob-rest A86). Errc: denied.
Task<Result<MemberOutcomes>> add_group_members(World& world,
                                               EventOrigin by,
                                               ChannelKey channel,
                                               std::vector<Uid> uids,
                                               MemberNotices notices = MemberNotices::told);
/// By the one who was invited. Errc: not_found (was not invited), too_big.
Task<Result<void>> answer_invitation(World& world,
                                     EventOrigin by,
                                     ChannelKey channel,
                                     bool accepted);
/// Errc: denied (the owner cannot), not_a_member.
Task<Result<void>> leave_group(World& world, EventOrigin by, ChannelKey channel);
/// Before an account goes: out of every group, and those that it owns are destroyed. By the app.
Task<Result<void>> leave_all_groups(World& world, Uid uid);
Task<Result<MemberOutcomes>> remove_group_members(World& world,
                                                  EventOrigin by,
                                                  ChannelKey channel,
                                                  std::vector<Uid> uids,
                                                  MemberNotices notices = MemberNotices::told);
/// Removes them, and keeps them out; or lets them come back.
Task<Result<MemberOutcomes>> block_group_members(
    World& world, EventOrigin by, ChannelKey channel, std::vector<Uid> uids, bool blocked);

// --- roles and voice. Errc of all: denied

/// Errc: not_a_member, too_big (too many admins).
Task<Result<void>> set_group_admin(
    World& world, EventOrigin by, ChannelKey channel, Uid uid, bool admin);
struct MuteMembers {
    ChannelKey channel;
    std::vector<Uid> uids;
    std::int64_t duration_ms = -1;  ///< -1: for ever, 0: unmutes
};
Task<Result<MemberOutcomes>> mute_group_members(World& world, EventOrigin by, MuteMembers command);
/// Only owner, admins and those on the allow list may speak.
Task<Result<void>> mute_group(World& world, EventOrigin by, ChannelKey channel, bool muted);
Task<Result<MemberOutcomes>> allow_group_members(
    World& world, EventOrigin by, ChannelKey channel, std::vector<Uid> uids, bool allowed);
/// The member does not want the group's messages. Kept for its devices. Errc: not_a_member.
Task<Result<void>> shield_group(World& world, EventOrigin by, ChannelKey channel, bool shielded);

/// Sets the named attributes; an empty value removes one. By the member, the owner or an admin.
/// Errc: denied, not_a_member, too_big.
Task<Result<void>> set_member_attributes(World& world,
                                         EventOrigin by,
                                         ChannelKey channel,
                                         Uid uid,
                                         std::map<std::string, std::string> attributes);

// --- reading

struct GroupView {
    ChannelKey channel;
    storage::GroupRow row;
    std::vector<storage::GroupMemberRow> members;  ///< owner first, then in order of joining
    const storage::GroupMemberRow* member(const Uid& uid) const;
};
Task<Result<GroupView>> group_of(World& world, ChannelKey channel);
/// Groups, and with `threads` threads instead, that the account is in.
Task<Result<std::vector<storage::JoinedRow>>> joined_by(World& world, Uid uid, bool threads);

struct PublicGroups {
    struct Group {
        std::string id;
        std::string name;
    };
    std::vector<Group> groups;
    std::string cursor;  ///< empty: that was the last page
};
Task<Result<PublicGroups>> public_groups(World& world, std::string cursor, std::size_t count_max);

}  // namespace fenshen::service
