// SPDX-License-Identifier: Apache-2.0
// What a change in one slot means for another (cluster-design 10): a row in the batch that causes
// it, carried to the target after the commit, taken there exactly once, then erased. Used for the
// conversation rows of a channel's members, and for what accounts learn of each other.
#pragma once

#include <coroutine>
#include <cstdint>
#include <map>
#include <set>
#include <vector>

#include "base/executor.h"
#include "model/channel.h"
#include "model/ids.h"
#include "storage/rows.h"

namespace fenshen::service {

class Shard;
struct AccountEffect;
struct World;

struct ConversationEffect {
    enum class Op : std::uint8_t {
        ensure = 1,     ///< create where absent
        overwrite = 2,  ///< create, or set the read position (a member was added)
        remove = 3,
    };
    struct Account {
        Uid uid;
        MessageSeq read_to;
        bool operator==(const Account&) const = default;
    };
    Op op = Op::ensure;
    ChannelKey channel;
    storage::ConversationKind kind = storage::ConversationKind::chat;
    WallTime at;
    std::vector<Account> accounts;
    bool operator==(const ConversationEffect&) const = default;
};

Bytes encode(const ConversationEffect& effect);
/// Errc: store_corrupt.
Result<ConversationEffect> decode_effect(BytesView bytes);

/// The outbox and inbox of one shard's slots.
class Effects {
public:
    explicit Effects(Shard& shard) : shard_(shard) {}

    /// Before the loops start: reads what was left lying, and where the numbers go on.
    Result<void> recover();
    /// Sends again what was left lying; once, when all loops run. `then`, on this shard's loop,
    /// when all of it is taken: until then accounts do not know of all their conversations.
    void resume(Work then);

    /// Adds rows to the source slot's batch of this turn, one a target slot. They are carried when
    /// it is committed.
    void add(SlotId source, const ConversationEffect& effect);
    void add(SlotId source, const AccountEffect& effect);
    /// The source slot's batch is durable.
    void committed(const std::vector<storage::EffectRow>& rows, SlotId source);
    /// Takes an effect that another slot sends; on the target's shard.
    void take(SlotId source, const storage::EffectRow& row);
    /// Tries again what the store did not take.
    void tick();
    /// The target has it.
    void taken(SlotId source, std::uint64_t number);

    /// Resumes when what `source` has committed so far was taken everywhere: who asks after that
    /// finds it. Where a target's store fails it resumes all the same, two ticks later. Coroutines
    /// on this shard's loop.
    auto settled(SlotId source) {
        struct Awaiter {
            Effects& effects;
            SlotId source;
            bool await_ready() const { return !effects.open_.contains(source); }
            void await_suspend(std::coroutine_handle<> waiting) const {
                effects.waiting_.push_back(
                    {source, *effects.open_.at(source).rbegin(), waiting, effects.ticks_ + 2});
            }
            void await_resume() const {}
        };
        return Awaiter{*this, source};
    }

    std::size_t under_way() const { return under_way_; }

private:
    struct Waiting {
        SlotId source;
        std::uint64_t number;  ///< of the last one waited for
        std::coroutine_handle<> waiting;
        std::uint64_t until_tick;
    };

    /// Those that `is_over` fits go on.
    template <class IsOver>
    void wake(IsOver is_over);
    std::uint64_t& next_number(SlotId source);
    std::uint64_t& last_taken(SlotId target, SlotId source);
    void add_row(SlotId source, SlotId target, Bytes payload);
    /// All of it, or nothing and the store's error.
    Result<void> apply_payload(SlotId target, BytesView payload);
    Result<void> apply(SlotId target, const ConversationEffect& effect);

    Shard& shard_;
    std::vector<std::uint64_t> next_number_;  // by source slot
    std::vector<std::uint64_t> last_taken_;   // by target slot * slots + source slot
    std::vector<std::pair<SlotId, storage::EffectRow>> left_lying_;
    Work when_none_is_left_;  // of left_lying_; once
    /// The store failed, reading or writing: taken again in this order, before what comes later of
    /// the same pair.
    std::vector<std::pair<SlotId, storage::EffectRow>> again_;
    std::size_t under_way_ = 0;
    std::map<SlotId, std::set<std::uint64_t>> open_;  ///< by source: not taken yet; never empty
    std::vector<Waiting> waiting_;
    std::uint64_t ticks_ = 0;
};

}  // namespace fenshen::service
