// SPDX-License-Identifier: Apache-2.0
#include "service/devices/devices.h"

#include <algorithm>

#include "base/rfc3339.h"
#include "service/credentials/tokens.h"
#include "service/devices/device_registry.h"
#include "service/devices/device_sessions.h"
#include "service/devices/known_account.h"
#include "service/shard.h"

namespace fenshen::service {

namespace {

DeviceView view_of(const AccountEntry& entry, const storage::DeviceRow& row) {
    DeviceView view{row, {}};
    std::ranges::copy_if(entry.sessions,
                         std::back_inserter(view.sessions),
                         [&](const domain::LiveSession& session) { return is_of(session, row); });
    if (!view.online() && row.last_end.at < row.last_login) {
        // The server went down with the session: nobody wrote down its end.
        view.row.last_end = {"lost", row.last_seen, {}, {}};
    }
    return view;
}

bool is_meant(const EndDevices& command, DeviceClass device_class, const DeviceId& device_id) {
    return (!command.device_class || *command.device_class == device_class) &&
           (!command.device_id || *command.device_id == device_id);
}

bool forget_devices(AccountEntry& entry, storage::Batch& batch, const EndDevices& command) {
    return std::erase_if(entry.devices, [&](const storage::DeviceRow& row) {
               if (!is_meant(command, row.device_class, row.device_id)) return false;
               storage::erase_device(batch, entry.uid, row.device_class, row.device_id);
               return true;
           }) > 0;
}

std::vector<EndedSession> names_of(const std::vector<domain::LiveSession>& sessions) {
    std::vector<EndedSession> names;
    for (const auto& session : sessions) {
        names.push_back({session.device_class, session.device_id, session.session});
    }
    return names;
}

}  // namespace

bool MutualEnding::is_going_on(WallTime now) const {
    constexpr std::int64_t pause_ms_max = 60'000;
    return times >= times_min && now.ms - last_at.ms <= pause_ms_max;
}

Task<Result<std::vector<DeviceView>>> devices_of(World& world, Uid uid) {
    auto asking = known_account(world.shard_of_account(uid), uid);
    const auto found = co_await asking;
    if (!found) co_return std::unexpected(found.error());
    const AccountEntry& entry = **found;
    const WallTime now = world.clock.wall();
    std::vector<DeviceView> views;
    for (const auto& row : entry.devices) {
        auto view = view_of(entry, row);
        const bool is_too_old = Millis{now.ms - row.last_seen.ms} > world.rules.device_age_max;
        if (view.online() || !is_too_old) views.push_back(std::move(view));
    }
    co_return views;
}

Task<Result<AccountView>> account_of(World& world, Uid uid) {
    auto asking = known_account(world.shard_of_account(uid), uid);
    const auto found = co_await asking;
    if (!found) co_return std::unexpected(found.error());
    const AccountEntry& entry = **found;
    AccountView view;
    view.uid = entry.uid;
    view.banned = entry.row.flags.ban;
    view.muted = entry.row.flags.send_ban;
    view.created_at = entry.row.created_at;
    for (const auto& token : entry.tokens) {
        if (token.token_hash.empty()) continue;
        view.tokens.push_back({token.device_class, token.level, {}, token.registered_at});
    }
    std::ranges::sort(view.tokens, {}, &storage::TokenRow::device_class);
    view.devices = entry.devices.size();
    const WallTime now = world.clock.wall();
    view.devices_online = static_cast<std::size_t>(std::ranges::count_if(
        entry.devices, [&](const storage::DeviceRow& row) { return is_online(entry, row); }));
    view.sessions = entry.sessions.size();
    if (entry.endings && entry.endings->is_going_on(now)) view.mutual_ending = *entry.endings;
    if (const auto* own = own_policy_of(entry, now)) view.own_policy = *own;
    co_return view;
}

Task<Result<std::vector<storage::LoginEventRow>>> logins_of(World& world,
                                                            Uid uid,
                                                            std::uint64_t before,
                                                            std::size_t count_max) {
    Shard& shard = world.shard_of_account(uid);
    auto asking = known_account(shard, uid);
    const auto found = co_await asking;
    if (!found) co_return std::unexpected(found.error());
    const WallTime oldest_shown{world.clock.wall().ms - world.rules.login_event_age_max.count()};
    // What this turn has decided must be readable.
    const storage::Batch nothing_more;
    const SlotId slot = world.slots.of_account(uid);
    const auto committed = co_await shard.commit(slot, nothing_more);
    if (!committed) co_return std::unexpected(committed.error());
    co_await move_to(world.pool);
    auto events = storage::read_login_events(world.store, slot, uid, before, count_max);
    if (events) {
        std::erase_if(*events, [&](const auto& event) { return event.at < oldest_shown; });
    }
    co_await move_to(shard.home());  // where the pin belongs
    co_return events;
}

Task<Result<DevicesEnded>> end_devices(World& world, EndDevices command) {
    Shard& shard = world.shard_of_account(command.uid);
    auto asking = known_account(shard, command.uid);
    const auto found = co_await asking;
    if (!found) co_return std::unexpected(found.error());
    AccountEntry& entry = **found;

    DevicesEnded ended;
    storage::Batch batch;
    std::vector<storage::TokenRow> revoked;
    const auto tokens_before = entry.tokens;
    if (command.revoke) revoked = revoke_tokens(shard, entry, batch, command.device_class);
    // First the tokens: an ended device that comes back at once must find them gone.
    for (const auto& row : revoked) {
        keep_token(entry, row);
        ended.revoked.push_back(row.device_class);
    }
    SessionEnd end;
    end.why = command.revoke ? "token_revoked" : "kicked";
    end.by = by_api;
    end.text = command.reason.empty() ? "ended by the operator, " + rfc3339(world.clock.wall())
                                      : command.reason;
    Closing closing(shard.home());
    end.until_closed = closing.hold();
    ended.ended = names_of(end_sessions(
        shard,
        entry,
        [&](const domain::LiveSession& session) {
            return is_meant(command, session.device_class, session.device_id);
        },
        end));
    end.until_closed.reset();
    if (command.forget) ended.forgotten = forget_devices(entry, batch, command);
    const auto committed = co_await shard.commit(entry.slot, batch);
    co_await closing.all();
    if (!committed) {
        // The store says otherwise. (The sessions are over all the same.)
        if (command.revoke) entry.tokens = tokens_before;
        co_return std::unexpected(committed.error());
    }
    co_return ended;
}

Task<Result<std::vector<EndedSession>>> set_banned(World& world, Uid uid, bool banned) {
    Shard& shard = world.shard_of_account(uid);
    co_await move_to(shard.home());
    auto found = co_await shard.accounts().get(uid);
    if (!found) co_return std::unexpected(found.error());
    AccountEntry& entry = **found;

    storage::Batch batch;
    const auto row_before = entry.row;
    const bool existed = entry.exists;
    if (!entry.exists) entry.row.created_at = world.clock.wall();
    entry.exists = true;
    const bool changes = entry.row.flags.ban != banned;
    entry.row.flags.ban = banned;
    storage::put_account(batch, uid, entry.row);
    if (changes) {
        add_login_event(
            shard, entry, batch, {.what = banned ? "banned" : "unbanned", .by = by_api});
    }
    Closing closing(shard.home());
    std::vector<EndedSession> ended;
    if (banned) {
        SessionEnd end;
        end.why = "banned";
        end.by = by_api;
        end.text = "the account is banned, " + rfc3339(world.clock.wall());
        end.until_closed = closing.hold();
        ended = names_of(end_sessions(shard, entry, [](const auto&) { return true; }, end));
    }
    const auto committed = co_await shard.commit(entry.slot, batch);
    co_await closing.all();
    if (!committed) {
        entry.row = row_before;
        entry.exists = existed;
        co_return std::unexpected(committed.error());
    }
    co_return ended;
}

}  // namespace fenshen::service
