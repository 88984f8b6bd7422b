// SPDX-License-Identifier: Apache-2.0
#include "service/devices/login_decision.h"

#include "service/credentials/token_hash.h"
#include "service/devices/device_registry.h"
#include "service/shard.h"

namespace fenshen::service {

namespace {

domain::Credentials credentials_of(const AccountEntry& entry) {
    domain::Credentials credentials;
    credentials.account_exists = entry.is_known();
    credentials.banned = entry.row.flags.ban;
    for (const auto& token : entry.tokens) {
        credentials.tokens.push_back(
            {token.device_class, token.level, token.token_hash, token.registered_at});
    }
    return credentials;
}

}  // namespace

domain::LoginAttempt attempt_with(const World& world,
                                  const Uid& uid,
                                  DeviceClass device_class,
                                  const DeviceId& device_id,
                                  BytesView token) {
    const auto& rules = world.rules;
    domain::LoginAttempt attempt;
    attempt.uid = uid;
    attempt.device_class = device_class;
    attempt.device_id = device_id;
    attempt.token_hash = hash_token(rules.token_key, token);
    attempt.is_manager_token =
        !rules.manager_token.empty() && domain::equal_in_constant_time(token, rules.manager_token);
    return attempt;
}

LoginSource source_of(const AccountEntry& entry,
                      const domain::LoginAttempt& attempt,
                      std::string_view address) {
    LoginSource source;
    source.uid = attempt.uid;
    source.device_class = attempt.device_class;
    source.device_id = attempt.device_id;
    source.is_known_device =
        known_device(entry, attempt.device_class, attempt.device_id) != nullptr;
    source.address = without_port(address);
    return source;
}

Decided decide(Shard& shard,
               const AccountEntry& entry,
               const domain::LoginAttempt& attempt,
               domain::Family family,
               const LoginSource& source) {
    const World& world = shard.world();
    Decided decided;
    decided.decision = domain::decide_login(attempt,
                                            credentials_of(entry),
                                            {.token_checks = world.rules.token_checks,
                                             .visitors_suffix = world.rules.visitors_suffix,
                                             .main_level = world.rules.main_level});
    auto& decision = decided.decision;
    // Whoever is damped learns nothing of what a token would have been worth.
    if (auto damped = world.damper.refusal(source, world.clock.mono())) {
        domain::refuse_by_policy(decision, domain::LoginWhy::damped, std::move(*damped));
        decision.mend.clear();
        decision.hints.clear();
        return decided;
    }
    if (!decision.accepted()) return decided;
    const domain::Newcomer newcomer{
        attempt.device_class, attempt.device_id, decision.level, family};
    auto admission =
        domain::admit(entry.sessions, newcomer, policy_of(shard, entry), world.clock.wall());
    if (auto* refused = std::get_if<domain::Refuse>(&admission)) {
        const auto why = refused->why == domain::Refuse::Why::class_not_allowed
                             ? domain::LoginWhy::class_not_allowed
                             : domain::LoginWhy::limit_reached;
        domain::refuse_by_policy(decision, why, std::move(refused->sentence));
        return decided;
    }
    decided.admitted = std::get<domain::Admit>(std::move(admission));
    if (!attempt.is_automatic || !world.rules.easemob.protect_online) return decided;
    for (const auto& ended : decided.admitted.ended) {
        if (ended.rule == domain::EndRule::same_device) continue;
        const bool is_single = ended.rule == domain::EndRule::single_device;
        domain::refuse_by_policy(
            decision,
            is_single ? domain::LoginWhy::other_device_online : domain::LoginWhy::limit_reached,
            ended.sentence + ", and devices that are online are protected");
        break;
    }
    return decided;
}

}  // namespace fenshen::service
