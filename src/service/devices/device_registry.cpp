// SPDX-License-Identifier: Apache-2.0
#include "service/devices/device_registry.h"

#include <algorithm>
#include <utility>

#include "base/json_writer.h"
#include "base/task.h"
#include "service/devices/device_sessions.h"
#include "service/devices/device_status.h"
#include "service/messages/missed_messages.h"
#include "service/shard.h"

namespace fenshen::service {

namespace {

void erase(AccountEntry& entry,
           storage::Batch& batch,
           std::vector<storage::DeviceRow>::iterator row) {
    storage::erase_device(batch, entry.uid, row->device_class, row->device_id);
    forget_synced(entry, batch, row->device_class, row->device_id);
    entry.devices.erase(row);
}

/// Lets the offline device go that was away longest, where one has to: too old, or one too many.
void make_room(Shard& shard, AccountEntry& entry, storage::Batch& batch) {
    const auto& rules = shard.world().rules;
    const WallTime now = shard.world().clock.wall();
    const bool too_many = entry.devices.size() > rules.devices_max;
    auto oldest = entry.devices.end();
    for (auto row = entry.devices.begin(); row != entry.devices.end(); ++row) {
        const bool may_go = too_many || Millis{now.ms - row->last_seen.ms} > rules.device_age_max;
        if (!may_go || is_online(entry, *row)) continue;
        if (oldest == entry.devices.end() || row->last_seen < oldest->last_seen) oldest = row;
    }
    if (oldest == entry.devices.end()) return;
    erase(entry, batch, oldest);
}

storage::DeviceRow* row_of(AccountEntry& entry,
                           DeviceClass device_class,
                           const DeviceId& device_id) {
    return const_cast<storage::DeviceRow*>(known_device(entry, device_class, device_id));
}

/// Reads, on the pool, which lines are too old, and lets them go.
Task<void> drop_old_events(Shard& shard, Uid uid) {
    World& world = shard.world();
    const auto slot = world.slots.of_account(uid);
    co_await move_to(world.pool);
    std::uint64_t keep_from = 0;
    WallTime kept_at = world.clock.wall();
    const WallTime oldest_kept{world.clock.wall().ms - world.rules.login_event_age_max.count()};
    auto events =
        storage::read_login_events(world.store, slot, uid, 0, world.rules.login_events_max);
    if (events) {
        for (const auto& event : *events) {
            if (event.at < oldest_kept) break;
            keep_from = event.number;
            kept_at = event.at;
        }
    }
    co_await move_to(shard.home());
    AccountEntry* entry = shard.accounts().find(uid);
    if (entry == nullptr) co_return;
    entry->oldest_event_at = kept_at;
    if (keep_from > 0) {
        storage::erase_login_events_before(shard.batch_of(slot), uid, keep_from);
    }
}

}  // namespace

namespace {

std::optional<DeviceStatus::Reason> status_reason_of(std::string_view what) {
    using Reason = DeviceStatus::Reason;
    if (what == "login") return Reason::login;
    if (what == "ended") return Reason::replaced;
    if (what == "logged_out" || what == "lost") return Reason::logout;
    return std::nullopt;
}

/// Whoever wants to hear of Easemob devices is told once the line is durable.
void tell_status(Shard& shard, const AccountEntry& entry, const LoginEvent& event, WallTime now) {
    auto* listener = shard.world().device_status;
    if (listener == nullptr || event.protocol != name_of(domain::Family::msync)) return;
    const auto reason = status_reason_of(event.what);
    if (!reason) return;
    DeviceStatus status;
    status.reason = *reason;
    status.uid = entry.uid;
    status.device_class = event.device_class;
    status.device_id = event.device_id;
    status.address = event.address;
    if (const auto* device = known_device(entry, event.device_class, event.device_id)) {
        status.client = device->client;
    }
    status.at = now;
    shard.when_committed(entry.slot, [listener, status = std::move(status)](Result<void> result) {
        if (result) listener->device_status(status);
    });
}

}  // namespace

std::string_view name_of(domain::Family family) {
    return family == domain::Family::wukong ? "wukong" : "msync";
}

std::string by_device(DeviceClass device_class, const DeviceId& device_id) {
    std::string out;
    JsonWriter json(out);
    json.begin_object()
        .member("device_id", device_id.value())
        .member("class", device_class.value())
        .end_object();
    return out;
}

std::string without_port(std::string_view address) {
    const auto colon = address.rfind(':');
    const bool has_port = colon != std::string_view::npos &&
                          (address.find(':') == colon || address.find("]:") != address.npos);
    if (has_port) address = address.substr(0, colon);
    if (address.size() > 2 && address.front() == '[' && address.back() == ']') {
        address = address.substr(1, address.size() - 2);
    }
    return std::string(address);
}

bool is_of(const domain::LiveSession& session, const storage::DeviceRow& row) {
    return session.device_class == row.device_class && session.device_id == row.device_id;
}

bool is_online(const AccountEntry& entry, const storage::DeviceRow& row) {
    return std::ranges::any_of(
        entry.sessions, [&](const domain::LiveSession& session) { return is_of(session, row); });
}

const storage::DeviceRow* known_device(const AccountEntry& entry,
                                       DeviceClass device_class,
                                       const DeviceId& device_id) {
    const auto found = std::ranges::find_if(entry.devices, [&](const storage::DeviceRow& row) {
        return row.device_class == device_class && row.device_id == device_id;
    });
    return found == entry.devices.end() ? nullptr : &*found;
}

void add_login_event(Shard& shard,
                     AccountEntry& entry,
                     storage::Batch& batch,
                     const LoginEvent& event) {
    const auto& rules = shard.world().rules;
    storage::LoginEventRow row;
    row.number = entry.next_event++;
    row.at = shard.world().clock.wall();
    row.what = event.what;
    row.why = event.why;
    row.rule = event.rule;
    row.device_class = event.device_class;
    row.device_id = event.device_id;
    row.protocol = event.protocol;
    row.address = event.address;
    row.by = event.by;
    storage::put_login_event(batch, entry.uid, row);
    tell_status(shard, entry, event, row.at);
    // The oldest go a block at a time, so that not every login pays for an erasure.
    constexpr std::uint64_t block = 32;
    if (row.number > rules.login_events_max && row.number % block == 0) {
        storage::erase_login_events_before(batch, entry.uid, row.number - rules.login_events_max);
    }
    if (entry.oldest_event_at.ms == 0) entry.oldest_event_at = row.at;
    if (Millis{row.at.ms - entry.oldest_event_at.ms} > rules.login_event_age_max) {
        entry.oldest_event_at = row.at;  // looked after once, not by each event until it is done
        start(drop_old_events(shard, entry.uid), [] {});
    }
}

bool is_refusal_worth_noting(AccountEntry& entry, domain::LoginWhy why, WallTime now) {
    constexpr std::uint32_t a_minute_max = 10;
    const std::int64_t minute = now.seconds() / 60;
    if (minute != entry.refusals_minute) {
        entry.refusals_minute = minute;
        entry.refusals_noted = 0;
        entry.damping_noted = false;
    }
    if (why == domain::LoginWhy::damped) return !std::exchange(entry.damping_noted, true);
    return ++entry.refusals_noted <= a_minute_max;
}

void device_came(Shard& shard,
                 AccountEntry& entry,
                 storage::Batch& batch,
                 const ConnectCommand& command,
                 DeviceLevel level) {
    const WallTime now = shard.world().clock.wall();
    auto* known = row_of(entry, command.device_class, command.device_id);
    if (known == nullptr) {
        storage::DeviceRow row;
        row.device_class = command.device_class;
        row.device_id = command.device_id;
        row.first_seen = now;
        known = &entry.devices.emplace_back(std::move(row));
    }
    known->level = level;
    known->protocol = name_of(command.family);
    known->client = command.client;
    if (!command.device_name.empty()) known->name = command.device_name;
    known->last_address = without_port(command.address);
    known->last_login = known->last_seen = now;
    storage::put_device(batch, entry.uid, *known);
    make_room(shard, entry, batch);
}

void device_went(Shard& shard,
                 AccountEntry& entry,
                 storage::Batch& batch,
                 const domain::LiveSession& session,
                 storage::LastEnd end) {
    auto* row = row_of(entry, session.device_class, session.device_id);
    if (row == nullptr) return;
    row->last_seen = end.at = shard.world().clock.wall();
    row->last_end = std::move(end);
    storage::put_device(batch, entry.uid, *row);
}

}  // namespace fenshen::service
