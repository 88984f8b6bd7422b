// SPDX-License-Identifier: Apache-2.0
#include "domain/dedup_window.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <deque>
#include <random>
#include <string>

namespace fenshen::domain {
namespace {

const Uid ann("ann");
const Uid bob("bob");

DedupWindow::Outcome outcome(std::int64_t id) {
    return {MessageId(id), MessageSeq(static_cast<std::uint64_t>(id)), 7};
}
std::int64_t id_of(const DedupWindow& window, const Uid& from, std::string_view number) {
    const auto found = window.find(from, number);
    return found ? found->id.value() : 0;
}

TEST(DedupWindow, GivesTheFirstOutcomeBack) {
    DedupWindow window;
    EXPECT_EQ(window.find(ann, "n1"), std::nullopt);
    window.add(ann, "n1", {MessageId(5), MessageSeq(2), fingerprint_of("hello")}, {});
    const auto found = window.find(ann, "n1");
    ASSERT_TRUE(found);
    EXPECT_EQ(*found, (DedupWindow::Outcome{MessageId(5), MessageSeq(2), fingerprint_of("hello")}));
}

TEST(DedupWindow, TellsSendersAndNumbersApart) {
    DedupWindow window;
    window.add(ann, "n1", outcome(1), {});
    EXPECT_EQ(id_of(window, bob, "n1"), 0);
    EXPECT_EQ(id_of(window, ann, "n2"), 0);
    // Where one ends and the other begins matters.
    window.add(Uid("a"), "bc", outcome(2), {});
    EXPECT_EQ(id_of(window, Uid("ab"), "c"), 0);
}

TEST(DedupWindow, AnEmptyNumberIsNeverARepetition) {
    DedupWindow window;
    window.add(ann, "", outcome(1), {});
    EXPECT_EQ(window.find(ann, ""), std::nullopt);
    EXPECT_EQ(window.size(), 0U);
    window.forget(ann, "");
}

TEST(DedupWindow, FingerprintsTellPayloadsApart) {
    EXPECT_EQ(fingerprint_of("hello"), fingerprint_of("hello"));
    EXPECT_NE(fingerprint_of("hello"), fingerprint_of("hallo"));
    EXPECT_NE(fingerprint_of(""), fingerprint_of(std::string_view("\0", 1)));
}

TEST(DedupWindow, TheOldestGoesWhenThereAreTooMany) {
    DedupWindow window(3);
    for (int i = 1; i <= 5; ++i) window.add(ann, std::to_string(i), outcome(i), {});
    EXPECT_EQ(window.size(), 3U);
    EXPECT_EQ(id_of(window, ann, "2"), 0);
    EXPECT_EQ(id_of(window, ann, "3"), 3);
    EXPECT_EQ(id_of(window, ann, "5"), 5);
}

TEST(DedupWindow, TheOldGoWhenSomethingIsAdded) {
    DedupWindow window(100, Millis(1000));
    window.add(ann, "old", outcome(1), {1000});
    window.add(ann, "edge", outcome(2), {1001});
    window.add(ann, "new", outcome(3), {2001});
    EXPECT_EQ(id_of(window, ann, "old"), 0);
    EXPECT_EQ(id_of(window, ann, "edge"), 2);  // exactly at the limit it is still there
    EXPECT_EQ(id_of(window, ann, "new"), 3);
}

TEST(DedupWindow, AClockThatGoesBackLosesNothing) {
    DedupWindow window(100, Millis(1000));
    window.add(ann, "a", outcome(1), {5000});
    window.add(ann, "b", outcome(2), {10});
    EXPECT_EQ(id_of(window, ann, "a"), 1);
    EXPECT_EQ(id_of(window, ann, "b"), 2);
}

TEST(DedupWindow, WhatDidNotHappenIsForgotten) {
    DedupWindow window;
    window.add(ann, "n1", outcome(1), {});
    window.forget(ann, "n1");
    EXPECT_EQ(window.find(ann, "n1"), std::nullopt);
    EXPECT_EQ(window.size(), 0U);
    window.forget(ann, "n1");
    window.forget(ann, "never there");
}

// It took the place of the first try, and went when that would have been the oldest.
TEST(DedupWindow, ASecondTryLivesAsLongAsAnyOther) {
    DedupWindow window(3);
    window.add(ann, "again", outcome(1), {});
    window.forget(ann, "again");
    window.add(ann, "x", outcome(2), {});
    window.add(ann, "again", outcome(3), {});
    window.add(ann, "y", outcome(4), {});
    EXPECT_EQ(id_of(window, ann, "again"), 3);
    EXPECT_EQ(id_of(window, ann, "x"), 2);
    window.add(ann, "z", outcome(5), {});
    EXPECT_EQ(id_of(window, ann, "x"), 0);
    EXPECT_EQ(id_of(window, ann, "again"), 3);
}

TEST(DedupWindow, ANumberThatIsThereKeepsItsPlace) {
    DedupWindow window(2);
    window.add(ann, "a", outcome(1), {});
    window.add(ann, "b", outcome(2), {});
    window.add(ann, "a", outcome(3), {});
    EXPECT_EQ(window.size(), 2U);
    EXPECT_EQ(id_of(window, ann, "a"), 3);
    window.add(ann, "c", outcome(4), {});
    EXPECT_EQ(id_of(window, ann, "a"), 0);
    EXPECT_EQ(id_of(window, ann, "b"), 2);
}

TEST(DedupWindow, CostsLittleWhereLittleIsSaid) {
    DedupWindow window;
    EXPECT_EQ(window.heap_bytes(), 0U);
    window.add(ann, "n", outcome(1), {});
    EXPECT_LE(window.heap_bytes(), 320U);
    for (int i = 0; i < 100'000; ++i) window.add(ann, std::to_string(i), outcome(1), {});
    EXPECT_EQ(window.size(), 1000U);
    EXPECT_LE(window.heap_bytes(), 1024U * 72U);
    EXPECT_LE(sizeof(DedupWindow), 104U);
}

TEST(DedupWindow, RemembersMoreOfABusyChannelAsLongAsThereIsABudget) {
    DedupBudget budget(4UZ * 1024 * 1024);
    {
        DedupWindow busy;
        busy.draw_on(budget);
        for (int i = 0; i < 20'000; ++i) busy.add(ann, std::to_string(i), outcome(i + 1), {});
        EXPECT_EQ(busy.size(), 20'000U);
        EXPECT_EQ(id_of(busy, ann, "0"), 1);
        EXPECT_LT(budget.left(), 3UZ * 1024 * 1024);
        // What one has taken, another cannot have.
        DedupWindow late;
        late.draw_on(budget);
        for (int i = 0; i < 100'000; ++i) late.add(ann, std::to_string(i), outcome(i + 1), {});
        EXPECT_GE(late.size(), 1000U);
        EXPECT_LT(late.size(), 40'000U);
        EXPECT_EQ(id_of(late, ann, "99999"), 100'000);
        EXPECT_EQ(id_of(late, ann, "0"), 0);
    }
    EXPECT_EQ(budget.left(), 4UZ * 1024 * 1024);
}

TEST(DedupWindow, EvenABusyChannelHasItsBound) {
    DedupBudget budget(SIZE_MAX / 2);
    DedupWindow busy;
    busy.draw_on(budget);
    for (int i = 0; i < 100'000; ++i) busy.add(ann, std::to_string(i), outcome(i + 1), {});
    EXPECT_EQ(busy.size(), DedupWindow::count_max_busy);
}

// Against a list that is searched from end to end.
TEST(DedupWindow, IsAListWithoutTheSearching) {
    struct Known {
        Uid from;
        std::string number;
        std::int64_t id;
        std::int64_t at;
        bool is_known;
    };
    std::mt19937 dice(4711);
    for (const std::size_t count_max : {1U, 2U, 5U, 16U, 33U}) {
        DedupWindow window(count_max, Millis(50));
        std::deque<Known> list;
        std::int64_t now = 0;
        const auto find = [&](const Uid& from, const std::string& number) {
            return std::ranges::find_if(list, [&](const Known& known) {
                return known.is_known && known.from == from && known.number == number;
            });
        };
        for (int step = 0; step < 20'000; ++step) {
            const Uid& from = dice() % 2 == 0 ? ann : bob;
            const std::string number = std::to_string(dice() % 40);
            now += dice() % 4;
            if (dice() % 5 == 0) {
                window.forget(from, number);
                if (const auto known = find(from, number); known != list.end()) {
                    known->is_known = false;
                }
            } else if (dice() % 2 == 0) {
                window.add(from, number, outcome(step + 1), {now});
                while (!list.empty() && (!list[0].is_known || now - list[0].at > 50)) {
                    list.pop_front();
                }
                if (const auto known = find(from, number); known != list.end()) {
                    known->id = step + 1;
                } else {
                    if (list.size() == count_max) list.pop_front();
                    list.push_back({from, number, step + 1, now, true});
                }
            }
            const auto known = find(from, number);
            ASSERT_EQ(id_of(window, from, number), known == list.end() ? 0 : known->id)
                << "step " << step << ", at most " << count_max;
            const auto size = std::ranges::count_if(list, &Known::is_known);
            ASSERT_EQ(window.size(), static_cast<std::size_t>(size));
        }
    }
}

}  // namespace
}  // namespace fenshen::domain
