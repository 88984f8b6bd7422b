// SPDX-License-Identifier: Apache-2.0
#include "api/wukong/message_json.h"

#include "base/base64.h"
#include "domain/recipients.h"
#include "model/names.h"
#include "protocol/msync/forms.h"

namespace fenshen::api::wukong {

namespace {

constexpr std::size_t message_bytes_without_payload = 512;  // for reserving

std::size_t bytes_of(std::span<const Message> messages) {
    std::size_t bytes = 128;
    for (const Message& message : messages) {
        bytes += message_bytes_without_payload + base64_bytes(message.payload.size());
    }
    return bytes;
}

}  // namespace

void write_message(JsonWriter& json, const Message& message) {
    const bool from_system = message.from.value() == system_uid;
    json.begin_object();
    json.key("header")
        .begin_object()
        .member("no_persist", int{message.flags.no_persist})
        .member("red_dot", int{message.flags.red_dot})
        .member("sync_once", int{message.flags.sync_once})
        .end_object();
    json.member("setting", message.setting)
        .member("message_id", message.id.value())
        .member("message_idstr", std::to_string(message.id.value()))
        .member("client_msg_no", message.client_msg_no)
        .member("message_seq", message.seq.value())
        .member("from_uid", from_system ? std::string_view() : message.from.value())
        .member("channel_id", domain::http_channel_id(message))
        .member("channel_type", static_cast<std::uint8_t>(message.channel.type));
    if (!message.topic.empty()) json.member("topic", message.topic);
    json.member("expire", message.expire_s)
        .member("timestamp", message.at.seconds())
        .key("payload")
        .base64(msync::wukong_payload_of(message).value_or("{}"))
        .end_object();
}

void write_messages(JsonWriter& json, std::span<const Message> messages) {
    json.begin_array();
    for (const Message& message : messages) write_message(json, message);
    json.end_array();
}

Bytes to_json(const MessagePageJson& page) {
    Bytes body;
    body.reserve(bytes_of(page.messages));
    JsonWriter json(body);
    json.begin_object()
        .member("start_message_seq", page.start)
        .member("end_message_seq", page.end)
        .member("more", int{page.more})
        .key("messages");
    write_messages(json, page.messages);
    json.end_object();
    return body;
}

}  // namespace fenshen::api::wukong
