// SPDX-License-Identifier: Apache-2.0
#include "api/wukong/message_lookup.h"

#include "api/wukong/channel_names.h"
#include "api/wukong/detail/fields.h"
#include "api/wukong/message_json.h"
#include "service/messages/message_search.h"
#include "service/messages/messages.h"

namespace fenshen::api::wukong {

namespace {

/// Looked up in one request, of all kinds together.
constexpr std::size_t lookups_max = 10'000;

using Found = Result<service::FoundMessages>;

http::Response only_one(const Found& found) {
    if (!found) return failure(found.error());
    if (found->messages().empty()) return status_only(404);
    Bytes body;
    JsonWriter json(body);
    write_message(json, found->messages().front());
    return raw(std::move(body));
}

/// By sequence and by id. An id is only found in its own channel.
Task<Found> find(Context& context, ChannelKey channel, service::MessageLookups lookups) {
    if (lookups.seqs.empty() && lookups.ids.empty())
        co_return service::FoundMessages(context.world.rules.page_bytes_max);
    auto finding = service::find_messages(context.world, std::move(channel), std::move(lookups));
    co_return co_await finding;
}

Task<Found> search(Context& context,
                   ChannelKey channel,
                   std::vector<std::string> client_msg_nos,
                   service::Pick pick) {
    if (client_msg_nos.empty())
        co_return service::FoundMessages(context.world.rules.page_bytes_max);
    service::SearchByNumber command;
    command.channel = std::move(channel);
    command.client_msg_nos = std::move(client_msg_nos);
    command.pick = pick;
    auto searching = service::search_by_number(context.world, std::move(command));
    co_return co_await searching;
}

}  // namespace

FindMessages::Input FindMessages::read(http::JsonObject& body) {
    return {
        .login_uid = detail::name_of(body, "login_uid"),
        .channel_id = detail::channel_id_of(body),
        .channel_type = detail::channel_type_of(body),
        .message_seqs = body.integers<std::uint32_t>("message_seqs"),
        .message_ids = body.integers<std::int64_t>("message_ids"),
        .client_msg_nos = body.strings("client_msg_nos"),
    };
}

std::string_view FindMessages::refusal(const Input& input) {
    if (is_blank(input.channel_id)) return "channel_id不能为空！";
    const std::size_t lookups =
        input.message_seqs.size() + input.message_ids.size() + input.client_msg_nos.size();
    if (lookups > lookups_max) return "一次最多查询10000条消息！";
    return {};
}

Task<http::Response> FindMessages::run(Context& context, Input input) {
    auto channel =
        channel_as_read(input.login_uid, std::move(input.channel_id), input.channel_type);
    service::MessageLookups lookups;
    for (const auto seq : input.message_seqs) lookups.seqs.emplace_back(seq);
    for (const auto id : input.message_ids) lookups.ids.emplace_back(id);
    auto finding = find(context, channel, std::move(lookups));
    auto found = co_await finding;
    if (!found) co_return failure(found.error());
    auto searching =
        search(context, std::move(channel), std::move(input.client_msg_nos), service::Pick::newest);
    auto by_number = co_await searching;
    if (!by_number) co_return failure(by_number.error());
    const bool cut = by_number->is_cut();
    for (auto& message : std::move(*by_number).take()) {
        if (!found->add(std::move(message))) break;
    }
    if (cut) found->cut();
    const MessagePageJson json{0, 0, found->is_cut(), found->messages()};
    co_return raw(to_json(json));
}

FindMessage::Input FindMessage::read(http::JsonObject& body) {
    return {
        .login_uid = detail::name_of(body, "login_uid"),
        .channel_id = detail::channel_id_of(body),
        .channel_type = detail::channel_type_of(body),
        .message_id = body.integer<std::int64_t>("message_id"),
        .client_msg_no = body.string("client_msg_no"),
    };
}

std::string_view FindMessage::refusal(const Input& input) {
    if (is_blank(input.channel_id)) return "channel_id不能为空！";
    if (input.channel_type == ChannelType::none) return "channel_type不能为0";
    if (input.channel_type == ChannelType::person && is_blank(input.login_uid)) {
        return "login_uid不能为空！";
    }
    return {};
}

Task<http::Response> FindMessage::run(Context& context, Input input) {
    auto channel =
        channel_as_read(input.login_uid, std::move(input.channel_id), input.channel_type);
    if (input.message_id != 0) {
        service::MessageLookups lookups;
        lookups.ids.emplace_back(input.message_id);
        auto finding = find(context, std::move(channel), std::move(lookups));
        const auto messages = co_await finding;
        co_return only_one(messages);
    }
    std::vector<std::string> numbers;
    if (!input.client_msg_no.empty()) numbers.push_back(std::move(input.client_msg_no));
    auto searching = search(context, std::move(channel), std::move(numbers), service::Pick::newest);
    const auto messages = co_await searching;
    co_return only_one(messages);
}

FindByClientMsgNo::Input FindByClientMsgNo::read(detail::QueryReader& query) {
    return {
        .channel = {detail::channel_type_of(query), detail::channel_id_of(query)},
        .client_msg_no = query.string("client_msg_no"),
    };
}

std::string_view FindByClientMsgNo::refusal(const Input& input) {
    if (is_blank(input.channel.id)) return "channel_id不能为空";
    if (input.channel.type == ChannelType::none) return "channel_type不能为0";
    if (input.client_msg_no.empty()) return "client_msg_no不能为空";
    return {};
}

Task<http::Response> FindByClientMsgNo::run(Context& context, Input input) {
    std::vector<std::string> numbers{std::move(input.client_msg_no)};
    auto searching =
        search(context, std::move(input.channel), std::move(numbers), service::Pick::oldest);
    const auto messages = co_await searching;
    co_return only_one(messages);
}

}  // namespace fenshen::api::wukong
