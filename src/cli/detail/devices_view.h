// SPDX-License-Identifier: Apache-2.0
// The API's devices and logins as tables (v1-api "Devices").
#pragma once

#include <string>

#include "cli/detail/json.h"
#include "cli/detail/table.h"
#include "cli/detail/time_words.h"

namespace fenshen::cli {

/// A table, and a line that counts. `answer` as GET .../devices gives it.
std::string draw_devices(const Json& answer, const TimeWords& times, const Terminal& terminal);
/// A table of GET .../logins.
std::string draw_logins(const Json& answer, const TimeWords& times, const Terminal& terminal);
/// One event as a line, for a list that grows.
std::string login_line(const Json& event, const TimeWords& times);

/// "2 sessions ended:", and a line each; "nobody was online" for an empty list.
std::string ended_text(const Json& ended);

}  // namespace fenshen::cli
