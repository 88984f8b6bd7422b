// SPDX-License-Identifier: Apache-2.0
#include "model/slot.h"

#include <gtest/gtest.h>

#include "model/names.h"

namespace fenshen {
namespace {

// Stored data lies where these say. A failure here means that existing stores could no longer be
// read.
TEST(SlotMap, VectorsNeverChange) {
    const SlotMap slots(64);
    EXPECT_EQ(slots.of_account("u1").value(), 49);
    EXPECT_EQ(slots.of_account("ann").value(), 8);
    EXPECT_EQ(slots.of_account("张三").value(), 2);
    EXPECT_EQ(slots.of_channel({ChannelType::group, "g1"}).value(), 58);
    EXPECT_EQ(slots.of_channel({ChannelType::person, "u2@u1"}).value(), 54);
}

TEST(SlotMap, ACommandChannelSharesItsChannelsSlot) {
    const SlotMap slots(64);
    const ChannelKey group{ChannelType::group, "g1"};
    EXPECT_EQ(slots.of_channel(command_channel_of(group)), slots.of_channel(group));
}

}  // namespace
}  // namespace fenshen
