// SPDX-License-Identifier: Apache-2.0
#include "api/easemob/messages/history.h"

#include <algorithm>

#include "api/easemob/answers.h"
#include "api/easemob/messages/history_page.h"
#include "api/easemob/messages/reactions.h"
#include "api/easemob/social.h"
#include "domain/easemob_id.h"
#include "model/names.h"
#include "protocol/msync/forms.h"
#include "service/messages/reactions.h"

namespace fenshen::api::easemob {

namespace {

constexpr std::size_t page_default = 20;
constexpr std::int64_t page_max = 50;

struct Input {
    std::string queue;
    HistoryQuery query;
};

std::optional<Input> read(const http::Request& request) {
    auto document = http::JsonDocument::parse(request.body);
    if (!document) return std::nullopt;
    auto body = document->object();
    Input input;
    auto& query = input.query;
    input.queue = body.string("queue");
    // A number, or the text of one: -1, or the id of a message.
    std::string start(body.raw("start"));
    if (start.size() >= 2 && start.starts_with('"')) start = start.substr(1, start.size() - 2);
    const auto cursor = http::to_integer<std::int64_t>(start);
    if (cursor && *cursor >= 0) query.cursor = MessageId(*cursor);
    query.count = page_default;
    if (body.has("pull_number")) {
        query.count = static_cast<std::size_t>(
            std::clamp<std::int64_t>(body.integer<std::int64_t>("pull_number"), 1, page_max));
    }
    query.forward = body.boolean("is_positive");
    for (auto& kind : split(body.string("msgType"))) query.kinds.insert(std::move(kind));
    query.from_ms = body.integer<std::int64_t>("startTime");
    query.to_ms = body.integer<std::int64_t>("endTime");
    const std::string sender = body.string("userId");
    if (!sender.empty()) query.sender = domain::easemob_uid(sender);
    if (!document->ok()) return std::nullopt;
    return input;
}

/// "bob@easemob.com", "123@conference.easemob.com"; the name may carry the app in front.
std::optional<ChannelKey> channel_of(const Uid& user, const Call& call, std::string_view queue) {
    const auto at = queue.rfind('@');
    std::string_view name = queue.substr(0, at);
    const std::string app = call.context.rules().app_key() + "_";
    if (name.starts_with(app)) name.remove_prefix(app.size());
    const bool is_group =
        at != std::string_view::npos && queue.substr(at + 1).starts_with("conference.");
    if (is_group) {
        if (!is_usable_channel_id(name)) return std::nullopt;
        return ChannelKey{ChannelType::group, std::string(name)};
    }
    const auto peer = domain::easemob_uid(name);
    if (!peer) return std::nullopt;
    return ChannelKey{ChannelType::person, person_channel_id(user.value(), peer->value())};
}

/// The page's messages with the reactions that they have by now: in the body's `meta`, as the SDK
/// reads them.
Task<Result<void>> add_reactions(Call& call, HistoryPage& page) {
    for (auto& message : page.messages) {
        auto asking = service::reactions_of(call.world(), message.channel, message.id);
        const auto reactions = co_await asking;
        if (!reactions) co_return std::unexpected(reactions.error());
        if (!reactions->empty()) put_reactions(message, *reactions, call.user);
    }
    co_return Result<void>{};
}

}  // namespace

Task<http::Response> message_history(Call& call) {
    auto input = read(call.request);
    if (!input) co_return bad_body(call);
    const auto channel = channel_of(call.user, call, input->queue);
    if (!channel) co_return illegal_argument(call, "queue is not legal");
    auto asking = others_in(call, *channel);
    const auto others = co_await asking;
    if (!others && others.error() == Errc::not_a_member) {
        co_return forbidden(call,
                            "users [" + call.user.value() + "] are not members of this group!");
    }
    if (!others) co_return failed(call, others.error());
    auto hiding = service::hidden_from(call.world(), call.user, *channel);
    auto hidden = co_await hiding;
    if (!hidden) co_return failed(call, hidden.error());
    auto reading =
        read_history(call.world(), *channel, std::move(input->query), std::move(*hidden));
    auto page = co_await reading;
    if (!page) co_return failed(call, page.error());
    auto adding = add_reactions(call, *page);
    const auto added = co_await adding;
    if (!added) co_return failed(call, added.error());
    Envelope answer(call);
    auto& json = answer.json();
    json.key("data").begin_object().key("msgs").begin_array();
    const std::string app_key = call.context.rules().app_key();
    for (const auto& message : page->messages) {
        Bytes meta;
        msync::append_meta(meta, message, {.app_key = app_key, .is_online = {}});
        json.begin_object().key("msg").base64(meta).end_object();
    }
    json.end_array()
        .member("next_key", std::to_string(page->next.value()))
        .member("is_last", page->is_last)
        .end_object();
    co_return answer.done();
}

}  // namespace fenshen::api::easemob
