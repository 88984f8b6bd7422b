// SPDX-License-Identifier: Apache-2.0
#include "api/wukong/health.h"

#include "base/json_writer.h"

namespace fenshen::api::wukong {

namespace {

std::string why_not_ready(const Context& context) {
    return context.not_ready ? context.not_ready() : std::string();
}

http::Response healthy() {
    return raw(R"({"status":"ok"})");
}

http::Response unhealthy(int status, std::string_view why) {
    Bytes body;
    JsonWriter json(body);
    json.begin_object().member("status", "error").member("message", why).end_object();
    return http::json(status, std::move(body));
}

}  // namespace

Task<http::Response> Health::run(Context& context) {
    const std::string why = why_not_ready(context);
    co_return why.empty() ? healthy() : unhealthy(500, why);
}

Task<http::Response> Healthz::run(Context&) {
    co_return healthy();
}

Task<http::Response> Readyz::run(Context& context) {
    const std::string why = why_not_ready(context);
    co_return why.empty() ? healthy() : unhealthy(503, why);
}

Task<http::Response> Metrics::run(Context& context) {
    // Reading /proc and forming the text takes a loop's time otherwise.
    co_await move_to(context.world.pool);
    http::Response response;
    response.content_type = telemetry::MetricRegistry::content_type;
    response.body = context.metrics.text();
    co_return response;
}

}  // namespace fenshen::api::wukong
