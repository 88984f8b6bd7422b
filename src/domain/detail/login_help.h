// SPDX-License-Identifier: Apache-2.0
// What a refused login is told to do about it: calls to paste, traps that others fell into.
#pragma once

#include <cstdint>
#include <string>

#include "domain/login.h"

namespace fenshen::domain::detail {

/// POST /user/token (wukong-http 5.1).
Mend register_token(const Uid& uid, DeviceClass device_class, std::uint8_t device_level);
/// POST /channel/info (wukong-http 7.2).
Mend lift_ban(const Uid& uid);

/// Which client SDKs ask for this class unless told otherwise (wukong-wire 0.1); empty: none.
std::string sdk_hint(DeviceClass device_class);

}  // namespace fenshen::domain::detail
