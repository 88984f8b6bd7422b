// SPDX-License-Identifier: Apache-2.0
// A device policy for one account; it takes the place of the general one (v1-api "Policy").
#pragma once

#include "api/v1/detail/endpoint.h"
#include "base/json_writer.h"
#include "service/devices/policies.h"

namespace fenshen::api::v1 {

/// An account without one of its own: `policy` is null.
struct GetAccountPolicy {
    static constexpr Route route{http::Method::get, "/v1/accounts/{uid}/policy"};
    struct Input {
        Uid uid;
    };
    static Input read(detail::Asked& asked);
    static Task<http::Response> run(Context& context, Input input);
};

struct PutAccountPolicy {
    static constexpr Route route{http::Method::put, "/v1/accounts/{uid}/policy"};
    struct Input {
        service::SetAccountPolicy command;
    };
    static Input read(detail::Asked& asked);
    static Task<http::Response> run(Context& context, Input input);
};

/// The general one counts again, for logins from now on. Without one of its own: no error.
struct DeleteAccountPolicy {
    static constexpr Route route{http::Method::del, "/v1/accounts/{uid}/policy"};
    struct Input {
        Uid uid;
    };
    static Input read(detail::Asked& asked);
    static Task<http::Response> run(Context& context, Input input);
};

/// {"policy", "changed_at", "expires_at"}
void write_account_policy(JsonWriter& json, const service::AccountPolicy& own);

}  // namespace fenshen::api::v1
