// SPDX-License-Identifier: Apache-2.0
#include "api/wukong/subscribers.h"

#include "api/wukong/detail/fields.h"
#include "service/channels/channels.h"
#include "service/channels/temporary_channels.h"

namespace fenshen::api::wukong {

namespace {

constexpr std::string_view bad_characters = "频道ID不能包含特殊字符！";

/// What adding and removing refuse alike.
std::string_view fault_of(const ChannelKey& channel, const std::vector<Uid>& subscribers) {
    if (is_blank(channel.id)) return "频道ID不能为空！";
    if (has_reserved_character(channel.id)) return bad_characters;
    if (is_command_channel(channel)) return "频道ID不合法！";
    if (channel.type == ChannelType::person) return "个人频道不支持添加订阅者！";
    if (channel.type == ChannelType::none) return "频道类型不能为0！";
    if (subscribers.empty()) return "订阅者不能为空！";
    return {};
}

}  // namespace

AddSubscribers::Input AddSubscribers::read(http::JsonObject& body) {
    Input input{
        .channel = {detail::channel_type_of(body), detail::name_of(body, "channel_id")},
        .reset = detail::flag_of(body, "reset"),
        .temporary = detail::flag_of(body, "temp_subscriber"),
        .subscribers = detail::uids_of(body, "subscribers"),
    };
    if (input.channel.type == ChannelType::none) input.channel.type = ChannelType::group;
    return input;
}

std::string_view AddSubscribers::refusal(const Input& input) {
    const std::string_view fault = fault_of(input.channel, input.subscribers);
    if (!fault.empty()) return fault;
    if (input.temporary) return "新版本临时订阅者已不支持！";
    return {};
}

Task<http::Response> AddSubscribers::run(Context& context, Input input) {
    service::AddSubscribers command;
    command.channel = std::move(input.channel);
    command.uids = std::move(input.subscribers);
    command.reset = input.reset;
    auto adding = service::add_subscribers(context.world, std::move(command));
    const auto added = co_await adding;
    co_return outcome(added);
}

RemoveSubscribers::Input RemoveSubscribers::read(http::JsonObject& body) {
    return {
        .channel = {detail::channel_type_of(body), detail::name_of(body, "channel_id")},
        .subscribers = detail::uids_of(body, "subscribers"),
    };
}

std::string_view RemoveSubscribers::refusal(const Input& input) {
    return fault_of(input.channel, input.subscribers);
}

Task<http::Response> RemoveSubscribers::run(Context& context, Input input) {
    auto removing = service::remove_subscribers(
        context.world, std::move(input.channel), std::move(input.subscribers));
    const auto removed = co_await removing;
    co_return outcome(removed);
}

RemoveAllSubscribers::Input RemoveAllSubscribers::read(http::JsonObject& body) {
    return {{detail::channel_type_of(body), detail::name_of(body, "channel_id")}};
}

std::string_view RemoveAllSubscribers::refusal(const Input& input) {
    if (is_blank(input.channel.id)) return "channel_id不能为空！";
    if (input.channel.type == ChannelType::none) return "频道类型不能为0！";
    if (input.channel.type == ChannelType::person) return "个人频道不支持此操作！";
    return {};
}

Task<http::Response> RemoveAllSubscribers::run(Context& context, Input input) {
    auto removing = service::remove_all_subscribers(context.world, std::move(input.channel));
    const auto removed = co_await removing;
    co_return outcome(removed);
}

SetTemporarySubscribers::Input SetTemporarySubscribers::read(http::JsonObject& body) {
    return {.channel_id = detail::name_of(body, "channel_id"), .uids = detail::uids_of(body)};
}

std::string_view SetTemporarySubscribers::refusal(const Input& input) {
    if (is_blank(input.channel_id)) return "channel_id不能为空！";
    if (has_reserved_character(input.channel_id)) return bad_characters;
    if (input.uids.empty()) return "uids不能为空！";
    return {};
}

Task<http::Response> SetTemporarySubscribers::run(Context& context, Input input) {
    ChannelKey channel{ChannelType::temp, std::move(input.channel_id)};
    auto setting = service::set_temporary_subscribers(
        context.world, std::move(channel), std::move(input.uids));
    const auto set = co_await setting;
    co_return outcome(set);
}

}  // namespace fenshen::api::wukong
