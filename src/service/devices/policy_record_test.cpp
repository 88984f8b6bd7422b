// SPDX-License-Identifier: Apache-2.0
#include "service/devices/policy_record.h"

#include <gtest/gtest.h>

namespace fenshen::service {
namespace {

domain::Policy full_policy() {
    domain::Policy policy;
    policy.preset = "wechat";
    policy.single_device = true;
    policy.default_limit = {4, domain::Over::refuse_newest};
    policy.msync_default = {};
    policy.classes[DeviceClass(1)] = {0, domain::Over::end_earliest};
    policy.classes[DeviceClass(255)] = {UINT32_MAX, domain::Over::refuse_newest};
    policy.groups = {{"phone", {DeviceClass(0), DeviceClass(4)}, {1, domain::Over::end_earliest}},
                     {"电脑", {DeviceClass(2)}, {}}};
    policy.many_tabs = {DeviceClass(1), DeviceClass(6)};
    policy.only_with = {{DeviceClass(1), {DeviceClass(0), DeviceClass(4)}},
                        {DeviceClass(6), {DeviceClass(5)}}};
    return policy;
}

TEST(PolicyRecord, IsReadAsItWasWritten) {
    EXPECT_EQ(decode_policy(encode(full_policy())), full_policy());
    for (const auto name : domain::preset_names) {
        const auto preset = domain::preset_of(name).value();
        EXPECT_EQ(decode_policy(encode(preset)), preset) << name;
    }
}

TEST(PolicyRecord, WhatIsCutOffOrTooLongIsNoPolicy) {
    const Bytes whole = encode(full_policy());
    for (std::size_t size = 0; size < whole.size(); ++size) {
        EXPECT_EQ(decode_policy(BytesView(whole).substr(0, size)).error(), Errc::store_corrupt)
            << size;
    }
    EXPECT_EQ(decode_policy(whole + '\0').error(), Errc::store_corrupt);
}

TEST(PolicyRecord, AnotherFormatIsRefused) {
    Bytes other = encode(full_policy());
    other[0] = 2;
    EXPECT_EQ(decode_policy(other).error(), Errc::store_corrupt);
}

TEST(PolicyRecord, APolicyThatMakesNoSenseIsRefused) {
    domain::Policy policy = full_policy();
    policy.preset = "nobody's";
    EXPECT_EQ(decode_policy(encode(policy)).error(), Errc::store_corrupt);
}

}  // namespace
}  // namespace fenshen::service
