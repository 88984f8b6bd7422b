// SPDX-License-Identifier: Apache-2.0
#include "service/devices/device_sessions.h"

#include <algorithm>

#include "base/rfc3339.h"
#include "domain/class_names.h"
#include "service/credentials/credentials.h"
#include "service/devices/device_registry.h"
#include "service/devices/login_decision.h"
#include "service/shard.h"
#include "service/social/account_events.h"

namespace fenshen::service {

namespace {

constexpr std::string_view replaced_text = "login in other device";  // wukong-wire 5.7

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

std::string name_of_device(DeviceClass device_class, const DeviceId& device_id) {
    return (device_id.value().empty() ? "a device" : device_id.value()) + " of class " +
           domain::number_and_name(device_class);
}

/// What the person reads: which device, of which class, when, under which rule.
std::string text_for(const ConnectCommand& winner, const domain::Ended& ended, WallTime now) {
    return std::string(replaced_text) + ": " +
           name_of_device(winner.device_class, winner.device_id) + ", " + rfc3339(now) + ", " +
           ended.sentence;
}

/// Notes that `winner` has ended `loser`. Answers the names of both when they have been at it so
/// often that it is no accident; once.
std::string note_ending(AccountEntry& entry,
                        const ConnectCommand& winner,
                        const domain::LiveSession& loser,
                        WallTime now) {
    constexpr std::int64_t comes_back_ms_max = 30'000;
    auto& endings = entry.endings;
    const bool is_turned =
        endings && endings->first_class == loser.device_class &&
        endings->first_id == loser.device_id && endings->second_class == winner.device_class &&
        endings->second_id == winner.device_id && now.ms - endings->last_at.ms <= comes_back_ms_max;
    const std::uint32_t times = is_turned ? endings->times + 1 : 1;
    endings = MutualEnding{
        winner.device_class, winner.device_id, loser.device_class, loser.device_id, times, now};
    if (times != MutualEnding::times_min) return {};
    return name_of_device(winner.device_class, winner.device_id) + " and " +
           name_of_device(loser.device_class, loser.device_id);
}

void end_displaced(Shard& shard,
                   AccountEntry& entry,
                   const ConnectCommand& command,
                   const std::vector<domain::Ended>& ended) {
    const WallTime now = shard.world().clock.wall();
    for (const auto& each : ended) {
        const auto loser =
            std::ranges::find(entry.sessions, each.session, &domain::LiveSession::session);
        const bool is_there = loser != entry.sessions.end();
        SessionEnd end;
        // An Easemob SDK that is not told why comes back and ends its successor (msync-wire 7.2).
        end.tell = each.is_told() || (is_there && loser->family == domain::Family::msync);
        end.text = text_for(command, each, now);
        end.why = why_of(each.rule);
        end.rule = each.sentence;
        end.by = by_device(command.device_class, command.device_id);
        end.winner_info = command.info;
        if (each.is_told() && is_there) {
            end.mutual = note_ending(entry, command, *loser, now);
        }
        end_sessions(
            shard,
            entry,
            [&](const auto& session) { return session.session == each.session; },
            end);
    }
}

/// On the session's own loop at once: a message that is handed out later in this turn must not come
/// before the login.
void tell(Shard& shard, const ConnectOutcome& outcome, LoopId loop) {
    Shard& there = *shard.world().shards[loop.value()];
    if (&there == &shard) return there.sessions().connect_decided(outcome);
    there.home().post([&there, outcome] { there.sessions().connect_decided(outcome); });
}

/// Puts the newcomer among the live sessions, in place of those that make way for it.
void let_in(Shard& shard,
            AccountEntry& entry,
            const ConnectCommand& command,
            DeviceLevel level,
            const domain::Admit& admitted) {
    end_displaced(shard, entry, command, admitted.ended);
    domain::LiveSession session;
    session.session = command.session;
    session.device_class = command.device_class;
    session.device_id = command.device_id;
    session.level = level;
    session.family = command.family;
    session.login_at = admitted.login_at;
    session.since = shard.world().clock.wall();
    session.address = command.address;
    entry.sessions.push_back(std::move(session));
    // Where it fails, the first who asks for the cursor starts it.
    if (known_device(entry, command.device_class, command.device_id) == nullptr) {
        (void)start_event_cursor(shard, entry.uid, command.device_class, command.device_id);
    }
    storage::Batch& batch = shard.batch_of(entry.slot);
    device_came(shard, entry, batch, command, level);
    shard.stats().logins.fetch_add(1, std::memory_order_relaxed);
    shard.stats().sessions.fetch_add(1, std::memory_order_relaxed);
}

void count_refusal(Shard& shard, domain::LoginWhy why, const LoginSource& source) {
    auto& stats = shard.stats();
    stats.logins_refused.fetch_add(1, std::memory_order_relaxed);
    if (why == domain::LoginWhy::damped)
        stats.logins_damped.fetch_add(1, std::memory_order_relaxed);
    if (counts_as_failure(why)) {
        shard.world().damper.failed(source, shard.world().clock.mono());
    }
}

void decide_and_answer(Shard& shard,
                       AccountEntry& entry,
                       const ConnectCommand& command,
                       const std::optional<TokenVerdict>& verdict) {
    World& world = shard.world();
    domain::LoginAttempt attempt =
        attempt_with(world, command.uid, command.device_class, command.device_id, command.token);
    attempt.key_missing = command.key_missing;
    attempt.key_broken = command.key_broken;
    attempt.is_automatic = command.is_automatic;
    if (verdict) attempt.token_verdict = verdict->why;
    const auto source = source_of(entry, attempt, command.address);
    auto decided = decide(shard, entry, attempt, command.family, source);

    ConnectOutcome outcome;
    outcome.serial = command.session.serial;
    if (verdict) outcome.token_expires_at = verdict->expires_at;
    outcome.muted = entry.row.flags.send_ban;
    const auto& decision = decided.decision;
    if (decision.accepted()) {
        let_in(shard, entry, command, decision.level, decided.admitted);
    } else {
        count_refusal(shard, decision.why, source);
    }
    // An account that was never heard of leaves no trace: names can be made up without end.
    const bool is_noted =
        decision.accepted() ||
        (entry.is_known() && is_refusal_worth_noting(entry, decision.why, world.clock.wall()));
    if (is_noted) {
        add_login_event(shard,
                        entry,
                        shard.batch_of(entry.slot),
                        {.what = decision.accepted() ? "login" : "refused",
                         .why = decision.accepted() ? "" : domain::name_of(decision.why),
                         .device_class = command.device_class,
                         .device_id = command.device_id,
                         .protocol = name_of(command.family),
                         .address = without_port(command.address)});
    }
    outcome.decision = std::move(decided.decision);
    tell(shard, outcome, command.session.loop);
}

void tell_error(Shard& shard, const ConnectCommand& command, Errc error) {
    ConnectOutcome outcome;
    outcome.serial = command.session.serial;
    outcome.decision.uid = command.uid;
    outcome.error = error;
    tell(shard, outcome, command.session.loop);
}

/// On the account's loop.
void connect_with(Shard& shard, ConnectCommand command, std::optional<TokenVerdict> verdict) {
    const Uid uid = command.uid;
    shard.accounts().with(
        uid, [&shard, command = std::move(command), verdict](Result<Pin<AccountEntry>> entry) {
            if (entry) return decide_and_answer(shard, **entry, command, verdict);
            tell_error(shard, command, entry.error());
        });
}

Task<void> connect_by_user_token(Shard& shard, ConnectCommand command) {
    auto checking = check_user_token(shard.world(), command.uid, command.token);
    const auto verdict = co_await checking;
    co_await move_to(shard.home());
    if (!verdict) {
        tell_error(shard, command, verdict.error());
    } else {
        connect_with(shard, std::move(command), *verdict);
    }
}

}  // namespace

void connect_device(World& world, ConnectCommand command) {
    Shard& shard = world.shard_of_account(command.uid);
    shard.home().post([&shard, command = std::move(command)]() mutable {
        if (command.family == domain::Family::msync) {
            return start(connect_by_user_token(shard, std::move(command)), [] {});
        }
        connect_with(shard, std::move(command), std::nullopt);
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
                     .protocol = name_of(session->family),
                     .address = without_port(session->address)});
    device_went(shard, entry, batch, *session, {closed.why, {}, {}, {}});
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

std::vector<domain::LiveSession> end_sessions(
    Shard& shard,
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
                         .address = without_port(session.address),
                         .by = end.by});
        device_went(shard, entry, batch, session, {end.why, {}, end.rule, end.by});
        SessionEnd told = end;
        told.serial = session.session.serial;
        Shard& there = *shard.world().shards[session.session.loop.value()];
        there.home().post([&there, told = std::move(told)] { there.sessions().end(told); });
    }
    shard.stats().sessions_ended.fetch_add(meant.size(), std::memory_order_relaxed);
    shard.stats().sessions.fetch_sub(static_cast<std::int64_t>(meant.size()),
                                     std::memory_order_relaxed);
    return meant;
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
