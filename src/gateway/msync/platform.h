// SPDX-License-Identifier: Apache-2.0
// Which device class an Easemob platform is (architecture 4).
#pragma once

#include <optional>

#include "model/ids.h"
#include "protocol/msync/messages.h"

namespace fenshen::gateway {

/// None: a custom platform without a number from 1 to 100.
inline std::optional<DeviceClass> device_class_of(const msync::Provision& provision) {
    using msync::OsType;
    constexpr std::uint32_t custom_max = 100;
    switch (provision.os_type.value_or(OsType::other)) {
        case OsType::android:
            return DeviceClass(4);
        case OsType::ios:
            return DeviceClass(5);
        case OsType::windows:
            return DeviceClass(7);
        case OsType::osx:
            return DeviceClass(8);
        case OsType::linux_os:
            return DeviceClass(9);
        case OsType::custom: {
            const auto number = provision.os_custom_value.value_or(0);
            if (number < 1 || number > custom_max) return std::nullopt;
            return DeviceClass(static_cast<std::uint8_t>(custom_max + number));
        }
        default:
            return DeviceClass(1);
    }
}

}  // namespace fenshen::gateway
