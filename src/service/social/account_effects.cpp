// SPDX-License-Identifier: Apache-2.0
#include "service/social/account_effects.h"

#include <map>
#include <optional>
#include <utility>

#include "service/detail/record.h"
#include "service/shard.h"
#include "storage/rows_social.h"

namespace fenshen::service {

namespace {

/// What the store says of an account before an effect changes it.
struct Before {
    std::uint64_t last_event = 0;
    bool log_is_corrupt = false;
    std::optional<storage::ContactRow> contact;  ///< with event.origin; corrupt counts as none
    bool has_blocked = false;                    ///< event.origin
};

/// Whether there is anything to tell.
bool change_contact(
    Shard& shard, SlotId slot, const Uid& uid, const AccountEffect& effect, const Before& before) {
    using storage::ContactState;
    const Uid& peer = effect.event.origin.uid;
    const auto& row = before.contact;
    storage::Batch batch;
    if (effect.change == AccountChange::contact_invited) {
        if (row && row->state == ContactState::friends) return false;
        if (before.has_blocked) return false;
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

bool change(
    Shard& shard, SlotId slot, const Uid& uid, const AccountEffect& effect, const Before& before) {
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
            return change_contact(shard, slot, uid, effect, before);
    }
    shard.under_way().add(slot, batch);
    return true;
}

/// Errc: store_unavailable. What is corrupt does not get better by waiting.
Result<Before> read_before(const Shard& shard,
                           SlotId slot,
                           const Uid& uid,
                           const AccountEffect& effect) {
    const auto answers = [](const auto& read) {
        return read || read.error() == Errc::store_corrupt;
    };
    Before before;
    const auto& rows = shard.under_way();
    const auto last = storage::read_last_account_event(rows, slot, uid);
    if (!answers(last)) return std::unexpected(last.error());
    before.last_event = last.value_or(0);
    before.log_is_corrupt = !last;
    if (effect.change < AccountChange::contact_invited) return before;
    const Uid& peer = effect.event.origin.uid;
    auto contact = storage::read_contact(rows, slot, uid, peer);
    if (!answers(contact)) return std::unexpected(contact.error());
    if (contact) before.contact = std::move(*contact);
    const auto blocked = storage::is_person_listed(rows, slot, uid, storage::ListKind::deny, peer);
    if (!answers(blocked)) return std::unexpected(blocked.error());
    before.has_blocked = blocked.value_or(false);
    return before;
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
    // Everything is read before anything is changed, and but once: half an effect would be told
    // twice.
    std::map<Uid, Before> all;
    for (const auto& uid : effect.accounts) {
        if (all.contains(uid)) continue;
        auto before = read_before(shard, target, uid, effect);
        if (!before) return std::unexpected(before.error());
        all.emplace(uid, std::move(*before));
    }
    for (const auto& [uid, before] : all) {
        if (!change(shard, target, uid, effect, before) || !effect.tells) continue;
        if (before.log_is_corrupt) continue;  // it has been counted
        log_event_behind(shard, uid, before.last_event, effect.event);
    }
    return {};
}

}  // namespace fenshen::service
