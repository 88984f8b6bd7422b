// SPDX-License-Identifier: Apache-2.0
// For load balancers, supervisors and scrapers (wukong-http 4, 13).
#pragma once

#include "api/wukong/detail/endpoint.h"

namespace fenshen::api::wukong {

/// 200 {"status":"ok"}, or 500 {"status":"error","message":why} while the server takes no work.
struct Health {
    static constexpr Route route{http::Method::get, "/health", true};
    static Task<http::Response> run(Context& context);
};

/// The process answers; 200 as long as it does.
struct Healthz {
    static constexpr Route route{http::Method::get, "/healthz", true};
    static Task<http::Response> run(Context& context);
};

/// 200 when the server takes work; 503 with the reason before that, and while it stops.
struct Readyz {
    static constexpr Route route{http::Method::get, "/readyz", true};
    static Task<http::Response> run(Context& context);
};

/// Prometheus text.
struct Metrics {
    static constexpr Route route{http::Method::get, "/metrics"};
    static Task<http::Response> run(Context& context);
};

}  // namespace fenshen::api::wukong
