// SPDX-License-Identifier: Apache-2.0
#include "domain/detail/scopes.h"

#include <algorithm>

namespace fenshen::domain::detail {

namespace {

bool contains(const ClassGroup& group, DeviceClass device_class) {
    return std::ranges::find(group.classes, device_class) != group.classes.end();
}

std::string sentence_of(std::uint32_t devices_max, const std::string& where) {
    if (devices_max == 0) return "no device is allowed in " + where;
    return "at most " + std::to_string(devices_max) +
           (devices_max == 1 ? " device in " : " devices in ") + where;
}

}  // namespace

bool Scope::includes(DeviceClass device_class) const {
    switch (rule) {
        case EndRule::single_device:
            return true;
        case EndRule::group_limit:
            return contains(*group, device_class);
        default:
            return device_class == own_class;
    }
}

std::vector<Scope> scopes_of(DeviceClass device_class, Family family, const Policy& policy) {
    std::vector<Scope> scopes;
    const auto add = [&](EndRule rule, const Limit& limit, const ClassGroup* group) {
        if (!limit.devices) return;
        const std::string where = group != nullptr
                                      ? "group " + group->name
                                      : "class " + std::to_string(device_class.value());
        scopes.push_back({rule,
                          *limit.devices,
                          limit.over,
                          sentence_of(*limit.devices, where),
                          device_class,
                          group});
    };
    add(EndRule::class_limit, policy.limit_of(device_class, family), nullptr);
    for (const auto& group : policy.groups) {
        if (contains(group, device_class)) add(EndRule::group_limit, group.limit, &group);
    }
    if (policy.single_device) {
        scopes.push_back({EndRule::single_device,
                          1,
                          Over::end_earliest,
                          "one device at a time",
                          device_class,
                          nullptr});
    }
    return scopes;
}

}  // namespace fenshen::domain::detail
