// SPDX-License-Identifier: Apache-2.0
// A judgement made of some bytes is the same with more behind them, and a header's source is an
// address.
#include <arpa/inet.h>
#include <netinet/in.h>

#include <algorithm>
#include <cstdlib>

#include "protocol/proxy/proxy.h"

namespace {

using namespace fenshen;
using namespace fenshen::proxy;

void require(bool holds) {
    if (!holds) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const BytesView in(reinterpret_cast<const char*>(data), size);
    const Header whole = parse(in);
    for (std::size_t cut = 0; cut < std::min<std::size_t>(size, 300); ++cut) {
        const Header part = parse(in.substr(0, cut));
        if (part.outcome == Outcome::need_more) continue;
        require(part.outcome == whole.outcome && part.size == whole.size);
        require(part.source == whole.source && part.source_port == whole.source_port);
    }
    require((whole.outcome == Outcome::header) == (whole.size > 0));
    require(whole.size <= size);
    if (whole.outcome == Outcome::need_more) require(size < v2_bytes_max);
    if (!whole.source.empty()) {
        in6_addr address{};
        require(inet_pton(AF_INET, whole.source.c_str(), &address) == 1 ||
                inet_pton(AF_INET6, whole.source.c_str(), &address) == 1);
    }
    return 0;
}
