// SPDX-License-Identifier: Apache-2.0
#include "protocol/msync/forms.h"

#include <simdjson.h>

#include <string>

#include "base/json_writer.h"
#include "model/names.h"
#include "protocol/msync/codec.h"
#include "protocol/msync/jid.h"

namespace fenshen::msync {

namespace {

constexpr std::size_t json_depth_max = 32;
/// Beyond it a WuKong payload is not repeated beside the text that stands for it.
constexpr std::size_t kept_payload_bytes_max = 16UZ * 1024;

// --- MSync to WuKong
// -----------------------------------------------------------------------------------------------

/// Numbers of WuKong's content types that every app knows.
constexpr int wukong_text = 1;
constexpr int wukong_command = 99;

void add_ext(JsonWriter& json, const std::vector<KeyValue>& ext) {
    if (ext.empty()) return;
    json.key("ext").begin_object();
    for (const auto& entry : ext) {
        if (!entry.key) continue;
        json.key(*entry.key);
        if (const auto* number = std::get_if<std::int64_t>(&entry.value)) {
            if (entry.type == KeyValue::Type::boolean) {
                json.boolean(*number != 0);
            } else {
                json.number(*number);
            }
        } else if (const auto* single = std::get_if<float>(&entry.value)) {
            json.number(static_cast<double>(*single));
        } else if (const auto* real = std::get_if<double>(&entry.value)) {
            json.number(*real);
        } else if (const auto* text = std::get_if<std::string_view>(&entry.value)) {
            json.string(*text);
        } else {
            json.null();
        }
    }
    json.end_object();
}

std::string with_url(std::string_view what, const Content& content) {
    std::string text = "[" + std::string(what) + "]";
    if (content.display_name && !content.display_name->empty()) {
        text.append(" ").append(*content.display_name);
    }
    if (content.remote_path && !content.remote_path->empty()) {
        text.append(" ").append(*content.remote_path);
    }
    return text;
}

/// What a person reads where the content itself cannot be shown.
std::string text_for(const Content& content) {
    using Type = Content::Type;
    switch (content.type.value_or(Type::text)) {
        case Type::text:
            if (content.sub_type == Content::SubType::combine) {
                return "[Chat history] " + std::string(content.title.value_or(""));
            }
            return std::string(content.text.value_or(""));
        case Type::image:
            return with_url("Image", content);
        case Type::video:
            return with_url("Video", content);
        case Type::voice:
            return with_url("Voice", content);
        case Type::file:
            return with_url("File", content);
        case Type::location: {
            std::string text = "[Location] " + std::string(content.address.value_or(""));
            std::string place;
            JsonWriter(place).number(content.latitude.value_or(0));
            place += ", ";
            JsonWriter(place).number(content.longitude.value_or(0));
            return text + " (" + place + ")";
        }
        case Type::custom:
            return "[" + std::string(content.custom_event.value_or("Custom message")) + "]";
        case Type::combine:
            return "[Chat history] " + std::string(content.title.value_or(""));
        case Type::command:
            break;
    }
    return "[Message]";
}

Bytes command_payload(std::string_view command,
                      std::uint64_t message_id,
                      const fenshen::Message& message) {
    Bytes out;
    JsonWriter json(out);
    json.begin_object().member("type", wukong_command).member("cmd", command);
    json.key("param").begin_object();
    json.member("message_id", std::to_string(message_id));
    json.member("channel_id", message.addressed_to);
    json.member("channel_type", static_cast<std::uint8_t>(message.channel.type));
    json.end_object().end_object();
    return out;
}

Bytes content_payload(const MessageBody& body) {
    static const Content nothing;
    const Content& content = body.contents.empty() ? nothing : body.contents.front();
    Bytes out;
    JsonWriter json(out);
    if (content.type == Content::Type::command) {
        json.begin_object().member("type", wukong_command);
        json.member("cmd", content.action.value_or(""));
        json.key("param").begin_object().end_object();
    } else {
        json.begin_object().member("type", wukong_text).member("content", text_for(content));
    }
    add_ext(json, body.ext);
    json.end_object();
    return out;
}

// --- WuKong to MSync
// -----------------------------------------------------------------------------------------------

struct WukongContent {
    bool is_object = false;
    std::int64_t type = wukong_text;
    std::string content;
    std::string command;
};

WukongContent read_wukong(BytesView payload) {
    WukongContent read;
    simdjson::dom::parser parser;
    if (parser.allocate(payload.size() + 64, json_depth_max) != simdjson::SUCCESS) return read;
    simdjson::dom::object object;
    if (parser.parse(payload.data(), payload.size(), true).get(object) != simdjson::SUCCESS) {
        return read;
    }
    read.is_object = true;
    std::int64_t type = 0;
    if (object["type"].get(type) == simdjson::SUCCESS) read.type = type;
    std::string_view text;
    if (object["content"].get(text) == simdjson::SUCCESS) read.content = text;
    if (object["cmd"].get(text) == simdjson::SUCCESS) read.command = text;
    return read;
}

std::string_view name_of_wukong_type(std::int64_t type) {
    switch (type) {
        case 2:
            return "Image";
        case 3:
            return "GIF";
        case 4:
            return "Voice";
        case 5:
            return "Video";
        case 6:
            return "Location";
        case 7:
            return "Card";
        case 8:
            return "File";
        case 11:
            return "Chat history";
        case 12:
            return "Sticker";
        default:
            return "Message";
    }
}

MessageType type_of(const fenshen::Message& message) {
    return message.channel.type == ChannelType::person ? MessageType::chat
                                                       : MessageType::group_chat;
}

Bytes translated_body(const fenshen::Message& message) {
    const WukongContent read = read_wukong(message.payload);
    std::string text;
    Content content;
    bool keeps_payload = false;
    if (!read.is_object) {
        // Whatever it is, it is not of any app that we know.
        text = is_valid_utf8(message.payload) ? message.payload : "[Message]";
        content.type = Content::Type::text;
        content.text = text;
    } else if (read.type == wukong_command) {
        content.type = Content::Type::command;
        content.action = read.command;
        keeps_payload = true;
    } else {
        text = read.content;
        if (read.type != wukong_text) {
            text = "[" + std::string(name_of_wukong_type(read.type)) + "]";
            if (!read.content.empty()) text.append(" ").append(read.content);
            keeps_payload = true;
        }
        content.type = Content::Type::text;
        content.text = text;
    }
    MessageBody body;
    body.type = type_of(message);
    body.from = Jid{.name = message.from.value()};
    body.to = Jid{.name = message.addressed_to};
    body.contents.push_back(std::move(content));
    if (keeps_payload && message.payload.size() <= kept_payload_bytes_max) {
        body.ext.push_back({.key = "wukong_payload",
                            .type = KeyValue::Type::json_string,
                            .value = std::string_view(message.payload)});
    }
    Bytes out;
    encode(out, body);
    return out;
}

}  // namespace

Jid user_jid(std::string_view app_key, std::string_view name, std::string_view resource) {
    Jid jid{.app_key = app_key, .name = name, .domain = domain_users};
    if (!resource.empty()) jid.client_resource = resource;
    return jid;
}

Jid group_jid(std::string_view app_key, std::string_view name) {
    return {.app_key = app_key, .name = name, .domain = domain_groups};
}

std::optional<Bytes> wukong_payload_of(const fenshen::Message& message) {
    if (message.format == MessageFormat::wukong) return message.payload;
    const auto body = decode<MessageBody>(message.payload);
    if (!body) return std::nullopt;
    switch (body->type.value_or(MessageType::chat)) {
        case MessageType::normal:
        case MessageType::chat:
        case MessageType::group_chat:
        case MessageType::chat_room:
            return content_payload(*body);
        case MessageType::recall:
            return command_payload("messageRevoke", body->ack_message_id.value_or(0), message);
        case MessageType::edit:
            return command_payload("messageEdit", body->edit_message_id.value_or(0), message);
        default:
            return std::nullopt;
    }
}

Bytes body_of(const fenshen::Message& message) {
    return message.format == MessageFormat::msync ? message.payload : translated_body(message);
}

void append_meta(Bytes& out, const fenshen::Message& message, const MetaForm& form) {
    const Bytes body = body_of(message);
    const bool is_person = message.channel.type == ChannelType::person;
    Meta meta;
    meta.id = static_cast<std::uint64_t>(message.id.value());
    meta.from = user_jid(form.app_key, message.from.value(), message.from_device);
    meta.to = is_person ? user_jid(form.app_key, message.addressed_to, message.to_device)
                        : group_jid(form.app_key, message.addressed_to);
    meta.timestamp_ms = static_cast<std::uint64_t>(message.at.ms);
    meta.ns = Namespace::chat;
    meta.payload = body;
    if (form.is_online) meta.meta = *form.is_online ? R"({"is_online":1})" : R"({"is_online":0})";
    encode(out, meta);
    out += message.extra;  // fields of a Meta: side by side they are one message
}

}  // namespace fenshen::msync
