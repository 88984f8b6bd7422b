// SPDX-License-Identifier: Apache-2.0
// `fenshen bench`'s own options.
#pragma once

#include <span>
#include <string>

namespace fenshen::bench {

/// Parses, runs, and answers the exit code: 0 when every count agrees, 1 when not, 2 for a wrong
/// command line.
int main(std::span<const std::string> arguments);

}  // namespace fenshen::bench
