// SPDX-License-Identifier: Apache-2.0
// What a Meta carries, by its namespace (msync-wire 8, 9): chat messages, group and contact events,
// kicks, calls. The same rules as in messages.h: absent is an empty optional, texts are views,
// enumerations are open.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "protocol/msync/messages.h"

namespace fenshen::msync {

struct ContentSize {
    std::optional<double> width{};
    std::optional<double> height{};
    bool operator==(const ContentSize&) const = default;
};

/// One part of a message; readers use the first only (msync-wire 8.3).
struct Content {
    enum class Type : std::int32_t {
        text = 0,
        image = 1,
        video = 2,
        location = 3,
        voice = 4,
        file = 5,
        command = 6,
        custom = 7,
        combine = 8,  ///< not what the SDK sends: that is a text with SubType::combine
    };
    /// Judged by being there: a plain text has none (msync-wire 9.1).
    enum class SubType : std::int32_t { combine = 0, gif = 1, stream = 10 };

    std::optional<Type> type{};
    std::optional<std::string_view> text{};
    std::optional<double> latitude{};
    std::optional<double> longitude{};
    std::optional<std::string_view> address{};
    std::optional<std::string_view> display_name{};
    std::optional<std::string_view> remote_path{};  ///< an absolute URL
    std::optional<std::string_view> secret_key{};
    std::optional<std::int32_t> file_bytes{};
    std::optional<std::string_view> action{};
    std::vector<KeyValue> params{};
    std::optional<std::int32_t> duration{};
    std::optional<ContentSize> size{};
    std::optional<std::string_view> thumbnail_remote_path{};
    std::optional<std::string_view> thumbnail_secret_key{};
    std::optional<std::string_view> thumbnail_display_name{};
    std::optional<std::int32_t> thumbnail_file_bytes{};
    std::optional<ContentSize> thumbnail_size{};
    std::optional<std::string_view> custom_event{};
    std::vector<KeyValue> custom_exts{};
    std::optional<std::string_view> building_name{};
    std::optional<SubType> sub_type{};
    std::optional<std::string_view> title{};
    std::optional<std::string_view> summary{};
    std::optional<std::int32_t> combine_level{};
    bool operator==(const Content&) const = default;
};

struct MessageConfig {
    std::optional<bool> allow_group_ack{};
    bool operator==(const MessageConfig&) const = default;
};

struct Stream {
    /// As SDK code tests it; the schema's own names for 1 to 3 differ (msync-wire 9.1).
    enum class State : std::int32_t {
        start = 0,
        start_and_complete = 1,
        in_progress = 2,
        complete = 3,
        full_text = 4,
    };
    std::optional<std::string_view> type{};
    std::optional<std::uint64_t> seq{};
    std::optional<State> state{};
    std::optional<std::uint32_t> error{};
    std::optional<std::int32_t> finish_reason{};
    bool operator==(const Stream&) const = default;
};

enum class MessageType : std::int32_t {
    normal = 0,
    chat = 1,
    group_chat = 2,
    chat_room = 3,
    read_ack = 4,
    deliver_ack = 5,
    recall = 6,
    channel_ack = 7,
    edit = 8,
};

/// Something that is shown, or for the app: not a receipt, a recall, an edit.
inline bool is_content(MessageType type) {
    return type <= MessageType::chat_room;
}

enum class EditScope : std::int32_t { body = 1, body_and_ext = 2 };

/// Namespace::chat.
struct MessageBody {
    std::optional<MessageType> type{};
    /// The client's word, and the receiving SDK believes it: see set_sender() (codec.h).
    std::optional<Jid> from{};
    std::optional<Jid> to{};
    std::vector<Content> contents{};
    std::vector<KeyValue> ext{};
    std::optional<std::uint64_t> ack_message_id{};
    std::optional<MessageConfig> config{};
    std::optional<std::string_view> ack_content{};
    std::optional<std::string_view> meta{};  ///< JSON text
    std::optional<std::uint64_t> edit_message_id{};
    std::optional<EditScope> edit_scope{};
    std::optional<Stream> stream{};
    bool operator==(const MessageBody&) const = default;
};

/// What a server must know of a MessageBody to route it; the rest is skipped unread, and nothing is
/// allocated. For reading: written, it would be a message without contents.
struct MessageHead {
    std::optional<MessageType> type{};
    std::optional<Jid> from{};
    std::optional<Jid> to{};
    std::optional<std::uint64_t> ack_message_id{};
    std::optional<MessageConfig> config{};
    std::optional<std::uint64_t> edit_message_id{};
    bool operator==(const MessageHead&) const = default;
};

struct MucSetting {
    enum class Type : std::int32_t {
        private_owner_invite = 0,
        private_member_invite = 1,
        public_join_approval = 2,
        public_join_open = 3,
        public_anonymous = 4,
    };
    std::optional<std::string_view> name{};
    std::optional<std::string_view> desc{};
    std::optional<Type> type{};
    std::optional<std::int32_t> users_max{};
    std::optional<std::string_view> owner{};
    bool operator==(const MucSetting&) const = default;
};

struct MucStatus {
    enum class Code : std::int32_t {
        ok = 0,
        permission_denied = 1,
        wrong_parameter = 2,
        muc_not_exist = 3,
        user_not_exist = 4,
        unknown = 5,
    };
    std::optional<Code> error_code{};
    std::optional<std::string_view> description{};
    std::optional<std::string_view> chatroom_info{};  ///< JSON text
    bool operator==(const MucStatus&) const = default;
};

struct MucEventInfo {
    enum class Type : std::int32_t { none = 0, circle_channel = 1 };
    std::optional<Type> type{};
    std::optional<std::string_view> ext{};  ///< JSON text
    bool operator==(const MucEventInfo&) const = default;
};

/// Namespace::muc: groups, chat rooms, threads (msync-wire 8.5, 10.1, 10.4). `muc_id` and `from`
/// are never absent, nor `muc_parent_id` for threads.
struct MucBody {
    enum class Operation : std::int32_t {
        create = 0,
        destroy = 1,
        join = 2,
        leave = 3,
        apply = 4,
        apply_accept = 5,
        apply_decline = 6,
        invite = 7,
        invite_accept = 8,
        invite_decline = 9,
        kick = 10,
        get_blacklist = 11,
        ban = 12,
        allow = 13,
        update = 14,
        block = 15,
        unblock = 16,
        presence = 17,
        absence = 18,
        direct_joined = 19,
        assign_owner = 20,
        add_admin = 21,
        remove_admin = 22,
        add_mute = 23,
        remove_mute = 24,
        update_announcement = 25,
        delete_announcement = 26,
        upload_file = 27,
        delete_file = 28,
        add_user_white_list = 29,
        remove_user_white_list = 30,
        ban_group = 31,
        remove_ban_group = 32,
        thread_create = 33,
        thread_destroy = 34,
        thread_join = 35,
        thread_leave = 36,
        thread_kick = 37,
        thread_update = 38,
        thread_presence = 39,
        thread_absence = 40,
        disable_group = 41,
        able_group = 42,
        set_metadata = 43,
        delete_metadata = 44,
        group_member_metadata_update = 45,
    };

    std::optional<Jid> muc_id{};
    std::optional<Operation> operation{};
    std::optional<Jid> from{};
    std::vector<Jid> to{};
    std::optional<MucSetting> setting{};
    std::optional<std::string_view> reason{};
    std::optional<bool> is_chatroom{};
    std::optional<MucStatus> status{};
    std::optional<bool> is_thread{};
    std::optional<Jid> muc_parent_id{};
    std::optional<std::string_view> muc_name{};
    std::optional<MucEventInfo> event_info{};
    std::optional<std::int32_t> member_count{};
    std::optional<std::string_view> ext{};
    std::optional<bool> leave_other_rooms{};
    std::vector<std::string_view> members{};
    bool operator==(const MucBody&) const = default;
};

struct RosterStatus {
    enum class Code : std::int32_t {
        ok = 0,
        user_not_exist = 1,
        user_already_friend = 2,
        user_already_blacklist = 3,
    };
    std::optional<Code> error_code{};
    std::optional<std::string_view> description{};
    bool operator==(const RosterStatus&) const = default;
};

/// Namespace::roster: contacts (msync-wire 10.3). Without `from` and a first `to` the event is lost
/// on the client.
struct RosterBody {
    enum class Operation : std::int32_t {
        get_roster = 0,
        get_blacklist = 1,
        add = 2,
        remove = 3,
        accept = 4,
        decline = 5,
        ban = 6,
        allow = 7,
        remote_accept = 8,
        remote_decline = 9,
    };

    std::optional<Operation> operation{};
    std::optional<RosterStatus> status{};
    std::optional<Jid> from{};
    std::vector<Jid> to{};
    std::optional<std::string_view> reason{};
    std::optional<std::string_view> roster_ver{};
    std::optional<bool> is_bidirectional{};
    bool operator==(const RosterBody&) const = default;
};

/// Namespace::statistic: kicks downstream (msync-wire 7.2), to be ignored upstream (5.4).
struct StatisticsBody {
    enum class Operation : std::int32_t {
        information = 0,
        user_removed = 1,
        user_login_another_device = 2,
        user_kicked_by_change_password = 3,
        user_kicked_by_other_device = 4,
    };
    std::optional<Operation> operation{};
    std::optional<OsType> os{};
    std::optional<std::string_view> version{};
    std::optional<NetworkType> network{};
    std::optional<std::uint32_t> im_time{};
    std::optional<std::uint32_t> chat_time{};
    std::optional<std::string_view> location{};
    std::optional<std::string_view> reason{};  ///< for operation 2: Provision::reason of the newer
    bool operator==(const StatisticsBody&) const = default;
};

struct ConferenceStatus {
    std::optional<std::int32_t> error_code{};
    bool operator==(const ConferenceStatus&) const = default;
};

/// Namespace::conference: calls. The web SDK ignores it; it is here for those that do not.
struct ConferenceBody {
    enum class Operation : std::int32_t {
        join = 0,
        initiate = 1,
        accept_initiate = 2,
        answer = 3,
        terminate = 4,
        remove = 5,
        stream_control = 6,
        media_request = 7,
    };
    enum class Type : std::int32_t { voice = 0, video = 1 };
    enum class Identity : std::int32_t { caller = 0, callee = 1 };
    enum class EndReason : std::int32_t {
        hangup = 0,
        no_response = 1,
        reject = 2,
        busy = 3,
        fail = 4,
        unsupported = 5,
        offline = 6,
    };
    enum class StreamControl : std::int32_t {
        pause_voice = 0,
        resume_voice = 1,
        pause_video = 2,
        resume_video = 3,
    };

    std::optional<std::string_view> session_id{};
    std::optional<Operation> operation{};
    std::optional<std::string_view> conference_id{};
    std::optional<Type> type{};
    std::optional<std::string_view> content{};
    std::optional<std::string_view> network{};
    std::optional<std::string_view> version{};
    std::optional<Identity> identity{};
    std::optional<std::string_view> duration{};
    std::optional<std::string_view> peer_name{};
    std::optional<EndReason> end_reason{};
    std::optional<ConferenceStatus> status{};
    std::optional<bool> is_direct{};
    std::optional<StreamControl> control_type{};
    std::optional<std::int32_t> route_flag{};
    std::optional<std::string_view> route_key{};
    bool operator==(const ConferenceBody&) const = default;
};

}  // namespace fenshen::msync
