// SPDX-License-Identifier: Apache-2.0
#include "domain/class_names.h"

#include <array>
#include <string_view>

namespace fenshen::domain {

namespace {

// 0-2 are WuKongIM's own; 4-7 what its users agreed on (requirements D2), which is also where
// Easemob's platforms are mapped to, with 8 and 9; 10 is ours, for the preset "wechat".
constexpr std::array<std::string_view, 11> names{
    "app", "web", "pc", "", "android", "ios", "web", "pc", "macos", "linux", "tablet"};

std::string_view known_name(DeviceClass device_class) {
    if (device_class.value() == 99) return "system";
    if (device_class.value() >= names.size()) return {};
    return names[device_class.value()];
}

}  // namespace

std::string name_of(DeviceClass device_class) {
    const auto name = known_name(device_class);
    if (!name.empty()) return std::string(name);
    return "class " + std::to_string(device_class.value());
}

std::string number_and_name(DeviceClass device_class) {
    const auto name = known_name(device_class);
    std::string text = std::to_string(device_class.value());
    if (!name.empty()) text.append(" (").append(name).append(")");
    return text;
}

}  // namespace fenshen::domain
