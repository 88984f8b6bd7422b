// SPDX-License-Identifier: Apache-2.0
#include "api/easemob/messages/reactions.h"

#include <algorithm>

#include "api/easemob/answers.h"
#include "api/easemob/social.h"
#include "base/json_writer.h"
#include "model/names.h"
#include "protocol/msync/codec.h"
#include "protocol/msync/forms.h"
#include "service/messages/message_changes.h"

namespace fenshen::api::easemob {

namespace {

using service::Reaction;

constexpr std::size_t ids_a_call_max = 20;
constexpr std::size_t users_a_page_max = 50;
constexpr std::size_t readers_a_page_max = 500;

bool is_by(const Reaction& reaction, const Uid& me) {
    return std::ranges::find(reaction.users, me) != reaction.users.end();
}

void write_users(JsonWriter& json,
                 const std::vector<Uid>& users,
                 std::size_t first,
                 std::size_t end) {
    json.key("userList").begin_array();
    for (std::size_t i = first; i < std::min(end, users.size()); ++i) json.string(users[i].value());
    json.end_array();
}

/// Without its end. `count` and `userCount` are the same: documents and typings differ.
JsonWriter& begin_reaction(JsonWriter& json, const Reaction& reaction, const Uid& me) {
    return json.begin_object()
        .member("reaction", reaction.text)
        .member("count", reaction.users.size())
        .member("userCount", reaction.users.size())
        .member("state", is_by(reaction, me));
}

void write_reactions(JsonWriter& json, const std::vector<Reaction>& reactions, const Uid& me) {
    json.begin_array();
    for (const auto& reaction : reactions) {
        begin_reaction(json, reaction, me).member("reactionId", reaction.text);
        write_users(json, reaction.users, 0, service::reaction_users_shown);
        json.end_object();
    }
    json.end_array();
}

http::Response unknown_message(const Call& call) {
    return illegal_argument(call, "report failed, get message by id failed");
}

/// Where a message is that is named by its id alone, and who else is there.
struct Place {
    ChannelKey channel;
    MessageId id;
    std::vector<Uid> others;
};
/// Errc: not_found, not_a_member.
Task<Result<Place>> place_of(Call& call, std::string id_text) {
    const auto number = http::to_integer<std::int64_t>(id_text);
    if (!number) co_return std::unexpected(Errc::not_found);
    const MessageId id(*number);
    auto finding = service::channel_of_message(call.world(), call.user, id);
    auto channel = co_await finding;
    if (!channel) co_return std::unexpected(channel.error());
    if (!*channel) co_return std::unexpected(Errc::not_found);
    auto asking = others_in(call, **channel);
    auto others = co_await asking;
    if (!others) co_return std::unexpected(others.error());
    co_return Place{std::move(**channel), id, std::move(*others)};
}

http::Response no_place(const Call& call, Errc error) {
    if (error == Errc::not_found) return unknown_message(call);
    if (error == Errc::not_a_member) {
        return illegal_argument(call, "The user not in this group!");
    }
    return failed(call, error);
}

Task<http::Response> change(Call& call, std::string id, std::string reaction, bool added) {
    if (reaction.empty() || reaction.size() > service::reaction_bytes_max ||
        !is_valid_utf8(reaction)) {
        co_return illegal_argument(call, "param message is not legal");
    }
    auto placing = place_of(call, std::move(id));
    auto place = co_await placing;
    if (!place) co_return no_place(call, place.error());
    service::React command{
        std::move(place->channel), place->id, std::move(reaction), added, std::move(place->others)};
    auto reacting = service::react(call.world(), acting(call), std::move(command));
    const auto reacted = co_await reacting;
    if (reacted) co_return done(call);
    switch (reacted.error()) {
        case Errc::not_found:
            co_return unknown_message(call);
        case Errc::conflict:
            co_return illegal_argument(call,
                                       added ? "the user is already operation this message"
                                             : "the user operation is illegal!");
        case Errc::too_big:
            co_return illegal_argument(call, "The quantity has exceeded the limit!");
        default:
            co_return failed(call, reacted.error());
    }
}

}  // namespace

Task<http::Response> add_reaction(Call& call) {
    auto document = http::JsonDocument::parse(call.request.body);
    if (!document) co_return bad_body(call);
    auto body = document->object();
    auto id = body.string("msgId");
    auto reaction = body.string("message");
    if (!document->ok()) co_return bad_body(call);
    auto changing = change(call, std::move(id), std::move(reaction), true);
    co_return co_await changing;
}

Task<http::Response> remove_reaction(Call& call) {
    std::string id(call.query("msgId").value_or(""));
    std::string reaction(call.query("message").value_or(""));
    auto changing = change(call, std::move(id), std::move(reaction), false);
    co_return co_await changing;
}

Task<http::Response> list_reactions(Call& call) {
    const auto ids = split(call.query("msgIdList").value_or(""));
    if (ids.empty() || ids.size() > ids_a_call_max) co_return bad_body(call);
    Envelope envelope(call);
    auto& json = envelope.json();
    json.key("data").begin_array();
    for (const auto& id : ids) {
        auto placing = place_of(call, id);
        const auto place = co_await placing;
        if (!place) co_return no_place(call, place.error());
        auto reading = service::reactions_of(call.world(), place->channel, place->id);
        const auto reactions = co_await reading;
        if (!reactions) co_return failed(call, reactions.error());
        json.begin_object().member("msgId", id).key("reactionList");
        write_reactions(json, *reactions, call.user);
        json.end_object();
    }
    json.end_array();
    co_return envelope.done();
}

Task<http::Response> reaction_detail(Call& call) {
    const std::string text(call.query("message").value_or(""));
    auto placing = place_of(call, std::string(call.query("msgId").value_or("")));
    const auto place = co_await placing;
    if (!place) co_return no_place(call, place.error());
    auto reading = service::reactions_of(call.world(), place->channel, place->id);
    const auto reactions = co_await reading;
    if (!reactions) co_return failed(call, reactions.error());
    const auto found = std::ranges::find(*reactions, text, &Reaction::text);
    const Reaction reaction = found == reactions->end() ? Reaction{text, {}} : *found;
    const std::size_t count = reaction.users.size();
    const auto first = static_cast<std::size_t>(number_in_query(call, "currentPage", 0, 0, count));
    const auto size =
        static_cast<std::size_t>(number_in_query(call, "pageSize", 20, 1, users_a_page_max));
    Envelope envelope(call);
    auto& json = envelope.json();
    json.key("data");
    begin_reaction(json, reaction, call.user).member("reactionId", reaction.text);
    write_users(json, reaction.users, first, first + size);
    json.member("cursor", first + size < count ? std::to_string(first + size) : std::string());
    json.end_object();
    co_return envelope.done();
}

Task<http::Response> list_group_readers(Call& call) {
    const ChannelKey channel{ChannelType::group, std::string(call.capture("group"))};
    const std::string message(call.capture("message"));
    const auto id = http::to_integer<std::int64_t>(message);
    if (!id) co_return unknown_message(call);
    if (!call.bearer.is_app) {
        call.user = call.bearer.uid;
        auto asking = others_in(call, channel);
        const auto others = co_await asking;
        if (!others) co_return group_failed(call, others.error(), channel.id);
    }
    auto reading = service::readers_of(call.world(), channel, MessageId(*id));
    const auto readers = co_await reading;
    if (!readers) co_return failed(call, readers.error());
    const std::size_t count = readers->size();
    const auto first = static_cast<std::size_t>(number_in_query(call, "key", 0, 0, count));
    const auto limit = static_cast<std::size_t>(
        number_in_query(call, "limit", readers_a_page_max, 1, readers_a_page_max));
    const std::size_t end = std::min(first + limit, count);
    Envelope envelope(call);
    auto& json = envelope.json();
    json.key("data")
        .begin_object()
        .member("ackmid", message)
        .member("total", count)
        .member("is_last", end == count)
        .member("next_key", end == count ? std::string() : std::to_string(end))
        .member("timestamp", call.world().clock.wall().ms)
        .key("userlist")
        .begin_array();
    for (std::size_t i = first; i < end; ++i) json.string((*readers)[i].uid.value());
    json.end_array().end_object();
    co_return envelope.done();
}

void put_reactions(Message& message, const std::vector<Reaction>& reactions, const Uid& me) {
    Bytes bytes = msync::body_of(message);
    auto body = msync::decode<msync::MessageBody>(bytes);
    if (!body) return;
    Bytes meta;
    JsonWriter json(meta);
    json.begin_object();
    auto document = http::JsonDocument::parse(body->meta.value_or("{}"));
    if (document) {
        auto known = document->object();
        for (const auto& name : known.names()) {
            if (name != "reaction") json.key(name).raw(known.raw(name));
        }
    }
    json.key("reaction");
    write_reactions(json, reactions, me);
    json.end_object();
    body->meta = meta;
    message.payload.clear();
    msync::encode(message.payload, *body);
    message.format = MessageFormat::msync;
}

}  // namespace fenshen::api::easemob
