// SPDX-License-Identifier: Apache-2.0
// `fenshen devices --watch`: which events of a list, newest first and without ids, are new since it
// was last looked at.
#pragma once

#include <string>
#include <vector>

#include "cli/detail/json.h"

namespace fenshen::cli {

class NewEvents {
public:
    /// Those of `events` (newest first) that were not there at the last call, oldest first. The
    /// first call takes all for known. Two events that are the same to the letter are two.
    std::vector<Json> take(const Json& events);
    /// The last of `events` was known: nothing new lies on a page behind it.
    bool reaches_known(const Json& events) const;

private:
    bool began_ = false;
    std::string newest_;              ///< the time of the newest known, as the API says it
    std::vector<std::string> known_;  ///< the events of that time
};

}  // namespace fenshen::cli
