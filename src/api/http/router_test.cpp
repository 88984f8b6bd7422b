// SPDX-License-Identifier: Apache-2.0
#include "api/http/router.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <stdexcept>

#include "api/http/uri.h"

namespace fenshen::http {
namespace {

using testing::ElementsAre;

Task<Response> respond(std::string body) {
    co_return text(200, body);
}

/// Answers with its own name and what it captured.
Handler named(std::string name) {
    return [name = std::move(name)](Request& request) {
        std::string body = name;
        for (const auto& [key, value] : request.captures) {
            body += ' ';
            body += key;
            body += '=';
            body += value;
        }
        return respond(std::move(body));
    };
}

Response ask(const Router& router, Method method, std::string_view target) {
    Request request;
    request.method = method;
    auto parsed = parse_target(target);
    EXPECT_TRUE(parsed) << target;
    request.path = parsed->path;
    request.segments = parsed->segments;
    std::optional<Response> answer;
    start(router.handle(request), [&](Response response) { answer = std::move(response); });
    return answer.value();
}

std::string get(const Router& router, std::string_view target) {
    return ask(router, Method::get, target).body;
}

TEST(Router, FindsByMethodAndPath) {
    Router router;
    router.add({Method::get, "/"}, named("root"));
    router.add({Method::get, "/channel"}, named("read"));
    router.add({Method::post, "/channel"}, named("write"));
    router.add({Method::post, "/channel/subscriber_add"}, named("add"));
    EXPECT_EQ(get(router, "/"), "root");
    EXPECT_EQ(get(router, "/channel"), "read");
    EXPECT_EQ(ask(router, Method::post, "/channel").body, "write");
    EXPECT_EQ(ask(router, Method::post, "/channel/subscriber_add").body, "add");
}

TEST(Router, MatchesExactly) {
    Router router;
    router.add({Method::get, "/a/b"}, named("x"));
    for (const auto* target : {"/a", "/a/b/", "/A/b", "/a/b/c", "//a/b", "/a//b", "/"}) {
        const Response response = ask(router, Method::get, target);
        EXPECT_EQ(response.status, 404) << target;
        EXPECT_EQ(response.body, "404 page not found");
    }
}

TEST(Router, CapturesSegments) {
    Router router;
    router.add({Method::get, "/v1/accounts/{uid}"}, named("account"));
    router.add({Method::get, "/v1/accounts/{uid}/devices/{device}"}, named("device"));
    EXPECT_EQ(get(router, "/v1/accounts/a%2Fb"), "account uid=a/b");
    EXPECT_EQ(get(router, "/v1/accounts/alice/devices/d%201"), "device uid=alice device=d 1");
    EXPECT_EQ(ask(router, Method::get, "/v1/accounts/").status, 404);
}

TEST(Router, CapturesTheRest) {
    Router router;
    router.add({Method::get, "/web/{path...}"}, named("file"));
    EXPECT_EQ(get(router, "/web/"), "file path=");
    EXPECT_EQ(get(router, "/web/a/b.js"), "file path=a/b.js");
    EXPECT_EQ(ask(router, Method::get, "/web").status, 404);
}

TEST(Router, PrefersLiteralsAndFindsItsWayBack) {
    Router router;
    router.add({Method::get, "/{org}/{app}/users"}, named("users"));
    router.add({Method::get, "/v1/accounts"}, named("accounts"));
    router.add({Method::get, "/v1/{rest...}"}, named("rest"));
    router.add({Method::post, "/v1/accounts/users"}, named("post"));
    EXPECT_EQ(get(router, "/v1/accounts"), "accounts");
    EXPECT_EQ(get(router, "/v1/app/users"), "rest rest=app/users");
    EXPECT_EQ(get(router, "/v2/app/users"), "users org=v2 app=app");
    EXPECT_EQ(get(router, "/v1/accounts/users"), "rest rest=accounts/users");
    EXPECT_EQ(get(router, "/v1/accounts/x"), "rest rest=accounts/x");
}

TEST(Router, TellsTheMethodsOfAKnownPath) {
    Router router;
    router.add({Method::post, "/a"}, named("a"));
    router.add({Method::get, "/{any}"}, named("any"));
    const Response response = ask(router, Method::del, "/a");
    EXPECT_EQ(response.status, 405);
    EXPECT_EQ(response.headers.get("Allow"), "GET, HEAD, POST");
    EXPECT_EQ(ask(router, Method::other, "/a").status, 405);
    EXPECT_EQ(ask(router, Method::post, "/b").status, 405);
    EXPECT_EQ(ask(router, Method::options, "*").status, 404);
}

TEST(Router, AnswersHeadByGet) {
    Router router;
    router.add({Method::get, "/a"}, named("get"));
    router.add({Method::get, "/b"}, named("get"));
    router.add({Method::head, "/b"}, named("head"));
    EXPECT_EQ(ask(router, Method::head, "/a").body, "get");
    EXPECT_EQ(ask(router, Method::head, "/b").body, "head");
}

TEST(Router, FallbacksAreTheCallers) {
    const auto missing = [](const Request& request) { return text(404, "no " + request.path); };
    RouterHooks hooks;
    hooks.not_found = missing;
    hooks.wrong_method = [missing](const Request& request, std::span<const Method>) {
        return missing(request);
    };
    Router router(std::move(hooks));
    router.add({Method::get, "/a"}, named("a"));
    EXPECT_EQ(ask(router, Method::post, "/a").body, "no /a");
    EXPECT_EQ(ask(router, Method::post, "/b").body, "no /b");
}

TEST(Router, GuardStandsBeforeAllButOpenRoutes) {
    RouterHooks hooks;
    hooks.guard = [](const Request& request) -> std::optional<Response> {
        if (request.path == "/let_in") return std::nullopt;
        return empty(401);
    };
    Router router(std::move(hooks));
    router.add({Method::get, "/a"}, named("a"));
    router.add({Method::get, "/let_in"}, named("in"));
    router.add({.method = Method::get, .pattern = "/health", .open = true}, named("health"));
    EXPECT_EQ(ask(router, Method::get, "/a").status, 401);
    EXPECT_EQ(ask(router, Method::get, "/unknown").status, 401);
    EXPECT_EQ(ask(router, Method::post, "/health").status, 401);
    EXPECT_EQ(get(router, "/health"), "health");
    EXPECT_EQ(get(router, "/let_in"), "in");
}

TEST(Router, PreflightComesBeforeTheGuardAndFinishSeesEverything) {
    RouterHooks hooks;
    hooks.preflight = [](const Request&) { return empty(204); };
    hooks.guard = [](const Request&) { return empty(401); };
    hooks.finish = [](const Request&, Response& response) {
        response.headers.add("Access-Control-Allow-Origin", "*");
    };
    Router router(std::move(hooks));
    router.add({.method = Method::get, .pattern = "/a", .open = true}, named("a"));
    const auto origin = [&](Method method, std::string_view target) {
        const Response response = ask(router, method, target);
        return std::to_string(response.status) + ' ' +
               std::string(response.headers.get("Access-Control-Allow-Origin"));
    };
    EXPECT_EQ(origin(Method::options, "/a"), "204 *");
    EXPECT_EQ(origin(Method::options, "/b"), "204 *");
    EXPECT_EQ(origin(Method::get, "/b"), "401 *");
    EXPECT_EQ(origin(Method::get, "/a"), "200 *");
}

TEST(Router, ListsItsRoutes) {
    Router router;
    router.add({Method::get, "/b"}, named("b"));
    router.add({Method::post, "/a/{x}"}, named("a"));
    std::vector<std::string> list;
    for (const Route& route : router.routes()) {
        list.push_back(std::string(name_of(route.method)) + ' ' + route.pattern);
    }
    EXPECT_THAT(list, ElementsAre("GET /b", "POST /a/{x}"));
}

TEST(Router, RefusesWhatCannotBeMeant) {
    Router router;
    router.add({Method::get, "/a/{x}"}, named("x"));
    for (const auto* pattern :
         {"", "a", "/{", "/}", "/{}", "/{...}", "/a{x}", "/{x}b", "/{x...}/b", "/a/{y}"}) {
        EXPECT_THROW(router.add({Method::get, pattern}, named("y")), std::invalid_argument)
            << pattern;
    }
    EXPECT_THROW(router.add({Method::other, "/c"}, named("y")), std::invalid_argument);
    EXPECT_EQ(router.routes().size(), 1U);
    EXPECT_EQ(get(router, "/a/1"), "x x=1");
}

}  // namespace
}  // namespace fenshen::http
