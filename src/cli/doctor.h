// SPDX-License-Identifier: Apache-2.0
// Looks at the machine with the server's configuration in hand: what would keep it from starting,
// and what would hurt later. Changes nothing.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "app/config/config.h"
#include "base/clock.h"

namespace fenshen::cli {

enum class Health : std::uint8_t { ok, warn, fail };
std::string_view name_of(Health health);

struct Finding {
    Health health = Health::ok;
    std::string what;  ///< "data", "ports"
    std::string text;  ///< one line
};

std::vector<Finding> examine(const config::Config& config, const Clock& clock);

// The parts of it.

/// Can be made or written to, has room, survives a power cut.
std::vector<Finding> examine_data_dir(const std::string& data_dir);
/// `descriptors_max`: the hard limit; serve raises the soft one to it.
Finding judge_descriptors(std::uint64_t descriptors_max);
/// Each listener that is on.
std::vector<Finding> examine_ports(const config::Config& config);
/// Not before this program was written, and not before what lies in `data_dir`.
Finding examine_clock(const std::string& data_dir, WallTime now);
/// Both can be read, belong together and have not run out. Nothing if none is configured.
std::vector<Finding> examine_certificate(const config::TlsConfig& tls, WallTime now);

}  // namespace fenshen::cli
