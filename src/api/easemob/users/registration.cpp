// SPDX-License-Identifier: Apache-2.0
#include "api/easemob/users/registration.h"

#include "api/easemob/answers.h"
#include "api/easemob/social.h"
#include "domain/easemob_id.h"
#include "service/devices/devices.h"
#include "service/social/groups.h"

namespace fenshen::api::easemob {

namespace {

constexpr std::size_t users_a_call_max = 60;
constexpr std::size_t password_bytes_max = 64;
constexpr std::size_t nickname_characters_max = 100;

struct NewUser {
    std::string username;  ///< as it was written
    std::string password;
    std::string nickname;
};

/// What is wrong with it; empty: nothing.
std::string refusal_of(const NewUser& user) {
    if (user.username.size() > domain::easemob_id_bytes_max) return "USERNAME_TOO_LONG";
    if (!domain::easemob_uid(user.username)) return "username [" + user.username + "] is not legal";
    if (user.password.empty()) return "password or pin must provided";
    if (user.password.size() > password_bytes_max) return "PASSWORD_TOO_LONG";
    if (characters(user.nickname) > nickname_characters_max) return "NICKNAME_TOO_LONG";
    return {};
}

NewUser read(http::JsonObject& body) {
    return {body.string("username"), body.string("password"), body.string("nickname")};
}

Task<Result<service::EasemobUser>> make(Call& call, NewUser user, service::RegisterBy by) {
    service::RegisterUser command;
    command.uid = *domain::easemob_uid(user.username);
    command.password = Secret(std::move(user.password));
    command.nickname = std::move(user.nickname);
    command.by = by;
    auto registering = service::register_user(call.world(), std::move(command));
    co_return co_await registering;
}

http::Response duplicate(const Call& call, const std::string& username) {
    return failed(call,
                  {400,
                   "duplicate_unique_property_exists",
                   "DuplicateUniquePropertyExistsException",
                   "Application " + uuid_of(call.context.rules().app_key()) +
                       " Entity user requires that property named username be unique, value of " +
                       username + " exists"});
}

http::Response with_user(const Call& call,
                         const service::EasemobUser& user,
                         std::string_view action = {}) {
    Envelope answer(call, action);
    answer.json().key("entities").begin_array();
    write_user(answer.json(), user);
    answer.json().end_array();
    return answer.done();
}

Task<http::Response> register_one(Call& call, NewUser user, service::RegisterBy by) {
    if (auto text = refusal_of(user); !text.empty()) {
        co_return illegal_argument(call, std::move(text));
    }
    const std::string name = domain::easemob_uid(user.username)->value();
    auto making = make(call, std::move(user), by);
    const auto made = co_await making;
    if (made) co_return with_user(call, *made);
    if (made.error() == Errc::conflict) co_return duplicate(call, name);
    co_return failed(call, made.error());
}

struct NotMade {
    std::string username;
    std::string reason;
};

Task<http::Response> register_many(Call& call, std::vector<NewUser> users, service::RegisterBy by) {
    if (users.empty()) co_return bad_body(call);
    if (users.size() > users_a_call_max) {
        co_return illegal_argument(call, "users size exceeds limit 60");
    }
    std::vector<service::EasemobUser> made;
    std::vector<NotMade> not_made;
    for (auto& user : users) {
        if (auto text = refusal_of(user); !text.empty()) {
            not_made.push_back({user.username, std::move(text)});
            continue;
        }
        const std::string name = domain::easemob_uid(user.username)->value();
        auto making = make(call, std::move(user), by);
        auto outcome = co_await making;
        if (outcome) {
            made.push_back(std::move(*outcome));
        } else if (outcome.error() == Errc::conflict) {
            not_made.push_back({name, "the " + name + " already exists"});
        } else {
            co_return failed(call, outcome.error());
        }
    }
    Envelope answer(call);
    auto& json = answer.json();
    json.key("entities").begin_array();
    for (const auto& user : made) write_user(json, user);
    json.end_array().key("data").begin_array();
    for (const auto& each : not_made) {
        json.begin_object()
            .member("username", each.username)
            .member("registerUserFailReason", each.reason)
            .end_object();
    }
    json.end_array();
    co_return answer.done();
}

/// Who registers: anyone where that is open, or the app.
Task<std::expected<service::RegisterBy, http::Response>> registrar(Call& call) {
    const auto token = bearer_token(call.request);
    if (!token.empty()) {
        auto asking = service::check_bearer(call.world(), token);
        const auto verdict = co_await asking;
        if (!verdict) co_return std::unexpected(failed(call, verdict.error()));
        const bool is_app = verdict->why == domain::LoginWhy::ok && verdict->bearer.is_app;
        if (is_app) co_return service::RegisterBy::app;
    }
    if (call.context.rules().open_registration) co_return service::RegisterBy::anyone;
    co_return std::unexpected(
        failed(call,
               {401,
                "unauthorized",
                "UnauthorizedException",
                "Open registration doesn't allow, so register user need token"}));
}

Task<http::Response> set_banned(Call& call, bool banned, std::string_view action) {
    auto looking = service::easemob_user(call.world(), call.user);
    auto user = co_await looking;
    if (!user) co_return failed(call, user.error());
    auto banning = service::set_banned(call.world(), call.user, banned);
    const auto done = co_await banning;
    if (!done) co_return failed(call, done.error());
    user->activated = !banned;
    co_return with_user(call, *user, action);
}

}  // namespace

Task<http::Response> register_users(Call& call) {
    auto asking = registrar(call);
    auto by = co_await asking;
    if (!by) co_return std::move(by.error());
    http::JsonLimits limits;
    limits.elements_max = 1000;
    std::vector<NewUser> users;
    bool is_array = false;
    {
        auto document =
            http::JsonDocument::parse(call.request.body, http::JsonManner::lenient, limits);
        if (!document) co_return bad_body(call);
        is_array = document->is_array();
        if (is_array) {
            for (auto& each : document->objects()) users.push_back(read(each));
        } else {
            auto body = document->object();
            users.push_back(read(body));
        }
        if (!document->ok()) co_return bad_body(call);
    }
    if (is_array) {
        auto registering = register_many(call, std::move(users), *by);
        co_return co_await registering;
    }
    auto registering = register_one(call, std::move(users.front()), *by);
    co_return co_await registering;
}

Task<http::Response> delete_user(Call& call) {
    auto looking = missing_user(call, call.user);
    auto missing = co_await looking;
    if (missing) co_return std::move(*missing);
    // First the groups: what a crash leaves half done is done when the app asks again.
    auto leaving = service::leave_all_groups(call.world(), call.user);
    const auto left = co_await leaving;
    if (!left) co_return failed(call, left.error());
    auto deleting = service::delete_user(call.world(), call.user);
    const auto user = co_await deleting;
    if (!user) co_return failed(call, user.error());
    co_return with_user(call, *user);
}

Task<http::Response> change_password(Call& call) {
    std::string password;
    {
        auto document = http::JsonDocument::parse(call.request.body);
        if (!document) co_return bad_body(call);
        password = document->object().string("newpassword");
        if (!document->ok()) co_return bad_body(call);
    }
    if (password.empty()) co_return illegal_argument(call, "newpassword is required");
    if (password.size() > password_bytes_max) {
        co_return illegal_argument(call, "PASSWORD_TOO_LONG");
    }
    auto changing = service::change_password(call.world(), call.user, Secret(std::move(password)));
    const auto user = co_await changing;
    if (!user && user.error() == Errc::not_found) {
        co_return failed(call,
                         {404,
                          "entity_not_found",
                          "EntityNotFoundException",
                          "User " + call.user.value() + " not found"});
    }
    if (!user) co_return failed(call, user.error());
    Envelope answer(call, "set user password");
    co_return answer.done();
}

Task<http::Response> ban_user(Call& call) {
    auto banning = set_banned(call, true, "Deactivate user");
    co_return co_await banning;
}

Task<http::Response> unban_user(Call& call) {
    auto banning = set_banned(call, false, "activate user");
    co_return co_await banning;
}

}  // namespace fenshen::api::easemob
