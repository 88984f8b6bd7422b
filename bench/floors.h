// SPDX-License-Identifier: Apache-2.0
// What the host itself costs, measured in the same run: only ratios to these travel between
// machines.
#pragma once

#include <string>

namespace fenshen::bench {

struct Floors {
    double send_us =
        0;  ///< CPU: one send of 250 bytes to one of many sockets, each touched in turn
    double sync_us = 0;    ///< wall: one fdatasync of 4 KB in the data folder, median
    double x25519_us = 0;  ///< CPU: one key pair and one agreement
};
Floors measure_floors(const std::string& folder);

}  // namespace fenshen::bench
