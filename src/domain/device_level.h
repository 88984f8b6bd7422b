// SPDX-License-Identifier: Apache-2.0
// What the number `device_level` means. WuKongIM's code says 1 = main; `devices.main_level` turns
// it round for apps that were built on articles that say 0 (requirements, last section).
#pragma once

#include <cstdint>

#include "model/ids.h"

namespace fenshen::domain {

/// `main_level` is 0 or 1; every number but it means secondary.
constexpr DeviceLevel level_of(std::uint8_t number, std::uint8_t main_level) {
    return number == main_level ? DeviceLevel::main : DeviceLevel::secondary;
}

/// The number that an app would give for `level`.
constexpr std::uint8_t number_of(DeviceLevel level, std::uint8_t main_level) {
    if (level == DeviceLevel::main) return main_level;
    return main_level == 0 ? 1 : 0;
}

}  // namespace fenshen::domain
