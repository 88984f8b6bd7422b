// SPDX-License-Identifier: Apache-2.0
#include "gateway/msync/device_queue.h"

#include <gtest/gtest.h>

namespace fenshen::gateway {
namespace {

DeviceQueue::Entry entry(std::int64_t id, bool is_online = true, std::size_t bytes = 10) {
    auto message = std::make_shared<Message>();
    message->id = MessageId(id);
    message->payload = Bytes(bytes, 'x');
    return {.message = std::move(message), .is_online = is_online};
}

std::vector<std::int64_t> ids(const DeviceQueue::Entries& entries) {
    std::vector<std::int64_t> found;
    for (const auto& each : entries) found.push_back(each.message->id.value());
    return found;
}

constexpr DeviceQueueLimits limits{
    .batch_metas_max = 3, .batch_bytes_max = 1'000, .waiting_max = 5, .waiting_bytes_max = 4'000};

TEST(DeviceQueue, ABatchStaysUntilItIsAcknowledgedAndKeysGrow) {
    DeviceQueue queue;
    queue.begin_after(100);
    for (std::int64_t id = 1; id <= 5; ++id) ASSERT_TRUE(queue.add(entry(id), limits));
    EXPECT_EQ(ids(queue.batch(limits)), (std::vector<std::int64_t>{1, 2, 3}));
    EXPECT_EQ(ids(queue.batch(limits)), (std::vector<std::int64_t>{1, 2, 3}));
    EXPECT_EQ(queue.under_way().front().key, 101U);
    EXPECT_EQ(queue.under_way().back().key, 103U);
    EXPECT_EQ(queue.size(), 5U);

    std::vector<std::int64_t> acked;
    const auto note = [&](const auto& each) { acked.push_back(each.message->id.value()); };
    queue.acknowledge(50, note);  // of an older connection
    EXPECT_TRUE(acked.empty());
    queue.acknowledge(102, note);
    EXPECT_EQ(acked, (std::vector<std::int64_t>{1, 2}));
    EXPECT_EQ(ids(queue.batch(limits)), std::vector<std::int64_t>{3});
    queue.acknowledge(103, note);
    EXPECT_EQ(ids(queue.batch(limits)), (std::vector<std::int64_t>{4, 5}));
    EXPECT_EQ(queue.under_way().back().key, 105U);
    queue.acknowledge(UINT64_MAX, note);
    EXPECT_TRUE(queue.batch(limits).empty());
}

TEST(DeviceQueue, IsBoundedByCountAndByBytes) {
    DeviceQueue queue;
    for (std::int64_t id = 1; id <= 5; ++id) ASSERT_TRUE(queue.add(entry(id), limits));
    EXPECT_FALSE(queue.add(entry(6), limits));
    queue.batch(limits);
    EXPECT_TRUE(queue.add(entry(6), limits));  // what is under way does not wait

    DeviceQueue large;
    EXPECT_TRUE(large.add(entry(1, true, 100'000), limits));  // one alone is never too much
    EXPECT_FALSE(large.add(entry(2, true, 1), limits));
    large.batch(limits);
    EXPECT_TRUE(large.add(entry(2, true, 1), limits));
}

TEST(DeviceQueue, ABatchEndsAtItsBytesButIsNeverEmpty) {
    DeviceQueue queue;
    ASSERT_TRUE(queue.add(entry(1, true, 3'000), limits));
    ASSERT_TRUE(queue.add(entry(2, true, 100), limits));
    EXPECT_EQ(ids(queue.batch(limits)), std::vector<std::int64_t>{1});
}

TEST(DeviceQueue, WhatWasMissedGoesFirstAndByItself) {
    DeviceQueue queue;
    ASSERT_TRUE(queue.add(entry(9), limits));
    queue.add_front({entry(1, false), entry(2, false)});
    EXPECT_TRUE(queue.has_missed_waiting());
    EXPECT_EQ(ids(queue.batch(limits)), (std::vector<std::int64_t>{1, 2}));
    queue.acknowledge(UINT64_MAX, [](const auto&) {});
    EXPECT_FALSE(queue.has_missed_waiting());
    EXPECT_EQ(ids(queue.batch(limits)), std::vector<std::int64_t>{9});
}

}  // namespace
}  // namespace fenshen::gateway
