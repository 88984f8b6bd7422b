// SPDX-License-Identifier: Apache-2.0
// The fields of bodies.h: name and number as in msync.proto, which a test compares.
#pragma once

#include "protocol/msync/bodies.h"
#include "protocol/msync/detail/message_schema.h"

namespace fenshen::msync::detail {

template <>
struct Schema<ContentSize> {
    static constexpr std::string_view name = "MessageBody.Content.Size";
    using Fields =
        FieldList<Field<"width", 1, &ContentSize::width>, Field<"height", 2, &ContentSize::height>>;
};

template <>
struct Schema<Content> {
    static constexpr std::string_view name = "MessageBody.Content";
    using Fields = FieldList<Field<"type", 1, &Content::type>,
                             Field<"text", 2, &Content::text>,
                             Field<"latitude", 3, &Content::latitude>,
                             Field<"longitude", 4, &Content::longitude>,
                             Field<"address", 5, &Content::address>,
                             Field<"display_name", 6, &Content::display_name>,
                             Field<"remote_path", 7, &Content::remote_path>,
                             Field<"secret_key", 8, &Content::secret_key>,
                             Field<"file_length", 9, &Content::file_bytes>,
                             Field<"action", 10, &Content::action>,
                             Field<"params", 11, &Content::params>,
                             Field<"duration", 12, &Content::duration>,
                             Field<"size", 13, &Content::size>,
                             Field<"thumbnail_remote_path", 14, &Content::thumbnail_remote_path>,
                             Field<"thumbnail_secret_key", 15, &Content::thumbnail_secret_key>,
                             Field<"thumbnail_display_name", 16, &Content::thumbnail_display_name>,
                             Field<"thumbnail_file_length", 17, &Content::thumbnail_file_bytes>,
                             Field<"thumbnail_size", 18, &Content::thumbnail_size>,
                             Field<"custom_event", 19, &Content::custom_event>,
                             Field<"custom_exts", 20, &Content::custom_exts>,
                             Field<"building_name", 21, &Content::building_name>,
                             Field<"sub_type", 22, &Content::sub_type>,
                             Field<"title", 23, &Content::title>,
                             Field<"summary", 24, &Content::summary>,
                             Field<"combine_level", 25, &Content::combine_level>>;
};

template <>
struct Schema<MessageConfig> {
    static constexpr std::string_view name = "MessageBody.MessageConfig";
    using Fields = FieldList<Field<"allow_group_ack", 1, &MessageConfig::allow_group_ack>>;
};

template <>
struct Schema<Stream> {
    static constexpr std::string_view name = "MessageBody.Stream";
    using Fields = FieldList<Field<"stream_type", 1, &Stream::type>,
                             Field<"stream_seq", 2, &Stream::seq>,
                             Field<"stream_status", 3, &Stream::state>,
                             Field<"stream_error", 4, &Stream::error>,
                             Field<"stream_finish_reason", 5, &Stream::finish_reason>>;
};

template <>
struct Schema<MessageBody> {
    static constexpr std::string_view name = "MessageBody";
    using Fields = FieldList<Field<"type", 1, &MessageBody::type>,
                             Field<"from", 2, &MessageBody::from>,
                             Field<"to", 3, &MessageBody::to>,
                             Field<"contents", 4, &MessageBody::contents>,
                             Field<"ext", 5, &MessageBody::ext>,
                             Field<"ack_message_id", 6, &MessageBody::ack_message_id>,
                             Field<"msg_config", 7, &MessageBody::config>,
                             Field<"ack_content", 8, &MessageBody::ack_content>,
                             Field<"meta", 9, &MessageBody::meta>,
                             Field<"edit_message_id", 11, &MessageBody::edit_message_id>,
                             Field<"edit_scope", 12, &MessageBody::edit_scope>,
                             Field<"stream", 13, &MessageBody::stream>>;
};

template <>
struct Schema<MucSetting> {
    static constexpr std::string_view name = "MUCBody.Setting";
    using Fields = FieldList<Field<"name", 1, &MucSetting::name>,
                             Field<"desc", 2, &MucSetting::desc>,
                             Field<"type", 3, &MucSetting::type>,
                             Field<"max_users", 4, &MucSetting::users_max>,
                             Field<"owner", 5, &MucSetting::owner>>;
};

template <>
struct Schema<MucStatus> {
    static constexpr std::string_view name = "MUCBody.Status";
    using Fields = FieldList<Field<"error_code", 1, &MucStatus::error_code>,
                             Field<"description", 2, &MucStatus::description>,
                             Field<"chatroom_info", 3, &MucStatus::chatroom_info>>;
};

template <>
struct Schema<MucEventInfo> {
    static constexpr std::string_view name = "MUCBody.EventInfo";
    using Fields =
        FieldList<Field<"event_type", 1, &MucEventInfo::type>, Field<"ext", 2, &MucEventInfo::ext>>;
};

template <>
struct Schema<MucBody> {
    static constexpr std::string_view name = "MUCBody";
    using Fields = FieldList<Field<"muc_id", 1, &MucBody::muc_id>,
                             Field<"operation", 2, &MucBody::operation>,
                             Field<"from", 3, &MucBody::from>,
                             Field<"to", 4, &MucBody::to>,
                             Field<"setting", 5, &MucBody::setting>,
                             Field<"reason", 6, &MucBody::reason>,
                             Field<"is_chatroom", 7, &MucBody::is_chatroom>,
                             Field<"status", 8, &MucBody::status>,
                             Field<"is_thread", 9, &MucBody::is_thread>,
                             Field<"muc_parent_id", 10, &MucBody::muc_parent_id>,
                             Field<"muc_name", 11, &MucBody::muc_name>,
                             Field<"event_info", 12, &MucBody::event_info>,
                             Field<"muc_member_count", 13, &MucBody::member_count>,
                             Field<"ext", 14, &MucBody::ext>,
                             Field<"leave_other_rooms", 15, &MucBody::leave_other_rooms>,
                             Field<"members", 16, &MucBody::members>>;
};

template <>
struct Schema<RosterStatus> {
    static constexpr std::string_view name = "RosterBody.Status";
    using Fields = FieldList<Field<"error_code", 1, &RosterStatus::error_code>,
                             Field<"description", 2, &RosterStatus::description>>;
};

template <>
struct Schema<RosterBody> {
    static constexpr std::string_view name = "RosterBody";
    using Fields = FieldList<Field<"operation", 1, &RosterBody::operation>,
                             Field<"status", 2, &RosterBody::status>,
                             Field<"from", 3, &RosterBody::from>,
                             Field<"to", 4, &RosterBody::to>,
                             Field<"reason", 5, &RosterBody::reason>,
                             Field<"roster_ver", 6, &RosterBody::roster_ver>,
                             Field<"bi_direction", 7, &RosterBody::is_bidirectional>>;
};

template <>
struct Schema<StatisticsBody> {
    static constexpr std::string_view name = "StatisticsBody";
    using Fields = FieldList<Field<"operation", 1, &StatisticsBody::operation>,
                             Field<"os", 2, &StatisticsBody::os>,
                             Field<"version", 3, &StatisticsBody::version>,
                             Field<"network", 4, &StatisticsBody::network>,
                             Field<"im_time", 5, &StatisticsBody::im_time>,
                             Field<"chat_time", 6, &StatisticsBody::chat_time>,
                             Field<"location", 7, &StatisticsBody::location>,
                             Field<"reason", 10, &StatisticsBody::reason>>;
};

template <>
struct Schema<ConferenceStatus> {
    static constexpr std::string_view name = "ConferenceBody.Status";
    using Fields = FieldList<Field<"error_code", 1, &ConferenceStatus::error_code>>;
};

template <>
struct Schema<ConferenceBody> {
    static constexpr std::string_view name = "ConferenceBody";
    using Fields = FieldList<Field<"session_id", 1, &ConferenceBody::session_id>,
                             Field<"operation", 2, &ConferenceBody::operation>,
                             Field<"conference_id", 3, &ConferenceBody::conference_id>,
                             Field<"type", 4, &ConferenceBody::type>,
                             Field<"content", 5, &ConferenceBody::content>,
                             Field<"network", 6, &ConferenceBody::network>,
                             Field<"version", 7, &ConferenceBody::version>,
                             Field<"identity", 8, &ConferenceBody::identity>,
                             Field<"duration", 9, &ConferenceBody::duration>,
                             Field<"peer_name", 10, &ConferenceBody::peer_name>,
                             Field<"end_reason", 11, &ConferenceBody::end_reason>,
                             Field<"status", 12, &ConferenceBody::status>,
                             Field<"is_direct", 13, &ConferenceBody::is_direct>,
                             Field<"control_type", 14, &ConferenceBody::control_type>,
                             Field<"route_flag", 15, &ConferenceBody::route_flag>,
                             Field<"route_key", 16, &ConferenceBody::route_key>>;
};

/// Not a message of the schema, but a part of one.
template <>
struct Schema<MessageHead> {
    static constexpr std::string_view name = "MessageBody";
    using Fields = FieldList<Field<"type", 1, &MessageHead::type>,
                             Field<"from", 2, &MessageHead::from>,
                             Field<"to", 3, &MessageHead::to>,
                             Field<"ack_message_id", 6, &MessageHead::ack_message_id>,
                             Field<"msg_config", 7, &MessageHead::config>,
                             Field<"edit_message_id", 11, &MessageHead::edit_message_id>>;
};

}  // namespace fenshen::msync::detail
