// SPDX-License-Identifier: Apache-2.0
#include "service/device_sessions.h"

#include <algorithm>

#include "domain/class_names.h"
#include "domain/login.h"
#include "service/shard.h"
#include "service/token_hash.h"

namespace fenshen::service {

namespace {

constexpr std::string_view replaced_text = "login in other device";  // wukong-wire 5.7

std::string_view name_of(domain::Family family) {
    return family == domain::Family::wukong ? "wukong" : "msync";
}

std::string_view why_of(domain::EndRule rule) {
    switch (rule) {
        case domain::EndRule::same_device:
        case domain::EndRule::main_device_alone:
            return "replaced";
        case domain::EndRule::class_limit:
        case domain::EndRule::group_limit:
        case domain::EndRule::single_device:
            break;
    }
    return "limit";
}

std::string by_device(const ConnectCommand& command) {
    return "{\"class\":" + std::to_string(command.device_class.value()) + "}";
}

domain::Credentials credentials_of(const AccountEntry& entry) {
    domain::Credentials credentials;
    credentials.account_exists = entry.exists;
    credentials.banned = entry.row.flags.ban;
    for (const auto& token : entry.tokens) {
        credentials.tokens.push_back(
            {token.device_class, token.level, token.token_hash, token.registered_at});
    }
    return credentials;
}

domain::LoginDecision decide(const World& world,
                             const AccountEntry& entry,
                             const ConnectCommand& command) {
    const auto& rules = world.rules;
    domain::LoginAttempt attempt;
    attempt.uid = command.uid;
    attempt.device_class = command.device_class;
    attempt.device_id = command.device_id;
    attempt.token_hash = hash_token(rules.token_key, command.token);
    attempt.is_manager_token = !rules.manager_token.empty() &&
                               domain::equal_in_constant_time(command.token, rules.manager_token);
    attempt.key_missing = command.key_missing;
    attempt.key_broken = command.key_broken;
    return domain::decide_login(attempt,
                                credentials_of(entry),
                                {.token_checks = rules.token_checks,
                                 .visitors_suffix = rules.visitors_suffix,
                                 .main_level = rules.main_level});
}

/// Keeps the registry's row of the device that has come, and lets the one go that was away longest.
void remember_device(Shard& shard,
                     AccountEntry& entry,
                     storage::Batch& batch,
                     const ConnectCommand& command,
                     DeviceLevel level) {
    const WallTime now = shard.world().clock.wall();
    auto known = std::ranges::find_if(entry.devices, [&](const storage::DeviceRow& row) {
        return row.device_class == command.device_class && row.device_id == command.device_id;
    });
    if (known == entry.devices.end()) {
        storage::DeviceRow row;
        row.device_class = command.device_class;
        row.device_id = command.device_id;
        row.first_seen = now;
        known = entry.devices.insert(entry.devices.end(), std::move(row));
    }
    known->level = level;
    known->protocol = name_of(command.family);
    known->client = command.client;
    known->last_address = command.address;
    known->last_login = known->last_seen = now;
    storage::put_device(batch, entry.uid, *known);
    if (entry.devices.size() <= shard.world().rules.devices_max) return;
    const auto is_online = [&](const storage::DeviceRow& row) {
        return std::ranges::any_of(entry.sessions, [&](const domain::LiveSession& session) {
            return session.device_class == row.device_class && session.device_id == row.device_id;
        });
    };
    auto oldest = entry.devices.end();
    for (auto row = entry.devices.begin(); row != entry.devices.end(); ++row) {
        if (is_online(*row)) continue;
        if (oldest == entry.devices.end() || row->last_seen < oldest->last_seen) oldest = row;
    }
    if (oldest == entry.devices.end()) return;
    storage::erase_device(batch, entry.uid, oldest->device_class, oldest->device_id);
    entry.devices.erase(oldest);
}

void end_displaced(Shard& shard,
                   AccountEntry& entry,
                   const ConnectCommand& command,
                   const std::vector<domain::Ended>& ended) {
    for (const auto& each : ended) {
        end_sessions(shard,
                     entry,
                     [&](const auto& session) { return session.session == each.session; },
                     {.tell = each.is_told(),
                      .text = std::string(replaced_text),
                      .why = std::string(why_of(each.rule)),
                      .rule = each.sentence,
                      .by = by_device(command)});
    }
}

/// Refusals cost a stranger nothing: they must neither fill the history nor the disk.
bool is_worth_noting(AccountEntry& entry, WallTime now) {
    constexpr std::uint32_t a_minute_max = 10;
    const std::int64_t minute = now.seconds() / 60;
    if (minute != entry.refusals_minute) {
        entry.refusals_minute = minute;
        entry.refusals_noted = 0;
    }
    return ++entry.refusals_noted <= a_minute_max;
}

/// On the session's own loop at once: a message that is handed out later in this turn must not come
/// before the login.
void tell(Shard& shard, const ConnectOutcome& outcome, LoopId loop) {
    Shard& there = *shard.world().shards[loop.value()];
    if (&there == &shard) return there.sessions().connect_decided(outcome);
    there.home().post([&there, outcome] { there.sessions().connect_decided(outcome); });
}

void decide_and_answer(Shard& shard, AccountEntry& entry, const ConnectCommand& command) {
    World& world = shard.world();
    ConnectOutcome outcome;
    outcome.serial = command.session.serial;
    outcome.decision = decide(world, entry, command);
    outcome.muted = entry.row.flags.send_ban;
    const WallTime now = world.clock.wall();
    if (outcome.decision.accepted()) {
        const domain::Newcomer newcomer{
            command.device_class, command.device_id, outcome.decision.level, command.family};
        auto admission = domain::admit(entry.sessions, newcomer, world.rules.policy, now);
        if (auto* refused = std::get_if<domain::Refuse>(&admission)) {
            const auto why = refused->why == domain::Refuse::Why::class_not_allowed
                                 ? domain::LoginWhy::class_not_allowed
                                 : domain::LoginWhy::limit_reached;
            domain::refuse_by_policy(outcome.decision, why, std::move(refused->sentence));
        } else {
            const auto& admitted = std::get<domain::Admit>(admission);
            end_displaced(shard, entry, command, admitted.ended);
            entry.sessions.push_back({command.session,
                                      command.device_class,
                                      command.device_id,
                                      outcome.decision.level,
                                      command.family,
                                      admitted.login_at});
        }
    }
    const bool accepted = outcome.decision.accepted();
    auto& stats = shard.stats();
    (accepted ? stats.logins : stats.logins_refused).fetch_add(1, std::memory_order_relaxed);
    if (accepted) stats.sessions.fetch_add(1, std::memory_order_relaxed);

    // An account that was never heard of leaves no trace: names can be made up without end.
    if (accepted || (entry.exists && is_worth_noting(entry, now))) {
        storage::Batch& batch = shard.batch_of(entry.slot);
        if (accepted) remember_device(shard, entry, batch, command, outcome.decision.level);
        add_login_event(shard,
                        entry,
                        batch,
                        {.what = accepted ? "login" : "refused",
                         .why = accepted ? "" : domain::name_of(outcome.decision.why),
                         .device_class = command.device_class,
                         .device_id = command.device_id,
                         .protocol = name_of(command.family),
                         .address = command.address});
    }
    tell(shard, outcome, command.session.loop);
}

}  // namespace

void connect_device(World& world, ConnectCommand command) {
    Shard& shard = world.shard_of_account(command.uid);
    shard.home().post([&shard, command = std::move(command)]() mutable {
        const Uid uid = command.uid;
        shard.accounts().with(
            uid, [&shard, command = std::move(command)](Result<Pin<AccountEntry>> entry) {
                if (entry) return decide_and_answer(shard, **entry, command);
                ConnectOutcome outcome;
                outcome.serial = command.session.serial;
                outcome.decision.uid = command.uid;
                outcome.error = entry.error();
                tell(shard, outcome, command.session.loop);
            });
    });
}

namespace {

void forget_session(Shard& shard, AccountEntry& entry, const SessionClosed& closed) {
    const auto session =
        std::ranges::find(entry.sessions, closed.session, &domain::LiveSession::session);
    if (session == entry.sessions.end()) return;  // it was ended, and written down then
    storage::Batch& batch = shard.batch_of(entry.slot);
    add_login_event(shard,
                    entry,
                    batch,
                    {.what = closed.why == "logged_out" ? "logged_out" : "lost",
                     .why = closed.why,
                     .device_class = session->device_class,
                     .device_id = session->device_id,
                     .protocol = name_of(session->family)});
    seen_last(shard, entry, batch, *session);
    entry.sessions.erase(session);
    shard.stats().sessions.fetch_sub(1, std::memory_order_relaxed);
}

}  // namespace

void session_closed(World& world, SessionClosed closed) {
    Shard& shard = world.shard_of_account(closed.uid);
    shard.home().post([&shard, closed = std::move(closed)] {
        // Behind its own login, which may still wait for the account to be loaded: else that would
        // bring to life a session whose connection is gone.
        shard.accounts().with(closed.uid, [&shard, closed](Result<Pin<AccountEntry>> entry) {
            if (entry) forget_session(shard, **entry, closed);
        });
    });
}

std::size_t end_sessions(Shard& shard,
                         AccountEntry& entry,
                         const std::function<bool(const domain::LiveSession&)>& is_meant,
                         const SessionEnd& end) {
    std::vector<domain::LiveSession> meant;
    std::erase_if(entry.sessions, [&](const domain::LiveSession& session) {
        if (!is_meant(session)) return false;
        meant.push_back(session);
        return true;
    });
    for (const auto& session : meant) {
        storage::Batch& batch = shard.batch_of(entry.slot);
        add_login_event(shard,
                        entry,
                        batch,
                        {.what = "ended",
                         .why = end.why,
                         .rule = end.rule,
                         .device_class = session.device_class,
                         .device_id = session.device_id,
                         .protocol = name_of(session.family),
                         .by = end.by});
        seen_last(shard, entry, batch, session);
        SessionEnd told = end;
        told.serial = session.session.serial;
        Shard& there = *shard.world().shards[session.session.loop.value()];
        there.home().post([&there, told = std::move(told)] { there.sessions().end(told); });
    }
    shard.stats().sessions_ended.fetch_add(meant.size(), std::memory_order_relaxed);
    shard.stats().sessions.fetch_sub(static_cast<std::int64_t>(meant.size()),
                                     std::memory_order_relaxed);
    return meant.size();
}

void seen_last(Shard& shard,
               AccountEntry& entry,
               storage::Batch& batch,
               const domain::LiveSession& session) {
    for (auto& row : entry.devices) {
        if (row.device_class != session.device_class || row.device_id != session.device_id)
            continue;
        row.last_seen = shard.world().clock.wall();
        storage::put_device(batch, entry.uid, row);
    }
}

void add_login_event(Shard& shard,
                     AccountEntry& entry,
                     storage::Batch& batch,
                     const LoginEvent& event) {
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
    const auto most = shard.world().rules.login_events_max;
    // The oldest go a block at a time, so that not every login pays for an erasure.
    constexpr std::uint64_t block = 32;
    if (row.number > most && row.number % block == 0) {
        storage::erase_login_events_before(batch, entry.uid, row.number - most);
    }
}

namespace {

Task<std::vector<OnlineDevice>> online_of(World& world, Uid uid) {
    Shard& shard = world.shard_of_account(uid);
    co_await move_to(shard.home());
    std::vector<OnlineDevice> online;
    if (const auto* entry = shard.accounts().find(uid)) {
        for (const auto& session : entry->sessions) online.push_back({uid, session.device_class});
    }
    co_return online;
}

}  // namespace

Task<std::vector<OnlineDevice>> online_devices(World& world, std::vector<Uid> uids) {
    std::vector<OnlineDevice> online;
    for (const auto& uid : uids) {
        auto asking = online_of(world, uid);
        const auto of_one = co_await asking;
        online.insert(online.end(), of_one.begin(), of_one.end());
    }
    co_return online;
}

}  // namespace fenshen::service
