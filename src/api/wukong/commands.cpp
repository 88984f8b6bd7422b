// SPDX-License-Identifier: Apache-2.0
#include "api/wukong/commands.h"

#include <algorithm>

#include "api/wukong/detail/fields.h"
#include "api/wukong/message_json.h"
#include "service/messages/conversations.h"

namespace fenshen::api::wukong {

namespace {

constexpr std::int64_t limit_default = 200;  // wukong-semantics 13
constexpr std::int64_t limit_max = 10'000;

}  // namespace

SyncCommands::Input SyncCommands::read(http::JsonObject& body) {
    return {.uid = detail::uid_of(body), .limit = body.integer<std::int64_t>("limit")};
}

std::string_view SyncCommands::refusal(const Input& input) {
    if (is_blank(input.uid.value())) return "用户uid不能为空！";
    if (input.limit < 0) return "limit不能为负数！";
    return {};
}

Task<http::Response> SyncCommands::run(Context& context, Input input) {
    const std::int64_t limit = input.limit == 0 ? limit_default : std::min(input.limit, limit_max);
    auto syncing = service::sync_commands(
        context.world, std::move(input.uid), static_cast<std::size_t>(limit));
    const auto commands = co_await syncing;
    if (!commands) co_return failure(commands.error());
    Bytes body;
    JsonWriter json(body);
    write_messages(json, commands->messages);
    co_return raw(std::move(body));
}

AcknowledgeCommands::Input AcknowledgeCommands::read(http::JsonObject& body) {
    return {
        .uid = detail::uid_of(body),
        .last_message_seq = body.integer<std::uint64_t>("last_message_seq"),
    };
}

std::string_view AcknowledgeCommands::refusal(const Input& input) {
    if (is_blank(input.uid.value())) return "用户UID不能为空！";
    if (input.last_message_seq == 0) return "最后一次messageSeq不能为0！";
    return {};
}

Task<http::Response> AcknowledgeCommands::run(Context& context, Input input) {
    auto acknowledging = service::acknowledge_commands(context.world, std::move(input.uid));
    const auto acknowledged = co_await acknowledging;
    co_return outcome(acknowledged);
}

}  // namespace fenshen::api::wukong
