// SPDX-License-Identifier: Apache-2.0
#include "domain/policy.h"

#include <gtest/gtest.h>

namespace fenshen::domain {
namespace {

constexpr Limit none{};
constexpr Limit one{1, Over::end_earliest};
constexpr Limit four{4, Over::end_earliest};

TEST(Presets, EveryNameHasItsPolicyWithoutProblems) {
    for (const auto name : preset_names) {
        const auto policy = preset_of(name);
        ASSERT_TRUE(policy) << name;
        EXPECT_EQ(policy->preset, name);
        EXPECT_EQ(problem_of(*policy), std::nullopt) << name;
    }
    EXPECT_EQ(preset_of("whatsapp"), std::nullopt);
    EXPECT_EQ(preset_of(""), std::nullopt);
}

TEST(Presets, WukongIsWhereAPolicyStarts) {
    EXPECT_EQ(preset_of("wukong"), Policy{});
}

TEST(Presets, DefaultsDependOnTheFamilyUnlessSaid) {
    const DeviceClass web(1);
    EXPECT_EQ(preset_of("wukong")->limit_of(web, Family::wukong), none);
    EXPECT_EQ(preset_of("wukong")->limit_of(web, Family::msync), four);
    EXPECT_EQ(preset_of("easemob")->limit_of(web, Family::wukong), four);
    EXPECT_EQ(preset_of("easemob")->limit_of(web, Family::msync), four);
    EXPECT_EQ(preset_of("unlimited")->limit_of(web, Family::msync), none);
    Policy policy;
    policy.classes[web] = one;
    EXPECT_EQ(policy.limit_of(web, Family::msync), one);
    EXPECT_EQ(policy.limit_of(DeviceClass(2), Family::msync), four);
}

TEST(Presets, SingleAndWechat) {
    EXPECT_TRUE(preset_of("single")->single_device);
    const auto wechat = *preset_of("wechat");
    ASSERT_EQ(wechat.groups.size(), 4U);
    for (const auto& group : wechat.groups) EXPECT_EQ(group.limit, one) << group.name;
    EXPECT_EQ(wechat.groups[0].name, "phone");
    EXPECT_EQ(wechat.groups[0].classes,
              (std::vector{DeviceClass(0), DeviceClass(4), DeviceClass(5)}));
}

TEST(Over, NamesGoBothWays) {
    EXPECT_EQ(over_of(name_of(Over::end_earliest)), Over::end_earliest);
    EXPECT_EQ(over_of("refuse_newest"), Over::refuse_newest);
    EXPECT_EQ(over_of("refuse"), std::nullopt);
}

std::string problem_with(ClassGroup group) {
    Policy policy;
    policy.groups.push_back(std::move(group));
    return problem_of(policy).value_or("none");
}

TEST(PolicyProblems, AreNamed) {
    const std::vector phone{DeviceClass(4), DeviceClass(5)};
    EXPECT_EQ(problem_with({"phone", phone, one}), "none");
    EXPECT_EQ(problem_with({"phone", {}, one}), "group phone has no classes");
    EXPECT_EQ(problem_with({"phone", {DeviceClass(5), DeviceClass(4), DeviceClass(5)}, one}),
              "group phone names class 5 (ios) twice");
    const std::string about_names = "a group's name is 1 to 64 bytes of UTF-8, not blank";
    EXPECT_EQ(problem_with({"", phone, one}), about_names);
    EXPECT_EQ(problem_with({" ", phone, one}), about_names);
    EXPECT_EQ(problem_with({"\xFF", phone, one}), about_names);
    EXPECT_EQ(problem_with({std::string(65, 'x'), phone, one}), about_names);
    EXPECT_EQ(problem_with({std::string(64, 'x'), phone, one}), "none");
}

TEST(PolicyProblems, OfTheWhole) {
    Policy policy;
    policy.groups = {{"a", {DeviceClass(1)}, one}, {"a", {DeviceClass(2)}, one}};
    EXPECT_EQ(problem_of(policy), "two groups are named a");
    policy.groups.clear();
    for (std::size_t i = 0; i < policy_groups_max; ++i) {
        policy.groups.push_back({"g" + std::to_string(i), {DeviceClass(1)}, one});
    }
    EXPECT_EQ(problem_of(policy), std::nullopt);
    policy.groups.push_back({"more", {DeviceClass(1)}, one});
    EXPECT_EQ(problem_of(policy), "a policy has at most 64 groups");
    policy = {};
    policy.only_with[DeviceClass(1)] = {DeviceClass(5)};
    EXPECT_EQ(problem_of(policy), std::nullopt);
    policy.only_with[DeviceClass(1)] = {DeviceClass(5), DeviceClass(1)};
    EXPECT_EQ(problem_of(policy), "class 1 (web) must be beside other classes");
    policy = {};
    policy.preset = "mine";
    EXPECT_EQ(problem_of(policy), "there is no preset of the name given");
}

}  // namespace
}  // namespace fenshen::domain
