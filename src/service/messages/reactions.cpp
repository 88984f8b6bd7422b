// SPDX-License-Identifier: Apache-2.0
#include "service/messages/reactions.h"

#include <algorithm>
#include <map>
#include <tuple>

#include "base/json_writer.h"
#include "service/messages/conversations.h"
#include "service/shard.h"
#include "service/social/account_effects.h"

namespace fenshen::service {

namespace {

using storage::ReactionRow;

/// What the others are told: all reactions that the message has now, and which one has changed.
std::string change_json(const std::vector<ReactionRow>& rows, const React& change, const Uid& by) {
    auto reactions = grouped(rows);
    if (std::ranges::find(reactions, change.reaction, &Reaction::text) == reactions.end()) {
        reactions.push_back({change.reaction, {}});
    }
    Bytes out;
    JsonWriter json(out);
    json.begin_array();
    for (const auto& reaction : reactions) {
        json.begin_object()
            .member("reaction", reaction.text)
            .member("count", reaction.users.size())
            .key("userList")
            .begin_array();
        for (std::size_t i = 0; i < std::min(reaction.users.size(), reaction_users_shown); ++i) {
            json.string(reaction.users[i].value());
        }
        json.end_array().key("op").begin_array();
        if (reaction.text == change.reaction) {
            json.begin_object()
                .member("operator", by.value())
                .member("reactionType", change.added ? "create" : "delete")
                .end_object();
        }
        json.end_array().end_object();
    }
    json.end_array();
    return out;
}

/// The rows after the change; `batch` brings it about.
Result<void> apply(std::vector<ReactionRow>& rows,
                   const React& change,
                   const Uid& by,
                   WallTime now,
                   storage::Batch& batch) {
    const auto own = std::ranges::find_if(rows, [&](const ReactionRow& row) {
        return row.by == by && row.reaction == change.reaction;
    });
    if ((own != rows.end()) == change.added) return std::unexpected(Errc::conflict);
    if (!change.added) {
        storage::erase_reaction(batch, change.channel, change.id, change.reaction, by);
        rows.erase(own);
        return {};
    }
    const auto reactions = grouped(rows);
    const bool is_new =
        std::ranges::find(reactions, change.reaction, &Reaction::text) == reactions.end();
    if (is_new && reactions.size() >= reactions_a_message_max) {
        return std::unexpected(Errc::too_big);
    }
    rows.push_back({change.reaction, by, now});
    storage::put_reaction(batch, change.channel, change.id, rows.back());
    return {};
}

}  // namespace

std::vector<Reaction> grouped(std::vector<ReactionRow> rows) {
    std::ranges::sort(rows, [](const ReactionRow& a, const ReactionRow& b) {
        return std::tie(a.at, a.reaction, a.by) < std::tie(b.at, b.reaction, b.by);
    });
    std::vector<Reaction> reactions;
    std::map<std::string, std::size_t, std::less<>> places;
    for (auto& row : rows) {
        const auto [place, is_new] = places.emplace(row.reaction, reactions.size());
        if (is_new) reactions.push_back({std::move(row.reaction), {}});
        reactions[place->second].users.push_back(std::move(row.by));
    }
    return reactions;
}

Task<Result<std::optional<ChannelKey>>> channel_of_message(World& world, Uid uid, MessageId id) {
    auto reading = conversation_rows(world, std::move(uid));  // ends on the pool
    const auto rows = co_await reading;
    if (!rows) co_return std::unexpected(rows.error());
    std::size_t left = conversations_a_sync_max;
    for (const auto& row : *rows) {
        if (left-- == 0) break;
        const SlotId slot = world.slots.of_channel(row.channel);
        const auto found = storage::find_message(world.store, slot, row.channel, id);
        if (!found) co_return std::unexpected(found.error());
        if (*found) co_return row.channel;
    }
    co_return std::nullopt;
}

Task<Result<void>> react(World& world, EventOrigin by, React command) {
    if (command.reaction.empty() || command.reaction.size() > reaction_bytes_max) {
        co_return std::unexpected(Errc::bad_request);
    }
    co_await move_to(world.pool);
    const SlotId slot = world.slots.of_channel(command.channel);
    const auto message = storage::find_message(world.store, slot, command.channel, command.id);
    if (!message) co_return std::unexpected(message.error());
    if (!*message) co_return std::unexpected(Errc::not_found);
    Shard& shard = world.shard_of_channel(command.channel);
    co_await move_to(shard.home());
    auto rows = storage::read_reactions(shard.under_way(), slot, command.channel, command.id);
    if (!rows) co_return std::unexpected(rows.error());
    const WallTime now = world.clock.wall();
    storage::Batch batch;
    const auto applied = apply(*rows, command, by.uid, now, batch);
    if (!applied) co_return applied;
    shard.under_way().add(slot, batch);
    AccountEffect effect;
    effect.event.at = now;
    effect.event.kind = AccountEventKind::message_reacted;
    effect.event.text = change_json(*rows, command, by.uid);
    effect.event.channel = command.channel;
    effect.event.value = command.id.value();
    effect.event.origin = std::move(by);
    effect.accounts = std::move(command.others);
    shard.effects().add(slot, effect);
    const storage::Batch nothing_more;
    co_return co_await shard.commit(slot, nothing_more);
}

Task<Result<std::vector<Reaction>>> reactions_of(World& world, ChannelKey channel, MessageId id) {
    co_await move_to(world.pool);
    auto rows = storage::read_reactions(world.store, world.slots.of_channel(channel), channel, id);
    if (!rows) co_return std::unexpected(rows.error());
    co_return grouped(std::move(*rows));
}

}  // namespace fenshen::service
