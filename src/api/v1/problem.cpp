// SPDX-License-Identifier: Apache-2.0
#include "api/v1/problem.h"

#include "api/v1/detail/answers.h"

namespace fenshen::api::v1 {

namespace {

domain::Mend mend_text(std::string text) {
    return {.text = std::move(text), .method = {}, .path = {}, .body = {}};
}

http::Response without_token() {
    Problem problem{401, "not_authenticated", "The API's token is missing or wrong", {}};
    problem.detail = "Every request to /v1/ carries the token of `api.token`.";
    problem.mend = {mend_text("Send the header `token: ...` or `Authorization: Bearer ...`.")};
    http::Response response = response_of(problem);
    response.headers.add("WWW-Authenticate", "Bearer");
    return response;
}

http::Response not_found(const http::Request& request) {
    Problem problem{404, "unknown_path", "There is no such path", {}};
    problem.detail = "Nothing is served at " + request.path + ".";
    problem.mend = {{"See what is served", "GET", "/v1/openapi.json", {}}};
    return response_of(problem);
}

http::Response wrong_method(const http::Request& request, std::span<const http::Method> allowed) {
    std::string list;
    for (const http::Method method : allowed) {
        if (!list.empty()) list += ", ";
        list += http::name_of(method);
    }
    Problem problem{405, "wrong_method", "The path does not take this method", {}};
    problem.detail = request.path + " takes " + list + ".";
    http::Response response = response_of(problem);
    response.headers.add("Allow", std::move(list));
    return response;
}

http::Response failed(int status, std::string_view what) {
    if (status >= 500) {
        return response_of({status, "server_failed", "The server could not do it", Bytes(what)});
    }
    return response_of({status, "bad_request", "The request cannot be read", Bytes(what)});
}

}  // namespace

http::Response response_of(const Problem& problem) {
    Bytes body;
    JsonWriter json(body);
    json.begin_object()
        .member("type", "urn:fenshen:problem:" + std::string(problem.kind))
        .member("title", problem.title)
        .member("status", problem.status)
        .member("detail", problem.detail);
    if (problem.version) json.member("version", *problem.version);
    if (!problem.mend.empty()) {
        json.key("mend");
        detail::write_mend(json, problem.mend);
    }
    json.end_object();
    return {.status = problem.status,
            .content_type = "application/problem+json",
            .body = std::move(body),
            .headers = {}};
}

http::Response bad_request(std::string detail) {
    return response_of({400, "bad_request", "The request cannot be read", std::move(detail)});
}

http::Response too_large(std::string detail) {
    return response_of({413, "too_large", "The body is too large", std::move(detail)});
}

http::Response unknown_account(const Uid& uid) {
    Problem problem{404, "unknown_account", "There is no such account", {}};
    problem.detail = "No account " + uid.value() + " was ever seen here.";
    problem.mend = {mend_text("An account comes to be with its first token or its first login.")};
    return response_of(problem);
}

http::Response stale_version(std::uint64_t given, std::uint64_t current) {
    Problem problem{409, "stale_version", "Somebody else changed the policy", {}};
    problem.detail = "Version " + std::to_string(given) + " was given; version " +
                     std::to_string(current) + " is in force.";
    problem.version = current;
    problem.mend = {
        {"Read the policy again, then put it with its version", "GET", "/v1/policy", {}}};
    return response_of(problem);
}

http::Response failure(Errc code, const Uid& uid) {
    if (code == Errc::not_found) return unknown_account(uid);
    Problem problem{row_of(code).http, row_of(code).name, row_of(code).meaning, uid.value() + ": "};
    problem.detail += row_of(code).meaning;
    problem.detail += '.';
    if (code == Errc::account_banned) {
        problem.mend = {{"Lift the ban",
                         "POST",
                         "/v1/accounts/" + detail::in_path(uid.value()) + "/unban",
                         {}}};
    }
    return response_of(problem);
}

http::Response failure(Errc code) {
    const ErrorRow& row = row_of(code);
    return response_of({row.http, row.name, row.meaning, std::string(row.meaning) + '.'});
}

Manner manner() {
    return {.root = "/v1",
            .without_token = without_token,
            .not_found = not_found,
            .wrong_method = wrong_method,
            .failed = failed};
}

}  // namespace fenshen::api::v1
