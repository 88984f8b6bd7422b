// SPDX-License-Identifier: Apache-2.0
#include "protocol/msync/changes.h"

#include <simdjson.h>

#include <algorithm>
#include <charconv>
#include <string>
#include <utility>
#include <vector>

#include "base/json_writer.h"
#include "protocol/msync/codec.h"
#include "protocol/msync/forms.h"

namespace fenshen::msync {

namespace {

constexpr std::string_view edit_name = "edit_msg";
constexpr std::string_view edit_mark = R"({"edit_msg":{"count":)";
constexpr std::size_t json_depth_max = 32;

Bytes edit_json(const fenshen::Message& stored,
                std::string_view by,
                std::uint32_t count,
                WallTime now) {
    const bool is_person = stored.channel.type == ChannelType::person;
    Bytes out;
    JsonWriter json(out);
    json.begin_object();
    json.member("count", count).member("operator", by);
    json.member("edit_time", now.ms).member("sender", stored.from.value());
    json.member("send_time", stored.at.ms);
    json.member("chat_type", is_person ? "chat:user" : "chat:group");
    json.end_object();
    return out;
}

/// How often a body was edited: its `meta` says.
std::uint32_t edits_of(const MessageBody& body) {
    const std::string_view meta = body.meta.value_or("");
    if (!meta.starts_with(edit_mark)) return 0;
    std::uint32_t count = 0;
    const auto digits = meta.substr(edit_mark.size());
    std::from_chars(digits.data(), digits.data() + digits.size(), count);
    return count;
}

/// The members of a JSON object, minified; none where it is none.
std::vector<std::pair<std::string, std::string>> members_of(std::string_view text) {
    std::vector<std::pair<std::string, std::string>> members;
    if (text.empty()) return members;  // the parser copies from where it points to
    simdjson::dom::parser parser;
    if (parser.allocate(text.size() + 64, json_depth_max) != simdjson::SUCCESS) return members;
    simdjson::dom::object object;
    if (parser.parse(text.data(), text.size(), true).get(object) != simdjson::SUCCESS) {
        return members;
    }
    for (const auto [key, value] : object) {
        members.emplace_back(std::string(key), simdjson::minify(value));
    }
    return members;
}

/// `meta` with `json` (an object's text) in the place of the member `name`, which comes first. What
/// would become too long to be read again is left out: all but that member.
Bytes with_member(std::string_view meta, std::string_view name, std::string_view json) {
    constexpr std::size_t bytes_max = Limits{}.string_bytes_max;
    if (meta.size() + json.size() + name.size() > bytes_max / 2) meta = {};
    Bytes out;
    JsonWriter writer(out);
    writer.begin_object().key(name).raw(json);
    for (const auto& [key, value] : members_of(meta)) {
        if (key != name) writer.key(key).raw(value);
    }
    writer.end_object();
    return out;
}

/// One more field behind the others counts as if it stood among them.
void append_meta_text(Bytes& body, std::string_view json) {
    encode(body, MessageBody{.meta = json});
}

}  // namespace

void take_back(fenshen::Message& stored, const fenshen::Message& told) {
    stored.payload = told.payload;
    stored.format = MessageFormat::msync;
    stored.from_device = told.from_device;
    stored.extra = told.extra;
    stored.flags.red_dot = false;
}

Result<Bytes> edit(fenshen::Message& stored, fenshen::Message& told, WallTime now) {
    const Bytes before = body_of(stored);
    auto body = decode<MessageBody>(before);
    const auto edited = decode<MessageBody>(told.payload);
    if (!body || !edited || edited->contents.empty() ||
        !is_content(body->type.value_or(MessageType::chat))) {
        return std::unexpected(Errc::bad_request);
    }
    const bool is_whole = edited->edit_scope == EditScope::body_and_ext;
    const std::uint32_t edits = edits_of(*body);
    if (edits > 0 && body->contents == edited->contents &&
        (!is_whole || body->ext == edited->ext)) {
        // Its answer was lost.
        for (const auto& [key, value] : members_of(*body->meta)) {
            if (key != edit_name) continue;
            Bytes json = with_member("", edit_name, value);
            append_meta_text(told.payload, json);
            return json;
        }
    }
    if (edits >= edits_max) return std::unexpected(Errc::rate_limited);
    const Jid by = edited->from.value_or(Jid{});
    const Bytes info = edit_json(stored, by.name.value_or(told.from.value()), edits + 1, now);
    const Bytes kept = with_member(body->meta.value_or(""), edit_name, info);
    Bytes json = with_member("", edit_name, info);
    body->contents = edited->contents;
    if (is_whole) body->ext = edited->ext;
    body->meta = kept;
    Bytes after;
    encode(after, *body);
    stored.payload = std::move(after);
    if (stored.format != MessageFormat::msync) stored.from_device.clear();
    stored.format = MessageFormat::msync;
    append_meta_text(told.payload, json);
    return json;
}

bool is_for_thread(BytesView body) {
    if (body.find(R"("thread")") == BytesView::npos) return false;
    const auto read = decode<MessageBody>(body);
    if (!read) return false;
    const auto members = members_of(read->meta.value_or(""));
    return std::ranges::find(members, "thread", &std::pair<std::string, std::string>::first) !=
           members.end();
}

void put_thread(Bytes& body, const ThreadName& thread) {
    const Bytes before = std::move(body);
    body.clear();
    auto read = decode<MessageBody>(before);
    if (!read) return;  // it was read once already
    Bytes json;
    JsonWriter(json)
        .begin_object()
        .member("msg_parent_id", std::to_string(thread.message_id.value()))
        .member("muc_parent_id", thread.group)
        .member("thread_name", thread.name)
        .end_object();
    const Bytes meta = with_member(read->meta.value_or(""), "thread", json);
    read->meta = meta;
    encode(body, *read);
}

void put_read_count(fenshen::Message& told, std::size_t readers) {
    const Bytes before = std::move(told.payload);
    told.payload.clear();
    auto body = decode<MessageBody>(before);
    if (!body) return;  // it was read once already
    Bytes json;
    JsonWriter(json)
        .begin_object()
        .member(std::to_string(body->ack_message_id.value_or(0)), readers)
        .end_object();
    // The first entry: that is where it is looked for.
    body->ext.insert(body->ext.begin(),
                     {.key = "group_read_count",
                      .type = KeyValue::Type::json_string,
                      .value = std::string_view(json)});
    encode(told.payload, *body);
}

}  // namespace fenshen::msync
