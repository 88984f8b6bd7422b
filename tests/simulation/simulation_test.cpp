// SPDX-License-Identifier: Apache-2.0
#include "simulation/simulation.h"

#include <gtest/gtest.h>

#include <cstdlib>

namespace fenshen::simulation {
namespace {

/// A few a run; FENSHEN_SEEDS asks for more by night.
std::uint64_t seed_count() {
    const char* wanted = std::getenv("FENSHEN_SEEDS");
    return wanted != nullptr ? std::strtoull(wanted, nullptr, 10) : 30;
}

void expect_whole(const Simulation& world, std::uint64_t seed) {
    const auto log = world.log();
    std::map<std::string, std::uint64_t> stored;
    for (std::size_t i = 0; i < log.size(); ++i) {
        ASSERT_EQ(log[i].seq.value(), i + 1) << "a gap, seed " << seed;
        const bool is_new = stored.emplace(log[i].client_msg_no, log[i].seq.value()).second;
        EXPECT_TRUE(is_new) << log[i].client_msg_no << " was stored twice, seed " << seed;
        EXPECT_EQ(log[i].payload, "says " + log[i].client_msg_no) << "seed " << seed;
    }
    for (const auto& device : world.devices()) {
        EXPECT_TRUE(device->outbox.empty()) << "unanswered, seed " << seed;
        for (const auto& [number, seq] : device->confirmed) {
            ASSERT_TRUE(stored.contains(number)) << number << " was lost, seed " << seed;
            EXPECT_EQ(stored[number], seq.value()) << number << ", seed " << seed;
        }
        ASSERT_EQ(device->seen.size(), log.size())
            << device->device_id.value() << " is out of step, seed " << seed;
        for (const auto& [number, seq] : stored) {
            EXPECT_EQ(device->seen.at(seq), number)
                << device->device_id.value() << " shows another, seed " << seed;
        }
    }
}

TEST(Simulation, NothingAcknowledgedIsLostAndEveryDeviceEndsInStep) {
    int crashes = 0;
    int failures = 0;
    int broken = 0;
    for (std::uint64_t seed = 1; seed <= seed_count(); ++seed) {
        Simulation world(seed, Faults{});
        world.run(100);
        expect_whole(world, seed);
        crashes += world.crashes();
        failures += world.disk_failures();
        broken += world.broken_links();
        if (HasFatalFailure()) return;
    }
    // The faults that this is about did happen.
    EXPECT_GT(crashes, 0);
    EXPECT_GT(failures, 0);
    EXPECT_GT(broken, 0);
}

TEST(Simulation, TheSameSeedIsTheSameRun) {
    Simulation one(7, Faults{});
    Simulation two(7, Faults{});
    one.run(50);
    two.run(50);
    EXPECT_EQ(one.log(), two.log());
    EXPECT_EQ(one.broken_links(), two.broken_links());
}

}  // namespace
}  // namespace fenshen::simulation
