// SPDX-License-Identifier: Apache-2.0
#include "protocol/wukong/in_flight.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <random>

namespace fenshen::wukong {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

constexpr InFlightLimits limits;

InFlight::Payload payload(int number) {
    return std::make_shared<const int>(number);
}

std::vector<int> numbers(const InFlight::Due& due) {
    std::vector<int> found;
    found.reserve(due.again.size());
    for (const auto& each : due.again) found.push_back(*static_cast<const int*>(each.get()));
    return found;
}

constexpr MonoTime at_s(std::int64_t seconds) {
    return {seconds * 1000};
}

TEST(InFlight, NothingIsDueBeforeTheInterval) {
    InFlight window;
    EXPECT_TRUE(window.empty());
    EXPECT_THAT(numbers(window.due(at_s(0), limits)), IsEmpty());
    window.add(1, payload(1), at_s(0), limits);
    EXPECT_EQ(window.size(), 1U);
    EXPECT_THAT(numbers(window.due({59'999}, limits)), IsEmpty());
    EXPECT_THAT(numbers(window.due({60'000}, limits)), ElementsAre(1));
    EXPECT_THAT(numbers(window.due({60'001}, limits)), IsEmpty());
}

TEST(InFlight, RepeatsFiveTimesAndGivesUp) {
    InFlight window;
    const auto first = payload(7);
    window.add(7, first, at_s(0), limits);
    for (std::int64_t minute = 1; minute <= 5; ++minute) {
        const auto due = window.due(at_s(60 * minute), limits);
        EXPECT_THAT(due.again, ElementsAre(first)) << minute;
        EXPECT_EQ(due.given_up, 0U);
    }
    const auto last = window.due(at_s(360), limits);
    EXPECT_THAT(last.again, IsEmpty());
    EXPECT_EQ(last.given_up, 1U);
    EXPECT_TRUE(window.empty());
    EXPECT_EQ(first.use_count(), 1);
    EXPECT_FALSE(window.ack(7));
}

TEST(InFlight, AcknowledgedOnceOnly) {
    InFlight window;
    const auto kept = payload(2);
    window.add(1, payload(1), at_s(0), limits);
    window.add(2, kept, at_s(0), limits);
    window.add(3, payload(3), at_s(1), limits);
    EXPECT_TRUE(window.ack(2));
    EXPECT_EQ(kept.use_count(), 1);
    EXPECT_FALSE(window.ack(2));
    EXPECT_FALSE(window.ack(4));
    EXPECT_EQ(window.size(), 2U);
    EXPECT_THAT(numbers(window.due(at_s(61), limits)), ElementsAre(1, 3));
    EXPECT_TRUE(window.ack(3));
    EXPECT_TRUE(window.ack(1));
    EXPECT_TRUE(window.empty());
    EXPECT_THAT(numbers(window.due(at_s(600), limits)), IsEmpty());
}

TEST(InFlight, AnAckAfterARepeatCounts) {
    InFlight window;
    window.add(1, payload(1), at_s(0), limits);
    EXPECT_THAT(numbers(window.due(at_s(60), limits)), ElementsAre(1));
    EXPECT_TRUE(window.ack(1));
    EXPECT_THAT(numbers(window.due(at_s(120), limits)), IsEmpty());
}

TEST(InFlight, TheOldestFallsOut) {
    InFlight window;
    const InFlightLimits small{.interval = Millis{1000}, .repeats_max = 5, .count_max = 3};
    std::size_t fallen = 0;
    for (int i = 1; i <= 5; ++i) fallen += window.add(i, payload(i), at_s(0), small);
    EXPECT_EQ(fallen, 2U);
    EXPECT_EQ(window.size(), 3U);
    EXPECT_FALSE(window.ack(2));
    EXPECT_TRUE(window.ack(4));
    EXPECT_THAT(numbers(window.due(at_s(1), small)), ElementsAre(3, 5));
}

TEST(InFlight, ManyOfThem) {
    InFlight window;
    for (int i = 0; i < 1500; ++i) {
        EXPECT_EQ(window.add(i, payload(i), at_s(0), limits), i < 100 ? 0U : 1U);
    }
    EXPECT_EQ(window.size(), 100U);
    EXPECT_FALSE(window.ack(1399));
    for (int i = 1499; i >= 1400; --i) EXPECT_TRUE(window.ack(i)) << i;
    EXPECT_TRUE(window.empty());
}

TEST(InFlight, ClearingAndMovingLetGo) {
    InFlight window;
    const auto kept = payload(1);
    window.add(1, kept, at_s(0), limits);
    InFlight moved = std::move(window);
    EXPECT_EQ(moved.size(), 1U);
    moved.clear();
    EXPECT_EQ(kept.use_count(), 1);
    EXPECT_TRUE(moved.empty());
    EXPECT_FALSE(moved.ack(1));
}

TEST(InFlight, AgreesWithAPlainModel) {
    struct Modelled {
        std::int64_t due_ms;
        int repeats;
    };
    const InFlightLimits small{.interval = Millis{100}, .repeats_max = 3, .count_max = 40};
    for (std::uint32_t seed = 0; seed < 20; ++seed) {
        std::mt19937 random(seed);
        InFlight window;
        std::map<int, Modelled> model;
        std::vector<int> order;  // oldest first; what is repeated moves to the back
        MonoTime now{0};
        int next = 0;
        const auto forget = [&](int id) {
            model.erase(id);
            std::erase(order, id);
        };
        for (int step = 0; step < 3000; ++step) {
            switch (random() % 4) {
                case 0:
                case 1:
                    if (order.size() == small.count_max) forget(order.front());
                    window.add(next, payload(next), now, small);
                    model[next] = {now.ms + 100, 0};
                    order.push_back(next++);
                    break;
                case 2: {
                    const int id = static_cast<int>(random() % static_cast<unsigned>(next + 2));
                    ASSERT_EQ(window.ack(id), model.contains(id));
                    forget(id);
                    break;
                }
                default: {
                    now = now + Millis{static_cast<int>(random() % 20)};
                    std::vector<int> again;
                    std::size_t given_up = 0;
                    for (const int id : std::vector(order)) {
                        Modelled& each = model.at(id);
                        if (each.due_ms > now.ms) continue;
                        if (each.repeats == 3) {
                            ++given_up;
                            forget(id);
                            continue;
                        }
                        again.push_back(id);
                        ++each.repeats;
                        each.due_ms = now.ms + 100;
                        std::erase(order, id);
                        order.push_back(id);
                    }
                    const auto due = window.due(now, small);
                    ASSERT_EQ(numbers(due), again);
                    ASSERT_EQ(due.given_up, given_up);
                }
            }
            ASSERT_EQ(window.size(), model.size());
        }
    }
}

}  // namespace
}  // namespace fenshen::wukong
