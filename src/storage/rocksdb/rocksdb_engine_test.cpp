// SPDX-License-Identifier: Apache-2.0
#include "storage/rocksdb/rocksdb_engine.h"

#include <gtest/gtest.h>

#include <fstream>

#include "storage/rocksdb/testing/scratch_directory.h"
#include "storage/testing/store_contract.h"

namespace fenshen::storage {
namespace {

using testing::commit_now;
using testing::EngineCase;
using testing::EngineUnderTest;
using testing::ScratchDirectory;
using testing::StoreContract;
using testing::ThreadHome;

class TestClock final : public Clock {
public:
    WallTime wall() const override { return {now_ms.load()}; }
    MonoTime mono() const override { return {now_ms.load()}; }
    std::atomic<std::int64_t> now_ms{1'000'000};
};

class Rocksdb final : public EngineUnderTest {
public:
    explicit Rocksdb(std::optional<Millis> sync_interval) {
        config_.directory = scratch_.path() / "store";
        config_.sync_interval = sync_interval;
        reopen();
    }
    const Store& store() const override { return engine_->store(); }
    CommitLog& log() override { return engine_->log(); }
    void close() override { engine_->close(); }
    void reopen() override {
        engine_.reset();
        auto opened = RocksdbEngine::open(config_, clock_);
        if (!opened) throw std::runtime_error(opened.error());
        engine_ = std::move(*opened);
    }

private:
    ScratchDirectory scratch_;
    RocksdbConfig config_;
    TestClock clock_;
    std::unique_ptr<RocksdbEngine> engine_;
};

INSTANTIATE_TEST_SUITE_P(
    Rocksdb,
    StoreContract,
    ::testing::Values(EngineCase{"fsync", [] { return std::make_unique<Rocksdb>(std::nullopt); }},
                      EngineCase{"interval", [] { return std::make_unique<Rocksdb>(Millis(1)); }}));

class RocksdbEngineTest : public ::testing::Test {
protected:
    RocksdbEngineTest() { config_.directory = scratch_.path() / "deep" / "store"; }

    std::unique_ptr<RocksdbEngine> open() {
        auto opened = RocksdbEngine::open(config_, clock_);
        error_ = opened ? "" : opened.error();
        return opened ? std::move(*opened) : nullptr;
    }
    bool commit(RocksdbEngine& engine, SlotId slot, const Bytes& key) {
        Batch batch;
        batch.put(Table::member, key, "v");
        return commit_now(engine.log(), slot, std::move(batch), home_).has_value();
    }

    ScratchDirectory scratch_;
    RocksdbConfig config_;
    TestClock clock_;
    std::string error_;
    ThreadHome home_;
};

TEST_F(RocksdbEngineTest, ASecondOneIsToldThatTheDirectoryIsInUse) {
    const auto first = open();
    ASSERT_TRUE(first) << error_;
    EXPECT_FALSE(open());
    EXPECT_EQ(error_, config_.directory.string() + " is used by another fenshen");
}

TEST_F(RocksdbEngineTest, TheNumberOfSlotsNeverChanges) {
    config_.slot_count = 16;
    ASSERT_TRUE(open()) << error_;
    config_.slot_count = 64;
    EXPECT_FALSE(open());
    EXPECT_EQ(error_,
              config_.directory.string() +
                  " was created with 16 slots, which never change; 64 are configured");
    config_.slot_count = 16;
    const auto engine = open();
    ASSERT_TRUE(engine) << error_;
    EXPECT_EQ(engine->slot_count(), 16);
    for (const std::uint16_t bad : {0, 257}) {
        config_.slot_count = bad;
        EXPECT_FALSE(open());
        EXPECT_NE(error_.find("1 to 256"), std::string::npos) << error_;
    }
}

TEST_F(RocksdbEngineTest, WhatIsNoDirectoryIsSaidToBeNone) {
    std::ofstream(scratch_.path() / "deep") << "a file";
    EXPECT_FALSE(open());
    EXPECT_NE(error_.find("cannot be created: Not a directory"), std::string::npos) << error_;
}

TEST_F(RocksdbEngineTest, MarksNeverGoBackInTime) {
    auto engine = open();
    ASSERT_TRUE(engine) << error_;
    EXPECT_EQ(engine->last_commit_at(), WallTime{});
    clock_.now_ms = 5000;
    ASSERT_TRUE(commit(*engine, SlotId(1), "a"));
    clock_.now_ms = 3000;  // somebody set the clock
    ASSERT_TRUE(commit(*engine, SlotId(1), "b"));
    engine.reset();
    engine = open();
    EXPECT_EQ(engine->last_commit_at(), WallTime{5000});
    ASSERT_TRUE(commit(*engine, SlotId(1), "c"));
    clock_.now_ms = 9000;
    ASSERT_TRUE(commit(*engine, SlotId(2), "d"));
    engine.reset();
    engine = open();
    EXPECT_EQ(engine->last_commit_at(), WallTime{9000});
}

TEST_F(RocksdbEngineTest, MarksCountTheGroupsOfEachSlot) {
    auto engine = open();
    ASSERT_TRUE(engine) << error_;
    for (int i = 0; i < 130; ++i) ASSERT_TRUE(commit(*engine, SlotId(1), "a"));
    ASSERT_TRUE(commit(*engine, SlotId(2), "a"));
    engine.reset();
    engine = open();
    ASSERT_TRUE(commit(*engine, SlotId(1), "a"));
    const auto mark = [&](int slot) {
        const SlotId id(static_cast<std::uint16_t>(slot));
        return engine->store().get(id, Table::applied_mark, "").value();
    };
    const Bytes at_1000000("\xc0\x84\x3d");
    EXPECT_EQ(mark(1), Bytes("\x01\x83\x01") + at_1000000);  // format, 131, time
    EXPECT_EQ(mark(2), Bytes("\x01\x01") + at_1000000);
    EXPECT_EQ(mark(3), std::nullopt);
}

TEST_F(RocksdbEngineTest, CountsWhatItDoes) {
    config_.sync_interval = Millis(0);
    const auto engine = open();
    ASSERT_TRUE(engine) << error_;
    EXPECT_GT(engine->sync_cost().count(), 0);
    for (int i = 0; i < 10; ++i) ASSERT_TRUE(commit(*engine, SlotId(1), "k"));
    engine->close();
    const auto& stats = engine->stats();
    EXPECT_EQ(stats.batches, 10U);
    EXPECT_EQ(stats.groups, 10U);
    EXPECT_EQ(stats.bytes, 10U * 6);
    EXPECT_EQ(stats.failures, 0U);
    EXPECT_GE(stats.write_us, stats.write_us_max);
    EXPECT_GT(stats.syncs, 0U);
    EXPECT_EQ(engine->damage().count, 0U);
}

TEST_F(RocksdbEngineTest, AClosedOneReadsNothingAndClosesAgain) {
    const auto engine = open();
    ASSERT_TRUE(engine) << error_;
    ASSERT_TRUE(commit(*engine, SlotId(1), "k"));
    engine->close();
    engine->close();
    EXPECT_EQ(engine->store().get(SlotId(1), Table::member, "k").error(), Errc::store_unavailable);
    EXPECT_EQ(engine->store().last(SlotId(1), Table::member, "", "").error(),
              Errc::store_unavailable);
}

TEST_F(RocksdbEngineTest, ReadersAndTheCommitterGetOnWithEachOther) {
    const auto engine = open();
    ASSERT_TRUE(engine) << error_;
    std::atomic<bool> ending{false};
    std::vector<std::thread> readers;
    readers.reserve(3);
    for (int r = 0; r < 3; ++r) {
        readers.emplace_back([&] {
            std::size_t seen = 0;
            while (!ending) {
                std::size_t count = 0;
                const auto scanned =
                    engine->store().scan(SlotId(1), Table::member, "", "", [&](auto, auto) {
                        ++count;
                        return true;
                    });
                EXPECT_TRUE(scanned);
                EXPECT_GE(count, seen);
                EXPECT_EQ(count % 2, 0U);  // two rows a batch
                seen = count;
            }
        });
    }
    for (int i = 0; i < 500; ++i) {
        Batch batch;
        batch.put(Table::member, "a" + std::to_string(i), "v");
        batch.put(Table::member, "b" + std::to_string(i), "v");
        ASSERT_TRUE(commit_now(engine->log(), SlotId(1), std::move(batch), home_));
    }
    ending = true;
    for (auto& reader : readers) reader.join();
}

}  // namespace
}  // namespace fenshen::storage
