// SPDX-License-Identifier: Apache-2.0
#include "domain/class_names.h"

#include <array>
#include <string_view>

namespace fenshen::domain {

namespace {

// 0-2 are WuKongIM's own; 4 and up is what its users agreed on and what Easemob's platforms are
// mapped to.
constexpr std::array<std::string_view, 10> names{
    "app", "web", "pc", "", "android", "ios", "tablet", "windows", "macos", "linux"};

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
