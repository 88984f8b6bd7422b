// SPDX-License-Identifier: Apache-2.0
// Times of the API (RFC 3339, UTC) in words for people.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/clock.h"

namespace fenshen::cli {

/// "2026-11-24T10:00:00.000Z", also with an offset, fractions of any length (what is finer than
/// a millisecond is dropped) and a leap second (the next one). Years 1970 to 9999.
std::optional<WallTime> parse_rfc3339(std::string_view text);

class TimeWords {
public:
    TimeWords(WallTime now, bool utc) : now_(now), utc_(utc) {}

    /// "2026-11-24 11:00:00 +01:00" in the time zone of the process, or "... 10:00:00Z".
    std::string absolute(WallTime time) const;
    /// "just now", "3 min ago", "5 h ago", "in 20 min"; from 48 hours on absolute().
    std::string relative(WallTime time) const;
    // The same for a text of the API; one that is no time is given back as it is.
    std::string absolute(std::string_view rfc3339) const;
    std::string relative(std::string_view rfc3339) const;

private:
    WallTime now_;
    bool utc_;
};

}  // namespace fenshen::cli
