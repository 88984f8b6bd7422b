// SPDX-License-Identifier: Apache-2.0
#include "service/social/contacts.h"

#include <algorithm>

#include "service/shard.h"
#include "service/social/account_effects.h"

namespace fenshen::service {

namespace {

using storage::ContactRow;
using storage::ContactState;

/// The account's side of what stands between the two. On its loop.
struct Side {
    Shard& shard;
    SlotId slot;
    std::optional<ContactRow> row;
    bool is(ContactState state) const { return row && row->state == state; }
};

Result<Side> side_of(Shard& shard, const Uid& uid, const Uid& peer) {
    const SlotId slot = shard.world().slots.of_account(uid);
    auto row = storage::read_contact(shard.under_way(), slot, uid, peer);
    if (!row) return std::unexpected(row.error());
    return Side{shard, slot, std::move(*row)};
}

/// Whether the list takes another, where this one is not on it yet. Errc: too_big.
Result<void> has_room(const Side& side, const Uid& uid) {
    if (side.row) return {};
    const auto rows = storage::read_contacts(side.shard.under_way(), side.slot, uid);
    if (!rows) return std::unexpected(rows.error());
    if (rows->size() >= contacts_max) return std::unexpected(Errc::too_big);
    return {};
}

AccountEvent event_of(const World& world,
                      AccountEventKind kind,
                      const EventOrigin& by,
                      const Uid& peer,
                      std::string text = {}) {
    return {.at = world.clock.wall(),
            .kind = kind,
            .origin = by,
            .uids = {peer},
            .text = std::move(text)};
}

void change_row(Side& side, const Uid& uid, const ContactRow& row) {
    storage::Batch batch;
    storage::put_contact(batch, uid, row);
    side.shard.under_way().add(side.slot, batch);
}

void erase_row(Side& side, const Uid& uid, const Uid& peer) {
    storage::Batch batch;
    storage::erase_contact(batch, uid, peer);
    side.shard.under_way().add(side.slot, batch);
}

void tell_peer(Side& side, AccountChange change, AccountEvent event, const Uid& peer) {
    side.shard.effects().add(
        side.slot, AccountEffect{.change = change, .event = std::move(event), .accounts = {peer}});
}

Result<void> befriend(Side& side, const World& world, const EventOrigin& by, const Uid& peer) {
    ContactRow row = side.row.value_or(ContactRow{});
    row.peer = peer;
    row.state = ContactState::friends;
    row.at = world.clock.wall();
    const auto told =
        log_event(side.shard, by.uid, event_of(world, AccountEventKind::contact_added, by, peer));
    if (!told) return told;
    change_row(side, by.uid, row);
    tell_peer(side,
              AccountChange::contact_agreed,
              event_of(world, AccountEventKind::contact_agreed, by, peer),
              peer);
    return {};
}

/// Comes back when the other account has it, too.
Task<Result<void>> commit(const Side& side) {
    const storage::Batch nothing_more;
    const auto committed = co_await side.shard.commit(side.slot, nothing_more);
    if (!committed) co_return committed;
    co_await side.shard.effects().settled(side.slot);
    co_return Result<void>{};
}

std::size_t characters(std::string_view text) {
    return static_cast<std::size_t>(std::ranges::count_if(
        text, [](char c) { return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U; }));
}

}  // namespace

Task<Result<void>> ask_contact(World& world, EventOrigin by, Uid peer, std::string reason) {
    if (by.uid == peer) co_return std::unexpected(Errc::bad_request);
    Shard& shard = world.shard_of_account(by.uid);
    co_await move_to(shard.home());
    auto side = side_of(shard, by.uid, peer);
    if (!side) co_return std::unexpected(side.error());
    if (side->is(ContactState::friends)) co_return Result<void>{};
    if (const auto room = has_room(*side, by.uid); !room) co_return room;
    auto event = event_of(world, AccountEventKind::contact_invited, by, peer, std::move(reason));
    const auto told = log_event(shard, by.uid, event);
    if (!told) co_return told;
    // Who was asked by the peer, and asks in turn, can still accept.
    if (!side->is(ContactState::asked_by_peer)) {
        change_row(*side, by.uid, {peer, ContactState::asked_by_me, {}, event.text, event.at});
    }
    tell_peer(*side, AccountChange::contact_invited, std::move(event), peer);
    auto committing = commit(*side);
    co_return co_await committing;
}

Task<Result<void>> accept_contact(World& world, EventOrigin by, Uid peer) {
    Shard& shard = world.shard_of_account(by.uid);
    co_await move_to(shard.home());
    auto side = side_of(shard, by.uid, peer);
    if (!side) co_return std::unexpected(side.error());
    if (side->is(ContactState::friends)) co_return Result<void>{};
    if (!side->is(ContactState::asked_by_peer)) co_return std::unexpected(Errc::not_found);
    if (const auto done = befriend(*side, world, by, peer); !done) co_return done;
    auto committing = commit(*side);
    co_return co_await committing;
}

Task<Result<void>> make_contact(World& world, EventOrigin by, Uid peer) {
    if (by.uid == peer) co_return std::unexpected(Errc::bad_request);
    Shard& shard = world.shard_of_account(by.uid);
    co_await move_to(shard.home());
    auto side = side_of(shard, by.uid, peer);
    if (!side) co_return std::unexpected(side.error());
    if (side->is(ContactState::friends)) co_return Result<void>{};
    if (const auto room = has_room(*side, by.uid); !room) co_return room;
    if (const auto done = befriend(*side, world, by, peer); !done) co_return done;
    auto committing = commit(*side);
    co_return co_await committing;
}

Task<Result<void>> decline_contact(World& world, EventOrigin by, Uid peer) {
    Shard& shard = world.shard_of_account(by.uid);
    co_await move_to(shard.home());
    auto side = side_of(shard, by.uid, peer);
    if (!side) co_return std::unexpected(side.error());
    if (!side->is(ContactState::asked_by_peer)) co_return std::unexpected(Errc::not_found);
    auto event = event_of(world, AccountEventKind::contact_refused, by, peer);
    const auto told = log_event(shard, by.uid, event);
    if (!told) co_return told;
    erase_row(*side, by.uid, peer);
    tell_peer(*side, AccountChange::contact_refused, std::move(event), peer);
    auto committing = commit(*side);
    co_return co_await committing;
}

Task<Result<void>> delete_contact(World& world, EventOrigin by, Uid peer) {
    Shard& shard = world.shard_of_account(by.uid);
    co_await move_to(shard.home());
    auto side = side_of(shard, by.uid, peer);
    if (!side) co_return std::unexpected(side.error());
    if (!side->is(ContactState::friends)) co_return Result<void>{};
    auto event = event_of(world, AccountEventKind::contact_deleted, by, peer);
    const auto told = log_event(shard, by.uid, event);
    if (!told) co_return told;
    erase_row(*side, by.uid, peer);
    tell_peer(*side, AccountChange::contact_deleted, std::move(event), peer);
    auto committing = commit(*side);
    co_return co_await committing;
}

Task<Result<void>> set_contact_remark(World& world, EventOrigin by, Uid peer, std::string remark) {
    if (characters(remark) > remark_characters_max) co_return std::unexpected(Errc::too_big);
    Shard& shard = world.shard_of_account(by.uid);
    co_await move_to(shard.home());
    auto side = side_of(shard, by.uid, peer);
    if (!side) co_return std::unexpected(side.error());
    if (!side->is(ContactState::friends)) co_return std::unexpected(Errc::not_found);
    if (side->row->remark == remark) co_return Result<void>{};
    const auto told = log_event(
        shard, by.uid, event_of(world, AccountEventKind::contact_remark, by, peer, remark));
    if (!told) co_return told;
    side->row->remark = std::move(remark);
    change_row(*side, by.uid, *side->row);
    auto committing = commit(*side);
    co_return co_await committing;
}

Task<Result<std::vector<ContactRow>>> contacts_of(World& world, Uid uid) {
    co_await move_to(world.pool);
    auto rows = storage::read_contacts(world.store, world.slots.of_account(uid), uid);
    if (!rows) co_return std::unexpected(rows.error());
    std::erase_if(*rows, [](const ContactRow& row) { return row.state != ContactState::friends; });
    co_return std::move(*rows);
}

namespace {

Task<Result<void>> change_blocks(World& world, EventOrigin by, std::vector<Uid> peers, bool add) {
    if (add && std::ranges::find(peers, by.uid) != peers.end()) {
        co_return std::unexpected(Errc::bad_request);
    }
    Shard& shard = world.shard_of_account(by.uid);
    co_await move_to(shard.home());
    auto found = co_await shard.accounts().get(by.uid);
    if (!found) co_return std::unexpected(found.error());
    AccountEntry& entry = **found;
    if (add) {
        const auto fresh = std::ranges::count_if(
            peers, [&](const Uid& peer) { return !is_listed(entry.deny, peer); });
        if (entry.deny.size() + static_cast<std::size_t>(fresh) > blocked_max) {
            co_return std::unexpected(Errc::too_big);
        }
    }
    const auto kind = add ? AccountEventKind::contact_blocked : AccountEventKind::contact_unblocked;
    for (const auto& peer : peers) {
        if (is_listed(entry.deny, peer) == add) continue;
        const auto told = log_event(shard, by.uid, event_of(world, kind, by, peer));
        if (!told) co_return told;
        storage::Batch batch;
        if (add) {
            storage::put_person_listed(batch, by.uid, storage::ListKind::deny, peer);
        } else {
            storage::erase_person_listed(batch, by.uid, storage::ListKind::deny, peer);
        }
        shard.under_way().add(entry.slot, batch);
    }
    const storage::Batch nothing_more;
    const auto committed = co_await shard.commit(entry.slot, nothing_more);
    if (!committed) co_return committed;
    for (const auto& peer : peers) {
        if (add) {
            list(entry.deny, peer);
        } else {
            unlist(entry.deny, peer);
        }
    }
    co_return Result<void>{};
}

}  // namespace

Task<Result<void>> block(World& world, EventOrigin by, std::vector<Uid> peers) {
    auto changing = change_blocks(world, std::move(by), std::move(peers), true);
    co_return co_await changing;
}

Task<Result<void>> unblock(World& world, EventOrigin by, std::vector<Uid> peers) {
    auto changing = change_blocks(world, std::move(by), std::move(peers), false);
    co_return co_await changing;
}

}  // namespace fenshen::service
