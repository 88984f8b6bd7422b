// SPDX-License-Identifier: Apache-2.0
// Policies as files, and the verbs below `fenshen policy` that change something.
#pragma once

#include <expected>
#include <iosfwd>
#include <string>

#include "cli/detail/json.h"

namespace CLI {
class App;
}

namespace fenshen::cli {

class Shell;

/// FILE.
void take_policy_file(CLI::App& verb, std::string& file);
/// A policy, or an object with one in its member `policy`, as the API gives it. The error is for
/// people. `in` is read for "-".
std::expected<Json, std::string> read_policy(const std::string& file, std::istream& in);

/// `set` and `clear`.
void add_policy_changes(Shell& shell, CLI::App& policy);

}  // namespace fenshen::cli
