// SPDX-License-Identifier: Apache-2.0
// An account in a few lines, and its ban (v1-api "Devices").
#pragma once

#include "api/v1/detail/endpoint.h"
#include "model/ids.h"

namespace fenshen::api::v1 {

/// Banned or not, which classes have a token, how many devices, how many of them online, whether
/// two of them end each other.
struct GetAccount {
    static constexpr Route route{http::Method::get, "/v1/accounts/{uid}"};
    struct Input {
        Uid uid;
    };
    static Input read(detail::Asked& asked);
    static Task<http::Response> run(Context& context, Input input);
};

/// What the two have in common: all but their route. The account must be known. Twice is no error.
template <bool banned>
struct SetsBan {
    struct Input {
        Uid uid;
    };
    static Input read(detail::Asked& asked);
    static Task<http::Response> run(Context& context, Input input);
};
/// Nobody logs in any more; who is there is ended.
struct BanAccount : SetsBan<true> {
    static constexpr Route route{http::Method::post, "/v1/accounts/{uid}/ban"};
};
struct UnbanAccount : SetsBan<false> {
    static constexpr Route route{http::Method::post, "/v1/accounts/{uid}/unban"};
};

}  // namespace fenshen::api::v1
