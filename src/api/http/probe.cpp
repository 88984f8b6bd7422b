// SPDX-License-Identifier: Apache-2.0
#include <array>

#include "api/http/server.h"

namespace fenshen::http {

void add_metrics(telemetry::MetricRegistry& registry,
                 const ServerProbe& probe,
                 std::string listener) {
    const telemetry::Labels labels{{"listener", std::move(listener)}};
    registry.add("fenshen_http_connections_total",
                 "HTTP connections accepted, refused ones included.",
                 probe.connections,
                 labels);
    registry.add("fenshen_http_connections_refused_total",
                 "HTTP connections refused because there were too many.",
                 probe.connections_refused,
                 labels);
    registry.add(
        "fenshen_http_connections", "HTTP connections open.", probe.connections_open, labels);
    constexpr std::array<const char*, 5> classes{"1xx", "2xx", "3xx", "4xx", "5xx"};
    for (std::size_t i = 0; i < classes.size(); ++i) {
        telemetry::Labels by_class = labels;
        by_class.emplace_back("class", classes[i]);
        registry.add("fenshen_http_requests_total",
                     "HTTP requests answered, by the class of the status.",
                     probe.requests[i],
                     by_class);
    }
    registry.add("fenshen_http_handler_faults_total",
                 "HTTP requests whose handler ended with an exception.",
                 probe.handler_faults,
                 labels);
    registry.add("fenshen_http_timeouts_total",
                 "HTTP requests cut because header, body or answer took too long.",
                 probe.timeouts,
                 labels);
    registry.add("fenshen_http_bodies_bytes",
                 "Bytes of request bodies under way.",
                 probe.bodies_bytes,
                 labels);
    registry.add("fenshen_http_request_seconds",
                 "From the last byte of a request to its answer being ready.",
                 probe.request_seconds,
                 labels);
}

}  // namespace fenshen::http
