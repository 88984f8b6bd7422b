// SPDX-License-Identifier: Apache-2.0
#include "api/easemob/messages/sending.h"

#include "api/easemob/answers.h"
#include "api/easemob/messages/message_body.h"
#include "domain/easemob_id.h"
#include "model/names.h"
#include "service/messages/messages.h"

namespace fenshen::api::easemob {

namespace {

constexpr std::size_t users_a_call_max = 600;
constexpr std::size_t groups_a_call_max = 3;
constexpr int too_large_code = 14'007;

struct Input {
    std::string from;
    std::vector<std::string> to;
    RestMessage message;
    bool syncs_devices = false;
    bool only_online = false;
};

http::Response refused(const Call& call, std::string text, int code = 0) {
    return failed(call, {400, "message_send_error", "MessageSendException", std::move(text), code});
}

std::expected<Input, http::Response> read(const Call& call, std::size_t to_max) {
    auto document = http::JsonDocument::parse(call.request.body);
    if (!document) return std::unexpected(bad_body(call));
    auto body = document->object();
    Input input;
    input.from = body.string("from", "admin");
    input.to = body.strings("to");
    input.message.type = body.string("type");
    input.message.body = body.raw("body");
    input.message.ext = body.raw("ext");
    input.message.wants_group_ack = body.boolean("need_group_ack");
    input.syncs_devices = body.boolean("sync_device");
    input.only_online = body.string("routetype") == "ROUTE_ONLINE";
    if (!document->ok()) return std::unexpected(bad_body(call));
    const auto empty = [&](std::string_view name) {
        return std::unexpected(refused(call, "param " + std::string(name) + " can't be empty"));
    };
    if (input.from.empty()) return empty("from");
    if (input.to.empty()) return empty("to");
    if (input.message.type.empty()) return empty("type");
    if (input.message.body.empty() || input.message.body == "null") return empty("body");
    if (!input.message.ext.empty() && !input.message.ext.starts_with('{')) {
        return std::unexpected(refused(call, "param ext must be JSONObject"));
    }
    if (input.to.size() > to_max) {
        return std::unexpected(
            refused(call, "params to's size can't exceed limit " + std::to_string(to_max)));
    }
    if (input.message.body.size() + input.message.ext.size() > rest_message_bytes_max) {
        return std::unexpected(refused(call, "message is too large", too_large_code));
    }
    return input;
}

/// One for each receiver; an empty key where it can be none.
ChannelKey channel_of(const Uid& from, const std::string& to, ChannelType type) {
    if (type != ChannelType::person) {
        const bool is_usable = is_usable_channel_id(to);
        return {type, is_usable ? to : std::string()};
    }
    const auto uid = domain::easemob_uid(to);
    if (!uid) return {type, {}};
    return {type, person_channel_id(from.value(), uid->value())};
}

std::shared_ptr<Message> message_for(
    const Input& input, const Uid& from, const std::string& to, ChannelKey channel, Bytes payload) {
    auto message = std::make_shared<Message>();
    message->addressed_to =
        channel.type == ChannelType::person ? domain::easemob_uid(to)->value() : to;
    message->channel = std::move(channel);
    message->from = from;
    message->flags.red_dot = input.message.type != "cmd";
    message->flags.no_persist = input.only_online;
    message->payload = std::move(payload);
    message->format = MessageFormat::msync;
    message->spares_sender = !input.syncs_devices && message->channel.type == ChannelType::person;
    return message;
}

Task<http::Response> send(Call& call, ChannelType type, std::size_t to_max) {
    auto input = read(call, to_max);
    if (!input) co_return std::move(input.error());
    const auto from = domain::easemob_uid(input->from);
    if (!from) co_return refused(call, "param from is not legal");
    Envelope answer(call);
    auto& json = answer.json();
    json.key("data").begin_object();
    for (const auto& to : input->to) {
        ChannelKey channel = channel_of(*from, to, type);
        if (channel.id.empty()) co_return refused(call, "param to is not legal");
        auto body = message_body_of(input->message, *from, to, type);
        if (!body) co_return refused(call, std::move(body.error()));
        auto message = message_for(*input, *from, to, std::move(channel), std::move(*body));
        auto sending = service::send_from_api(call.world(), std::move(message), nullptr);
        const auto outcome = co_await sending;
        if (outcome.error) co_return failed(call, *outcome.error);
        json.member(to, std::to_string(outcome.id.value()));
    }
    json.end_object();
    co_return answer.done();
}

}  // namespace

Task<http::Response> send_to_users(Call& call) {
    auto sending = send(call, ChannelType::person, users_a_call_max);
    co_return co_await sending;
}

Task<http::Response> send_to_groups(Call& call) {
    auto sending = send(call, ChannelType::group, groups_a_call_max);
    co_return co_await sending;
}

}  // namespace fenshen::api::easemob
