// SPDX-License-Identifier: Apache-2.0
#include "cli/detail/watch.h"

#include <algorithm>
#include <utility>

namespace fenshen::cli {

// Times of the API are all of one form, so that their texts compare as they do.

std::vector<Json> NewEvents::take(const Json& events) {
    std::vector<Json> fresh;
    std::vector<std::string> known = known_;
    for (const Json& event : events) {
        const std::string at = text_of(event, "at");
        if (at < newest_) break;
        const auto same = std::ranges::find(known, event.dump());
        if (at == newest_ && same != known.end()) {
            known.erase(same);
            continue;
        }
        fresh.push_back(event);
    }
    std::ranges::reverse(fresh);
    for (const Json& event : fresh) {
        const std::string at = text_of(event, "at");
        if (at != newest_) known_.clear();
        newest_ = at;
        known_.push_back(event.dump());
    }
    if (!std::exchange(began_, true)) fresh.clear();
    return fresh;
}

bool NewEvents::reaches_known(const Json& events) const {
    return !began_ || events.empty() || text_of(events.back(), "at") < newest_;
}

}  // namespace fenshen::cli
