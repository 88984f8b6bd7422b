// SPDX-License-Identifier: Apache-2.0
#include "api/easemob/messages/message_json.h"

#include "api/http/json_body.h"
#include "protocol/msync/codec.h"
#include "protocol/msync/forms.h"
#include "protocol/msync/jid.h"

namespace fenshen::api::easemob {

namespace {

using msync::Content;

bool is_json(std::string_view text) {
    return http::JsonDocument::parse(text).has_value();
}

void write_value(JsonWriter& json, const msync::KeyValue& entry) {
    using Type = msync::KeyValue::Type;
    if (const auto* number = std::get_if<std::int64_t>(&entry.value)) {
        if (entry.type == Type::boolean) {
            json.boolean(*number != 0);
        } else {
            json.number(*number);
        }
    } else if (const auto* single = std::get_if<float>(&entry.value)) {
        json.number(static_cast<double>(*single));
    } else if (const auto* real = std::get_if<double>(&entry.value)) {
        json.number(*real);
    } else if (const auto* text = std::get_if<std::string_view>(&entry.value)) {
        if (entry.type == Type::json_string && is_json(*text)) {
            json.raw(*text);
        } else {
            json.string(*text);
        }
    } else {
        json.null();
    }
}

void write_values(JsonWriter& json, const std::vector<msync::KeyValue>& values) {
    json.begin_object();
    for (const auto& entry : values) {
        if (!entry.key) continue;
        json.key(*entry.key);
        write_value(json, entry);
    }
    json.end_object();
}

template <class T>
void write_if_there(JsonWriter& json, std::string_view name, const std::optional<T>& value) {
    if (value) json.member(name, *value);
}

void write_file(JsonWriter& json, const Content& content) {
    write_if_there(json, "url", content.remote_path);
    write_if_there(json, "secret", content.secret_key);
    write_if_there(json, "filename", content.display_name);
    write_if_there(json, "file_length", content.file_bytes);
    write_if_there(json, "length", content.duration);
    write_if_there(json, "thumb", content.thumbnail_remote_path);
    write_if_there(json, "thumb_secret", content.thumbnail_secret_key);
    if (!content.size) return;
    json.key("size").begin_object();
    json.member("width", content.size->width.value_or(0));
    json.member("height", content.size->height.value_or(0));
    json.end_object();
}

void write_text(JsonWriter& json, const Content& content) {
    json.member("type", "txt").member("msg", content.text.value_or(""));
    if (content.sub_type == Content::SubType::stream) json.member("subType", "sub_stream");
    if (content.sub_type != Content::SubType::combine) return;
    json.member("subType", "sub_combine");
    write_if_there(json, "title", content.title);
    write_if_there(json, "summary", content.summary);
    write_if_there(json, "combineLevel", content.combine_level);
    write_file(json, content);
}

void write_custom(JsonWriter& json, const Content& content) {
    json.member("type", "custom").member("customEvent", content.custom_event.value_or(""));
    // One object each: the SDK puts them together again.
    json.key("customExts").begin_array();
    for (const auto& entry : content.custom_exts) write_values(json, {entry});
    json.end_array();
}

void write_place(JsonWriter& json, const Content& content) {
    json.member("type", "loc")
        .member("lat", content.latitude.value_or(0))
        .member("lng", content.longitude.value_or(0))
        .member("addr", content.address.value_or(""));
    write_if_there(json, "buildingName", content.building_name);
}

void write_content(JsonWriter& json, const Content& content) {
    using Type = Content::Type;
    json.begin_object();
    switch (content.type.value_or(Type::text)) {
        case Type::text:
        case Type::combine:
            write_text(json, content);
            break;
        case Type::image:
            json.member("type", "img");
            if (content.sub_type == Content::SubType::gif) json.member("subType", "sub_gif");
            write_file(json, content);
            break;
        case Type::video:
            json.member("type", "video");
            write_file(json, content);
            break;
        case Type::voice:
            json.member("type", "audio");
            write_file(json, content);
            break;
        case Type::file:
            json.member("type", "file");
            write_file(json, content);
            break;
        case Type::location:
            write_place(json, content);
            break;
        case Type::command:
            json.member("type", "cmd").member("action", content.action.value_or(""));
            break;
        case Type::custom:
            write_custom(json, content);
            break;
    }
    json.end_object();
}

std::string_view name_of(msync::Stream::State state) {
    switch (state) {
        case msync::Stream::State::start:
            return "stream_start";
        case msync::Stream::State::start_and_complete:
            return "stream_start_completed";
        case msync::Stream::State::in_progress:
            return "stream_in_progress";
        case msync::Stream::State::complete:
            return "stream_completed";
        case msync::Stream::State::full_text:
            return "stream_full";
    }
    return "stream_full";
}

void write_stream(JsonWriter& json, const msync::Stream& stream) {
    json.key("stream").begin_object();
    write_if_there(json, "stream_type", stream.type);
    json.member("stream_status", name_of(stream.state.value_or(msync::Stream::State::full_text)));
    write_if_there(json, "stream_error", stream.error);
    write_if_there(json, "stream_finish_reason", stream.finish_reason);
    json.end_object();
}

void write_payload(JsonWriter& json, const Message& message) {
    const Bytes bytes = msync::body_of(message);
    const auto decoded = msync::decode<msync::MessageBody>(bytes);
    static const msync::MessageBody nothing;
    const auto& body = decoded ? *decoded : nothing;
    json.begin_object()
        .member("from", message.from.value())
        .member("to", message.addressed_to)
        .member("type", message.channel.type == ChannelType::person ? "chat" : "groupchat");
    json.key("ext");
    write_values(json, body.ext);
    json.key("bodies").begin_array();
    if (!body.contents.empty()) write_content(json, body.contents.front());
    json.end_array();
    if (body.config) {
        json.key("msgConfig").begin_object();
        json.member("allowGroupAck", body.config->allow_group_ack.value_or(false)).end_object();
    }
    if (body.meta && is_json(*body.meta)) json.key("meta").raw(*body.meta);
    if (body.stream) write_stream(json, *body.stream);
    json.end_object();
}

}  // namespace

void write_message(JsonWriter& json,
                   const Message& message,
                   std::string_view app_key,
                   PayloadForm form) {
    const bool is_person = message.channel.type == ChannelType::person;
    const auto from = msync::user_jid(app_key, message.from.value(), message.from_device);
    const auto to = is_person ? msync::user_jid(app_key, message.addressed_to)
                              : msync::group_jid(app_key, message.addressed_to);
    json.begin_object()
        .member("id", std::to_string(message.id.value()))
        .member("from", msync::format_jid(from))
        .member("to", msync::format_jid(to))
        .member("timestamp", message.at.ms)
        .key("payload");
    if (form == PayloadForm::object) {
        write_payload(json, message);
    } else {
        Bytes text;
        JsonWriter payload(text);
        write_payload(payload, message);
        json.string(text);
    }
    json.end_object();
}

}  // namespace fenshen::api::easemob
