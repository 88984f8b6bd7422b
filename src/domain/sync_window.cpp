// SPDX-License-Identifier: Apache-2.0
#include "domain/sync_window.h"

#include <algorithm>

namespace fenshen::domain {

namespace {

std::uint64_t limit_of(const SyncRequest& request) {
    return static_cast<std::uint64_t>(
        std::clamp<std::int64_t>(request.limit, 0, SyncRequest::limit_max));
}

SyncWindow window(std::uint64_t first, std::uint64_t last, std::uint64_t count) {
    if (last == 0 || first > last) return {};
    return {MessageSeq(first), MessageSeq(last), static_cast<std::size_t>(count)};
}

/// The newest `count` that are not beyond `top`.
SyncWindow newest(std::uint64_t top, std::uint64_t count) {
    return window(top > count ? top - count + 1 : 1, top, count);
}

}  // namespace

SyncWindow sync_window(const SyncRequest& request, MessageSeq last_seq) {
    const std::uint64_t last = last_seq.value();
    const std::uint64_t limit = limit_of(request);
    if (limit == 0 || last == 0) return {};
    if (request.start == 0 && request.end == 0) return newest(last, limit);

    if (request.mode == SyncRequest::Mode::up) {
        const std::uint64_t first = std::max<std::uint64_t>(request.start, 1);
        const std::uint64_t end = request.end == 0 ? last : std::min(request.end - 1, last);
        return window(first, end, limit);
    }
    // Down. A start beyond the newest message means the newest message.
    const std::uint64_t start = std::min(request.start, last);
    if (request.end >= start) return {};
    return newest(start, std::min(limit, start - request.end));
}

bool has_more(const SyncRequest& request, std::size_t found) {
    const std::uint64_t limit = limit_of(request);
    return limit > 0 && found == limit;
}

}  // namespace fenshen::domain
