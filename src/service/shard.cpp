// SPDX-License-Identifier: Apache-2.0
#include "service/shard.h"

#include "model/names.h"

namespace fenshen::service {

Shard::Shard(World& world, LoopId id, Executor& home)
    : world_(world),
      id_(id),
      home_(home),
      dedup_budget_(world.rules.dedup_bytes_max),
      accounts_(home,
                world.pool,
                world.rules.accounts_resident_max,
                [&world](const Uid& uid) {
                    return load_account(world.store, world.slots.of_account(uid), uid);
                }),
      channels_(home,
                world.pool,
                world.rules.channels_resident_max,
                [&world, this](const ChannelKey& key) {
                    return load_channel(
                        world.store, world.slots.of_channel(key), key, dedup_budget_);
                }),
      conversations_(*this),
      under_way_(*this),
      policy_(std::make_shared<PolicyVersion>(PolicyVersion{.policy = world.rules.policy})),
      effects_(*this) {}

bool Shard::is_system(const Uid& uid) const {
    return uid.value() == system_uid || system_uids_.contains(uid);
}

storage::Batch& Shard::batch_of(SlotId slot) {
    return commits_[slot].batch;
}

void Shard::when_committed(SlotId slot, Committed then) {
    commits_[slot].then.push_back(std::move(then));
}

std::vector<storage::EffectRow>& Shard::effects_when_committed(SlotId slot) {
    return commits_[slot].effects;
}

void Shard::take(Parcel parcel) {
    for (auto& command : parcel.to_peers) check_peer(std::move(command));
    for (auto& command : parcel.to_channels) accept(std::move(command));
    for (const auto& delivery : parcel.deliveries) hand_out(delivery);
    if (!parcel.outcomes.empty()) sessions_->sends_decided(parcel.outcomes);
    if (!parcel.session_deliveries.empty()) sessions_->deliver(parcel.session_deliveries);
    if (!parcel.session_events.empty()) sessions_->account_events(parcel.session_events);
}

void Shard::end_turn() {
    settle();
    if (!fan_out_backlog_.empty()) {
        hand_out_slice();
        settle();
        // Sockets are read in between; only then comes the next slice.
        if (!fan_out_backlog_.empty()) home_.post([] {});
    }
    for (const auto& target : world_.shards) {
        Parcel& parcel = parcel_for(*target);
        if (parcel.empty()) continue;
        target->home().post([&shard = *target, parcel = std::exchange(parcel, {})]() mutable {
            shard.take(std::move(parcel));
        });
    }
}

// What came of the turn for this loop itself belongs to it, and so does what comes of that.
void Shard::settle() {
    do {
        submit_batches();
    } while (work_off_own_parcel());
}

bool Shard::work_off_own_parcel() {
    Parcel& own = parcel_for(id_);
    if (own.empty()) return !commits_.empty();
    take(std::exchange(own, {}));
    return true;
}

void Shard::submit_batches() {
    if (commits_.empty()) return;
    for (auto& [slot, commit] : std::exchange(commits_, {})) submit(slot, std::move(commit));
}

void Shard::submit(SlotId slot, SlotCommit commit) {
    stats_.commits.fetch_add(1, std::memory_order_relaxed);
    storage::Batch batch = std::move(commit.batch);
    auto done = [this, slot, commit = std::move(commit)](Result<void> result) mutable {
        finish(slot, std::move(commit), result);
    };
    // A commit that changes nothing still waits for those before it.
    world_.log.commit(slot, std::move(batch), home_, std::move(done));
}

void Shard::finish(SlotId slot, SlotCommit commit, Result<void> result) {
    // What was decided on top of a failed batch fails with it, also what is not handed in yet.
    auto decided_since = result ? decltype(commits_)::node_type{} : commits_.extract(slot);
    if (!result) stats_.commits_failed.fetch_add(1, std::memory_order_relaxed);
    // Other slots learn of it before anybody is answered: who asks them next finds it done.
    if (result && !commit.effects.empty()) effects_.committed(commit.effects, slot);
    committed(std::move(commit.sends), result);
    for (auto& then : commit.then) then(result);
    if (decided_since) finish(slot, std::move(decided_since.mapped()), result);
}

void Shard::tick() {
    effects_.tick();
    accounts_.trim();
    channels_.trim();
}

}  // namespace fenshen::service
