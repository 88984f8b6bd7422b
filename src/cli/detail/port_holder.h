// SPDX-License-Identifier: Apache-2.0
// Who listens on a TCP port of this machine, as /proc tells it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

namespace fenshen::cli::detail {

struct PortHolder {
    int pid = 0;
    std::string name;  ///< of the program, at most 15 bytes
};

/// None: nobody, or the process is not ours to look into.
std::optional<PortHolder> holder_of(std::uint16_t port);

}  // namespace fenshen::cli::detail
