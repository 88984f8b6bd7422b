// SPDX-License-Identifier: Apache-2.0
// kill -9 at any moment: what was acknowledged is there, and nothing is there by half.
#include <fcntl.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <random>
#include <string>

#include "storage/rocksdb/rocksdb_engine.h"
#include "storage/rocksdb/testing/numbered_batch.h"
#include "storage/rocksdb/testing/scratch_directory.h"

namespace fenshen::storage {
namespace {

const SystemClock system_clock;

/// The child, until it is killed.
class Child {
public:
    Child(const std::filesystem::path& directory, std::uint64_t first, std::string durability) {
        int ends[2];
        if (pipe2(ends, O_CLOEXEC) != 0) return;
        std::string name = STORAGE_COMMIT_CHILD;
        std::string where = directory.string();
        std::string from = std::to_string(first);
        char* arguments[] = {name.data(), where.data(), from.data(), durability.data(), nullptr};
        posix_spawn_file_actions_t actions;
        posix_spawn_file_actions_init(&actions);
        posix_spawn_file_actions_adddup2(&actions, ends[1], STDOUT_FILENO);
        if (posix_spawn(&pid_, name.c_str(), &actions, nullptr, arguments, environ) != 0) pid_ = -1;
        posix_spawn_file_actions_destroy(&actions);
        close(ends[1]);
        output_ = fdopen(ends[0], "r");
    }
    ~Child() {
        kill_now();
        if (output_ != nullptr) fclose(output_);
    }
    Child(const Child&) = delete;
    Child& operator=(const Child&) = delete;

    /// The next number that was acknowledged; none when the child has ended.
    std::optional<std::uint64_t> next() {
        char line[32];
        if (output_ == nullptr || fgets(line, sizeof line, output_) == nullptr) return std::nullopt;
        const std::string text(line);
        if (!text.ends_with('\n')) return std::nullopt;  // cut off within its number
        return std::stoull(text);
    }
    void kill_now() {
        if (pid_ <= 0) return;
        kill(pid_, SIGKILL);
        int status = 0;
        waitpid(pid_, &status, 0);
        EXPECT_TRUE(WIFSIGNALED(status)) << "it ended by itself, with " << status;
        pid_ = -1;
    }

private:
    pid_t pid_ = -1;
    FILE* output_ = nullptr;
};

/// Enough that one round, the ninth, goes on for two thousand commits; FENSHEN_TEST_CRASHES asks
/// for more of them.
int rounds_asked() {
    constexpr int least = 9;
    const char* asked = std::getenv("FENSHEN_TEST_CRASHES");
    return asked ? std::max(least, std::atoi(asked)) : least;
}

class Crash : public ::testing::TestWithParam<const char*> {};

TEST_P(Crash, WhatWasAcknowledgedIsThereAndNothingByHalf) {
    const int rounds = rounds_asked();
    const testing::ScratchDirectory scratch;
    std::mt19937 dice(7);
    std::uint64_t first = 1;
    for (int round = 0; round < rounds; ++round) {
        std::uint64_t acknowledged = first - 1;
        {
            Child child(scratch.path(), first, GetParam());
            // From "while it opens" to "after some flushes".
            const auto wanted =
                std::uniform_int_distribution<int>(0, round % 4 == 0 ? 2000 : 60)(dice);
            for (int i = 0; i < wanted; ++i) {
                const auto number = child.next();
                ASSERT_TRUE(number);
                ASSERT_EQ(*number, acknowledged + 1);
                acknowledged = *number;
            }
            child.kill_now();
            while (const auto number = child.next()) acknowledged = *number;
        }
        RocksdbConfig config;
        config.directory = scratch.path();
        const auto opened = RocksdbEngine::open(config, system_clock);
        ASSERT_TRUE(opened) << opened.error();
        const Store& store = (*opened)->store();
        std::uint64_t number = 1;
        for (; number <= acknowledged; ++number) {
            ASSERT_EQ(testing::is_there(store, number), true)
                << "round " << round << ": " << number;
        }
        // What was under way: some whole ones, in order, then nothing.
        while (testing::is_there(store, number) == true) ++number;
        first = number;
        for (; number < first + 64; ++number) {
            ASSERT_EQ(testing::is_there(store, number), false) << round << ": " << number;
        }
        EXPECT_EQ((*opened)->damage().count, 0U);
    }
    EXPECT_GT(first, 1000U);
}

INSTANTIATE_TEST_SUITE_P(Durability, Crash, ::testing::Values("fsync", "interval"));

}  // namespace
}  // namespace fenshen::storage
