// SPDX-License-Identifier: Apache-2.0
#include "service/devices/policies.h"

#include <algorithm>
#include <tuple>

#include "base/rfc3339.h"
#include "service/devices/device_registry.h"
#include "service/devices/device_sessions.h"
#include "service/devices/known_account.h"
#include "service/devices/policy_record.h"
#include "service/shard.h"

namespace fenshen::service {

namespace {

constexpr std::uint64_t versions_max = 1000;  // kept: who set what before
constexpr std::size_t accounts_a_turn = 512;

Result<PolicyVersion> version_of(const storage::PolicyVersionRow& row) {
    auto policy = decode_policy(row.policy);
    if (!policy) return std::unexpected(policy.error());
    return PolicyVersion{row.version, row.changed_at, row.changed_by, std::move(*policy)};
}

void order(std::vector<PolicyEnding>& endings) {
    std::ranges::sort(endings, {}, [](const PolicyEnding& ending) {
        return std::tie(ending.uid, ending.device_class, ending.device_id, ending.session);
    });
}

/// Whom `policy` ends of one account.
std::vector<PolicyEnding> endings_of(const AccountEntry& entry, const domain::Policy& policy) {
    std::vector<PolicyEnding> endings;
    for (auto& ended : domain::enforce(entry.sessions, policy)) {
        endings.push_back(ending_of(entry, std::move(ended)));
    }
    return endings;
}

void end(Shard& shard,
         AccountEntry& entry,
         const std::vector<PolicyEnding>& endings,
         const Closing& closing) {
    for (const auto& ending : endings) {
        SessionEnd end;
        end.why = "limit";
        end.rule = ending.rule;
        end.by = by_api;
        end.text = "ended by a change of the device policy, " +
                   rfc3339(shard.world().clock.wall()) + ", " + ending.rule;
        end.until_closed = closing.hold();
        end_sessions(
            shard,
            entry,
            [&](const auto& session) { return session.session == ending.session; },
            end);
    }
}

std::vector<Uid> accounts_online(Shard& shard) {
    std::vector<Uid> uids;
    shard.accounts().for_each([&](const AccountEntry& entry) {
        if (!entry.sessions.empty()) uids.push_back(entry.uid);
    });
    return uids;
}

/// Whom `policy` ends of the accounts of one shard; and ends them where there is a `closing`. Lets
/// the loop do something else now and then. On the shard's loop.
Task<void> enforce_on(Shard& shard,
                      const domain::Policy& policy,
                      const Closing* closing,
                      std::vector<PolicyEnding>& endings) {
    std::size_t done = 0;
    for (const Uid& uid : accounts_online(shard)) {
        if (++done % accounts_a_turn == 0) co_await next_turn(shard.home());
        AccountEntry* entry = shard.accounts().find(uid);
        if (entry == nullptr) continue;
        if (own_policy_of(*entry, shard.world().clock.wall()) != nullptr) continue;
        auto of_account = endings_of(*entry, policy);
        if (closing != nullptr) end(shard, *entry, of_account, *closing);
        std::ranges::move(of_account, std::back_inserter(endings));
    }
}

}  // namespace

PolicyEnding ending_of(const AccountEntry& entry, domain::Ended ended) {
    const auto session =
        std::ranges::find(entry.sessions, ended.session, &domain::LiveSession::session);
    return {entry.uid,
            session->device_class,
            session->device_id,
            ended.session,
            std::move(ended.sentence)};
}

const AccountPolicy* own_policy_of(const AccountEntry& entry, WallTime now) {
    const auto* own = entry.own_policy.get();
    const bool has_expired = own != nullptr && own->expires_at && *own->expires_at <= now;
    return has_expired ? nullptr : own;
}

const domain::Policy& policy_of(Shard& shard, const AccountEntry& entry) {
    const auto* own = own_policy_of(entry, shard.world().clock.wall());
    return own != nullptr ? own->policy : shard.policy().policy;
}

Result<void> load_policy(World& world) {
    const auto rows = storage::read_policy_versions(world.store, 0, 1);
    if (!rows) return std::unexpected(rows.error());
    if (rows->empty()) return {};
    auto version = version_of(rows->front());
    if (!version) return std::unexpected(version.error());
    const auto policy = std::make_shared<const PolicyVersion>(std::move(*version));
    for (const auto& shard : world.shards) shard->set_policy(policy);
    return {};
}

Task<PolicyVersion> current_policy(World& world) {
    Shard& control = world.control_shard();
    co_await move_to(control.home());
    co_return control.policy();
}

Task<Result<PolicySet>> set_policy(World& world, SetPolicy command) {
    Shard& control = world.control_shard();
    co_await move_to(control.home());
    const auto before = control.policy_in_force();
    if (command.version != before->version) {
        co_return PolicySet{.is_stale = true, .version = before->version, .ended = {}};
    }
    const auto policy = std::make_shared<const PolicyVersion>(
        PolicyVersion{command.version + 1, world.clock.wall(), command.by, command.policy});
    // Here at once: whoever comes while this is being written must see that it was faster.
    control.set_policy(policy);
    storage::Batch batch;
    storage::put_policy_version(
        batch, {policy->version, policy->changed_at, policy->changed_by, encode(policy->policy)});
    if (policy->version > versions_max) {
        storage::erase_policy_versions_before(batch, policy->version - versions_max + 1);
    }
    const auto committed = co_await control.commit(SlotId(0), batch);
    if (!committed) {
        if (control.policy_in_force() == policy) control.set_policy(before);
        co_return std::unexpected(committed.error());
    }
    PolicySet set{.is_stale = false, .version = policy->version, .ended = {}};
    Closing closing(control.home());
    for (const auto& shard : world.shards) {
        co_await move_to(shard->home());
        if (shard->policy().version < policy->version) shard->set_policy(policy);
        if (command.apply != Apply::now) continue;
        auto enforcing = enforce_on(*shard, policy->policy, &closing, set.ended);
        co_await enforcing;
    }
    co_await move_to(control.home());
    co_await closing.all();
    order(set.ended);
    co_return set;
}

Task<std::vector<PolicyEnding>> dry_run(World& world, domain::Policy policy) {
    std::vector<PolicyEnding> endings;
    for (const auto& shard : world.shards) {
        co_await move_to(shard->home());
        auto looking = enforce_on(*shard, policy, nullptr, endings);
        co_await looking;
    }
    order(endings);
    co_return endings;
}

Task<Result<std::vector<PolicyVersion>>> policy_history(World& world,
                                                        std::uint64_t before,
                                                        std::size_t count_max) {
    co_await move_to(world.pool);
    const auto rows = storage::read_policy_versions(world.store, before, count_max);
    if (!rows) co_return std::unexpected(rows.error());
    std::vector<PolicyVersion> versions;
    for (const auto& row : *rows) {
        auto version = version_of(row);
        if (!version) co_return std::unexpected(version.error());
        versions.push_back(std::move(*version));
    }
    co_return versions;
}

Task<Result<std::vector<PolicyEnding>>> set_account_policy(World& world, SetAccountPolicy command) {
    Shard& shard = world.shard_of_account(command.uid);
    auto asking = known_account(shard, command.uid);
    const auto found = co_await asking;
    if (!found) co_return std::unexpected(found.error());
    AccountEntry& entry = **found;

    const WallTime now = world.clock.wall();
    std::optional<AccountPolicy> own;
    storage::Batch batch;
    if (command.policy) {
        own = AccountPolicy{*command.policy, now, command.expires_at};
        storage::put_account_policy(batch, entry.uid, {now, own->expires_at, encode(own->policy)});
    } else {
        storage::erase_account_policy(batch, entry.uid);
    }
    const auto committed = co_await shard.commit(entry.slot, batch);
    if (!committed) co_return std::unexpected(committed.error());

    entry.own_policy = std::move(own);
    std::vector<PolicyEnding> endings;
    if (command.apply != Apply::now) co_return endings;
    endings = endings_of(entry, policy_of(shard, entry));
    order(endings);
    Closing closing(shard.home());
    end(shard, entry, endings, closing);
    co_await closing.all();
    co_return endings;
}

Task<Result<std::optional<AccountPolicy>>> account_policy(World& world, Uid uid) {
    auto asking = known_account(world.shard_of_account(uid), uid);
    const auto found = co_await asking;
    if (!found) co_return std::unexpected(found.error());
    const auto* own = own_policy_of(**found, world.clock.wall());
    co_return own != nullptr ? std::optional(*own) : std::nullopt;
}

}  // namespace fenshen::service
