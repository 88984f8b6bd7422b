// SPDX-License-Identifier: Apache-2.0
#include "domain/class_names.h"

#include <gtest/gtest.h>

#include "domain/device_level.h"

namespace fenshen::domain {
namespace {

TEST(ClassNames, KnownOnesAndOthers) {
    EXPECT_EQ(name_of(DeviceClass(0)), "app");
    EXPECT_EQ(name_of(DeviceClass(1)), "web");
    EXPECT_EQ(name_of(DeviceClass(2)), "pc");
    EXPECT_EQ(name_of(DeviceClass(3)), "class 3");
    EXPECT_EQ(name_of(DeviceClass(4)), "android");
    EXPECT_EQ(name_of(DeviceClass(5)), "ios");
    EXPECT_EQ(name_of(DeviceClass(77)), "class 77");
    EXPECT_EQ(name_of(DeviceClass(99)), "system");
    EXPECT_EQ(name_of(DeviceClass(255)), "class 255");
}

TEST(ClassNames, WithTheirNumbers) {
    EXPECT_EQ(number_and_name(DeviceClass(0)), "0 (app)");
    EXPECT_EQ(number_and_name(DeviceClass(1)), "1 (web)");
    EXPECT_EQ(number_and_name(DeviceClass(77)), "77");
    // Two classes may have one name: the number tells them apart.
    EXPECT_EQ(number_and_name(DeviceClass(6)), "6 (web)");
    EXPECT_EQ(number_and_name(DeviceClass(7)), "7 (pc)");
}

TEST(DeviceLevels, OneIsMainUnlessTurnedRound) {
    EXPECT_EQ(level_of(1, 1), DeviceLevel::main);
    EXPECT_EQ(level_of(0, 1), DeviceLevel::secondary);
    EXPECT_EQ(level_of(2, 1), DeviceLevel::secondary);
    EXPECT_EQ(level_of(0, 0), DeviceLevel::main);
    EXPECT_EQ(level_of(1, 0), DeviceLevel::secondary);
    for (const std::uint8_t main_level : {0, 1}) {
        for (const auto level : {DeviceLevel::main, DeviceLevel::secondary}) {
            EXPECT_EQ(level_of(number_of(level, main_level), main_level), level);
        }
    }
}

}  // namespace
}  // namespace fenshen::domain
