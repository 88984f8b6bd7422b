// SPDX-License-Identifier: Apache-2.0
// The command line: one binary, a verb each thing that people do with it, each in a file of its own
// (detail/verbs.h). What needs the whole server (serve) or the load generator (bench) is handed in
// by app/, so that this room knows neither.
#pragma once

#include <functional>
#include <iosfwd>
#include <span>
#include <string>

#include "app/config/config.h"

namespace fenshen::cli {

enum ExitCode : int {
    done = 0,
    failed = 1,   ///< what was asked for did not work, or was found wrong
    misused = 2,  ///< the command line itself
    refused = 3,  ///< explain-login: the answer is that the login would be refused
};

struct Hooks {
    /// Runs the server until it is told to stop. The second is where to write its addresses; empty:
    /// nowhere. None: there is no such verb.
    std::function<int(const config::Config&, const std::string& addresses_file)> serve;
    /// Gets everything behind the verb, --help too.
    std::function<int(std::span<const std::string> arguments)> bench;
};

struct Streams {
    std::ostream& out;
    std::ostream& err;
};

/// Answers the process's exit code. `arguments` without the program's name.
int run(std::span<const std::string> arguments,
        const Hooks& hooks,
        const config::Environment& environment,
        Streams streams);

struct Surroundings;
/// The same with another input, clock and terminal than the process's own (surroundings.h).
int run(std::span<const std::string> arguments,
        const Hooks& hooks,
        const config::Environment& environment,
        Streams streams,
        const Surroundings& surroundings);

}  // namespace fenshen::cli
