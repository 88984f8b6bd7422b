// SPDX-License-Identifier: Apache-2.0
// One event as one line of text. Pure: the same input gives the same line.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "telemetry/log.h"

namespace fenshen::telemetry::detail {

/// "2026-08-23T10:11:12.345Z".
std::string timestamp(WallTime time);

/// Without a line feed; none of the fields can bring one in. Text that is not UTF-8 comes out with
/// U+FFFD where it is broken.
std::string log_line(LogOptions::Format format,
                     std::size_t value_bytes_max,
                     WallTime time,
                     Level level,
                     std::string_view event,
                     LogFields fields);

}  // namespace fenshen::telemetry::detail
