// SPDX-License-Identifier: Apache-2.0
// Who is online (wukong-http 5.3).
#pragma once

#include <vector>

#include "api/wukong/detail/endpoint.h"
#include "model/ids.h"

namespace fenshen::api::wukong {

/// One element a live session; who has none is not mentioned. Nobody asked for: OK, an object.
struct OnlineStatus {
    static constexpr Route route{http::Method::post, "/user/onlinestatus"};
    struct Input {
        std::vector<Uid> uids;
    };
    static Input read(http::JsonDocument& body);
    static std::string_view refusal(const Input& input);
    static Task<http::Response> run(Context& context, Input input);
};

}  // namespace fenshen::api::wukong
