// SPDX-License-Identifier: Apache-2.0
// What keys say of each other.
#pragma once

#include <vector>

#include "app/config/config.h"

namespace fenshen::config::detail {

std::vector<Problem> check(const Loaded& loaded);

}  // namespace fenshen::config::detail
