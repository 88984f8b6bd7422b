// SPDX-License-Identifier: Apache-2.0
#include "api/easemob/users/tokens.h"

#include "api/easemob/answers.h"
#include "domain/easemob_id.h"
#include "domain/login.h"

namespace fenshen::api::easemob {

namespace {

constexpr std::int64_t ttl_seconds_max = 3'153'600'000;
/// What "never" is as a time: beyond every client's timers.
constexpr std::int64_t never_ms = 3'153'600'000'000;

struct Grant {
    std::string type;
    std::string client_id;
    std::string client_secret;
    std::optional<std::string> username;
    std::string password;
    bool creates_user = false;
    service::TokenTtl ttl;
};

http::Response invalid_grant(const Call& call, std::string text, int status = 400) {
    return failed(call, {status, "invalid_grant", "InvalidGrantException", std::move(text)});
}

std::optional<Grant> read(const http::Request& request) {
    auto document = http::JsonDocument::parse(request.body);
    if (!document) return std::nullopt;
    auto body = document->object();
    Grant grant;
    grant.type = body.string("grant_type");
    grant.client_id = body.string("client_id");
    grant.client_secret = body.string("client_secret");
    if (body.has("username")) grant.username = body.string("username");
    grant.password = body.string("password");
    grant.creates_user = body.boolean("autoCreateUser");
    if (body.has("ttl")) grant.ttl = std::chrono::seconds(body.integer<std::int64_t>("ttl"));
    if (!document->ok()) return std::nullopt;
    return grant;
}

http::Response granted(const Call& call,
                       const service::IssuedToken& issued,
                       const service::EasemobUser* user) {
    // No envelope around this one.
    Bytes body;
    JsonWriter json(body);
    json.begin_object()
        .member("access_token", issued.token)
        .member("expires_in", issued.ttl.count())
        .member("application", uuid_of(call.context.rules().app_key()));
    if (user != nullptr) write_user(json.key("user"), *user);
    json.end_object();
    return http::json(200, std::move(body));
}

http::Response grant_to_client(const Call& call, const Grant& grant) {
    const auto& rules = call.context.rules();
    if (grant.client_id.empty()) return illegal_argument(call, "client_id must be provided.");
    if (grant.client_secret.empty()) {
        return illegal_argument(call, "client_secret must be provided");
    }
    const bool is_on = !rules.client_id.empty() && !rules.client_secret.empty();
    if (!is_on || !domain::equal_in_constant_time(grant.client_id, rules.client_id)) {
        return invalid_grant(call, "client_id does not match");
    }
    if (!domain::equal_in_constant_time(grant.client_secret, rules.client_secret.reveal())) {
        return invalid_grant(call, "client_secret does not match");
    }
    return granted(call, service::issue_app_token(call.world(), grant.ttl), nullptr);
}

/// Those who try passwords share a minute's budget with those who try tokens, but not with the
/// devices of the account: this is a class that no platform is mapped to.
service::LoginSource source_of(const Call& call, const Uid& uid) {
    service::LoginSource source;
    source.uid = uid;
    source.device_class = DeviceClass(255);
    source.address = call.request.peer_address;
    return source;
}

std::optional<http::Response> damped(const Call& call, const service::LoginSource& source) {
    const auto& world = call.world();
    const auto why = world.damper.refusal(source, world.clock.mono());
    if (!why) return std::nullopt;
    return failed(call,
                  {429,
                   "resource_limited",
                   "ResourceLimitedException",
                   "The request has reached the maximum limit: " + *why});
}

Task<http::Response> grant_to_password(Call& call, Grant grant) {
    const auto uid = domain::easemob_uid(grant.username.value_or(""));
    const auto source = source_of(call, uid.value_or(Uid()));
    auto& world = call.world();
    if (auto answer = damped(call, source)) co_return std::move(*answer);
    if (!uid) {
        world.damper.failed(source, world.clock.mono());
        co_return invalid_grant(call, "user not found", 404);
    }
    auto asking =
        service::log_in_by_password(world, *uid, Secret(std::move(grant.password)), grant.ttl);
    const auto login = co_await asking;
    if (!login) co_return failed(call, login.error());
    switch (login->verdict) {
        case service::PasswordVerdict::right:
            co_return granted(call, login->issued, &login->user);
        case service::PasswordVerdict::not_activated:
            co_return invalid_grant(call, "user not activated");
        case service::PasswordVerdict::unknown_user:
            world.damper.failed(source, world.clock.mono());
            co_return invalid_grant(call, "user not found", 404);
        case service::PasswordVerdict::wrong:
            break;
    }
    world.damper.failed(source, world.clock.mono());
    co_return invalid_grant(call, "invalid password");
}

Task<http::Response> grant_by_app(Call& call, Grant grant) {
    auto& world = call.world();
    auto asking_bearer = service::check_bearer(world, bearer_token(call.request));
    const auto bearer = co_await asking_bearer;
    if (!bearer) co_return failed(call, bearer.error());
    if (bearer->why != domain::LoginWhy::ok) {
        co_return failed(call,
                         {401,
                          "unauthorized",
                          "UnauthorizedException",
                          "Unable to authenticate due to expired access token"});
    }
    if (!bearer->bearer.is_app) co_return not_with_this_token(call);
    if (!grant.username || grant.username->empty()) {
        co_return failed(
            call, {404, "entity_not_found", "EntityNotFoundException", "User null not found"});
    }
    const auto uid = domain::easemob_uid(*grant.username);
    if (!uid && grant.creates_user) {
        co_return illegal_argument(call, "username [" + *grant.username + "] is not legal");
    }
    if (!uid) co_return invalid_grant(call, "user not found", 404);
    if (grant.creates_user) {
        service::RegisterUser command;
        command.uid = *uid;
        command.by = service::RegisterBy::app;
        auto registering = service::register_user(world, std::move(command));
        const auto made = co_await registering;
        // That there is one already is as good.
        if (!made && made.error() != Errc::conflict) co_return failed(call, made.error());
    }
    auto issuing = service::issue_user_token(world, *uid, grant.ttl);
    const auto token = co_await issuing;
    if (token) co_return granted(call, token->issued, &token->user);
    if (token.error() == Errc::not_found) co_return invalid_grant(call, "user not found", 404);
    if (token.error() == Errc::account_banned) co_return invalid_grant(call, "user not activated");
    co_return failed(call, token.error());
}

}  // namespace

Task<http::Response> grant_token(Call& call) {
    auto grant = read(call.request);
    if (!grant) co_return bad_body(call);
    if (grant->ttl && (grant->ttl->count() < 0 || grant->ttl->count() > ttl_seconds_max)) {
        co_return illegal_argument(call, "ttl is not legal");
    }
    if (grant->type == "client_credentials") co_return grant_to_client(call, *grant);
    if (grant->type == "password") {
        auto granting = grant_to_password(call, std::move(*grant));
        co_return co_await granting;
    }
    if (grant->type == "inherit") {
        auto granting = grant_by_app(call, std::move(*grant));
        co_return co_await granting;
    }
    co_return invalid_grant(call, "grant_type is not supported");
}

Task<http::Response> token_expires(Call& call) {
    const WallTime at =
        call.token_expires_at.value_or(WallTime{call.world().clock.wall().ms + never_ms});
    Envelope answer(call);
    answer.json().member("expire_timestamp", at.ms);
    co_return answer.done();
}

}  // namespace fenshen::api::easemob
