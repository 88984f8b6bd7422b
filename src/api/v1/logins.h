// SPDX-License-Identifier: Apache-2.0
// What happened to an account: logins, refusals, ends, tokens, bans (v1-api "Devices").
#pragma once

#include "api/v1/detail/endpoint.h"

namespace fenshen::api::v1 {

/// Newest first.
struct ListLogins {
    static constexpr Route route{http::Method::get, "/v1/accounts/{uid}/logins"};
    struct Input {
        Uid uid;
        detail::NumberedPage page;
    };
    static Input read(detail::Asked& asked);
    static Task<http::Response> run(Context& context, Input input);
};

}  // namespace fenshen::api::v1
