// SPDX-License-Identifier: Apache-2.0
#include "api/easemob/messages/history_page.h"

#include <algorithm>
#include <limits>

#include "protocol/msync/codec.h"
#include "protocol/msync/forms.h"
#include "service/messages/messages.h"

namespace fenshen::api::easemob {

namespace {

constexpr std::int64_t stretch_max = 50;
/// Messages looked at for one page: a filter that fits few must not read a whole log at once.
constexpr std::size_t looked_at_max = 1'000;

bool is_shown(const Message& message, const HistoryQuery& query, const service::Hidden& hidden) {
    if (hidden.covers(message.seq)) return false;
    if (query.from_ms > 0 && message.at.ms < query.from_ms) return false;
    if (query.to_ms > 0 && message.at.ms > query.to_ms) return false;
    if (query.sender && message.from != *query.sender) return false;
    const auto kind = shown_kind_of(message);
    return kind && (query.kinds.empty() || query.kinds.contains(*kind));
}

/// Times do not go back within a log: behind this one nothing more fits.
bool is_beyond(const Message& message, const HistoryQuery& query) {
    if (query.forward) return query.to_ms > 0 && message.at.ms > query.to_ms;
    return message.at.ms < query.from_ms;
}

/// The sequence that the page begins at; beyond the log's ends: nothing there.
Task<Result<std::uint64_t>> first_seq(service::World& world,
                                      ChannelKey channel,
                                      std::optional<MessageId> cursor,
                                      bool forward) {
    if (!cursor) co_return forward ? 1 : std::numeric_limits<std::uint64_t>::max();
    const MessageId last_not_newer(cursor->value() - (forward ? 0 : 1));
    auto finding = service::seq_until(world, std::move(channel), last_not_newer);
    const auto seq = co_await finding;
    if (!seq) co_return std::unexpected(seq.error());
    co_return seq->value() + (forward ? 1 : 0);
}

/// One stretch of the log from `seq` on, in the order asked; empty: its end.
Task<Result<std::vector<Message>>> read_stretch(service::World& world,
                                                ChannelKey channel,
                                                std::uint64_t seq,
                                                bool forward) {
    if (seq == 0) co_return std::vector<Message>();
    domain::SyncRequest request;
    request.start = seq;
    request.limit = stretch_max;
    request.mode = forward ? domain::SyncRequest::Mode::up : domain::SyncRequest::Mode::down;
    auto reading = service::sync_messages(world, std::move(channel), request);
    auto found = co_await reading;
    if (!found) co_return std::unexpected(found.error());
    if (!forward) std::ranges::reverse(found->messages);
    co_return std::move(found->messages);
}

/// Takes what fits of a stretch; answers whether the page has ended with it.
bool take(HistoryPage& page,
          std::vector<Message> stretch,
          const HistoryQuery& query,
          const service::Hidden& hidden) {
    for (auto& message : stretch) {
        if (is_beyond(message, query)) {
            page.is_last = true;
            return true;
        }
        const bool is_full = page.messages.size() == query.count;
        if (!is_full) page.next = message.id;
        if (!is_shown(message, query, hidden)) continue;
        if (is_full) return true;  // the first of the next page
        page.messages.push_back(std::move(message));
    }
    return false;
}

}  // namespace

std::optional<std::string_view> shown_kind_of(const Message& message) {
    using Type = msync::Content::Type;
    const Bytes bytes = msync::body_of(message);
    const auto body = msync::decode<msync::MessageBody>(bytes);
    if (!body) return std::nullopt;
    if (!msync::is_content(body->type.value_or(msync::MessageType::chat))) return std::nullopt;
    if (body->contents.empty()) return "txt";
    const auto& content = body->contents.front();
    switch (content.type.value_or(Type::text)) {
        case Type::text:
            return content.sub_type == msync::Content::SubType::combine ? "combine" : "txt";
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

Task<Result<HistoryPage>> read_history(service::World& world,
                                       ChannelKey channel,
                                       HistoryQuery query,
                                       service::Hidden hidden) {
    HistoryPage page;
    if (query.cursor) page.next = *query.cursor;
    auto finding = first_seq(world, channel, query.cursor, query.forward);
    const auto first = co_await finding;
    if (!first) co_return std::unexpected(first.error());
    std::uint64_t seq = *first;
    std::size_t looked_at = 0;
    while (looked_at < looked_at_max) {
        auto reading = read_stretch(world, channel, seq, query.forward);
        auto stretch = co_await reading;
        if (!stretch) co_return std::unexpected(stretch.error());
        if (stretch->empty()) {
            page.is_last = true;
            break;
        }
        looked_at += stretch->size();
        const std::uint64_t end = stretch->back().seq.value();
        seq = query.forward ? end + 1 : end - 1;
        if (take(page, std::move(*stretch), query, hidden)) break;
    }
    co_return page;
}

Task<Result<std::optional<Message>>> newest_shown(service::World& world,
                                                  Uid uid,
                                                  ChannelKey channel,
                                                  std::optional<Message> newest) {
    auto hiding = service::hidden_from(world, std::move(uid), channel);
    auto hidden = co_await hiding;
    if (!hidden) co_return std::unexpected(hidden.error());
    if (newest && is_shown(*newest, {}, *hidden)) co_return std::move(newest);
    auto reading = read_history(world, std::move(channel), {}, std::move(*hidden));
    auto page = co_await reading;
    if (!page) co_return std::unexpected(page.error());
    if (page->messages.empty()) co_return std::optional<Message>();
    co_return std::move(page->messages.front());
}

}  // namespace fenshen::api::easemob
