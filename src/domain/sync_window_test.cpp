// SPDX-License-Identifier: Apache-2.0
#include "domain/sync_window.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

namespace fenshen::domain {
namespace {

constexpr auto down = SyncRequest::Mode::down;
constexpr auto up = SyncRequest::Mode::up;

/// The sequences that a log of `last` messages gives for the window.
std::vector<std::uint64_t> page(const SyncRequest& request, std::uint64_t last) {
    const auto window = sync_window(request, MessageSeq(last));
    std::vector<std::uint64_t> seqs;
    for (auto seq = window.first.value(); seqs.size() < window.count_max; ++seq) {
        if (seq > window.last.value() || seq > last) break;
        seqs.push_back(seq);
    }
    return seqs;
}

/// "5 6 7, more 1".
std::string answer(std::uint64_t start,
                   std::uint64_t end,
                   std::int64_t limit,
                   SyncRequest::Mode mode,
                   std::uint64_t last = 10) {
    const SyncRequest request{start, end, limit, mode};
    const auto seqs = page(request, last);
    std::string text;
    for (const auto seq : seqs) text += (text.empty() ? "" : " ") + std::to_string(seq);
    return text + ", more " + (has_more(request, seqs.size()) ? "1" : "0");
}

// wukong-semantics 17, item 6: ten messages, limit 3.
TEST(SyncWindow, TheAcceptanceChecks) {
    EXPECT_EQ(answer(0, 0, 3, down), "8 9 10, more 1");
    EXPECT_EQ(answer(0, 0, 3, up), "8 9 10, more 1");
    EXPECT_EQ(answer(7, 0, 3, down), "5 6 7, more 1");
    EXPECT_EQ(answer(7, 5, 3, down), "6 7, more 0");
    EXPECT_EQ(answer(8, 0, 3, up), "8 9 10, more 1");
    EXPECT_EQ(answer(8, 10, 3, up), "8 9, more 0");
    EXPECT_EQ(answer(3, 7, 3, down), ", more 0");
}

// The table of wukong-http 9.1, row by row.
TEST(SyncWindow, TheTable) {
    EXPECT_EQ(answer(0, 0, 20, down), "1 2 3 4 5 6 7 8 9 10, more 0");
    EXPECT_EQ(answer(2, 0, 3, up), "2 3 4, more 1");
    EXPECT_EQ(answer(9, 0, 3, up), "9 10, more 0");
    EXPECT_EQ(answer(9, 99, 3, up), "9 10, more 0");
    EXPECT_EQ(answer(2, 0, 3, down), "1 2, more 0");
    EXPECT_EQ(answer(9, 2, 3, down), "7 8 9, more 1");
    EXPECT_EQ(answer(9, 6, 3, down), "7 8 9, more 1");
    EXPECT_EQ(answer(9, 7, 3, down), "8 9, more 0");
    EXPECT_EQ(answer(9, 9, 3, down), ", more 0");
    EXPECT_EQ(answer(9, 10, 3, down), ", more 0");
    EXPECT_EQ(answer(0, 5, 3, down), ", more 0");
}

TEST(SyncWindow, UpFromTheBeginning) {
    EXPECT_EQ(answer(0, 5, 3, up), "1 2 3, more 1");
    EXPECT_EQ(answer(0, 5, 9, up), "1 2 3 4, more 0");
    EXPECT_EQ(answer(0, 1, 3, up), ", more 0");
    EXPECT_EQ(answer(5, 5, 3, up), ", more 0");
    EXPECT_EQ(answer(6, 5, 3, up), ", more 0");
    EXPECT_EQ(answer(11, 0, 3, up), ", more 0");
}

TEST(SyncWindow, AStartBeyondTheNewestMeansTheNewest) {
    EXPECT_EQ(answer(999, 0, 3, down), "8 9 10, more 1");
    EXPECT_EQ(answer(999, 8, 3, down), "9 10, more 0");
    EXPECT_EQ(answer(999, 10, 3, down), ", more 0");
    EXPECT_EQ(answer(UINT64_MAX, 0, 3, down), "8 9 10, more 1");
    EXPECT_EQ(answer(UINT64_MAX, UINT64_MAX, 3, down), ", more 0");
    EXPECT_EQ(answer(UINT64_MAX, UINT64_MAX, 3, up), ", more 0");
}

TEST(SyncWindow, LimitsOutOfRange) {
    EXPECT_EQ(answer(0, 0, 0, down), ", more 0");
    EXPECT_EQ(answer(5, 0, -1, up), ", more 0");
    EXPECT_EQ(answer(5, 0, INT64_MIN, up), ", more 0");
    const SyncRequest request{0, 0, INT64_MAX, down};
    EXPECT_EQ(sync_window(request, MessageSeq(50'000)),
              (SyncWindow{MessageSeq(40'001), MessageSeq(50'000), 10'000}));
    EXPECT_TRUE(has_more(request, 10'000));
    EXPECT_FALSE(has_more(request, 9'999));
}

TEST(SyncWindow, AnEmptyChannelHasNothing) {
    for (const auto mode : {down, up}) {
        for (const std::uint64_t start : {0, 1, 5}) {
            for (const std::uint64_t end : {0, 1, 5}) {
                EXPECT_EQ(answer(start, end, 3, mode, 0), ", more 0");
            }
        }
    }
}

/// The table as filters over the whole log: which sequences, and which end of them.
std::vector<std::uint64_t> by_filter(const SyncRequest& request, std::uint64_t last) {
    std::vector<std::uint64_t> seqs;
    const auto most = static_cast<std::size_t>(std::max<std::int64_t>(request.limit, 0));
    const bool newest = request.start == 0 && request.end == 0;
    const bool is_up = request.mode == up && !newest;
    if (!newest && !is_up && request.end > request.start) return {};
    for (std::uint64_t seq = 1; seq <= last; ++seq) {
        const bool fits = newest  ? true
                          : is_up ? seq >= request.start && (request.end == 0 || seq < request.end)
                                  : seq <= request.start && seq > request.end;
        if (fits) seqs.push_back(seq);
    }
    if (seqs.size() <= most) return seqs;
    const auto cut = static_cast<std::ptrdiff_t>(most);
    return is_up ? std::vector(seqs.begin(), seqs.begin() + cut)
                 : std::vector(seqs.end() - cut, seqs.end());
}

TEST(SyncWindow, IsTheTableForAllSmallNumbers) {
    for (std::uint64_t last = 0; last <= 6; ++last) {
        for (std::uint64_t start = 0; start <= 8; ++start) {
            for (std::uint64_t end = 0; end <= 8; ++end) {
                for (std::int64_t limit = 0; limit <= 8; ++limit) {
                    for (const auto mode : {down, up}) {
                        const SyncRequest request{start, end, limit, mode};
                        ASSERT_EQ(page(request, last), by_filter(request, last))
                            << "S " << start << " E " << end << " N " << limit << " L " << last
                            << (mode == up ? " up" : " down");
                    }
                }
            }
        }
    }
}

}  // namespace
}  // namespace fenshen::domain
