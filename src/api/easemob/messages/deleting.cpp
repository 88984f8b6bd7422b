// SPDX-License-Identifier: Apache-2.0
#include "api/easemob/messages/deleting.h"

#include "api/easemob/answers.h"
#include "api/easemob/social.h"
#include "service/messages/conversation_marks.h"

namespace fenshen::api::easemob {

namespace {

constexpr std::size_t ids_of_user_max = 20;
constexpr std::size_t ids_of_app_max = service::hidden_a_call_max;

http::Response param_exception(const Call& call, std::string text) {
    return failed(call, {400, "param exception", "ParamException", std::move(text)});
}

/// `userId` of a chat, `groupId` of a group.
std::optional<ChannelKey> channel_of(const Call& call) {
    const auto kind = call.capture("kind");
    if (kind != "chat" && kind != "group") return std::nullopt;
    const auto id = call.query(kind == "chat" ? "userId" : "groupId");
    return id ? conversation_of(call.user, kind, *id) : std::nullopt;
}

std::optional<std::vector<MessageId>> ids_of(const Call& call) {
    const auto texts = split(call.query("msgIdList").value_or(""));
    const auto count_max = call.bearer.is_app ? ids_of_app_max : ids_of_user_max;
    if (texts.empty() || texts.size() > count_max) return std::nullopt;
    std::vector<MessageId> ids;
    for (const auto& text : texts) {
        const auto id = http::to_integer<std::int64_t>(text);
        if (!id) return std::nullopt;
        ids.emplace_back(*id);
    }
    return ids;
}

service::Telling telling_of(const Call& call) {
    return call.query("isNotify") == "false" ? service::Telling::nobody : service::Telling::devices;
}

http::Response answer(const Call& call, const Result<void>& outcome) {
    if (!outcome) return failed(call, outcome.error());
    Envelope envelope(call);
    envelope.json().member("requestStatusCode", "ok");
    envelope.json().key("data").begin_object().member("result", "ok").end_object();
    return envelope.done();
}

}  // namespace

Task<http::Response> delete_conversation(Call& call) {
    std::string id;
    std::string type;
    bool with_history = false;
    {
        auto body = http::JsonDocument::parse(call.request.body);
        if (!body) co_return bad_body(call);
        auto root = body->object();
        id = root.string("channel");
        type = root.string("type");
        with_history = root.boolean("delete_roam");
        const bool says_history = root.has("delete_roam");
        if (!body->ok()) co_return bad_body(call);
        for (const auto& [name, value] : {std::pair("channel", &id), std::pair("type", &type)}) {
            if (!value->empty()) continue;
            co_return illegal_argument(call,
                                       "field " + std::string(name) + " cannot be null or empty");
        }
        if (!says_history) co_return illegal_argument(call, "field delete_roam cannot be null");
    }
    const auto channel = conversation_of(call.user, type, id);
    if (!channel) co_return illegal_argument(call, "field channel or type is illegal");
    auto removing =
        service::remove_conversation(call.world(), acting(call), *channel, with_history);
    const auto removed = co_await removing;
    co_return answer(call, removed);
}

Task<http::Response> delete_messages(Call& call) {
    const auto channel = channel_of(call);
    const auto ids = ids_of(call);
    if (!channel || !ids)
        co_return param_exception(call, "no such conversation, or no message ids");
    auto hiding =
        service::hide_messages(call.world(), acting(call), *channel, *ids, telling_of(call));
    const auto hidden = co_await hiding;
    co_return answer(call, hidden);
}

Task<http::Response> delete_messages_until(Call& call) {
    const auto channel = channel_of(call);
    const auto until = http::to_integer<std::int64_t>(call.query("delTime").value_or(""));
    if (!channel || !until) co_return param_exception(call, "no such conversation, or no delTime");
    auto hiding = service::hide_messages_until(
        call.world(), acting(call), *channel, WallTime{*until}, telling_of(call));
    const auto hidden = co_await hiding;
    co_return answer(call, hidden);
}

Task<http::Response> delete_everything(Call& call) {
    auto clearing = service::clear_history(call.world(), acting(call));
    const auto cleared = co_await clearing;
    co_return answer(call, cleared);
}

}  // namespace fenshen::api::easemob
