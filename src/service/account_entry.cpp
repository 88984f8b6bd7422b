// SPDX-License-Identifier: Apache-2.0
#include "service/account_entry.h"

#include "service/devices/policy_record.h"

namespace fenshen::service {

Result<std::unique_ptr<AccountEntry>> load_account(const storage::Store& store,
                                                   SlotId slot,
                                                   const Uid& uid) {
    auto entry = std::make_unique<AccountEntry>();
    entry->uid = uid;
    entry->slot = slot;

    auto row = storage::read_account(store, slot, uid);
    if (!row) return std::unexpected(row.error());
    if (*row) {
        entry->exists = true;
        entry->row = **row;
    }
    auto tokens = storage::read_tokens(store, slot, uid);
    if (!tokens) return std::unexpected(tokens.error());
    entry->tokens = std::move(*tokens);

    auto credential = storage::read_credential(store, slot, uid);
    if (!credential) return std::unexpected(credential.error());
    entry->credential = std::move(*credential);

    auto devices = storage::read_devices(store, slot, uid);
    if (!devices) return std::unexpected(devices.error());
    entry->devices = std::move(*devices);

    auto synced = storage::read_devices_synced(store, slot, uid);
    if (!synced) return std::unexpected(synced.error());
    entry->synced = std::move(*synced);

    auto deny = storage::read_person_list(store, slot, uid, storage::ListKind::deny);
    if (!deny) return std::unexpected(deny.error());
    entry->deny = std::move(*deny);
    std::ranges::sort(entry->deny);

    auto allow = storage::read_person_list(store, slot, uid, storage::ListKind::allow);
    if (!allow) return std::unexpected(allow.error());
    entry->allow = std::move(*allow);
    std::ranges::sort(entry->allow);

    auto newest = storage::read_login_events(store, slot, uid, 0, 1);
    if (!newest) return std::unexpected(newest.error());
    if (!newest->empty()) entry->next_event = newest->front().number + 1;
    auto oldest = storage::read_oldest_login_event(store, slot, uid);
    if (!oldest) return std::unexpected(oldest.error());
    if (*oldest) entry->oldest_event_at = (*oldest)->at;

    auto policy = storage::read_account_policy(store, slot, uid);
    if (!policy) return std::unexpected(policy.error());
    if (*policy) {
        auto decoded = decode_policy((*policy)->policy);
        if (!decoded) return std::unexpected(decoded.error());
        entry->own_policy =
            AccountPolicy{std::move(*decoded), (*policy)->changed_at, (*policy)->expires_at};
    }
    return entry;
}

}  // namespace fenshen::service
