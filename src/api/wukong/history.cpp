// SPDX-License-Identifier: Apache-2.0
#include "api/wukong/history.h"

#include "api/wukong/channel_names.h"
#include "api/wukong/detail/fields.h"
#include "api/wukong/message_json.h"
#include "service/messages/messages.h"

namespace fenshen::api::wukong {

namespace {

ChannelKey channel_of(ChannelInput input) {
    return channel_as_read(input.login_uid, std::move(input.channel_id), input.channel_type);
}

ChannelInput read_channel(detail::QueryReader& query) {
    return {
        .login_uid = detail::name_of(query, "login_uid"),
        .channel_id = detail::channel_id_of(query),
        .channel_type = detail::channel_type_of(query),
    };
}

std::string_view fault_of(const ChannelInput& input) {
    if (is_blank(input.channel_id)) return "channel_id不能为空！";
    // Who the other party is cannot be guessed.
    const bool is_combined = input.channel_id.find('@') != std::string::npos;
    const bool needs_reader = input.channel_type == ChannelType::person && !is_combined;
    if (needs_reader && is_blank(input.login_uid)) return "login_uid不能为空！";
    return {};
}

}  // namespace

SyncMessages::Input SyncMessages::read(http::JsonObject& body) {
    const bool is_up = body.integer<int>("pull_mode") == 1;
    return {
        .login_uid = detail::name_of(body, "login_uid"),
        .channel_id = detail::channel_id_of(body),
        .channel_type = detail::channel_type_of(body),
        .request =
            {
                .start = body.integer<std::uint64_t>("start_message_seq"),
                .end = body.integer<std::uint64_t>("end_message_seq"),
                .limit = body.integer<std::int64_t>("limit"),
                .mode = is_up ? domain::SyncRequest::Mode::up : domain::SyncRequest::Mode::down,
            },
    };
}

std::string_view SyncMessages::refusal(const Input& input) {
    if (is_blank(input.login_uid)) return "login_uid不能为空！";
    if (is_blank(input.channel_id)) return "channel_id不能为空！";
    return {};
}

Task<http::Response> SyncMessages::run(Context& context, Input input) {
    auto channel =
        channel_as_read(input.login_uid, std::move(input.channel_id), input.channel_type);
    auto syncing = service::sync_messages(context.world, std::move(channel), input.request);
    const auto page = co_await syncing;
    if (!page) co_return failure(page.error());
    const MessagePageJson json{input.request.start, input.request.end, page->more, page->messages};
    co_return raw(to_json(json));
}

MaxMessageSeq::Input MaxMessageSeq::read(detail::QueryReader& query) {
    return read_channel(query);
}

std::string_view MaxMessageSeq::refusal(const Input& input) {
    return fault_of(input);
}

Task<http::Response> MaxMessageSeq::run(Context& context, Input input) {
    auto reading = service::last_seq(context.world, channel_of(std::move(input)));
    const auto last = co_await reading;
    if (!last) co_return failure(last.error());
    Bytes body;
    JsonWriter json(body);
    json.begin_object().member("message_seq", last->value()).end_object();
    co_return raw(std::move(body));
}

LastMessage::Input LastMessage::read(detail::QueryReader& query) {
    return read_channel(query);
}

std::string_view LastMessage::refusal(const Input& input) {
    return fault_of(input);
}

Task<http::Response> LastMessage::run(Context& context, Input input) {
    auto reading = service::last_message(context.world, channel_of(std::move(input)));
    const auto message = co_await reading;
    if (!message) co_return failure(message.error());
    if (!*message) co_return status_only(404);
    Bytes body;
    JsonWriter json(body);
    write_message(json, **message);
    co_return raw(std::move(body));
}

}  // namespace fenshen::api::wukong
