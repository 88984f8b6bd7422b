// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

namespace fenshen::cli {

/// As one word of a POSIX shell; bare where no shell reads anything into it.
std::string shell_quoted(std::string_view text);

}  // namespace fenshen::cli
