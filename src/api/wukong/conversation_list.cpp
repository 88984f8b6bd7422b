// SPDX-License-Identifier: Apache-2.0
#include "api/wukong/conversation_list.h"

#include <algorithm>
#include <ranges>

#include "api/wukong/channel_names.h"
#include "api/wukong/detail/fields.h"
#include "api/wukong/message_json.h"

namespace fenshen::api::wukong {

namespace {

using Known = service::SyncConversations::Known;

constexpr std::int64_t page_size_default = 100;  // wukong-http 12.1
constexpr std::int64_t page_size_max = 500;
constexpr std::int64_t page_max = 1'000'000;  // far behind the last conversation
constexpr std::int64_t recents_default = 15;  // wukong-http 12.2
/// Whoever wants more of one conversation asks for its history.
constexpr std::int64_t recents_max = 10'000;
constexpr std::size_t known_max = 10'000;
constexpr std::size_t channels_max = 10'000;

std::optional<Known> parse_known(std::string_view uid, std::string_view entry) {
    const std::size_t first = entry.find(':');
    const std::size_t second = entry.find(':', first == entry.npos ? first : first + 1);
    if (second == entry.npos || entry.find(':', second + 1) != entry.npos) return std::nullopt;
    const auto type = http::to_integer<std::uint8_t>(entry.substr(first + 1, second - first - 1));
    const auto seq = http::to_integer<std::uint64_t>(entry.substr(second + 1));
    if (!type || !seq) return std::nullopt;
    Known known;
    known.channel = channel_as_read(uid, std::string(entry.substr(0, first)), ChannelType{*type});
    known.last = MessageSeq(*seq);
    return known;
}

/// What the client can count: sequences in these fields have 32 bits.
std::uint32_t narrow(MessageSeq seq) {
    return static_cast<std::uint32_t>(std::min<std::uint64_t>(seq.value(), UINT32_MAX));
}

void write_conversation(JsonWriter& json,
                        std::string_view uid,
                        const service::Conversation& conversation) {
    const Message* newest = conversation.recents.empty() ? nullptr : &conversation.recents.front();
    const std::int64_t timestamp = newest ? newest->at.seconds() : 0;
    json.begin_object()
        .member("channel_id", name_for(uid, conversation.channel))
        .member("channel_type", static_cast<std::uint8_t>(conversation.channel.type))
        .member("unread", conversation.unread)
        .member("timestamp", timestamp)
        .member("last_msg_seq", narrow(conversation.last))
        .member("last_client_msg_no", newest ? std::string_view(newest->client_msg_no) : "")
        .member("offset_msg_seq", 0)
        .member("readed_to_msg_seq", narrow(conversation.read_to))
        .member("version", timestamp * 1'000'000'000)
        .key("recents");
    write_messages(json, conversation.recents);
    json.end_object();
}

http::Response list_of(std::string_view uid,
                       const std::vector<service::Conversation>& conversations) {
    Bytes body;
    JsonWriter json(body);
    json.begin_array();
    for (const auto& conversation : conversations) write_conversation(json, uid, conversation);
    json.end_array();
    return raw(std::move(body));
}

}  // namespace

std::vector<Known> parse_last_msg_seqs(std::string_view uid, std::string_view text) {
    std::vector<Known> list;
    while (!text.empty() && list.size() < known_max) {
        const std::size_t end = std::min(text.find('|'), text.size());
        if (auto known = parse_known(uid, text.substr(0, end))) list.push_back(std::move(*known));
        text.remove_prefix(std::min(end + 1, text.size()));
    }
    return list;
}

SyncConversations::Input SyncConversations::read(http::JsonObject& body) {
    return {
        .uid = detail::uid_of(body),
        .version = body.integer<std::int64_t>("version"),
        .last_msg_seqs = body.string("last_msg_seqs"),
        .msg_count = body.integer<std::int64_t>("msg_count"),
        .only_unread = body.integer<std::uint8_t>("only_unread") == 1,
        .exclude_channel_types = body.integers<std::uint8_t>("exclude_channel_types"),
        .page = body.integer<std::int64_t>("page"),
        .page_size = body.integer<std::int64_t>("page_size"),
    };
}

Task<http::Response> SyncConversations::run(Context& context, Input input) {
    if (is_blank(input.uid.value())) co_return raw("[]");
    const std::int64_t page_size =
        input.page_size <= 0 ? page_size_default : std::min(input.page_size, page_size_max);
    service::SyncConversations command;
    command.uid = input.uid;
    command.only_unread = input.version > 0 || input.only_unread;
    command.recents_max =
        static_cast<std::size_t>(std::clamp<std::int64_t>(input.msg_count, 0, recents_max));
    // However long the list is, there are not more types than that.
    auto& excluded = input.exclude_channel_types;
    std::ranges::sort(excluded);
    excluded.erase(std::ranges::unique(excluded).begin(), excluded.end());
    command.exclude_types = std::move(excluded);
    command.known = parse_last_msg_seqs(input.uid.value(), input.last_msg_seqs);
    command.page = static_cast<std::size_t>(std::clamp<std::int64_t>(input.page, 0, page_max));
    command.page_size = static_cast<std::size_t>(page_size);
    auto syncing = service::sync_conversations(context.world, std::move(command));
    const auto conversations = co_await syncing;
    if (!conversations) co_return failure(conversations.error());
    co_return list_of(input.uid.value(), *conversations);
}

SyncByChannels::Input SyncByChannels::read(http::JsonObject& body) {
    Input input;
    input.uid = detail::uid_of(body);
    for (auto& channel : body.objects("channels")) {
        const ChannelType type = detail::channel_type_of(channel);
        input.channels.push_back(
            channel_as_read(input.uid.value(), detail::channel_id_of(channel), type));
    }
    input.msg_count = body.integer<std::int64_t>("msg_count");
    return input;
}

std::string_view SyncByChannels::refusal(const Input& input) {
    if (is_blank(input.uid.value())) return "uid cannot be empty";
    if (input.channels.empty()) return "channels cannot be empty";
    if (input.channels.size() > channels_max) return "too many channels";
    return {};
}

Task<http::Response> SyncByChannels::run(Context& context, Input input) {
    const std::int64_t recents =
        input.msg_count <= 0 ? recents_default : std::min(input.msg_count, recents_max);
    auto syncing = service::conversations_of(
        context.world, input.uid, std::move(input.channels), static_cast<std::size_t>(recents));
    const auto conversations = co_await syncing;
    if (!conversations) co_return failure(conversations.error());
    co_return list_of(input.uid.value(), *conversations);
}

ListConversationChannels::Input ListConversationChannels::read(http::JsonObject& body) {
    return {detail::uid_of(body)};
}

Task<http::Response> ListConversationChannels::run(Context& context, Input input) {
    if (is_blank(input.uid.value())) co_return raw("[]");
    auto reading = service::conversation_rows(context.world, std::move(input.uid));
    const auto rows = co_await reading;
    if (!rows) co_return failure(rows.error());
    Bytes body;
    JsonWriter json(body);
    json.begin_array();
    for (const auto& row : *rows) {
        json.begin_object()
            .member("channel_id", row.channel.id)
            .member("channel_type", static_cast<std::uint8_t>(row.channel.type))
            .end_object();
    }
    json.end_array();
    co_return raw(std::move(body));
}

}  // namespace fenshen::api::wukong
