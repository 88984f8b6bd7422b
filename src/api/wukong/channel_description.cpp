// SPDX-License-Identifier: Apache-2.0
#include "api/wukong/channel_description.h"

#include "api/wukong/detail/fields.h"
#include "service/channels/channels.h"

namespace fenshen::api::wukong {

namespace {

constexpr std::string_view no_id = "频道ID不能为空！";
constexpr std::string_view no_type = "频道类型错误！";

ChannelKey read_channel(http::JsonObject& body) {
    return {detail::channel_type_of(body), detail::name_of(body, "channel_id")};
}

ChannelFlags read_flags(http::JsonObject& body) {
    return {
        .ban = detail::flag_of(body, "ban"),
        .disband = detail::flag_of(body, "disband"),
        .send_ban = detail::flag_of(body, "send_ban"),
        .allow_stranger = detail::flag_of(body, "allow_stranger"),
        .large = detail::flag_of(body, "large"),
    };
}

}  // namespace

PutChannel::Input PutChannel::read(http::JsonObject& body) {
    return {
        .channel = read_channel(body),
        .flags = read_flags(body),
        .reset = detail::flag_of(body, "reset"),
        .subscribers = detail::uids_of(body, "subscribers"),
    };
}

std::string_view PutChannel::refusal(const Input& input) {
    if (is_blank(input.channel.id)) return no_id;
    if (input.channel.type == ChannelType::none) return no_type;
    if (has_reserved_character(input.channel.id)) return "频道ID不能包含特殊字符！";
    if (is_command_channel(input.channel)) return "频道ID不合法！";
    if (input.channel.type == ChannelType::person && !input.subscribers.empty()) {
        return "不支持个人频道添加订阅者！";
    }
    return {};
}

Task<http::Response> PutChannel::run(Context& context, Input input) {
    auto describing = service::describe_channel(context.world, input.channel, input.flags);
    const auto described = co_await describing;
    const bool changes_members = input.reset || !input.subscribers.empty();
    if (!described || !changes_members || input.channel.type == ChannelType::person) {
        co_return outcome(described);
    }
    service::AddSubscribers command;
    command.channel = std::move(input.channel);
    command.uids = std::move(input.subscribers);
    command.reset = input.reset;
    command.describe = false;
    auto adding = service::add_subscribers(context.world, std::move(command));
    const auto added = co_await adding;
    co_return outcome(added);
}

PutChannelInfo::Input PutChannelInfo::read(http::JsonObject& body) {
    return {.channel = read_channel(body), .flags = read_flags(body)};
}

std::string_view PutChannelInfo::refusal(const Input& input) {
    if (is_blank(input.channel.id)) return no_id;
    if (input.channel.type == ChannelType::none) return no_type;
    return {};
}

Task<http::Response> PutChannelInfo::run(Context& context, Input input) {
    auto describing =
        service::describe_channel(context.world, std::move(input.channel), input.flags);
    const auto described = co_await describing;
    co_return outcome(described);
}

DeleteChannel::Input DeleteChannel::read(http::JsonObject& body) {
    return {read_channel(body)};
}

std::string_view DeleteChannel::refusal(const Input& input) {
    if (is_blank(input.channel.id)) return no_id;
    if (input.channel.type == ChannelType::person) return "个人频道不支持添加订阅者！";
    return {};
}

Task<http::Response> DeleteChannel::run(Context& context, Input input) {
    auto disbanding = service::disband_channel(context.world, std::move(input.channel));
    const auto disbanded = co_await disbanding;
    co_return outcome(disbanded);
}

}  // namespace fenshen::api::wukong
