// SPDX-License-Identifier: Apache-2.0
#include "service/credentials/tokens.h"

#include "base/rfc3339.h"
#include "domain/class_names.h"
#include "service/credentials/token_hash.h"
#include "service/devices/device_registry.h"
#include "service/devices/device_sessions.h"
#include "service/shard.h"

namespace fenshen::service {

namespace {

constexpr std::string_view replaced_text = "账号在其他设备上登录";  // wukong-http 5.1

/// A token's row, and which class it is of in place of the one before.
void put(storage::Batch& batch, AccountEntry& entry, const storage::TokenRow& row) {
    const auto* before = entry.token_of(row.device_class);
    if (before != nullptr && !before->token_hash.empty()) {
        storage::erase_token_class(batch, entry.uid, before->token_hash);
    }
    storage::put_token(batch, entry.uid, row);
    if (!row.token_hash.empty()) {
        storage::put_token_class(batch, entry.uid, row.token_hash, row.device_class);
    }
}

}  // namespace

std::vector<storage::TokenRow> revoke_tokens(Shard& shard,
                                             AccountEntry& entry,
                                             storage::Batch& batch,
                                             std::optional<DeviceClass> device_class) {
    std::vector<storage::TokenRow> revoked;
    for (const auto& token : entry.tokens) {
        const bool is_meant = !device_class || *device_class == token.device_class;
        if (!is_meant || token.token_hash.empty()) continue;
        storage::TokenRow row = token;
        row.token_hash.clear();
        put(batch, entry, row);
        add_login_event(shard,
                        entry,
                        batch,
                        {.what = "token_revoked", .device_class = row.device_class, .by = by_api});
        revoked.push_back(std::move(row));
    }
    return revoked;
}

void keep_token(AccountEntry& entry, const storage::TokenRow& row) {
    if (auto* present = entry.token_of(row.device_class)) {
        *present = row;
    } else {
        entry.tokens.push_back(row);
    }
}

Task<Result<void>> set_token(World& world, SetToken command) {
    Shard& shard = world.shard_of_account(command.uid);
    co_await move_to(shard.home());
    auto found = co_await shard.accounts().get(command.uid);
    if (!found) co_return std::unexpected(found.error());
    AccountEntry& entry = **found;
    if (entry.row.flags.ban) co_return std::unexpected(Errc::account_banned);
    if (entry.row.flags.disband) co_return std::unexpected(Errc::channel_disbanded);

    const WallTime now = world.clock.wall();
    const storage::TokenRow row{
        command.device_class, command.level, hash_token(world.rules.token_key, command.token), now};
    storage::Batch batch;
    put(batch, entry, row);
    if (!entry.exists) storage::put_account(batch, entry.uid, {entry.row.flags, now});
    add_login_event(
        shard, entry, batch, {.what = "token_set", .device_class = row.device_class, .by = by_api});
    const auto committed = co_await shard.commit(entry.slot, batch);
    if (!committed) co_return committed;

    if (!entry.exists) entry.row.created_at = now;
    entry.exists = true;
    keep_token(entry, row);
    if (command.level == DeviceLevel::main) {
        SessionEnd end;
        end.why = "token_changed";
        end.by = by_api;
        end.text = std::string(replaced_text) + ": new token for class " +
                   domain::number_and_name(row.device_class) + ", " + rfc3339(now);
        end_sessions(
            shard,
            entry,
            [&](const auto& session) { return session.device_class == row.device_class; },
            end);
    }
    co_return Result<void>{};
}

Task<Result<void>> quit_devices(World& world, QuitDevices command) {
    Shard& shard = world.shard_of_account(command.uid);
    co_await move_to(shard.home());
    auto found = co_await shard.accounts().get(command.uid);
    if (!found) co_return std::unexpected(found.error());
    AccountEntry& entry = **found;

    storage::Batch batch;
    const auto revoked = revoke_tokens(shard, entry, batch, command.device_class);
    if (!revoked.empty()) {
        const auto committed = co_await shard.commit(entry.slot, batch);
        if (!committed) co_return committed;
        for (const auto& row : revoked) keep_token(entry, row);
    }
    end_sessions(shard,
                 entry,
                 [&](const auto& session) {
                     return !command.device_class || *command.device_class == session.device_class;
                 },
                 {.text = "", .why = "token_revoked", .by = std::string(by_api)});
    co_return Result<void>{};
}

}  // namespace fenshen::service
