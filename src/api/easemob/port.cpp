// SPDX-License-Identifier: Apache-2.0
#include "api/easemob/port.h"

#include "api/easemob/answers.h"

namespace fenshen::api::easemob {

namespace {

void allow_other_origins(http::Response& response) {
    auto& headers = response.headers;
    headers.add("Access-Control-Allow-Origin", "*");
    headers.add("Access-Control-Allow-Methods", "GET, POST, PUT, DELETE, OPTIONS");
    headers.add("Access-Control-Allow-Headers",
                "Content-Type, Authorization, Accept, Range, restrict-access, share-secret, "
                "X-Requested-With, thumbnail, thumbnail-height, thumbnail-width");
    headers.add("Access-Control-Expose-Headers",
                "Content-Range, Content-Disposition, Accept-Ranges, share-secret");
    headers.add("Access-Control-Max-Age", "600");
}

std::optional<http::Response> check_app(const http::Request& request,
                                        const service::EasemobRules& rules,
                                        const Clock& clock) {
    const auto& parts = request.segments;
    if (parts.size() >= 2 && parts[0] == rules.org && parts[1] == rules.app) return std::nullopt;
    const std::string org = parts.empty() ? "" : parts[0];
    const std::string app = parts.size() < 2 ? "" : parts[1];
    std::string uri;
    for (const auto& part : parts) uri += (uri.empty() ? "" : "/") + part;
    return failed(clock,
                  {404,
                   "organization_application_not_found",
                   "OrganizationApplicationNotFoundException",
                   "Could not find application for " + org + "/" + app + " from URI: " + uri});
}

}  // namespace

http::RouterHooks router_hooks(const service::EasemobRules& rules, const Clock& clock) {
    http::RouterHooks hooks;
    hooks.preflight = [](const http::Request&) { return std::optional(http::empty(204)); };
    hooks.guard = [&rules, &clock](const http::Request& request) {
        return check_app(request, rules, clock);
    };
    hooks.finish = [](const http::Request&, http::Response& response) {
        allow_other_origins(response);
    };
    hooks.not_found = [&clock](const http::Request&) {
        // Another exception than that of an unknown user: the SDK tells them apart by it.
        return failed(clock,
                      {404,
                       "service_resource_not_found",
                       "ServiceResourceNotFoundException",
                       "Service resource not found"});
    };
    hooks.wrong_method = [&clock](const http::Request& request, std::span<const http::Method>) {
        return failed(
            clock,
            {405,
             "method_not_allowed",
             "HttpRequestMethodNotSupportedException",
             "Request method '" + std::string(http::name_of(request.method)) + "' not supported"});
    };
    return hooks;
}

http::Response server_failed(const Clock& clock, int status, std::string_view what) {
    std::string_view error = "bad_request";
    if (status == 413) error = "request_entity_too_large";
    if (status >= 500) error = "server_error";
    auto response = failed(clock, {status, error, "RequestException", std::string(what)});
    allow_other_origins(response);
    return response;
}

}  // namespace fenshen::api::easemob
