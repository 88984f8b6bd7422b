// SPDX-License-Identifier: Apache-2.0
#include "api/v1/policy_json.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace fenshen::api::v1 {
namespace {

using domain::Limit;
using domain::Over;
using domain::Policy;

struct Read {
    Policy policy;
    std::string error;
};

Read read(std::string_view text) {
    auto document = http::JsonDocument::parse(text, http::JsonManner::strict);
    if (!document) return {{}, document.error()};
    http::JsonObject object = document->object();
    Read result;
    result.policy = read_policy(object);
    result.error = document->ok() ? "" : document->error();
    return result;
}

std::string written(const Policy& policy) {
    Bytes text;
    JsonWriter json(text);
    write_policy(json, policy);
    return text;
}

TEST(PolicyJson, ReadsTheExampleOfTheContract) {
    const auto [policy, error] = read(R"({
        "preset": "wukong", "single_device": false,
        "default": {"limit": null, "over": "end_earliest"},
        "classes": {"1": {"limit": 4, "over": "end_earliest"}, "6": {"limit": 2, "over": "refuse_newest"}},
        "groups": [{"name": "phone", "classes": [0, 4, 5], "limit": 1, "over": "end_earliest"}]})");
    EXPECT_EQ(error, "");
    Policy expected;
    expected.msync_default = {};
    expected.classes[DeviceClass(1)] = {4, Over::end_earliest};
    expected.classes[DeviceClass(6)] = {2, Over::refuse_newest};
    expected.groups = {
        {"phone", {DeviceClass(0), DeviceClass(4), DeviceClass(5)}, {1, Over::end_earliest}}};
    EXPECT_EQ(policy, expected);
    EXPECT_EQ(
        written(policy),
        R"({"preset":"wukong","single_device":false,"default":{"limit":null,"over":"end_earliest"},)"
        R"("classes":{"1":{"limit":4,"over":"end_earliest"},"6":{"limit":2,"over":"refuse_newest"}},)"
        R"("groups":[{"name":"phone","classes":[0,4,5],"limit":1,"over":"end_earliest"}]})");
}

TEST(PolicyJson, EmptyIsThePresetWukong) {
    const auto [policy, error] = read("{}");
    EXPECT_EQ(error, "");
    EXPECT_EQ(policy, Policy{});
}

TEST(PolicyJson, EveryPresetReadsBackAsItIs) {
    for (const auto name : domain::preset_names) {
        const Policy preset = *domain::preset_of(name);
        const auto by_name = read(R"({"preset":")" + std::string(name) + R"("})");
        EXPECT_EQ(by_name.policy, preset) << name;
        const auto in_full = read(written(preset));
        EXPECT_EQ(in_full.error, "");
        EXPECT_EQ(in_full.policy, preset) << name;
    }
}

TEST(PolicyJson, WhatIsGivenTakesThePlaceOfThePresets) {
    const auto wechat = *domain::preset_of("wechat");
    const auto groups =
        read(R"({"preset":"wechat","groups":[{"name":"g","classes":[1],"limit":2}]})").policy;
    ASSERT_EQ(groups.groups.size(), 1U);
    EXPECT_EQ(groups.groups[0].limit, (Limit{2, Over::end_earliest}));
    const auto classes = read(R"({"preset":"wechat","classes":{"1":{"limit":0}}})").policy;
    EXPECT_EQ(classes.groups, wechat.groups);
    EXPECT_EQ(classes.classes.at(DeviceClass(1)).devices, 0U);
    EXPECT_FALSE(read(R"({"preset":"single","single_device":false})").policy.single_device);
    // null is as though it were not there.
    EXPECT_EQ(read(R"({"preset":"wechat","groups":null,"classes":null,"default":null})").policy,
              wechat);
}

TEST(PolicyJson, ADefaultIsForBothFamiliesUnlessMsyncHasItsOwn) {
    const Limit seven{7, Over::refuse_newest};
    const auto both = read(R"({"default":{"limit":7,"over":"refuse_newest"}})").policy;
    EXPECT_EQ(both.default_limit, seven);
    EXPECT_EQ(both.msync_default, seven);
    const auto own =
        read(R"({"default":{"limit":7,"over":"refuse_newest"},"msync_default":{"limit":2}})")
            .policy;
    EXPECT_EQ(own.default_limit, seven);
    EXPECT_EQ(own.msync_default, (Limit{2, Over::end_earliest}));
    const auto msync_only = read(R"({"msync_default":{"limit":null}})").policy;
    EXPECT_EQ(msync_only.default_limit, Limit{});
    EXPECT_EQ(msync_only.msync_default, Limit{});
    for (const auto& policy : {both, own, msync_only}) {
        EXPECT_EQ(read(written(policy)).policy, policy);
    }
    EXPECT_THAT(written(own), testing::HasSubstr("msync_default"));
    EXPECT_THAT(written(both), testing::Not(testing::HasSubstr("msync_default")));
}

TEST(PolicyJson, ManyTabs) {
    const auto policy = read(R"({"many_tabs":[1,6,1]})").policy;
    EXPECT_THAT(policy.many_tabs, testing::ElementsAre(DeviceClass(1), DeviceClass(6)));
    EXPECT_EQ(read(written(policy)).policy, policy);
    EXPECT_EQ(read(R"({"many_tabs":[]})").policy, Policy{});
}

TEST(PolicyJson, OnlyWith) {
    const auto policy = read(R"({"only_with":{"6":[0,4,5],"1":[0]}})").policy;
    ASSERT_EQ(policy.only_with.size(), 2U);
    EXPECT_THAT(policy.only_with.at(DeviceClass(6)),
                testing::ElementsAre(DeviceClass(0), DeviceClass(4), DeviceClass(5)));
    EXPECT_EQ(read(written(policy)).policy, policy);
}

TEST(PolicyJson, SaysWhatIsWrongAndWhere) {
    const std::pair<std::string_view, std::string_view> wrong[] = {
        {R"([])", "the body: must be an object, not an array"},
        {R"({"colour":1})", R"(unknown field "colour")"},
        {R"({"Preset":"wukong"})", R"(unknown field "Preset")"},
        {R"({"preset":"nonsense"})", "preset: must be one of wukong, easemob"},
        {R"({"preset":1})", "preset: must be a string, not a number"},
        {R"({"preset":"single","preset":"wukong"})", "preset: stands twice"},
        {R"({"single_device":1})", "single_device: must be true or false, not a number"},
        {R"({"default":4})", "default: must be an object, not a number"},
        {R"({"default":{}})", "default.limit: is required; null is no limit"},
        {R"({"default":{"limit":-1}})", "default.limit: must be an integer from 0"},
        {R"({"default":{"limit":1.5}})", "default.limit: must be an integer from 0"},
        {R"({"default":{"limit":"4"}})", "default.limit: must be an integer from 0"},
        {R"({"default":{"limit":4294967296}})", "default.limit: must be an integer from 0"},
        {R"({"default":{"limit":4,"over":"whatever"}})", "default.over: must be end_earliest or"},
        {R"({"default":{"limit":4,"colour":1}})", R"(default: unknown field "colour")"},
        {R"({"classes":[]})", "classes: must be an object, not an array"},
        {R"({"classes":{"256":{"limit":1}}})", "classes.256: is no class"},
        {R"({"classes":{"-1":{"limit":1}}})", "classes.-1: is no class"},
        {R"({"classes":{"01":{"limit":1}}})", "classes.01: is no class"},
        {R"({"classes":{"web":{"limit":1}}})", "classes.web: is no class"},
        {R"({"classes":{"1":null}})", "classes.1.limit: is required"},
        {R"({"classes":{"1":{"limit":1},"1":{"limit":2}}})", "classes.1: stands twice"},
        {R"({"groups":{}})", "groups: must be an array, not an object"},
        {R"({"groups":[null]})", "groups[0]: must be an object, not null"},
        {R"({"groups":[{"classes":[0],"limit":1}]})", "groups[0].name: is required"},
        {R"({"groups":[{"name":"g","limit":1}]})", "groups[0].classes: is required"},
        {R"({"groups":[{"name":"g","classes":[],"limit":1}]})", "group g has no classes"},
        {R"({"groups":[{"name":"g","classes":[256],"limit":1}]})", "groups[0].classes[0]: must be"},
        {R"({"groups":[{"name":"g","classes":[1,1],"limit":1}]})", "names class 1 (web) twice"},
        {R"({"groups":[{"name":"g","classes":[1]}]})", "groups[0].limit: is required"},
        {R"({"only_with":[]})", "only_with: must be an object, not an array"},
        {R"({"only_with":{"256":[1]}})", "only_with.256: is no class"},
        {R"({"only_with":{"1":5}})", "only_with.1: must be an array, not a number"},
        {R"({"only_with":{"1":[256]}})", "only_with.1[0]: must be an integer"},
        {R"({"only_with":{"1":[]}})", "class 1 (web) must be beside other classes"},
        {R"({"many_tabs":[256]})", "many_tabs[0]: must be an integer"},
    };
    for (const auto& [text, error] : wrong) {
        EXPECT_THAT(read(text).error, testing::HasSubstr(std::string(error))) << text;
    }
}

TEST(PolicyJson, MoreGroupsThanThereMayBe) {
    std::string groups;
    for (std::size_t i = 0; i <= domain::policy_groups_max; ++i) {
        groups += (i == 0 ? "" : ",");
        groups += R"({"name":"g)" + std::to_string(i) + R"(","classes":[1],"limit":1})";
    }
    EXPECT_THAT(read(R"({"groups":[)" + groups + "]}").error,
                testing::HasSubstr("groups: are more than 64"));
}

}  // namespace
}  // namespace fenshen::api::v1
