// SPDX-License-Identifier: Apache-2.0
// Everything that belongs to one loop: the accounts and channels of its slots, what is to be
// committed, and what is to be handed to other loops when the turn ends. Used on its loop only,
// except where a member says otherwise.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <span>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "base/clock.h"
#include "base/executor.h"
#include "domain/admit.h"
#include "domain/snowflake.h"
#include "model/slot.h"
#include "service/account_entry.h"
#include "service/channel_entry.h"
#include "service/conversation_book.h"
#include "service/devices/login_damper.h"
#include "service/devices/policies.h"
#include "service/easemob_rules.h"
#include "service/effects.h"
#include "service/fan_out_backlog.h"
#include "service/parcel.h"
#include "service/resident_table.h"
#include "service/session_port.h"
#include "service/under_way.h"
#include "storage/commit_log.h"
#include "storage/store.h"

namespace fenshen::service {

/// What the operator decided; the same for all shards while the server runs.
struct Rules {
    bool token_checks = true;
    std::uint8_t main_level = 1;                  ///< which device_level means main
    bool strangers_may_write = true;              ///< false: a person's allow list decides
    std::string manager_token;                    ///< empty: nobody logs in as the manager
    std::string visitors_suffix;                  ///< empty: no uid skips the token check
    std::size_t accounts_resident_max = 200'000;  ///< a loop
    std::size_t channels_resident_max = 100'000;  ///< a loop
    domain::Policy policy;  ///< until an operator sets another (service/devices/policies.h)
    DamperLimits damping;
    std::size_t devices_max = 100;          ///< kept in the registry, an account
    Millis device_age_max{34'560'000'000};  ///< an offline device that was away longer goes
    std::size_t login_events_max = 200;     ///< kept an account
    Millis login_event_age_max{7'776'000'000};
    Bytes token_key;  ///< key of the token hashes
    EasemobRules easemob;
    std::size_t page_bytes_max = storage::page_bytes_max;  ///< of messages in one answer
    std::size_t dedup_bytes_max = 8UZ * 1024 * 1024;       ///< a loop, for its busy channels
    /// Sessions of large groups that a loop tells in one turn; groups that are no larger are told
    /// at once.
    std::size_t slice_sessions_max = 500;
};

class Shard;
class DeviceStatusListener;

/// What all shards share. Built once in app/, or by a test; outlives everything that refers to it.
struct World {
    const Clock& clock;
    SlotMap slots;
    NodeId node;
    const storage::Store& store;
    storage::CommitLog& log;
    Executor& pool;
    domain::Snowflake& ids;
    Rules rules;
    std::vector<std::unique_ptr<Shard>> shards;
    LoginDamper damper{rules.damping};
    DeviceStatusListener* device_status = nullptr;  ///< none: nobody wants to hear; outlives loops

    /// Where what concerns the whole server is changed, one after the other.
    Shard& control_shard() const { return shard_of(SlotId(0)); }
    Shard& shard_of(SlotId slot) const { return *shards[slot.value() % shards.size()]; }
    Shard& shard_of_account(const Uid& uid) const { return shard_of(slots.of_account(uid)); }
    Shard& shard_of_channel(const ChannelKey& key) const { return shard_of(slots.of_channel(key)); }
};

/// Counters of one shard; written by its loop, read by anybody.
struct ShardStats {
    std::atomic<std::uint64_t> sends{0};
    std::atomic<std::uint64_t> sends_refused{0};
    std::atomic<std::uint64_t> sends_repeated{0};
    std::atomic<std::uint64_t> deliveries{0};
    std::atomic<std::uint64_t> logins{0};
    std::atomic<std::uint64_t> logins_refused{0};
    std::atomic<std::uint64_t> logins_damped{0};
    std::atomic<std::uint64_t> sessions_ended{0};
    std::atomic<std::int64_t> sessions{0};
    std::atomic<std::uint64_t> commits{0};
    std::atomic<std::uint64_t> commits_failed{0};
    std::atomic<std::uint64_t> fan_out_slices{0};
    std::atomic<std::uint64_t> fan_out_waiting{0};  ///< messages that a large group is still told
};

class Shard {
public:
    Shard(World& world, LoopId id, Executor& home);
    Shard(const Shard&) = delete;
    Shard& operator=(const Shard&) = delete;

    LoopId id() const { return id_; }
    Executor& home() const { return home_; }
    World& world() const { return world_; }
    ShardStats& stats() { return stats_; }

    /// Before the loop starts.
    void set_sessions(SessionPort& sessions) { sessions_ = &sessions; }
    SessionPort& sessions() const { return *sessions_; }

    ResidentTable<Uid, AccountEntry>& accounts() { return accounts_; }
    ResidentTable<ChannelKey, ChannelEntry>& channels() { return channels_; }

    ConversationBook& conversations() { return conversations_; }
    UnderWay& under_way() { return under_way_; }
    const UnderWay& under_way() const { return under_way_; }
    Effects& effects() { return effects_; }

    /// Accounts that may write to anybody; a copy of slot 0's list, changed by a posted work on
    /// every shard.
    UidSet& system_uids() { return system_uids_; }
    bool is_system(const Uid& uid) const;

    /// A copy of the general device policy, changed like `system_uids`.
    const PolicyVersion& policy() const { return *policy_; }
    std::shared_ptr<const PolicyVersion> policy_in_force() const { return policy_; }
    void set_policy(std::shared_ptr<const PolicyVersion> policy) { policy_ = std::move(policy); }

    // --- on the way to other shards, until the turn ends
    Parcel& parcel_for(const Shard& target) { return parcel_for(target.id()); }
    Parcel& parcel_for(LoopId target) {
        if (parcels_.empty()) parcels_.resize(world_.shards.size());
        return parcels_[target.value()];
    }

    // --- commits
    using Committed = std::move_only_function<void(Result<void>)>;
    /// The batch that this turn hands in for `slot`: add to it, and say with `when_committed` what
    /// follows.
    storage::Batch& batch_of(SlotId slot);
    void when_committed(SlotId slot, Committed then);
    /// Puts `batch` into the turn's and resumes when it is durable. Coroutines on this shard's
    /// loop.
    auto commit(SlotId slot, const storage::Batch& batch) {
        struct Awaiter {
            Shard& shard;
            SlotId slot;
            Result<void> outcome = {};
            bool await_ready() const { return false; }
            void await_suspend(std::coroutine_handle<> waiting) {
                shard.when_committed(slot, [this, waiting](Result<void> result) {
                    outcome = result;
                    waiting.resume();
                });
            }
            Result<void> await_resume() { return outcome; }
        };
        batch_of(slot).append(batch);
        return Awaiter{*this, slot};
    }

    /// Rows of the outbox that are in the turn's batch of `slot`; for Effects.
    std::vector<storage::EffectRow>& effects_when_committed(SlotId slot);

    /// Puts a client's message on its way; on this loop, wherever the message belongs.
    void send(SendCommand command);
    /// Takes in what another loop (or this one) handed over.
    void take(Parcel parcel);
    /// The end of a turn: hands in batches, works off what is for this shard itself, posts the
    /// rest.
    void end_turn();
    /// Now and then: lets go of what is idle.
    void tick();

private:
    struct StoredSend {
        Pin<ChannelEntry> channel;
        SendCommand command;
    };
    struct SlotCommit {
        storage::Batch batch;
        std::vector<StoredSend> sends;
        std::vector<storage::EffectRow> effects;
        std::vector<Committed> then;
    };

    // send_message.cpp: a message's way to its SENDACK
    void check_peer(SendCommand command);
    void pass_peer(const AccountEntry& peer, SendCommand command);
    void accept(SendCommand command);
    void accept_command_message(SendCommand command);
    void decide(ChannelEntry& channel, const ChannelEntry& lists, SendCommand command);
    void store(ChannelEntry& channel, SendCommand command);
    void ensure_conversations(ChannelEntry& channel, const Message& message);
    void committed(std::vector<StoredSend> sends, Result<void> result);
    void answer(const SendCommand& command, std::optional<Errc> error);

    // deliver.cpp: from the commit to the sessions
    void fan_out(ChannelEntry& channel, const SendCommand& command);
    void rebuild_audience(ChannelEntry& channel);
    void hand_out(const Delivery& delivery);
    /// Tells the account's sessions on all loops; answers how many there are.
    std::size_t hand_out_to(const Uid& uid, std::span<const Delivery> deliveries);
    void hand_out_slice();

    void submit_batches();
    void submit(SlotId slot, SlotCommit commit);
    void finish(SlotId slot, SlotCommit commit, Result<void> result);
    bool work_off_own_parcel();
    void settle();

    World& world_;
    const LoopId id_;
    Executor& home_;
    domain::DedupBudget dedup_budget_;
    SessionPort* sessions_ = nullptr;
    ResidentTable<Uid, AccountEntry> accounts_;
    ResidentTable<ChannelKey, ChannelEntry> channels_;
    ConversationBook conversations_;
    UnderWay under_way_;
    UidSet system_uids_;
    std::shared_ptr<const PolicyVersion> policy_;
    std::vector<Parcel> parcels_;  // by target loop
    std::unordered_map<SlotId, SlotCommit> commits_;
    FanOutBacklog fan_out_backlog_;
    ShardStats stats_;
    Effects effects_;
};

}  // namespace fenshen::service
