// SPDX-License-Identifier: Apache-2.0
// Why can't I log in (v1-api): asked without being tried.
#pragma once

#include "api/v1/detail/endpoint.h"
#include "service/devices/explain_login.h"

namespace fenshen::api::v1 {

/// What the two forms have in common: the answer. An account never seen is an answer, too.
struct ExplainsLogin {
    struct Input {
        service::ExplainLogin question;
        bool names_device = false;
    };
    static Task<http::Response> run(Context& context, Input input);
};

struct ExplainLogin : ExplainsLogin {
    static constexpr Route route{http::Method::post, "/v1/accounts/{uid}/explain-login"};
    static Input read(detail::Asked& asked);
};
/// Without a token: a query is written into logs on its way.
struct ExplainLoginByQuery : ExplainsLogin {
    static constexpr Route route{http::Method::get, "/v1/accounts/{uid}/explain-login"};
    static Input read(detail::Asked& asked);
};

}  // namespace fenshen::api::v1
