// SPDX-License-Identifier: Apache-2.0
#include "service/account_effects.h"

#include "service/detail/record.h"
#include "service/shard.h"
#include "storage/rows_social.h"

namespace fenshen::service {

namespace {

/// What stood between the two before; a row that cannot be read counts as none.
std::optional<storage::ContactRow> contact_of(const Shard& shard,
                                              SlotId slot,
                                              const Uid& uid,
                                              const Uid& peer) {
    auto row = storage::read_contact(shard.under_way(), slot, uid, peer);
    return row ? std::move(*row) : std::nullopt;
}

bool is_blocked(const Shard& shard, SlotId slot, const Uid& uid, const Uid& peer) {
    const auto blocked =
        storage::is_person_listed(shard.under_way(), slot, uid, storage::ListKind::deny, peer);
    return blocked && *blocked;
}

/// Whether there is anything to tell.
bool change_contact(Shard& shard, SlotId slot, const Uid& uid, const AccountEffect& effect) {
    using storage::ContactState;
    const Uid& peer = effect.event.origin.uid;
    auto row = contact_of(shard, slot, uid, peer);
    storage::Batch batch;
    if (effect.change == AccountChange::contact_invited) {
        if (row && row->state == ContactState::friends) return false;
        if (is_blocked(shard, slot, uid, peer)) return false;
        storage::put_contact(
            batch,
            uid,
            {peer, ContactState::asked_by_peer, {}, effect.event.text, effect.event.at});
    } else if (effect.change == AccountChange::contact_agreed) {
        if (row && row->state == ContactState::friends) return false;
        storage::ContactRow agreed = row.value_or(storage::ContactRow{});
        agreed.peer = peer;
        agreed.state = ContactState::friends;
        agreed.at = effect.event.at;
        storage::put_contact(batch, uid, agreed);
    } else if (effect.change == AccountChange::contact_refused) {
        if (!row || row->state != ContactState::asked_by_me) return false;
        storage::erase_contact(batch, uid, peer);
    } else {
        if (!row || row->state != ContactState::friends) return false;
        storage::erase_contact(batch, uid, peer);
    }
    shard.under_way().add(slot, batch);
    return true;
}

bool change(Shard& shard, SlotId slot, const Uid& uid, const AccountEffect& effect) {
    storage::Batch batch;
    const AccountEvent& event = effect.event;
    switch (effect.change) {
        case AccountChange::none:
            return true;
        case AccountChange::joined:
            storage::put_joined(batch, uid, {event.channel, event.parent, event.at});
            break;
        case AccountChange::left:
            storage::erase_joined(batch, uid, event.channel);
            break;
        default:
            return change_contact(shard, slot, uid, effect);
    }
    shard.under_way().add(slot, batch);
    return true;
}

/// Whether the store answers for the account now. What is corrupt does not get better by waiting.
Result<void> can_read(const Shard& shard,
                      SlotId slot,
                      const Uid& uid,
                      const AccountEffect& effect) {
    const auto answers = [](const auto& read) {
        return read || read.error() == Errc::store_corrupt;
    };
    const auto& rows = shard.under_way();
    const Uid& peer = effect.event.origin.uid;
    const bool all =
        answers(storage::read_last_account_event(rows, slot, uid)) &&
        (effect.change < AccountChange::contact_invited ||
         (answers(storage::read_contact(rows, slot, uid, peer)) &&
          answers(storage::is_person_listed(rows, slot, uid, storage::ListKind::deny, peer))));
    if (!all) return std::unexpected(Errc::store_unavailable);
    return {};
}

}  // namespace

void append(Bytes& out, const AccountEffect& effect) {
    append_be(out, static_cast<std::uint8_t>(effect.change));
    append_be(out, static_cast<std::uint8_t>(effect.tells ? 1 : 0));
    detail::append_text(out, encode(effect.event));
    append_be(out, static_cast<std::uint32_t>(effect.accounts.size()));
    for (const auto& uid : effect.accounts) detail::append_text(out, uid.value());
}

Result<AccountEffect> decode_account_effect(BytesView bytes) {
    detail::RecordReader in{bytes};
    AccountEffect effect;
    const auto change = in.number<std::uint8_t>();
    if (change > static_cast<std::uint8_t>(AccountChange::contact_deleted)) in.ok = false;
    effect.change = static_cast<AccountChange>(change);
    effect.tells = in.number<std::uint8_t>() != 0;
    auto event = decode_event(in.text());
    if (!event) return std::unexpected(event.error());
    effect.event = std::move(*event);
    const auto count = in.number<std::uint32_t>();
    for (std::uint32_t i = 0; in.ok && i < count; ++i) effect.accounts.emplace_back(in.text());
    if (!in.done()) return std::unexpected(Errc::store_corrupt);
    return effect;
}

Result<void> apply(Shard& shard, SlotId target, const AccountEffect& effect) {
    // Everything is read before anything is changed: half an effect would be told twice.
    for (const auto& uid : effect.accounts) {
        if (auto readable = can_read(shard, target, uid, effect); !readable) return readable;
    }
    for (const auto& uid : effect.accounts) {
        if (!change(shard, target, uid, effect) || !effect.tells) continue;
        (void)log_event(shard, uid, effect.event);  // a corrupt log has been counted
    }
    return {};
}

}  // namespace fenshen::service
