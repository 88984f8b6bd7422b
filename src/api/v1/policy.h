// SPDX-License-Identifier: Apache-2.0
// The device policy for all accounts (v1-api "Policy"): read, try, set, look back.
#pragma once

#include <optional>

#include "api/v1/detail/cursor.h"
#include "api/v1/detail/endpoint.h"
#include "domain/policy.h"
#include "service/devices/policies.h"

namespace fenshen::api::v1 {

struct GetPolicy {
    static constexpr Route route{http::Method::get, "/v1/policy"};
    static Task<http::Response> run(Context& context);
};

/// The whole policy anew. Answers 409 when the version given is not the one in force.
struct PutPolicy {
    static constexpr Route route{http::Method::put, "/v1/policy"};
    struct Input {
        service::SetPolicy command;
    };
    static Input read(detail::Asked& asked);
    static Task<http::Response> run(Context& context, Input input);
};

/// Whom a policy would end; changes nothing.
struct DryRunPolicy {
    static constexpr Route route{http::Method::post, "/v1/policy/dry-run"};
    struct Input {
        domain::Policy policy;
        std::size_t limit = 0;
        std::optional<detail::EndingPlace> after;
    };
    static Input read(detail::Asked& asked);
    static Task<http::Response> run(Context& context, Input input);
};

struct ListPresets {
    static constexpr Route route{http::Method::get, "/v1/policy/presets"};
    static Task<http::Response> run(Context& context);
};

/// Newest first.
struct ListPolicyVersions {
    static constexpr Route route{http::Method::get, "/v1/policy/history"};
    struct Input {
        detail::NumberedPage page;
    };
    static Input read(detail::Asked& asked);
    static Task<http::Response> run(Context& context, Input input);
};

// What bodies that set a policy have in common.
domain::Policy required_policy(http::JsonObject& body);  ///< `policy`
/// `apply`; logins when it is not there.
service::Apply read_apply(http::JsonObject& body);

}  // namespace fenshen::api::v1
