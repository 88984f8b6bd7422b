// SPDX-License-Identifier: Apache-2.0
// Times as the monitoring endpoints write them (wukong-http 13).
#pragma once

#include <cstdint>
#include <string>

#include "base/clock.h"

namespace fenshen::api::wukong::detail {

/// "1d2h3m4s"; leading units that are zero are left out.
std::string duration_text(std::int64_t seconds);

/// In UTC with milliseconds: "2026-11-24T10:00:00.000Z".
std::string rfc3339(WallTime time);

}  // namespace fenshen::api::wukong::detail
