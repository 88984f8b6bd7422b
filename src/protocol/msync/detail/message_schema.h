// SPDX-License-Identifier: Apache-2.0
// The fields of messages.h: name and number as in msync.proto, which a test compares.
#pragma once

#include "protocol/msync/detail/schema.h"
#include "protocol/msync/messages.h"

namespace fenshen::msync::detail {

template <>
struct Schema<Jid> {
    static constexpr std::string_view name = "JID";
    using Fields = FieldList<Field<"app_key", 1, &Jid::app_key>,
                             Field<"name", 2, &Jid::name>,
                             Field<"domain", 3, &Jid::domain>,
                             Field<"client_resource", 4, &Jid::client_resource>>;
};

template <>
struct Schema<KeyValue> {
    static constexpr std::string_view name = "KeyValue";
    using Fields = FieldList<Field<"key", 1, &KeyValue::key>,
                             Field<"type", 2, &KeyValue::type>,
                             Choice<&KeyValue::value,
                                    Alternative<"varint_value", 3>,
                                    Alternative<"float_value", 4>,
                                    Alternative<"double_value", 5>,
                                    Alternative<"string_value", 6>>>;
};

template <>
struct Schema<Envelope> {
    static constexpr std::string_view name = "MSync";
    using Fields = FieldList<Field<"version", 1, &Envelope::version>,
                             Field<"guid", 2, &Envelope::guid>,
                             Field<"auth", 3, &Envelope::auth>,
                             Field<"compress_algorithm", 4, &Envelope::compress_algorithm>,
                             Field<"crypto", 5, &Envelope::crypto>,
                             Field<"user_agent", 6, &Envelope::user_agent>,
                             Field<"pov", 7, &Envelope::pov>,
                             Field<"command", 8, &Envelope::command>,
                             Field<"payload", 9, &Envelope::payload, Form::raw>,
                             Field<"device_id", 10, &Envelope::device_id>,
                             Field<"encrypt_type", 11, &Envelope::encrypt_type>,
                             Field<"encrypt_key", 12, &Envelope::encrypt_key>,
                             Field<"trace_id", 20, &Envelope::trace_id>>;
};

template <>
struct Schema<Meta> {
    static constexpr std::string_view name = "Meta";
    using Fields = FieldList<Field<"id", 1, &Meta::id>,
                             Field<"from", 2, &Meta::from>,
                             Field<"to", 3, &Meta::to>,
                             Field<"timestamp", 4, &Meta::timestamp_ms>,
                             Field<"ns", 5, &Meta::ns>,
                             Field<"payload", 6, &Meta::payload, Form::raw>,
                             Field<"routetype", 7, &Meta::route_type>,
                             Field<"ext", 8, &Meta::ext>,
                             Field<"meta", 9, &Meta::meta, Form::raw>,
                             Field<"directed_users", 10, &Meta::directed_users>>;
};

template <>
struct Schema<RedirectInfo> {
    static constexpr std::string_view name = "RedirectInfo";
    using Fields =
        FieldList<Field<"host", 1, &RedirectInfo::host>, Field<"port", 2, &RedirectInfo::port>>;
};

template <>
struct Schema<Status> {
    static constexpr std::string_view name = "Status";
    using Fields = FieldList<Field<"error_code", 1, &Status::error_code>,
                             Field<"reason", 2, &Status::reason>,
                             Field<"redirect_info", 3, &Status::redirect_info>>;
};

template <>
struct Schema<SyncUl> {
    static constexpr std::string_view name = "CommSyncUL";
    using Fields = FieldList<Field<"meta", 1, &SyncUl::meta>,
                             Field<"key", 2, &SyncUl::key>,
                             Field<"queue", 3, &SyncUl::queue>,
                             Field<"is_roam", 4, &SyncUl::is_roam>,
                             Field<"last_full_roam_key", 5, &SyncUl::last_full_roam_key>>;
};

template <>
struct Schema<SyncDl> {
    static constexpr std::string_view name = "CommSyncDL";
    using Fields = FieldList<Field<"status", 1, &SyncDl::status>,
                             Field<"meta_id", 2, &SyncDl::meta_id>,
                             Field<"server_id", 3, &SyncDl::server_id>,
                             Field<"metas", 4, &SyncDl::metas, Form::raw>,
                             Field<"next_key", 5, &SyncDl::next_key>,
                             Field<"queue", 6, &SyncDl::queue>,
                             Field<"is_last", 7, &SyncDl::is_last>,
                             Field<"timestamp", 8, &SyncDl::timestamp_ms>,
                             Field<"is_roam", 9, &SyncDl::is_roam>>;
};

template <>
struct Schema<Notice> {
    static constexpr std::string_view name = "CommNotice";
    using Fields = FieldList<Field<"queue", 1, &Notice::queue>>;
};

template <>
struct Schema<UnreadUl> {
    static constexpr std::string_view name = "CommUnreadUL";
    using Fields = FieldList<>;
};

template <>
struct Schema<MetaQueue> {
    static constexpr std::string_view name = "MetaQueue";
    using Fields =
        FieldList<Field<"queue", 1, &MetaQueue::queue>, Field<"n", 2, &MetaQueue::metas_waiting>>;
};

template <>
struct Schema<UnreadDl> {
    static constexpr std::string_view name = "CommUnreadDL";
    using Fields = FieldList<Field<"status", 1, &UnreadDl::status>,
                             Field<"unread", 2, &UnreadDl::unread>,
                             Field<"timestamp", 3, &UnreadDl::timestamp_ms>>;
};

template <>
struct Schema<Provision> {
    static constexpr std::string_view name = "Provision";
    using Fields = FieldList<
        Field<"os_type", 1, &Provision::os_type>,
        Field<"version", 2, &Provision::version>,
        Field<"network_type", 3, &Provision::network_type>,
        Field<"app_sign", 4, &Provision::app_sign>,
        Field<"compress_type", 5, &Provision::compress_type>,
        Field<"encrypt_type", 6, &Provision::encrypt_type>,
        Field<"encrypt_key", 7, &Provision::encrypt_key>,
        Field<"status", 8, &Provision::status>,
        Field<"device_uuid", 9, &Provision::device_uuid>,
        Field<"is_manual_login", 10, &Provision::is_manual_login>,
        Field<"password", 11, &Provision::password>,
        Field<"device_name", 12, &Provision::device_name>,
        Field<"resource", 13, &Provision::resource>,
        Field<"auth", 14, &Provision::auth>,
        Field<"service_id", 16, &Provision::service_id>,
        Field<"action_version", 17, &Provision::action_version>,
        Field<"auth_token", 18, &Provision::auth_token>,
        Field<"os_custom_value", 19, &Provision::os_custom_value>,
        Field<"session_id", 20, &Provision::session_id>,
        Field<"reason", 21, &Provision::reason>,
        Field<"protocol_compress_type", 22, &Provision::protocol_compress_type, Form::packed>,
        Field<"protocol_compress_direction", 23, &Provision::protocol_compress_direction>>;
};

template <>
struct Schema<Logout> {
    static constexpr std::string_view name = "Logout";
    using Fields = FieldList<Field<"session_id", 1, &Logout::session_id>,
                             Field<"reason", 2, &Logout::reason>,
                             Field<"status", 3, &Logout::status>>;
};

}  // namespace fenshen::msync::detail
