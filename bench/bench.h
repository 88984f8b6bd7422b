// SPDX-License-Identifier: Apache-2.0
// `fenshen bench`: starts a server of its own, puts it under load, and says what that cost.
#pragma once

#include "options.h"

namespace fenshen::bench {

/// Prints a report; 0 when everything sent was acknowledged and received on every device, 1 when
/// not.
int run(const Options& options);

}  // namespace fenshen::bench
