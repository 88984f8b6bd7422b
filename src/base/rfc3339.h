// SPDX-License-Identifier: Apache-2.0
// Times as text (RFC 3339), for people and for JSON.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/clock.h"

namespace fenshen {

/// In UTC with milliseconds: "2026-11-24T10:00:00.000Z". For years 0000 to 9999; a time beyond is
/// shown as the nearest of these.
std::string rfc3339(WallTime time);

/// With any offset and any number of digits behind the second, of which three count. nullopt: not a
/// time of RFC 3339, or no such day. A leap second is the second behind it.
std::optional<WallTime> from_rfc3339(std::string_view text);

}  // namespace fenshen
