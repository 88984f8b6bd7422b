// SPDX-License-Identifier: Apache-2.0
// Device classes by name, for people. Numbers without a name of their own are "class 77".
#pragma once

#include <string>

#include "model/ids.h"

namespace fenshen::domain {

/// "web", "class 77".
std::string name_of(DeviceClass device_class);
/// "1 (web)", "77".
std::string number_and_name(DeviceClass device_class);

}  // namespace fenshen::domain
