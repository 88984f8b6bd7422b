// SPDX-License-Identifier: Apache-2.0
// The server in figures (wukong-http 13), as far as they mean anything here; /metrics has more.
#pragma once

#include <cstdint>

#include "api/wukong/detail/endpoint.h"

namespace fenshen::api::wukong {

struct ServerFigures {
    static constexpr Route route{http::Method::get, "/varz"};
    struct Input {
        std::uint64_t node_id = 0;
    };
    static Input read(detail::QueryReader& query);
    static Task<http::Response> run(Context& context, Input input);
};

}  // namespace fenshen::api::wukong
