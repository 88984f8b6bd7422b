// SPDX-License-Identifier: Apache-2.0
#include "api/http/router.h"

#include <array>
#include <cassert>
#include <map>
#include <stdexcept>

namespace fenshen::http {

namespace {

constexpr auto methods = static_cast<std::size_t>(Method::other);
constexpr std::size_t none = SIZE_MAX;

/// The route of each method, by index.
using ByMethod = std::array<std::size_t, methods>;

constexpr ByMethod no_routes() {
    ByMethod routes{};
    routes.fill(none);
    return routes;
}

std::vector<std::string_view> parts_of(std::string_view pattern) {
    std::vector<std::string_view> parts;
    std::size_t start = 1;
    while (true) {
        const std::size_t end = std::min(pattern.find('/', start), pattern.size());
        parts.push_back(pattern.substr(start, end - start));
        if (end == pattern.size()) return parts;
        start = end + 1;
    }
}

enum class Part : std::uint8_t { literal, capture, tail };

Part kind_of(std::string_view part) {
    if (!part.starts_with('{')) return Part::literal;
    return part.ends_with("...}") ? Part::tail : Part::capture;
}

std::string_view capture_name(std::string_view part) {
    part.remove_prefix(1);
    part.remove_suffix(1);
    if (part.ends_with("...")) part.remove_suffix(3);
    return part;
}

void check_pattern(std::string_view pattern) {
    const auto refuse = [&](std::string_view why) {
        throw std::invalid_argument("route " + std::string(pattern) + ": " + std::string(why));
    };
    if (!pattern.starts_with('/')) refuse("must begin with a slash");
    const auto parts = parts_of(pattern);
    for (std::size_t i = 0; i < parts.size(); ++i) {
        const bool braced = parts[i].starts_with('{') && parts[i].ends_with('}');
        const std::string_view inside = braced ? capture_name(parts[i]) : parts[i];
        if (inside.find_first_of("{}") != std::string_view::npos) refuse("stray brace");
        if (braced && inside.empty()) refuse("a capture needs a name");
        if (kind_of(parts[i]) == Part::tail && i + 1 != parts.size()) refuse("{...} must be last");
    }
}

}  // namespace

struct Router::Node {
    std::map<std::string, std::unique_ptr<Node>, std::less<>> literals;
    std::unique_ptr<Node> capture;
    ByMethod here = no_routes();
    ByMethod tail = no_routes();
};

struct Router::Found {
    std::size_t route = none;
    /// Methods of the patterns that fit the path, when none of them has the request's.
    std::array<bool, methods> allowed{};

    /// Whether the search is over.
    bool take(const ByMethod& routes, Method method) {
        for (std::size_t i = 0; i < methods; ++i) {
            if (routes[i] != none) allowed[i] = true;
        }
        if (method == Method::other) return false;
        route = routes[static_cast<std::size_t>(method)];
        if (route == none && method == Method::head) {
            route = routes[static_cast<std::size_t>(Method::get)];
        }
        return route != none;
    }

    bool search(const Node& node, std::span<const std::string> segments, Method method) {
        if (segments.empty()) return take(node.here, method);
        const auto literal = node.literals.find(segments[0]);
        if (literal != node.literals.end() &&
            search(*literal->second, segments.subspan(1), method)) {
            return true;
        }
        if (node.capture && !segments[0].empty() &&
            search(*node.capture, segments.subspan(1), method)) {
            return true;
        }
        return take(node.tail, method);
    }

    std::vector<Method> allowed_methods() const {
        std::vector<Method> list;
        for (std::size_t i = 0; i < methods; ++i) {
            const auto method = static_cast<Method>(i);
            const bool by_get =
                method == Method::head && allowed[static_cast<std::size_t>(Method::get)];
            if (allowed[i] || by_get) list.push_back(method);
        }
        return list;
    }
};

namespace {

void fill_captures(std::string_view pattern, Request& request) {
    request.captures.clear();
    const auto parts = parts_of(pattern);
    for (std::size_t i = 0; i < parts.size(); ++i) {
        const Part kind = kind_of(parts[i]);
        if (kind == Part::literal) continue;
        std::string value = request.segments[i];
        if (kind == Part::tail) {
            for (std::size_t k = i + 1; k < request.segments.size(); ++k) {
                value += '/';
                value += request.segments[k];
            }
        }
        request.captures.add(std::string(capture_name(parts[i])), std::move(value));
    }
}

Response not_found(const Request&) {
    return text(404, "404 page not found");
}

Response wrong_method(const Request&, std::span<const Method> allowed) {
    Response response = text(405, "405 method not allowed");
    std::string list;
    for (const Method method : allowed) {
        if (!list.empty()) list += ", ";
        list += name_of(method);
    }
    response.headers.add("Allow", std::move(list));
    return response;
}

}  // namespace

Router::Router(RouterHooks hooks) : hooks_(std::move(hooks)), root_(std::make_unique<Node>()) {
    if (!hooks_.not_found) hooks_.not_found = not_found;
    if (!hooks_.wrong_method) hooks_.wrong_method = wrong_method;
}

Router::~Router() = default;
Router::Router(Router&&) noexcept = default;
Router& Router::operator=(Router&&) noexcept = default;

void Router::add(Route route, Handler handler) {
    check_pattern(route.pattern);
    if (route.method == Method::other) throw std::invalid_argument("a route needs a method");
    Node* node = root_.get();
    bool is_tail = false;
    for (const std::string_view part : parts_of(route.pattern)) {
        const Part kind = kind_of(part);
        if (kind == Part::tail) {
            is_tail = true;
            break;
        }
        auto& next = kind == Part::capture ? node->capture : node->literals[std::string(part)];
        if (!next) next = std::make_unique<Node>();
        node = next.get();
    }
    ByMethod& routes = is_tail ? node->tail : node->here;
    std::size_t& index = routes[static_cast<std::size_t>(route.method)];
    if (index != none) {
        throw std::invalid_argument("route " + std::string(name_of(route.method)) + ' ' +
                                    route.pattern + " stands twice");
    }
    index = routes_.size();
    routes_.push_back(std::move(route));
    handlers_.push_back(std::move(handler));
}

Router::Found Router::find(const Request& request) const {
    Found found;
    if (!request.segments.empty()) found.search(*root_, request.segments, request.method);
    return found;
}

Response Router::finished(const Request& request, Response response) const {
    if (hooks_.finish) hooks_.finish(request, response);
    return response;
}

Task<Response> Router::handle(Request& request) const {
    if (request.method == Method::options && hooks_.preflight) {
        if (auto answer = hooks_.preflight(request)) {
            co_return finished(request, std::move(*answer));
        }
    }
    const Found found = find(request);
    const bool is_open = found.route != none && routes_[found.route].open;
    if (!is_open && hooks_.guard) {
        if (auto answer = hooks_.guard(request)) co_return finished(request, std::move(*answer));
    }
    if (found.route == none) {
        const auto allowed = found.allowed_methods();
        Response answer =
            allowed.empty() ? hooks_.not_found(request) : hooks_.wrong_method(request, allowed);
        co_return finished(request, std::move(answer));
    }
    fill_captures(routes_[found.route].pattern, request);
    Task<Response> task = handlers_[found.route](request);
    Response response = co_await task;
    co_return finished(request, std::move(response));
}

}  // namespace fenshen::http
