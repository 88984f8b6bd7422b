// SPDX-License-Identifier: Apache-2.0
#include "api/easemob/history.h"

#include <algorithm>
#include <limits>
#include <set>

#include "api/easemob/answers.h"
#include "domain/easemob_id.h"
#include "model/names.h"
#include "protocol/msync/codec.h"
#include "protocol/msync/forms.h"
#include "protocol/msync/messages.h"
#include "service/channels.h"
#include "service/conversation_marks.h"
#include "service/messages.h"

namespace fenshen::api::easemob {

namespace {

constexpr std::int64_t page_default = 20;
constexpr std::int64_t page_max = 50;
/// Messages looked at for one page: a filter that fits few must not read a whole log at once.
constexpr std::size_t looked_at_max = 1'000;

struct Input {
    std::string queue;
    std::optional<std::uint64_t> start;  ///< a sequence that the last page ended with
    std::int64_t count = page_default;
    bool forward = false;                      ///< towards newer ones
    std::set<std::string, std::less<>> types;  ///< empty: all
    std::int64_t from_ms = 0;                  ///< 0: no bound
    std::int64_t to_ms = 0;
    std::optional<Uid> sender;
};

std::optional<Input> read(const http::Request& request) {
    auto document = http::JsonDocument::parse(request.body);
    if (!document) return std::nullopt;
    auto body = document->object();
    Input input;
    input.queue = body.string("queue");
    // A number, or the text of one: -1, a cursor of ours.
    std::string start(body.raw("start"));
    if (start.size() >= 2 && start.starts_with('"')) start = start.substr(1, start.size() - 2);
    input.start = http::to_integer<std::uint64_t>(start);
    if (body.has("pull_number")) {
        input.count =
            std::clamp<std::int64_t>(body.integer<std::int64_t>("pull_number"), 1, page_max);
    }
    input.forward = body.boolean("is_positive");
    std::string types = body.string("msgType");
    for (std::size_t at = 0; at < types.size();) {
        const std::size_t end = std::min(types.find(',', at), types.size());
        if (end > at) input.types.insert(types.substr(at, end - at));
        at = end + 1;
    }
    input.from_ms = body.integer<std::int64_t>("startTime");
    input.to_ms = body.integer<std::int64_t>("endTime");
    const std::string sender = body.string("userId");
    if (!sender.empty()) input.sender = domain::easemob_uid(sender);
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

/// As the SDK names it; none: nothing that is shown (taken back, a receipt).
std::optional<std::string_view> type_of(const Message& message) {
    using Type = msync::Content::Type;
    const Bytes bytes = msync::body_of(message);
    const auto body = msync::decode<msync::MessageBody>(bytes);
    if (!body) return std::nullopt;
    switch (body->type.value_or(msync::MessageType::chat)) {
        case msync::MessageType::normal:
        case msync::MessageType::chat:
        case msync::MessageType::group_chat:
        case msync::MessageType::chat_room:
            break;
        default:
            return std::nullopt;
    }
    if (body->contents.empty()) return "txt";
    switch (body->contents.front().type.value_or(Type::text)) {
        case Type::text:
            return "txt";
        case Type::image:
            return "img";
        case Type::video:
            return "video";
        case Type::location:
            return "loc";
        case Type::voice:
            return "audio";
        case Type::file:
            return "file";
        case Type::command:
            return "cmd";
        case Type::custom:
            return "custom";
        case Type::combine:
            return "combine";
    }
    return "txt";
}

bool fits(const Message& message, const Input& input) {
    if (input.from_ms > 0 && message.at.ms < input.from_ms) return false;
    if (input.to_ms > 0 && message.at.ms > input.to_ms) return false;
    if (input.sender && message.from != *input.sender) return false;
    const auto type = type_of(message);
    return type && (input.types.empty() || input.types.contains(*type));
}

struct Page {
    std::vector<Message> messages;  ///< in the order asked
    std::uint64_t next = 0;         ///< sequence where the next one begins
    bool is_last = false;
};

/// One stretch of the log, in the order asked; `page.next` moves behind it.
Task<Result<std::vector<Message>>> read_stretch(service::World& world,
                                                ChannelKey channel,
                                                bool forward,
                                                Page& page) {
    domain::SyncRequest request;
    request.start = page.next;
    request.limit = page_max;
    request.mode = forward ? domain::SyncRequest::Mode::up : domain::SyncRequest::Mode::down;
    auto reading = service::sync_messages(world, std::move(channel), request);
    auto found = co_await reading;
    if (!found) co_return std::unexpected(found.error());
    auto& messages = found->messages;
    if (!forward) std::ranges::reverse(messages);
    if (messages.empty()) {
        page.is_last = true;
        co_return std::move(messages);
    }
    const std::uint64_t end = messages.back().seq.value();
    page.next = forward ? end + 1 : end - 1;
    page.is_last = forward ? end >= found->last.value() : end <= 1;
    co_return std::move(messages);
}

Task<Result<Page>> read_page(Call& call, ChannelKey channel, Input input, service::Hidden hidden) {
    Page page;
    constexpr std::uint64_t newest = std::numeric_limits<std::uint64_t>::max();
    page.next = input.start.value_or(input.forward ? 1 : newest);
    page.is_last = !input.forward && page.next == 0;
    const auto wanted = static_cast<std::size_t>(input.count);
    std::size_t looked_at = 0;
    while (!page.is_last && page.messages.size() < wanted && looked_at < looked_at_max) {
        auto reading = read_stretch(call.world(), channel, input.forward, page);
        auto stretch = co_await reading;
        if (!stretch) co_return std::unexpected(stretch.error());
        looked_at += stretch->size();
        for (auto& message : *stretch) {
            if (page.messages.size() == wanted) {
                // The rest of the stretch is the next page's.
                page.next = message.seq.value();
                page.is_last = false;
                break;
            }
            // Older ones than asked for: there will be no more of them.
            const bool is_beyond = input.forward ? input.to_ms > 0 && message.at.ms > input.to_ms
                                                 : message.at.ms < input.from_ms;
            if (is_beyond) {
                page.is_last = true;
                break;
            }
            if (hidden.covers(message.seq) || !fits(message, input)) continue;
            page.messages.push_back(std::move(message));
        }
    }
    co_return page;
}

Task<Result<bool>> may_read(Call& call, ChannelKey channel) {
    if (channel.type == ChannelType::person) co_return true;
    auto asking = service::list_of(call.world(), std::move(channel), storage::ListKind::subscriber);
    const auto members = co_await asking;
    if (!members) co_return std::unexpected(members.error());
    co_return std::ranges::find(*members, call.user) != members->end();
}

}  // namespace

Task<http::Response> message_history(Call& call) {
    auto input = read(call.request);
    if (!input) co_return bad_body(call);
    const auto channel = channel_of(call.user, call, input->queue);
    if (!channel) co_return illegal_argument(call, "queue is not legal");
    auto asking = may_read(call, *channel);
    const auto allowed = co_await asking;
    if (!allowed) co_return failed(call, allowed.error());
    if (!*allowed) {
        co_return forbidden(call,
                            "users [" + call.user.value() + "] are not members of this group!");
    }
    auto hiding = service::hidden_from(call.world(), call.user, *channel);
    auto hidden = co_await hiding;
    if (!hidden) co_return failed(call, hidden.error());
    auto reading = read_page(call, *channel, std::move(*input), std::move(*hidden));
    const auto page = co_await reading;
    if (!page) co_return failed(call, page.error());
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
        .member("next_key", std::to_string(page->next))
        .member("is_last", page->is_last)
        .end_object();
    co_return answer.done();
}

}  // namespace fenshen::api::easemob
