// SPDX-License-Identifier: Apache-2.0
// A disk that takes no more: what could not be written was never there, what was acknowledged stays
// readable, and when there is room again the store goes on by itself.
#include <fcntl.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <unistd.h>

#include <filesystem>
#include <map>

#include "storage/rocksdb/rocksdb_engine.h"
#include "storage/rocksdb/testing/scratch_directory.h"
#include "storage/testing/test_home.h"

namespace fenshen::storage {
namespace {

const SystemClock system_clock;
const SlotId slot{3};

class FailingDisk : public ::testing::Test {
protected:
    void open() {
        config_.directory = scratch_.path() / "store";
        config_.retry_interval = Millis(1);
        auto opened = RocksdbEngine::open(config_, system_clock);
        ASSERT_TRUE(opened) << opened.error();
        engine_ = std::move(*opened);
    }
    /// Puts a row; remembers what was said of it.
    bool commit(std::size_t bytes) {
        const Bytes key = std::to_string(next_++);
        Batch batch;
        batch.put(Table::member, key, Bytes(bytes, 'v'));
        const auto done = testing::commit_now(engine_->log(), slot, std::move(batch), home_);
        if (!done) {
            EXPECT_EQ(done.error(), Errc::store_unavailable);
        }
        acknowledged_[key] = done.has_value();
        return done.has_value();
    }
    void expect_as_acknowledged() {
        for (const auto& [key, done] : acknowledged_) {
            const auto value = engine_->store().get(slot, Table::member, key);
            ASSERT_TRUE(value) << key;
            EXPECT_EQ(value->has_value(), done) << key;
        }
    }
    void commit_until_it_fails(std::size_t bytes) {
        for (int i = 0; i < 1000; ++i) {
            if (!commit(bytes)) return;
        }
        FAIL() << "the disk is not full";
    }
    void commit_until_it_succeeds() {
        for (int i = 0; i < 1'000'000; ++i) {
            if (commit(10)) return;
            acknowledged_.erase(std::to_string(next_ - 1));  // thousands that say the same
        }
        FAIL() << engine_->trouble().value_or("no trouble");
    }
    void expect_to_go_on() {
        commit_until_it_succeeds();
        EXPECT_FALSE(engine_->trouble());
        for (int i = 0; i < 10; ++i) EXPECT_TRUE(commit(1000));
        expect_as_acknowledged();
        engine_.reset();
        open();
        expect_as_acknowledged();
        EXPECT_TRUE(commit(10));
    }

    testing::ScratchDirectory scratch_;
    RocksdbConfig config_;
    testing::ThreadHome home_;
    std::unique_ptr<RocksdbEngine> engine_;
    int next_ = 0;
    std::map<Bytes, bool> acknowledged_;
};

/// Files of this process cannot grow beyond a size: a write error that RocksDB calls fatal.
class FileSizeLimit : public FailingDisk {
protected:
    FileSizeLimit() {
        signal(SIGXFSZ, SIG_IGN);
        getrlimit(RLIMIT_FSIZE, &before_);
    }
    ~FileSizeLimit() override { lift(); }
    void limit(std::size_t bytes) const {
        const rlimit limited{bytes, before_.rlim_max};
        ASSERT_EQ(setrlimit(RLIMIT_FSIZE, &limited), 0);
    }
    void lift() const { setrlimit(RLIMIT_FSIZE, &before_); }

private:
    rlimit before_{};
};

TEST_F(FileSizeLimit, NothingOfARefusedBatchIsThere) {
    open();
    for (int i = 0; i < 10; ++i) ASSERT_TRUE(commit(1000));
    limit(40'000);
    commit_until_it_fails(5000);
    EXPECT_FALSE(commit(10));
    ASSERT_TRUE(engine_->trouble());
    EXPECT_NE(engine_->trouble()->find("File too large"), std::string::npos);
    expect_as_acknowledged();
    lift();
    expect_to_go_on();
}

TEST_F(FileSizeLimit, TheFirstWriteMayBeTheOneThatFails) {
    open();
    engine_.reset();
    open();
    limit(20);
    EXPECT_FALSE(commit(1000));
    expect_as_acknowledged();
    lift();
    expect_to_go_on();
}

TEST_F(FileSizeLimit, AFailureIsToldToAllThatIsUnderWay) {
    open();
    limit(300'000);
    constexpr int batches = 400;
    std::vector<std::optional<bool>> done(batches);
    for (int i = 0; i < batches; ++i) {
        Batch batch;
        batch.put(Table::member, "n" + std::to_string(i), Bytes(3000, 'v'));
        engine_->log().commit(slot, std::move(batch), home_, [&done, i](Result<void> result) {
            done[static_cast<std::size_t>(i)] = result.has_value();
        });
    }
    EXPECT_FALSE(commit(10));
    bool failed = false;
    for (int i = 0; i < batches; ++i) {
        const auto outcome = done[static_cast<std::size_t>(i)];
        ASSERT_TRUE(outcome);
        failed = failed || !*outcome;
        EXPECT_EQ(*outcome, !failed) << "a success behind a failure";
        acknowledged_["n" + std::to_string(i)] = *outcome;
    }
    EXPECT_TRUE(failed);
    EXPECT_EQ(engine_->log().waiting_bytes(), 0U);
    lift();
    expect_to_go_on();
}

TEST_F(FileSizeLimit, WithAnIntervalToo) {
    config_.sync_interval = Millis(1);
    open();
    limit(40'000);
    commit_until_it_fails(5000);
    expect_as_acknowledged();
    lift();
    expect_to_go_on();
}

TEST_F(FileSizeLimit, AStoreInTroubleCloses) {
    open();
    limit(40'000);
    commit_until_it_fails(5000);
    engine_.reset();
    lift();
    open();
    expect_as_acknowledged();
}

/// A disk of its own, which needs the right to mount one.
class FullDisk : public FailingDisk {
protected:
    void SetUp() override {
        if (mount("tmpfs", scratch_.path().c_str(), "tmpfs", 0, "size=128m") != 0) {
            GTEST_SKIP() << "cannot mount";
        }
        mounted_ = true;
        open();
    }
    void TearDown() override {
        engine_.reset();
        if (mounted_) umount2(scratch_.path().c_str(), MNT_DETACH);
    }
    void fill() const {
        const auto path = scratch_.path() / "filler";
        const int fd = ::open(path.c_str(), O_CREAT | O_WRONLY | O_CLOEXEC, 0600);
        ASSERT_GE(fd, 0);
        off_t filled = 0;
        for (off_t step = 16L * 1024 * 1024; step >= 4096; step /= 2) {
            while (posix_fallocate(fd, filled, step) == 0) filled += step;
        }
        ::close(fd);
        ASSERT_EQ(std::filesystem::space(scratch_.path()).available, 0U);
    }
    void make_room() const { std::filesystem::remove(scratch_.path() / "filler"); }

private:
    bool mounted_ = false;
};

TEST_F(FullDisk, IsSurvived) {
    for (int i = 0; i < 10; ++i) ASSERT_TRUE(commit(1000));
    fill();
    commit_until_it_fails(1'000'000);  // what RocksDB reserved for its log comes first
    ASSERT_TRUE(engine_->trouble());
    EXPECT_NE(engine_->trouble()->find("No space left"), std::string::npos);
    for (int i = 0; i < 100; ++i) EXPECT_FALSE(commit(100));
    expect_as_acknowledged();
    make_room();
    expect_to_go_on();
}

TEST_F(FullDisk, MayBeFullBeforeTheFirstWrite) {
    engine_.reset();
    open();
    fill();
    EXPECT_FALSE(commit(40'000'000));
    for (int i = 0; i < 100; ++i) EXPECT_FALSE(commit(100));
    expect_as_acknowledged();
    make_room();
    expect_to_go_on();
}

TEST_F(FullDisk, MayFillUpAgainAndAgain) {
    for (int round = 0; round < 2; ++round) {
        fill();
        commit_until_it_fails(1'000'000);
        expect_as_acknowledged();
        make_room();
        commit_until_it_succeeds();
        // Room for the next round.
        Batch batch;
        batch.erase_range(Table::member, "", "");
        ASSERT_TRUE(testing::commit_now(engine_->log(), slot, std::move(batch), home_));
        acknowledged_.clear();
    }
    expect_to_go_on();
}

}  // namespace
}  // namespace fenshen::storage
