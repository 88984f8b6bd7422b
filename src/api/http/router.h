// SPDX-License-Identifier: Apache-2.0
// Which handler answers a request. Built once at start, then only read, by all loops at a time.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "api/http/message.h"
#include "base/task.h"

namespace fenshen::http {

/// Runs on any loop, several at a time. The request lives until the task has ended. It may throw:
/// the client gets 500, the server's log gets the text.
using Handler = std::move_only_function<Task<Response>(Request&) const>;

/// An answer instead of what would come next, or nothing to go on.
using Hook = std::function<std::optional<Response>(const Request&)>;

struct Route {
    Method method = Method::get;
    /// "/v1/accounts/{uid}/devices": a `{name}` stands for one segment that is not empty, a last
    /// `{name...}` for the rest of the path, which may be empty. A trailing slash is a segment of
    /// its own: "/a" and "/a/" are different. Literals win over captures.
    std::string pattern;
    /// Answered without asking the guard.
    bool open = false;
};

struct RouterHooks {
    /// Sees OPTIONS requests, before the guard: a browser's pre-flight carries no token
    /// (wukong-http 1.1).
    Hook preflight;
    /// Sees every request except to open routes, unknown paths included.
    Hook guard;
    /// Sees every answer that the router gives: cross-origin headers.
    std::function<void(const Request&, Response&)> finish;
    /// Default: 404, "404 page not found".
    std::function<Response(const Request&)> not_found;
    /// The path is known, the method is not. Default: 405 with an Allow header.
    std::function<Response(const Request&, std::span<const Method> allowed)> wrong_method;
};

class Router {
public:
    explicit Router(RouterHooks hooks = {});
    ~Router();
    Router(Router&&) noexcept;
    Router& operator=(Router&&) noexcept;

    /// Before the first request. Throws std::invalid_argument for a pattern that cannot be read and
    /// for a second handler of the same method and pattern.
    void add(Route route, Handler handler);

    /// In the order of their registration.
    std::span<const Route> routes() const { return routes_; }

    /// Fills in the captures and asks the handler. HEAD is answered by GET's handler where it has
    /// none of its own. The router and the request outlive the task.
    Task<Response> handle(Request& request) const;

private:
    struct Node;
    struct Found;

    Found find(const Request& request) const;
    Response finished(const Request& request, Response response) const;

    RouterHooks hooks_;
    std::vector<Route> routes_;
    std::vector<Handler> handlers_;
    std::unique_ptr<Node> root_;
};

}  // namespace fenshen::http
