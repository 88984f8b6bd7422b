// SPDX-License-Identifier: Apache-2.0
#include "api/easemob/answers.h"

#include "base/hex.h"
#include "service/credentials/token_hash.h"

namespace fenshen::api::easemob {

namespace {

std::string lower(std::string_view text) {
    std::string out(text);
    for (char& c : out) {
        if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    }
    return out;
}

/// What stands behind the app.
std::string path_behind_app(const http::Request& request) {
    std::string path;
    for (std::size_t i = 2; i < request.segments.size(); ++i) path += "/" + request.segments[i];
    return path;
}

}  // namespace

Envelope::Envelope(const Call& call, std::string_view action) : call_(call), json_(body_) {
    const auto& rules = call.context.rules();
    const auto& request = call.request;
    json_.begin_object()
        .member("action", action.empty() ? lower(http::name_of(request.method)) : action)
        .member("application", uuid_of(rules.app_key()))
        .member("applicationName", rules.app)
        .member("organization", rules.org)
        // Without its query: the SDK makes the address of an upload by adding to it.
        .member("uri",
                "http://" + std::string(request.headers.get("Host")) +
                    request.target.substr(0, request.target.find('?')))
        .member("path", path_behind_app(request));
}

http::Response Envelope::done() {
    const WallTime now = call_.world().clock.wall();
    json_.member("timestamp", now.ms)
        .member("duration", std::max<std::int64_t>(now.ms - call_.began_at.ms, 0))
        .end_object();
    return http::json(200, std::move(body_));
}

http::Response done(const Call& call) {
    Envelope answer(call);
    answer.json().key("data").begin_object().member("result", true).end_object();
    return answer.done();
}

http::Response failed(const Clock& clock, const Failure& failure) {
    Bytes body;
    JsonWriter json(body);
    json.begin_object().member("error", failure.error);
    json.member("exception", failure.exception).member("error_description", failure.text);
    if (failure.code != 0) json.member("error_code", failure.code);
    json.member("timestamp", clock.wall().ms).member("duration", 0).end_object();
    return http::json(failure.status, std::move(body));
}

http::Response illegal_argument(const Call& call, std::string text) {
    return failed(call, {400, "illegal_argument", "IllegalArgumentException", std::move(text)});
}

http::Response bad_body(const Call& call) {
    return failed(call,
                  {400,
                   "invalid_request_body",
                   "InvalidRequestBodyException",
                   "Request body is invalid. Please check body is correct."});
}

http::Response user_not_found(const Call& call) {
    return failed(
        call,
        {404, "service_resource_not_found", "UserNotFoundException", "Service resource not found"});
}

http::Response not_with_this_token(const Call& call) {
    return failed(
        call,
        {401, "auth_bad_access_token", "AuthBadAccessTokenException", "Unable to authenticate"});
}

http::Response forbidden(const Call& call, std::string text) {
    return failed(call, {403, "forbidden_op", "ForbiddenOpException", std::move(text)});
}

http::Response failed(const Call& call, Errc error) {
    const auto& row = row_of(error);
    switch (error) {
        case Errc::not_found:
            return user_not_found(call);
        case Errc::too_big:
        case Errc::bad_request:
            return illegal_argument(call, std::string(row.meaning));
        case Errc::rate_limited:
            return failed(call,
                          {429,
                           "reach_limit",
                           "ReachLimitException",
                           "The request has reached the maximum limit"});
        default:
            // 406 would leave the SDK waiting; none of ours is one.
            return failed(call, {row.http, row.name, "ServiceException", std::string(row.meaning)});
    }
}

std::string uuid_of(std::string_view name) {
    constexpr std::string_view key = "names of the easemob api";
    std::string digits = to_hex(service::hash_token(key, name)).substr(0, 32);
    digits[12] = '5';  // as RFC 9562 marks those made of a name
    digits[16] = '8';
    for (const std::size_t at : {8U, 13U, 18U, 23U}) digits.insert(at, "-");
    return digits;
}

void write_user(JsonWriter& json, const service::EasemobUser& user) {
    json.begin_object()
        .member("uuid", uuid_of(user.uid.value() + " " + std::to_string(user.created_at.ms)))
        .member("type", "user")
        .member("created", user.created_at.ms)
        .member("modified", user.modified_at.ms)
        .member("username", user.uid.value())
        .member("activated", user.activated);
    if (!user.nickname.empty()) json.member("nickname", user.nickname);
    json.end_object();
}

}  // namespace fenshen::api::easemob
