// SPDX-License-Identifier: Apache-2.0
#include "gateway/msync/sync_progress.h"

#include <gtest/gtest.h>

#include "domain/snowflake.h"

namespace fenshen::gateway {
namespace {

constexpr WallTime now{1'776'844'800'000};
constexpr std::int64_t settled = SyncProgress::settled_after.count();

/// The n-th id of a moment `ms` before now.
MessageId id_at(std::int64_t ms_before, std::int64_t n = 0) {
    return MessageId(domain::Snowflake::first_of({now.ms - ms_before}).value() + n);
}

storage::DeviceSyncedRow kept(MessageId floor, std::vector<MessageId> beyond = {}) {
    storage::DeviceSyncedRow row;
    row.floor = floor;
    row.beyond = std::move(beyond);
    return row;
}

TEST(SyncProgress, WhatIsSettledIsBelowTheFloorAndTheRestIsNamed) {
    SyncProgress progress;
    progress.begin(kept(id_at(3'600'000)));
    for (const auto id : {id_at(60'000), id_at(1'000, 2), id_at(1'000, 1), id_at(5)}) {
        progress.has(id);
    }
    const auto row = progress.row(now, std::nullopt);
    EXPECT_EQ(row.floor, id_at(settled));
    EXPECT_EQ(row.beyond, (std::vector{id_at(1'000, 1), id_at(1'000, 2), id_at(5)}));
    EXPECT_FALSE(progress.is_changed());
    EXPECT_TRUE(progress.knows(id_at(60'000)));
    EXPECT_TRUE(progress.knows(id_at(5)));
    EXPECT_FALSE(progress.knows(id_at(4)));  // may still be on its way
}

TEST(SyncProgress, WhatIsNotAcknowledgedStaysMissing) {
    SyncProgress progress;
    progress.begin(kept(id_at(3'600'000)));
    progress.has(id_at(100'000));
    progress.has(id_at(80'000));
    const auto row = progress.row(now, id_at(90'000));
    EXPECT_LT(row.floor, id_at(90'000));
    EXPECT_GE(row.floor, id_at(100'000));
    EXPECT_EQ(row.beyond, std::vector{id_at(80'000)});
}

TEST(SyncProgress, NothingIsForgottenThatCameBeforeItBegan) {
    SyncProgress progress;
    EXPECT_FALSE(progress.has_begun());
    progress.has(id_at(10));
    progress.begin(kept(id_at(3'600'000), {id_at(50)}));
    EXPECT_TRUE(progress.knows(id_at(10)));
    EXPECT_TRUE(progress.knows(id_at(50)));
    progress.has(id_at(10));
    EXPECT_EQ(progress.row(now, std::nullopt).beyond, (std::vector{id_at(50), id_at(10)}));
}

TEST(SyncProgress, AFloodIsBounded) {
    SyncProgress progress;
    progress.begin({});
    const auto count = static_cast<std::int64_t>(SyncProgress::beyond_max) + 100;
    for (std::int64_t n = 0; n < count; ++n) progress.has(id_at(10, n));
    const auto row = progress.row(now, std::nullopt);
    EXPECT_EQ(row.beyond.size(), SyncProgress::beyond_max);
    EXPECT_EQ(row.floor, id_at(10, 99));
}

}  // namespace
}  // namespace fenshen::gateway
