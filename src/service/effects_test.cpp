// SPDX-License-Identifier: Apache-2.0
// An effect is taken whole and once, also when the store cannot be read at that moment: each test
// lets each of the reads that it takes fail, one after the other.
#include "service/effects.h"

#include <gtest/gtest.h>

#include <functional>

#include "service/social/account_effects.h"
#include "service/testing/service_world.h"
#include "storage/rows_social.h"

namespace fenshen::service {
namespace {

using testing::ServiceWorld;

const ChannelKey tea{ChannelType::group, "tea"};
const WallTime then{1'776'844'700'000};

class EffectsTest : public ::testing::Test {
protected:
    EffectsTest() {
        // Accounts of one slot, so that one effect is for all of them; and a source that is not on
        // their loop.
        const SlotMap slots(8);
        target_ = slots.of_account(Uid("u0"));
        source_ = SlotId(static_cast<std::uint16_t>((target_.value() + 1) % 8));
        for (int i = 0; accounts_.size() < 3; ++i) {
            Uid uid("u" + std::to_string(i));
            if (slots.of_account(uid) == target_) accounts_.push_back(std::move(uid));
        }
    }

    /// Commits `rows` of the accounts' slot.
    void put(ServiceWorld& at, const storage::Batch& rows) const {
        Shard& shard = at.world().shard_of(target_);
        shard.home().post([&shard, this, &rows] { shard.batch_of(target_).append(rows); });
        at.settle();
    }
    template <class Effect>
    void carry(ServiceWorld& at, const Effect& effect) const {
        Shard& shard = at.world().shard_of(source_);
        shard.home().post([&shard, this, &effect] { shard.effects().add(source_, effect); });
        at.settle();
    }
    std::size_t under_way(ServiceWorld& at) const {
        return at.world().shard_of(source_).effects().under_way();
    }

    /// `before` and `after` look at a world in which `start` has carried one effect: where a read
    /// of it failed, and later, when the store has recovered.
    void with_each_read_failing(const std::function<void(ServiceWorld&)>& prepare,
                                const std::function<void(ServiceWorld&)>& start,
                                const std::function<void(ServiceWorld&)>& before,
                                const std::function<void(ServiceWorld&)>& after) const {
        std::size_t reads = 0;
        for (bool failed = true; failed; ++reads) {
            SCOPED_TRACE("reads before the one that fails: " + std::to_string(reads));
            ServiceWorld at;
            prepare(at);
            at.engine.fail_next_reads(1, reads);
            start(at);
            failed = at.engine.reads_to_fail() == 0;
            at.engine.fail_next_reads(0);
            if (failed) {
                EXPECT_EQ(under_way(at), 1U);
                before(at);
                if (reads % 2 == 1) at.cut_power();  // what waits in memory only must not be lost
                at.tick();
            }
            EXPECT_EQ(under_way(at), 0U);
            after(at);
            if (HasFailure()) return;
        }
        EXPECT_GT(reads, accounts_.size());  // each account's rows are read
    }

    SlotId target_;
    SlotId source_;
    std::vector<Uid> accounts_;
};

/// Set when what was carried so far has been taken everywhere.
Task<void> wait_for(Shard& shard, SlotId source, bool& is_over) {
    co_await move_to(shard.home());
    co_await shard.effects().settled(source);
    is_over = true;
}

// --- conversations

class ConversationEffectTest : public EffectsTest {
protected:
    /// The first has read more than the effect knows of, the second less; the third has no row.
    void prepare(ServiceWorld& at) const {
        storage::Batch rows;
        storage::put_conversation(rows, accounts_[0], row(50, 7));
        storage::put_conversation(rows, accounts_[1], row(3, 2));
        put(at, rows);
    }
    static storage::ConversationRow row(std::uint64_t read_to, std::uint64_t deleted_to) {
        return {.channel = tea,
                .kind = storage::ConversationKind::chat,
                .read_to = MessageSeq(read_to),
                .deleted_to = MessageSeq(deleted_to),
                .created_at = WallTime{1},
                .updated_at = WallTime{2}};
    }
    ConversationEffect effect(ConversationEffect::Op op) const {
        ConversationEffect made{op, tea, storage::ConversationKind::chat, then, {}};
        for (const auto& uid : accounts_) made.accounts.push_back({uid, MessageSeq(10)});
        return made;
    }
    std::optional<storage::ConversationRow> stored(ServiceWorld& at, std::size_t account) const {
        auto read = storage::read_conversation(at.engine, target_, accounts_[account], tea);
        EXPECT_TRUE(read);
        return read.value_or(std::nullopt);
    }
    void expect_untouched(ServiceWorld& at) const {
        EXPECT_EQ(stored(at, 0), row(50, 7));
        EXPECT_EQ(stored(at, 1), row(3, 2));
        EXPECT_FALSE(stored(at, 2));
    }
};

TEST_F(ConversationEffectTest, AddedMembersKeepWhatTheyHadReadWhicheverReadFails) {
    with_each_read_failing(
        [this](auto& at) { prepare(at); },
        [this](auto& at) { carry(at, effect(ConversationEffect::Op::overwrite)); },
        [this](auto& at) { expect_untouched(at); },
        [this](auto& at) {
            auto first = row(50, 7);
            auto second = row(10, 2);
            first.updated_at = second.updated_at = then;
            EXPECT_EQ(stored(at, 0), first);
            EXPECT_EQ(stored(at, 1), second);
            ASSERT_TRUE(stored(at, 2));
            EXPECT_EQ(stored(at, 2)->read_to, MessageSeq(10));
            EXPECT_EQ(stored(at, 2)->created_at, then);
        });
}

TEST_F(ConversationEffectTest, AMessageMakesOnlyTheRowsThatAreMissingWhicheverReadFails) {
    with_each_read_failing([this](auto& at) { prepare(at); },
                           [this](auto& at) { carry(at, effect(ConversationEffect::Op::ensure)); },
                           [this](auto& at) { expect_untouched(at); },
                           [this](auto& at) {
                               EXPECT_EQ(stored(at, 0), row(50, 7));
                               EXPECT_EQ(stored(at, 1), row(3, 2));
                               ASSERT_TRUE(stored(at, 2));
                               EXPECT_EQ(stored(at, 2)->created_at, then);
                           });
}

TEST_F(ConversationEffectTest, WhatComesLaterOfTheSameSourceWaitsForWhatCannotBeRead) {
    ServiceWorld at;
    prepare(at);
    at.engine.fail_next_reads(1);
    carry(at, effect(ConversationEffect::Op::overwrite));
    carry(at, effect(ConversationEffect::Op::remove));  // reads nothing, so it could be done
    EXPECT_EQ(under_way(at), 2U);
    expect_untouched(at);
    at.tick();
    EXPECT_EQ(under_way(at), 0U);
    for (std::size_t i = 0; i < accounts_.size(); ++i) EXPECT_FALSE(stored(at, i));
}

TEST_F(ConversationEffectTest, WhoHasStartedAgainSaysWhenAllIsTaken) {
    ServiceWorld at;
    prepare(at);
    EXPECT_EQ(at.shards_resumed(), 2U);
    at.engine.fail_next_reads(1);
    carry(at, effect(ConversationEffect::Op::overwrite));
    at.engine.hold();
    at.cut_power();
    EXPECT_EQ(at.shards_resumed(), 1U);  // the other had nothing left lying
    at.engine.let_go();
    at.settle();
    EXPECT_EQ(at.shards_resumed(), 2U);
    EXPECT_EQ(stored(at, 1)->read_to, MessageSeq(10));
}

TEST_F(ConversationEffectTest, AnEffectThatCannotBeWrittenIsTakenLaterToo) {
    ServiceWorld at;
    prepare(at);
    at.engine.hold();
    carry(at, effect(ConversationEffect::Op::overwrite));
    at.engine.release(1);  // the source's outbox
    at.settle();
    ASSERT_EQ(at.engine.held(), 1U);
    at.engine.release(1, true);
    at.engine.let_go();
    at.settle();
    expect_untouched(at);
    at.tick();
    EXPECT_EQ(under_way(at), 0U);
    EXPECT_EQ(stored(at, 0)->read_to, MessageSeq(50));
    EXPECT_EQ(stored(at, 1)->read_to, MessageSeq(10));
}

// --- accounts

class AccountEffectTest : public EffectsTest {
protected:
    /// All have had an event; the third has asked the inviter to be a contact.
    void prepare(ServiceWorld& at) const {
        using storage::ContactState;
        storage::Batch rows;
        storage::put_contact(rows, accounts_[2], {inviter, ContactState::asked_by_me, "the baker"});
        AccountEvent earlier;
        earlier.at = then;
        for (const auto& uid : accounts_) {
            storage::put_account_event(rows, uid, {4, then, encode(earlier)});
        }
        put(at, rows);
    }
    AccountEffect effect(AccountChange change, AccountEventKind kind) const {
        AccountEvent event{.at = then, .kind = kind, .origin = {inviter, DeviceId("i")}};
        event.channel = tea;
        return {.change = change, .event = event, .accounts = accounts_};
    }
    std::vector<std::uint64_t> numbers(ServiceWorld& at, const Uid& uid) const {
        std::vector<std::uint64_t> found;
        const auto rows = storage::read_account_events(at.engine, target_, uid, 0, 100);
        EXPECT_TRUE(rows);
        for (const auto& row : *rows) found.push_back(row.number);
        return found;
    }
    void expect_told(ServiceWorld& at, const std::vector<std::uint64_t>& expected) const {
        for (const auto& uid : accounts_) EXPECT_EQ(numbers(at, uid), expected) << uid.value();
    }
    std::optional<storage::ContactRow> contact(ServiceWorld& at, const Uid& uid) const {
        return storage::read_contact(at.engine, target_, uid, inviter).value_or(std::nullopt);
    }

    const Uid inviter{"inviter"};
};

TEST_F(AccountEffectTest, MembersAreToldOnceAndAreInWhicheverReadFails) {
    with_each_read_failing(
        [this](auto& at) { prepare(at); },
        [this](auto& at) {
            carry(at, effect(AccountChange::joined, AccountEventKind::group_direct_joined));
        },
        [this](auto& at) { expect_told(at, {4}); },
        [this](auto& at) {
            expect_told(at, {4, 5});
            for (const auto& uid : accounts_) {
                const auto joined = storage::read_joined(at.engine, target_, uid);
                ASSERT_TRUE(joined);
                ASSERT_EQ(joined->size(), 1U);
                EXPECT_EQ(joined->front().channel, tea);
            }
        });
}

TEST_F(AccountEffectTest, AContactIsOneAndKeepsItsRemarkWhicheverReadFails) {
    with_each_read_failing(
        [this](auto& at) { prepare(at); },
        [this](auto& at) {
            carry(at, effect(AccountChange::contact_agreed, AccountEventKind::contact_agreed));
        },
        [this](auto& at) {
            expect_told(at, {4});
            EXPECT_FALSE(contact(at, accounts_[0]));
            EXPECT_EQ(contact(at, accounts_[2])->state, storage::ContactState::asked_by_me);
        },
        [this](auto& at) {
            expect_told(at, {4, 5});
            for (const auto& uid : accounts_) {
                ASSERT_TRUE(contact(at, uid));
                EXPECT_EQ(contact(at, uid)->state, storage::ContactState::friends);
            }
            EXPECT_EQ(contact(at, accounts_[2])->remark, "the baker");
        });
}

TEST_F(AccountEffectTest, WhoIsBlockedAsksNobodyWhicheverReadFails) {
    const Uid& blocker = accounts_[1];
    with_each_read_failing(
        [this, &blocker](auto& at) {
            prepare(at);
            storage::Batch rows;
            storage::put_person_listed(rows, blocker, storage::ListKind::deny, inviter);
            put(at, rows);
        },
        [this](auto& at) {
            carry(at, effect(AccountChange::contact_invited, AccountEventKind::contact_invited));
        },
        [this](auto& at) { expect_told(at, {4}); },
        [this, &blocker](auto& at) {
            EXPECT_EQ(numbers(at, blocker), std::vector<std::uint64_t>{4});
            EXPECT_FALSE(contact(at, blocker));
            EXPECT_EQ(numbers(at, accounts_[0]), (std::vector<std::uint64_t>{4, 5}));
            EXPECT_EQ(contact(at, accounts_[0])->state, storage::ContactState::asked_by_peer);
        });
}

TEST_F(AccountEffectTest, WhoWaitsGoesOnWhenAllHaveIt) {
    ServiceWorld at;
    prepare(at);
    at.engine.hold();
    carry(at, effect(AccountChange::joined, AccountEventKind::group_direct_joined));
    at.engine.release(1);  // the source's outbox
    at.settle();
    bool is_over = false;
    start(wait_for(at.world().shard_of(source_), source_, is_over), [] {});
    at.settle();
    EXPECT_FALSE(is_over);
    at.engine.let_go();
    at.settle();
    EXPECT_TRUE(is_over);
    expect_told(at, {4, 5});
    // Where nothing is under way there is nothing to wait for.
    is_over = false;
    start(wait_for(at.world().shard_of(source_), source_, is_over), [] {});
    at.settle();
    EXPECT_TRUE(is_over);
}

TEST_F(AccountEffectTest, WhoWaitsDoesNotWaitForEverForAStoreThatFails) {
    ServiceWorld at;
    prepare(at);
    at.engine.fail_next_reads(1'000'000);
    carry(at, effect(AccountChange::joined, AccountEventKind::group_direct_joined));
    bool is_over = false;
    start(wait_for(at.world().shard_of(source_), source_, is_over), [] {});
    at.settle();
    at.tick();
    EXPECT_FALSE(is_over);
    at.tick();
    EXPECT_TRUE(is_over);
    EXPECT_EQ(under_way(at), 1U);
    at.engine.fail_next_reads(0);
    at.tick();
    EXPECT_EQ(under_way(at), 0U);
    expect_told(at, {4, 5});
}

TEST_F(AccountEffectTest, AnAccountThatIsNamedTwiceIsToldOnce) {
    ServiceWorld at;
    prepare(at);
    auto twice = effect(AccountChange::joined, AccountEventKind::group_direct_joined);
    twice.accounts.push_back(accounts_[0]);
    carry(at, twice);
    expect_told(at, {4, 5});
}

}  // namespace
}  // namespace fenshen::service
