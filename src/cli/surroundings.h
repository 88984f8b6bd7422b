// SPDX-License-Identifier: Apache-2.0
// Where a verb finds itself: what it reads, what it draws on, what time it is. Tests bring their
// own.
#pragma once

#include <cstddef>
#include <functional>
#include <iosfwd>

#include "base/clock.h"

namespace fenshen::cli {

struct Terminal {
    std::size_t columns = 0;  ///< 0: nobody draws lines of a width; nothing is cut
    std::size_t rows = 0;     ///< 0: likewise
    bool colours = false;
    bool is_one = false;  ///< the cursor can be moved
};

struct Surroundings {
    std::istream& in;
    const Clock& clock;
    Terminal terminal;
    /// Waits; false when the person at the terminal wants no more of it.
    std::function<bool(Millis)> pause;
};

/// Standard input, the system's clock, and the terminal of standard output as COLUMNS, LINES,
/// NO_COLOR and TERM say; without them as the terminal does. pause() ends with SIGINT, which it
/// begins to catch when it is called first; a second SIGINT ends the process as ever.
Surroundings surroundings_of_process();

}  // namespace fenshen::cli
