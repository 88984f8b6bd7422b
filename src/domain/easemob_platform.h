// SPDX-License-Identifier: Apache-2.0
// Easemob's platforms as device classes (architecture 4; easemob-config "limits").
#pragma once

#include <array>
#include <charconv>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "model/ids.h"

namespace fenshen::domain {

inline constexpr std::uint8_t custom_platforms_max = 100;
inline constexpr std::array<std::pair<std::string_view, std::uint8_t>, 6> easemob_platforms{
    {{"web", 1}, {"android", 4}, {"ios", 5}, {"windows", 7}, {"macos", 8}, {"linux", 9}}};

/// customN; `n` from 1 to custom_platforms_max.
inline DeviceClass class_of_custom_platform(std::uint8_t n) {
    return DeviceClass(static_cast<std::uint8_t>(100 + n));
}

/// By its name in the configuration: "web", "custom7".
inline std::optional<DeviceClass> class_of_platform(std::string_view name) {
    for (const auto& [platform, number] : easemob_platforms) {
        if (name == platform) return DeviceClass(number);
    }
    constexpr std::string_view custom = "custom";
    if (!name.starts_with(custom)) return std::nullopt;
    const char* const begin = name.data() + custom.size();
    const char* const end = name.data() + name.size();
    std::uint8_t n = 0;
    const auto read = std::from_chars(begin, end, n);
    if (read.ec != std::errc{} || read.ptr != end || n < 1 || n > custom_platforms_max) {
        return std::nullopt;
    }
    return class_of_custom_platform(n);
}

/// As class_of_platform() reads it; of a class that is no platform: "class12".
inline std::string name_of_platform(DeviceClass device_class) {
    const std::uint8_t number = device_class.value();
    for (const auto& [platform, known] : easemob_platforms) {
        if (number == known) return std::string(platform);
    }
    if (number > 100 && number <= 100 + custom_platforms_max) {
        return "custom" + std::to_string(number - 100);
    }
    return "class" + std::to_string(number);
}

}  // namespace fenshen::domain
