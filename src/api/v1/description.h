// SPDX-License-Identifier: Apache-2.0
// What this API says of itself: openapi.json beside this file, built into the program.
#pragma once

#include "api/v1/detail/endpoint.h"

namespace fenshen::api::v1 {

/// OpenAPI 3.1.
struct GetDescription {
    static constexpr Route route{http::Method::get, "/v1/openapi.json"};
    static Task<http::Response> run(Context& context);
};

}  // namespace fenshen::api::v1
