// SPDX-License-Identifier: Apache-2.0
// Where a client connects (wukong-http 4). Apps send the uid along; it does not matter yet.
#pragma once

#include <string>
#include <vector>

#include "api/wukong/detail/endpoint.h"

namespace fenshen::api::wukong {

/// {"tcp_addr","ws_addr","wss_addr"}; with intranet=1 only the first, for callers inside.
struct RouteOfOne {
    static constexpr Route route{http::Method::get, "/route"};
    struct Input {
        bool intranet = false;
    };
    static Input read(detail::QueryReader& query);
    static Task<http::Response> run(Context& context, Input input);
};

/// The same for many accounts: an array with one element, which names them all.
struct RouteOfMany {
    static constexpr Route route{http::Method::post, "/route/batch"};
    static constexpr std::string_view unreadable = "数据格式有误！";
    struct Input {
        bool intranet = false;
        std::vector<std::string> uids;
    };
    static Input read(http::JsonDocument& body, detail::QueryReader& query);
    static Task<http::Response> run(Context& context, Input input);
};

}  // namespace fenshen::api::wukong
