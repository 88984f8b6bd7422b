// SPDX-License-Identifier: Apache-2.0
// Where TCP cuts the stream never matters: the same requests come out, and the same kind of end.
#include <algorithm>
#include <cstdlib>
#include <vector>

#include "api/http/detail/request_parser.h"

namespace {

using namespace fenshen::http;
using namespace fenshen::http::detail;

struct Parsed {
    std::vector<Request> requests;
    bool fault = false;
    std::size_t used = 0;
};

Limits small() {
    Limits limits;
    limits.header_bytes_max = 512;
    limits.body_bytes_max = 256;
    return limits;
}

/// One connection's worth: requests until the input or the patience ends.
Parsed parse(std::string_view input, std::size_t piece) {
    Parsed parsed;
    std::size_t& used = parsed.used;
    std::size_t shown = 0;
    while (used < input.size()) {
        RequestParser parser(small());
        Request request;
        Framing framing;
        bool translated = false;
        while (!parser.has_all()) {
            bool wants_more = used == shown;
            if (!wants_more) {
                const auto step = parser.put(input.substr(used, shown - used));
                if (step.used > shown - used || parser.body_bytes() > small().body_bytes_max) {
                    std::abort();
                }
                used += step.used;
                wants_more = step.wants_more;
                parsed.fault = step.fault.has_value();
                if (!parsed.fault && parser.has_header() && !std::exchange(translated, true)) {
                    parsed.fault = parser.translate(request, framing).has_value();
                }
                if (parsed.fault) return parsed;
            }
            if (!wants_more || parser.has_all()) continue;
            if (shown == input.size()) return parsed;
            shown = std::min(shown + piece, input.size());
        }
        request.body = parser.take_body();
        parsed.requests.push_back(std::move(request));
    }
    return parsed;
}

bool same(const Request& a, const Request& b) {
    return a.method == b.method && a.target == b.target && a.path == b.path && a.body == b.body &&
           std::ranges::equal(a.headers, b.headers);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view input(reinterpret_cast<const char*>(data), size);
    const Parsed whole = parse(input, std::max<std::size_t>(size, 1));
    for (const std::size_t piece : {1UZ, 5UZ, 64UZ}) {
        const Parsed pieces = parse(input, piece);
        // Something that never becomes a request is noticed later if it comes in pieces: when it
        // should have ended.
        const bool ends = input.substr(pieces.used).contains("\r\n\r\n");
        if (pieces.fault && !whole.fault) std::abort();
        if (whole.fault && !pieces.fault && ends) std::abort();
        if (!std::ranges::equal(pieces.requests, whole.requests, same)) std::abort();
    }
    return 0;
}
