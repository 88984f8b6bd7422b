// SPDX-License-Identifier: Apache-2.0
// `fenshen serve`: runs the server until it is told to stop.
#pragma once

#include <string>

#include "app/config/config.h"

namespace fenshen::app {

struct ServeFlags {
    /// Where to write the addresses once all listeners are open, as JSON:
    /// {"tcp":5100,"ws":5200,"wss":0,"api":5001}. Empty: nowhere. For tests and scripts that leave
    /// the choice of ports to the kernel.
    std::string addresses_file;
};

/// Blocks. 0 after a clean stop; 1 when the server could not start, with a line on standard error
/// that says why.
int serve(const config::Config& config, const ServeFlags& flags);

}  // namespace fenshen::app
