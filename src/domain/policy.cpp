// SPDX-License-Identifier: Apache-2.0
#include "domain/policy.h"

#include <algorithm>

#include "domain/class_names.h"
#include "model/names.h"

namespace fenshen::domain {

namespace {

std::vector<DeviceClass> classes_of(std::initializer_list<std::uint8_t> numbers) {
    std::vector<DeviceClass> classes;
    for (const auto number : numbers) classes.emplace_back(number);
    return classes;
}

/// One phone, one tablet, one desktop, one browser.
std::vector<ClassGroup> one_of_a_kind() {
    const Limit one{1, Over::end_earliest};
    return {
        {"phone", classes_of({0, 4, 5}), one},
        {"tablet", classes_of({10}), one},
        {"desktop", classes_of({2, 7, 8, 9}), one},
        {"web", classes_of({1, 6}), one},
    };
}

std::optional<std::string> problem_of(const ClassGroup& group) {
    if (is_blank(group.name) || group.name.size() > group_name_bytes_max ||
        !is_valid_utf8(group.name)) {
        return "a group's name is 1 to " + std::to_string(group_name_bytes_max) +
               " bytes of UTF-8, not blank";
    }
    if (group.classes.empty()) return "group " + group.name + " has no classes";
    auto sorted = group.classes;
    std::ranges::sort(sorted);
    const auto twice = std::ranges::adjacent_find(sorted);
    if (twice == sorted.end()) return std::nullopt;
    return "group " + group.name + " names class " + number_and_name(*twice) + " twice";
}

}  // namespace

std::string_view name_of(Over over) {
    return over == Over::end_earliest ? "end_earliest" : "refuse_newest";
}

std::optional<Over> over_of(std::string_view name) {
    for (const Over over : {Over::end_earliest, Over::refuse_newest}) {
        if (name_of(over) == name) return over;
    }
    return std::nullopt;
}

std::optional<Policy> preset_of(std::string_view name) {
    Policy policy;
    policy.preset = name;
    if (name == "wukong") return policy;
    if (name == "easemob") {
        policy.default_limit = policy.msync_default;
        return policy;
    }
    policy.msync_default = {};
    if (name == "single") {
        policy.single_device = true;
    } else if (name == "wechat") {
        policy.groups = one_of_a_kind();
    } else if (name != "unlimited") {
        return std::nullopt;
    }
    return policy;
}

std::optional<std::string> problem_of(const Policy& policy) {
    if (std::ranges::find(preset_names, policy.preset) == preset_names.end()) {
        return "there is no preset of the name given";
    }
    if (policy.groups.size() > policy_groups_max) {
        return "a policy has at most " + std::to_string(policy_groups_max) + " groups";
    }
    for (const auto& [device_class, others] : policy.only_with) {
        if (!others.empty() && !others.contains(device_class)) continue;
        return "class " + number_and_name(device_class) + " must be beside other classes";
    }
    std::set<std::string_view> names;
    for (const auto& group : policy.groups) {
        if (auto problem = problem_of(group)) return problem;
        if (!names.insert(group.name).second) return "two groups are named " + group.name;
    }
    return std::nullopt;
}

}  // namespace fenshen::domain
