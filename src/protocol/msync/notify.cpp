// SPDX-License-Identifier: Apache-2.0
#include "protocol/msync/notify.h"

#include <algorithm>

#include "base/json_writer.h"

namespace fenshen::msync {
namespace {

constexpr char lowest_readable = 0x10;

constexpr bool is_unreadable(char c) {
    return c >= 0 && c < lowest_readable;
}

std::string_view text_of(ConversationNotice::Operation operation) {
    using enum ConversationNotice::Operation;
    switch (operation) {
        case remove:
            return "del";
        case pin:
            return "top";
        case unpin:
            return "not_top";
        case mark:
            return "mark";
        case unmark:
            return "mark_delete";
        case pin_message:
            return "pin";
        case unpin_message:
            return "pin_delete";
    }
    return {};
}

std::string_view text_of(ThreadNotice::Operation operation) {
    using enum ThreadNotice::Operation;
    switch (operation) {
        case create:
            return "create";
        case update:
            return "update";
        case update_message:
            return "update_msg";
        case remove:
            return "delete";
    }
    return {};
}

/// As msync-wire 10.1 spells them.
std::string_view text_of(ConversationKind kind) {
    return kind == ConversationKind::single ? "chat" : "groupChat";
}

/// Notices of single messages spell them differently.
std::string_view message_text_of(ConversationKind kind) {
    switch (kind) {
        case ConversationKind::single:
            return "chat";
        case ConversationKind::group:
            return "groupchat";
        case ConversationKind::chat_room:
            return "chatroom";
    }
    return {};
}

/// Valid JSON has control characters only between its tokens, where they mean nothing.
Bytes readable(std::string_view json) {
    Bytes text(json);
    std::erase_if(text, is_unreadable);
    return text;
}

}  // namespace

bool fits_notify(BytesView json) {
    return std::ranges::none_of(json, is_unreadable);
}

void append_json(Bytes& out, const ConversationNotice& notice) {
    using enum ConversationNotice::Operation;
    const bool is_message = notice.operation == pin_message || notice.operation == unpin_message;
    JsonWriter json(out);
    json.begin_object().member("type", "conv").key("data").begin_object();
    json.member("op", text_of(notice.operation)).member("id", notice.id);
    json.member("type", is_message ? message_text_of(notice.kind) : text_of(notice.kind));
    json.member("ts", notice.timestamp_ms);
    json.member("res", notice.resource).member("from", notice.from);
    if (!notice.ext.empty()) json.member("ext", notice.ext);
    json.end_object().end_object();
}

void append_json(Bytes& out, const RoamingDeleteNotice& notice) {
    JsonWriter json(out);
    json.begin_object().member("type", "roaming_delete").key("data").begin_object();
    json.member("to", notice.to).member("chatType", text_of(notice.kind));
    json.member("resource", notice.resource);
    json.end_object().end_object();
}

void append_json(Bytes& out, const SilentModeNotice& notice) {
    using enum SilentModeNotice::Target;
    JsonWriter json(out);
    json.begin_object().member("type", "user_notification_mute").key("values").begin_array();
    json.begin_object().member("operator_resource", notice.resource);
    json.member(notice.target == user ? "user" : "group", notice.id);
    json.key("data").raw(readable(notice.data));
    json.end_object().end_array().end_object();
}

void append_json(Bytes& out, const PresenceNotice& notice) {
    JsonWriter json(out);
    json.begin_object().member("type", "presence").key("data").begin_object();
    json.key("values").begin_array().begin_object();
    json.member("uid", notice.uid).member("last_time", notice.last_time_s);
    json.member("expiry", notice.expiry_s).member("ext", notice.ext);
    json.key("status").begin_object();
    for (const auto& device : notice.devices) json.member(device.resource, device.status);
    json.end_object().end_object().end_array().end_object().end_object();
}

void append_json(Bytes& out, const ThreadNotice& notice) {
    JsonWriter json(out);
    json.begin_object().member("type", "thread").key("data").begin_object();
    json.member("id", notice.id).member("name", notice.name);
    json.member("muc_parent_id", notice.muc_parent_id);
    json.member("msg_parent_id", notice.msg_parent_id);
    json.member("timestamp", notice.timestamp_ms).member("from", notice.from);
    json.member("operation", text_of(notice.operation));
    if (notice.message_count) json.member("message_count", *notice.message_count);
    if (!notice.last_message.empty()) json.key("last_message").raw(readable(notice.last_message));
    json.end_object().end_object();
}

void append_json(Bytes& out, const ReactionNotice& notice) {
    JsonWriter json(out);
    json.begin_object().member("type", "reaction").key("data").begin_array().begin_object();
    json.member("from", notice.from).member("to", notice.to);
    json.member("channel_type", message_text_of(notice.kind));
    json.member("messageId", notice.message_id);
    json.key("reactions").raw(readable(notice.reactions));
    json.member("ts", notice.timestamp_ms);
    json.end_object().end_array().end_object();
}

}  // namespace fenshen::msync
