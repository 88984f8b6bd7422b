// SPDX-License-Identifier: Apache-2.0
// Policies for people (v1-api "Policy").
#pragma once

#include <string>

#include "cli/detail/json.h"
#include "cli/detail/table.h"

namespace fenshen::cli {

/// Preset, then a table of what is limited. `policy` as the API gives it.
std::string draw_policy(const Json& policy, const Terminal& terminal);
/// The same in one line: "preset wukong; class 1: 4, end earliest".
std::string policy_line(const Json& policy);
/// A table of what a policy would end, and a line that counts.
std::string draw_would_end(const Json& answer, const Terminal& terminal);

}  // namespace fenshen::cli
