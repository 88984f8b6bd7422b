// SPDX-License-Identifier: Apache-2.0
#include "service/devices/explain_login.h"

#include "domain/class_names.h"
#include "service/devices/login_decision.h"
#include "service/shard.h"

namespace fenshen::service {

namespace {

/// The class that a token is registered for, with whatever account. On the pool.
Result<std::optional<DeviceClass>> class_of_token(const World& world, BytesView token_hash) {
    for (SlotId::Value slot = 0; slot < world.slots.count(); ++slot) {
        auto found = storage::find_token_class(world.store, SlotId(slot), token_hash);
        if (!found || *found) return found;
    }
    return std::optional<DeviceClass>{};
}

}  // namespace

Task<Result<LoginExplanation>> explain_login(World& world, ExplainLogin command) {
    Shard& shard = world.shard_of_account(command.uid);
    co_await move_to(shard.home());
    auto found = co_await shard.accounts().get(command.uid);
    if (!found) co_return std::unexpected(found.error());
    const AccountEntry& entry = **found;

    auto attempt = attempt_with(world,
                                command.uid,
                                command.device_class,
                                command.device_id,
                                command.token.value_or(Bytes{}));
    attempt.supposes_right_token = !command.token;
    const auto source = source_of(entry, attempt, {});
    auto decided = decide(shard, entry, attempt, command.family, source);

    LoginExplanation explanation;
    explanation.token_checks = world.rules.token_checks;
    explanation.decision = std::move(decided.decision);
    for (auto& ended : decided.admitted.ended) {
        if (ended.is_told()) explanation.would_end.push_back(ending_of(entry, std::move(ended)));
    }
    if (entry.endings && entry.endings->is_going_on(world.clock.wall())) {
        explanation.decision.hints.emplace_back(
            "Two devices of this account end each other in turn, each coming back at once.");
    }
    // A stranger's token: say which class it is of, never whose.
    const bool is_unexplained = explanation.decision.why == domain::LoginWhy::wrong_token ||
                                explanation.decision.why == domain::LoginWhy::no_token_for_class ||
                                explanation.decision.why == domain::LoginWhy::unknown_account;
    if (is_unexplained && !attempt.token_hash.empty() && explanation.decision.hints.empty()) {
        co_await move_to(world.pool);
        const auto other = class_of_token(world, attempt.token_hash);
        co_await move_to(shard.home());  // where the pin belongs
        if (!other) co_return std::unexpected(other.error());
        if (*other) {
            explanation.decision.hints.push_back(
                "The token given is registered with another account, for class " +
                domain::number_and_name(**other) + ".");
        }
    }
    co_return explanation;
}

}  // namespace fenshen::service
