// SPDX-License-Identifier: Apache-2.0
#include "api/wukong/conversation_marks.h"

#include "api/wukong/channel_names.h"
#include "api/wukong/detail/fields.h"
#include "service/messages/conversation_marks.h"
#include "service/messages/conversations.h"

namespace fenshen::api::wukong {

namespace {

ConversationInput read_conversation(http::JsonObject& body) {
    ConversationInput input;
    input.uid = detail::uid_of(body);
    std::string channel_id = detail::channel_id_of(body);
    const ChannelType type = detail::channel_type_of(body);
    if (is_blank(channel_id)) return input;
    input.channel = channel_as_read(input.uid.value(), std::move(channel_id), type);
    return input;
}

std::string_view fault_of(const ConversationInput& input, std::string_view no_uid) {
    if (is_blank(input.uid.value())) return no_uid;
    if (input.channel.id.empty() || input.channel.type == ChannelType::none) {
        return "channel_id or channel_type cannot be empty";
    }
    return {};
}

/// The app's WuKong devices know already, whose page it is; those of the other family are told.
Task<http::Response> read_all(Context& context, ConversationInput input) {
    auto reading = service::read_conversation_to(context.world,
                                                 {std::move(input.uid), {}},
                                                 std::move(input.channel),
                                                 MessageSeq(UINT64_MAX));
    const auto read = co_await reading;
    co_return outcome(read);
}

Task<http::Response> set_unread(Context& context, ConversationInput input, std::int64_t unread) {
    auto setting =
        service::set_unread(context.world, std::move(input.uid), std::move(input.channel), unread);
    const auto set = co_await setting;
    co_return outcome(set);
}

}  // namespace

ClearUnread::Input ClearUnread::read(http::JsonObject& body) {
    return read_conversation(body);
}

std::string_view ClearUnread::refusal(const Input& input) {
    return fault_of(input, "uid cannot be empty");
}

Task<http::Response> ClearUnread::run(Context& context, Input input) {
    return read_all(context, std::move(input));
}

SetUnread::Input SetUnread::read(http::JsonObject& body) {
    return {read_conversation(body), body.integer<std::int64_t>("unread")};
}

std::string_view SetUnread::refusal(const Input& input) {
    return fault_of(input.conversation, "UID cannot be empty");
}

Task<http::Response> SetUnread::run(Context& context, Input input) {
    return set_unread(context, std::move(input.conversation), input.unread);
}

DeleteConversation::Input DeleteConversation::read(http::JsonObject& body) {
    return read_conversation(body);
}

std::string_view DeleteConversation::refusal(const Input& input) {
    return fault_of(input, "Uid cannot be empty");
}

Task<http::Response> DeleteConversation::run(Context& context, Input input) {
    auto deleting =
        service::delete_conversation(context.world, std::move(input.uid), std::move(input.channel));
    const auto deleted = co_await deleting;
    co_return outcome(deleted);
}

}  // namespace fenshen::api::wukong
