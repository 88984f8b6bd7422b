// SPDX-License-Identifier: Apache-2.0
// The token of a class of an account: registering and revoking it.
#pragma once

#include "api/v1/detail/endpoint.h"
#include "service/credentials/tokens.h"

namespace fenshen::api::v1 {

/// Registers or replaces it; the account comes to be with its first one. A main level ends every
/// session of the class, also when the token is the same.
struct PutToken {
    static constexpr Route route{http::Method::put, "/v1/accounts/{uid}/tokens/{class}"};
    struct Input {
        service::SetToken command;
    };
    static Input read(detail::Asked& asked);
    static Task<http::Response> run(Context& context, Input input);
};

/// Revokes it and ends the sessions of the class.
struct DeleteToken {
    static constexpr Route route{http::Method::del, "/v1/accounts/{uid}/tokens/{class}"};
    struct Input {
        Uid uid;
        DeviceClass device_class;
    };
    static Input read(detail::Asked& asked);
    static Task<http::Response> run(Context& context, Input input);
};

}  // namespace fenshen::api::v1
