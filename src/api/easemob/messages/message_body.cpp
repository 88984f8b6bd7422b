// SPDX-License-Identifier: Apache-2.0
#include "api/easemob/messages/message_body.h"

#include <cmath>
#include <deque>
#include <optional>
#include <vector>

#include "api/http/message.h"
#include "protocol/msync/codec.h"
#include "protocol/msync/messages.h"

namespace fenshen::api::easemob {

namespace {

constexpr std::size_t custom_exts_max = 16;
constexpr std::size_t custom_event_bytes_max = 32;

/// The texts that a body's views look into, for as long as it is being made.
class Texts {
public:
    std::string_view keep(std::string text) { return texts_.emplace_back(std::move(text)); }

private:
    std::deque<std::string> texts_;
};

std::optional<std::string_view> text_in(http::JsonObject& from,
                                        std::string_view name,
                                        Texts& texts) {
    if (!from.has(name)) return std::nullopt;
    return texts.keep(from.string(name));
}

std::optional<std::int32_t> number_in(http::JsonObject& from, std::string_view name) {
    if (!from.has(name)) return std::nullopt;
    const double value = from.number(name);
    if (!(value >= 0 && value <= 2'147'483'647.0)) return std::nullopt;
    return static_cast<std::int32_t>(value);
}

/// msync-wire 8.3: which value goes with which type.
void add_value(std::vector<msync::KeyValue>& out,
               std::string_view name,
               std::string raw,
               http::JsonObject& from,
               Texts& texts) {
    using Type = msync::KeyValue::Type;
    msync::KeyValue entry{.key = name, .type = {}, .value = {}};
    if (raw.starts_with('"')) {
        entry.type = Type::string;
        entry.value = texts.keep(from.string(name));
    } else if (raw == "true" || raw == "false") {
        entry.type = Type::boolean;
        entry.value = std::int64_t{raw == "true" ? 1 : 0};
    } else if (raw.starts_with('{') || raw.starts_with('[')) {
        entry.type = Type::json_string;
        entry.value = texts.keep(std::move(raw));
    } else if (const auto whole = http::to_integer<std::int32_t>(raw)) {
        entry.type = Type::int32;
        entry.value = std::int64_t{*whole};
    } else if (raw != "null" && !raw.empty()) {
        entry.type = Type::float64;
        entry.value = from.number(name);
    } else {
        return;
    }
    out.push_back(std::move(entry));
}

std::vector<msync::KeyValue> values_of(http::JsonObject object, Texts& texts) {
    std::vector<msync::KeyValue> values;
    for (auto& name : object.names()) {
        const std::string_view key = texts.keep(std::move(name));
        add_value(values, key, object.raw(key), object, texts);
    }
    return values;
}

void read_file(http::JsonObject& from, msync::Content& content, Texts& texts) {
    content.remote_path = text_in(from, "url", texts);
    content.secret_key = text_in(from, "secret", texts);
    content.display_name = text_in(from, "filename", texts);
    content.file_bytes = number_in(from, "file_length");
    content.duration = number_in(from, "length");
    content.thumbnail_remote_path = text_in(from, "thumb", texts);
    content.thumbnail_secret_key = text_in(from, "thumb_secret", texts);
    if (from.has("size")) {
        auto size = from.object("size");
        content.size =
            msync::ContentSize{.width = size.number("width"), .height = size.number("height")};
    }
}

bool is_custom_event(std::string_view name) {
    constexpr std::string_view letters =
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_/.";
    return !name.empty() && name.size() <= custom_event_bytes_max &&
           name.find_first_not_of(letters) == std::string_view::npos;
}

/// The text of what is wrong; empty: nothing.
std::string read_content(std::string_view type,
                         http::JsonObject& from,
                         msync::Content& content,
                         Texts& texts) {
    using Type = msync::Content::Type;
    if (type == "txt") {
        content.type = Type::text;
        content.text = text_in(from, "msg", texts);
        return content.text ? "" : "param msg can't be empty";
    }
    if (type == "cmd") {
        content.type = Type::command;
        content.action = text_in(from, "action", texts).value_or("");
        return {};
    }
    if (type == "loc") {
        content.type = Type::location;
        content.latitude = from.number("lat");
        content.longitude = from.number("lng");
        content.address = text_in(from, "addr", texts);
        return {};
    }
    if (type == "custom") {
        content.type = Type::custom;
        content.custom_event = text_in(from, "customEvent", texts);
        if (!is_custom_event(content.custom_event.value_or(""))) {
            return "param customEvent is not legal";
        }
        content.custom_exts = values_of(from.object("customExts"), texts);
        return content.custom_exts.size() > custom_exts_max ? "param customExts is too large" : "";
    }
    if (type == "img") {
        content.type = Type::image;
    } else if (type == "audio") {
        content.type = Type::voice;
    } else if (type == "video") {
        content.type = Type::video;
    } else if (type == "file") {
        content.type = Type::file;
    } else {
        return "param type is not legal";
    }
    read_file(from, content, texts);
    return content.remote_path ? "" : "param url can't be empty";
}

}  // namespace

std::expected<Bytes, std::string> message_body_of(const RestMessage& message,
                                                  const Uid& from,
                                                  std::string_view to,
                                                  ChannelType channel_type) {
    constexpr std::string_view not_readable = "param body must be JSONObject";
    Texts texts;
    auto document = http::JsonDocument::parse(message.body);
    if (!document) return std::unexpected(std::string(not_readable));
    auto object = document->object();
    msync::MessageBody body;
    const bool is_person = channel_type == ChannelType::person;
    body.type = is_person ? msync::MessageType::chat : msync::MessageType::group_chat;
    body.from = msync::Jid{.name = from.value()};
    body.to = msync::Jid{.name = to};
    msync::Content content;
    if (auto wrong = read_content(message.type, object, content, texts); !wrong.empty()) {
        return std::unexpected(std::move(wrong));
    }
    if (!document->ok()) return std::unexpected(std::string(not_readable));
    body.contents.push_back(std::move(content));
    if (!message.ext.empty()) {
        auto ext = http::JsonDocument::parse(message.ext);
        if (!ext) return std::unexpected("param ext must be JSONObject");
        body.ext = values_of(ext->object(), texts);
        if (!ext->ok()) return std::unexpected("param ext must be JSONObject");
    }
    if (message.wants_group_ack) body.config = msync::MessageConfig{.allow_group_ack = true};
    Bytes out;
    msync::encode(out, body);
    return out;
}

}  // namespace fenshen::api::easemob
