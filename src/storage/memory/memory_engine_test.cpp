// SPDX-License-Identifier: Apache-2.0
#include "storage/memory/memory_engine.h"

#include <gtest/gtest.h>

#include "storage/testing/store_contract.h"

namespace fenshen::storage {
namespace {

using testing::EngineCase;
using testing::EngineUnderTest;
using testing::ManualHome;
using testing::StoreContract;

class Memory final : public EngineUnderTest {
public:
    const Store& store() const override { return engine_; }
    CommitLog& log() override { return engine_; }
    void close() override { engine_.close(); }
    void reopen() override { engine_.crash(); }

private:
    MemoryEngine engine_;
};

INSTANTIATE_TEST_SUITE_P(Memory,
                         StoreContract,
                         ::testing::Values(EngineCase{"memory",
                                                      [] { return std::make_unique<Memory>(); }}));

class MemoryEngineTest : public ::testing::Test {
protected:
    void commit(const char* key) {
        Batch batch;
        batch.put(Table::member, key, "v");
        engine_.commit(SlotId(1), std::move(batch), home_, [this, key](Result<void> result) {
            outcomes_ += result ? key : std::string("!") + key;
        });
    }
    bool has(const char* key) const {
        return engine_.get(SlotId(1), Table::member, key).value().has_value();
    }

    MemoryEngine engine_;
    ManualHome home_;
    std::string outcomes_;
};

TEST_F(MemoryEngineTest, HoldsCommitsBackUntilTheyAreReleased) {
    engine_.hold();
    for (const char* key : {"a", "b", "c"}) commit(key);
    EXPECT_EQ(engine_.held(), 3U);
    EXPECT_FALSE(has("a"));
    engine_.release(2);
    EXPECT_TRUE(has("b"));
    EXPECT_FALSE(has("c"));
    EXPECT_EQ(home_.posted(), 1U);  // one piece of work
    home_.do_all();
    EXPECT_EQ(outcomes_, "ab");
    engine_.let_go();
    commit("d");
    home_.do_all();
    EXPECT_EQ(outcomes_, "abcd");
}

TEST_F(MemoryEngineTest, ForgetsWhatIsHeldWhenThePowerIsCut) {
    commit("a");
    engine_.hold();
    commit("b");
    engine_.crash();
    EXPECT_TRUE(has("a"));
    EXPECT_FALSE(has("b"));
    EXPECT_EQ(engine_.waiting_bytes(), 0U);
    home_.do_all();
    EXPECT_EQ(outcomes_, "a");
    commit("c");
    EXPECT_TRUE(has("c"));
}

TEST_F(MemoryEngineTest, FailsAsManyWritesAsItIsTold) {
    engine_.fail_next(2);
    for (const char* key : {"a", "b", "c"}) {
        commit(key);
        home_.do_all();
    }
    EXPECT_EQ(outcomes_, "!a!bc");
    EXPECT_FALSE(has("a"));
    EXPECT_TRUE(has("c"));
}

TEST_F(MemoryEngineTest, AFailureTakesWhatWasDecidedOnTopOfIt) {
    engine_.hold();
    for (const char* key : {"a", "b", "c"}) commit(key);
    engine_.release(1, true);
    engine_.let_go();
    EXPECT_FALSE(has("b"));
    home_.do_all();
    EXPECT_EQ(outcomes_, "!a!b!c");
    commit("d");
    home_.do_all();
    EXPECT_EQ(outcomes_, "!a!b!cd");
    EXPECT_EQ(engine_.waiting_bytes(), 0U);
}

}  // namespace
}  // namespace fenshen::storage
