// SPDX-License-Identifier: Apache-2.0
#include "api/easemob/messages/conversations.h"

#include <algorithm>

#include "api/easemob/answers.h"
#include "api/easemob/messages/history_page.h"
#include "api/easemob/messages/message_json.h"
#include "api/easemob/social.h"
#include "service/messages/conversation_marks.h"
#include "service/messages/conversations.h"
#include "service/social/groups.h"

namespace fenshen::api::easemob {

namespace {

using storage::ConversationMarkRow;

constexpr std::size_t listed_max = 100;  // easemob-multidevice 4.2

/// A conversation as the lists show it.
struct Entry {
    ChannelKey channel;
    ConversationMarkRow marks;
    std::uint64_t unread = 0;
    WallTime last_at;
    std::optional<Message> last;  ///< that the account is shown

    /// A pin or a mark keeps a conversation without messages in the list.
    bool is_kept() const { return marks.pinned_at.ms != 0 || marks.marks != 0; }
};

/// Finds out what is the last that is shown of each; those that have nothing, and nothing that
/// keeps them, go. The first `listed_max` stay.
Task<Result<std::vector<Entry>>> with_last_shown(Call& call,
                                                 std::vector<Entry> entries,
                                                 bool with_empty) {
    std::vector<Entry> listed;
    for (auto& entry : entries) {
        if (listed.size() == listed_max) break;
        if (entry.last) {
            auto finding = newest_shown(
                call.world(), call.user, entry.channel, std::exchange(entry.last, std::nullopt));
            auto found = co_await finding;
            if (!found) co_return std::unexpected(found.error());
            entry.last = std::move(*found);
        }
        if (entry.last || with_empty || entry.is_kept()) listed.push_back(std::move(entry));
    }
    co_return listed;
}

/// Threads are in no list: their groups are.
Task<Result<std::vector<ChannelKey>>> thread_channels(Call& call) {
    auto joined = service::joined_by(call.world(), call.user, true);
    const auto rows = co_await joined;
    if (!rows) co_return std::unexpected(rows.error());
    std::vector<ChannelKey> channels;
    for (const auto& row : *rows) channels.push_back(row.channel);
    co_return channels;
}

/// Everything that can be listed: pinned ones first, then by the last message, newest first.
Task<Result<std::vector<Entry>>> entries_of(Call& call, bool with_empty) {
    auto marking = service::conversation_marks(call.world(), call.user);
    const auto marks = co_await marking;
    if (!marks) co_return std::unexpected(marks.error());
    auto threading = thread_channels(call);
    const auto threads = co_await threading;
    if (!threads) co_return std::unexpected(threads.error());
    service::SyncConversations command;
    command.uid = call.user;
    command.recents_max = 1;
    auto syncing = service::sync_conversations(call.world(), std::move(command));
    auto views = co_await syncing;
    if (!views) co_return std::unexpected(views.error());
    std::vector<Entry> entries;
    const auto add = [&](const ChannelKey& channel) -> Entry* {
        const bool is_listed =
            (channel.type == ChannelType::person || channel.type == ChannelType::group) &&
            std::ranges::find(*threads, channel) == threads->end();
        if (!is_listed || std::ranges::find(entries, channel, &Entry::channel) != entries.end()) {
            return nullptr;
        }
        const auto row = std::ranges::find(*marks, channel, &ConversationMarkRow::channel);
        Entry entry;
        entry.channel = channel;
        if (row != marks->end()) entry.marks = *row;
        return &entries.emplace_back(std::move(entry));
    };
    for (auto& view : *views) {
        auto* entry = add(view.channel);
        if (entry == nullptr) continue;
        // What is hidden from the account is not counted.
        const auto first = std::max(view.read_to, entry->marks.hidden_to);
        const auto beyond = view.last.value() - std::min(view.last, first).value();
        entry->unread = std::min(view.unread, beyond);
        entry->last = std::move(view.recents.front());
        entry->last_at = entry->last->at;
    }
    for (const auto& row : *marks) {
        if (row.pinned_at.ms != 0 || row.marks != 0) add(row.channel);
    }
    std::ranges::sort(entries, [](const Entry& a, const Entry& b) {
        if (a.last_at != b.last_at) return a.last_at > b.last_at;
        return a.channel < b.channel;
    });
    auto completing = with_last_shown(call, std::move(entries), with_empty);
    co_return co_await completing;
}

void write_last(JsonWriter& json, const Call& call, const Entry& entry) {
    json.key("meta");
    if (entry.last) {
        write_message(json, *entry.last, call.context.rules().app_key());
    } else {
        json.begin_object().end_object();
    }
}

void write_entry(JsonWriter& json, const Call& call, const Entry& entry) {
    const bool is_person = entry.channel.type == ChannelType::person;
    json.begin_object()
        .member("session_to", other_side(entry.channel, call.user))
        .member("session_type", is_person ? "chat" : "groupchat")
        .member("is_top", entry.marks.pinned_at.ms != 0)
        .member("update_top_status_time", entry.marks.pinned_at.ms)
        .member("unread_num", entry.unread)
        .key("marks")
        .begin_array();
    for (unsigned mark = 0; mark <= service::mark_max; ++mark) {
        if ((entry.marks.marks & (std::uint32_t{1} << mark)) != 0) {
            json.string("mark_" + std::to_string(mark));
        }
    }
    json.end_array();
    write_last(json, call, entry);
    json.end_object();
}

http::Response with_entries(const Call& call,
                            const std::vector<Entry>& entries,
                            std::size_t limit) {
    const auto slice = slice_of(call, entries.size(), limit, 50);
    Envelope envelope(call);
    auto& json = envelope.json();
    json.key("data").begin_object().key("channel_infos").begin_array();
    for (std::size_t i = slice.first; i < slice.last; ++i) {
        write_entry(json, call, entries[i]);
    }
    json.end_array().member("cursor", slice.cursor).end_object();
    return envelope.done();
}

/// "mark_0" to "mark_19".
std::optional<std::uint8_t> mark_of(std::string_view text) {
    constexpr std::string_view head = "mark_";
    if (!text.starts_with(head)) return std::nullopt;
    const auto number = http::to_integer<std::uint8_t>(text.substr(head.size()));
    return number && *number <= service::mark_max ? number : std::nullopt;
}

http::Response illegal_mark(const Call& call) {
    return illegal_argument(call, "param mark illegal, please check it!");
}

struct Target {
    std::string type;
    std::string to;
};

/// The conversation that a body's `{type, to}` names.
std::optional<ChannelKey> target_in_body(const Call& call) {
    auto body = http::JsonDocument::parse(call.request.body);
    if (!body) return std::nullopt;
    auto root = body->object();
    const auto type = root.string("type");
    const auto to = root.string("to");
    if (!body->ok()) return std::nullopt;
    return conversation_of(call.user, type, to);
}

http::Response limit_exceeded(const Call& call) {
    return illegal_argument(call, "The quantity has exceeded the limit!");
}

Task<http::Response> set_pin(Call& call, std::optional<ChannelKey> channel, bool pinned) {
    if (!channel) co_return bad_body(call);
    auto pinning = service::pin_conversation(call.world(), acting(call), *channel, pinned);
    const auto since = co_await pinning;
    if (!since && since.error() == Errc::too_big) co_return limit_exceeded(call);
    if (!since) co_return failed(call, since.error());
    const WallTime at = since->ms != 0 ? *since : call.world().clock.wall();
    Envelope envelope(call);
    envelope.json()
        .key("data")
        .begin_object()
        .member("is_top", pinned)
        .member("update_top_status_time", at.ms)
        .end_object();
    co_return envelope.done();
}

Task<http::Response> set_mark(Call& call, bool marked) {
    service::MarkConversations command;
    command.marked = marked;
    {
        auto body = http::JsonDocument::parse(call.request.body);
        if (!body) co_return bad_body(call);
        auto root = body->object();
        const auto mark_text = root.string("mark");
        const auto mark = mark_of(mark_text);
        std::vector<Target> targets;
        for (auto& target : root.objects("targets")) {
            targets.push_back({target.string("type"), target.string("to")});
        }
        if (!body->ok()) co_return bad_body(call);
        if (mark_text.empty()) {
            co_return illegal_argument(call, "param mark must be not empty, please check!");
        }
        if (!mark) co_return illegal_mark(call);
        if (targets.empty()) co_return bad_body(call);
        command.mark = *mark;
        for (const auto& target : targets) {
            auto channel = conversation_of(call.user, target.type, target.to);
            if (!channel) co_return bad_body(call);
            command.channels.push_back(std::move(*channel));
        }
    }
    auto marking = service::mark_conversations(call.world(), acting(call), std::move(command));
    const auto done_ = co_await marking;
    if (!done_ && done_.error() == Errc::too_big) co_return limit_exceeded(call);
    if (!done_) co_return failed(call, done_.error());
    Envelope envelope(call);
    envelope.json().key("data").begin_object().key("ignore").begin_array().end_array().end_object();
    co_return envelope.done();
}

}  // namespace

Task<http::Response> list_conversations(Call& call) {
    auto listing = entries_of(call, call.query("needEmptySession") == "true");
    auto entries = co_await listing;
    if (!entries) co_return failed(call, entries.error());
    if (call.query("is_top") == "true") {
        std::erase_if(*entries, [](const Entry& each) { return each.marks.pinned_at.ms == 0; });
        std::ranges::sort(*entries, std::ranges::greater{}, [](const Entry& each) {
            return each.marks.pinned_at;
        });
    }
    co_return with_entries(call, *entries, 20);
}

Task<http::Response> conversations_with_mark(Call& call) {
    const auto mark = mark_of(call.query("mark").value_or(""));
    if (!mark) co_return illegal_mark(call);
    auto listing = entries_of(call, true);
    auto entries = co_await listing;
    if (!entries) co_return failed(call, entries.error());
    std::erase_if(*entries, [&](const Entry& each) {
        return (each.marks.marks & (std::uint32_t{1} << *mark)) == 0;
    });
    co_return with_entries(call, *entries, 10);
}

Task<http::Response> list_channels(Call& call) {
    auto listing = entries_of(call, false);
    const auto entries = co_await listing;
    if (!entries) co_return failed(call, entries.error());
    const auto page = page_of(call, entries->size(), "pageNum", "pageSize", 1, listed_max);
    const std::string app = call.context.rules().app_key() + "_";
    Envelope envelope(call);
    auto& json = envelope.json();
    json.key("data").begin_object().key("channel_infos").begin_array();
    for (std::size_t i = page.first; i < page.last; ++i) {
        const auto& entry = (*entries)[i];
        const bool is_person = entry.channel.type == ChannelType::person;
        json.begin_object()
            .member("channel_id",
                    app + other_side(entry.channel, call.user) +
                        (is_person ? "@easemob.com" : "@conference.easemob.com"))
            .member("unread_num", entry.unread);
        write_last(json, call, entry);
        json.end_object();
    }
    json.end_array().end_object();
    co_return envelope.done();
}

Task<http::Response> pin_conversation(Call& call) {
    auto pinning = set_pin(call, target_in_body(call), true);
    co_return co_await pinning;
}

Task<http::Response> unpin_conversation(Call& call) {
    auto channel =
        conversation_of(call.user, call.query("type").value_or(""), call.query("to").value_or(""));
    auto pinning = set_pin(call, std::move(channel), false);
    co_return co_await pinning;
}

Task<http::Response> mark_conversations(Call& call) {
    auto marking = set_mark(call, true);
    co_return co_await marking;
}

Task<http::Response> unmark_conversations(Call& call) {
    auto marking = set_mark(call, false);
    co_return co_await marking;
}

}  // namespace fenshen::api::easemob
