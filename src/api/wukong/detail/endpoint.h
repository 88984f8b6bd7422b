// SPDX-License-Identifier: Apache-2.0
// What an endpoint is (style: "an endpoint reads like its documentation"), and how one is put under
// its route:
//
//     struct Something {
//         static constexpr Route route{http::Method::post, "/some/thing"};
//         struct Input { ... };
//         static Input read(http::JsonObject& body);            decoding: types and widths
//         static std::string_view refusal(const Input& input);  rules: the text of ERR, or empty
//         static Task<http::Response> run(Context& context, Input input);
//     };
//
// `read` may take a JsonDocument (a body that is no object) or a QueryReader instead, or both.
// Nothing is changed before all of the input is known to be good.
#pragma once

#include <concepts>
#include <expected>
#include <string>
#include <string_view>
#include <utility>

#include "api/http/json_body.h"
#include "api/port/endpoint.h"
#include "api/wukong/context.h"
#include "api/wukong/detail/query_reader.h"
#include "api/wukong/envelope.h"
#include "base/task.h"

namespace fenshen::api::wukong {

using api::Route;

namespace detail {

template <class E>
concept ReadsObject = requires(http::JsonObject& body) {
    { E::read(body) } -> std::same_as<typename E::Input>;
};
template <class E>
concept ReadsDocument = requires(http::JsonDocument& body) {
    { E::read(body) } -> std::same_as<typename E::Input>;
};
template <class E>
concept ReadsQuery = requires(QueryReader& query) {
    { E::read(query) } -> std::same_as<typename E::Input>;
};
template <class E>
concept ReadsDocumentAndQuery = requires(http::JsonDocument& body, QueryReader& query) {
    { E::read(body, query) } -> std::same_as<typename E::Input>;
};
template <class E>
concept HasRefusal = requires(const typename E::Input& input) {
    { E::refusal(input) } -> std::convertible_to<std::string_view>;
};
/// Says the same of every body that cannot be read.
template <class E>
concept HasUnreadableText = requires {
    { E::unreadable } -> std::convertible_to<std::string_view>;
};

template <class E>
http::Response unreadable(std::string_view why) {
    if constexpr (HasUnreadableText<E>) {
        return err(E::unreadable);
    } else {
        return err(why);
    }
}

template <class E>
std::expected<typename E::Input, http::Response> decode(const http::Request& request) {
    QueryReader query(request.query);
    if constexpr (ReadsQuery<E>) {
        typename E::Input input = E::read(query);
        if (!query.error().empty()) return std::unexpected(unreadable<E>(query.error()));
        return input;
    } else {
        auto document = http::JsonDocument::parse(request.body);
        if (!document) return std::unexpected(unreadable<E>(document.error()));
        typename E::Input input = [&] {
            if constexpr (ReadsDocumentAndQuery<E>) {
                return E::read(*document, query);
            } else if constexpr (ReadsDocument<E>) {
                return E::read(*document);
            } else {
                static_assert(ReadsObject<E>);
                http::JsonObject body = document->object();
                return E::read(body);
            }
        }();
        if (!document->ok()) return std::unexpected(unreadable<E>(document->error()));
        if (!query.error().empty()) return std::unexpected(unreadable<E>(query.error()));
        return input;
    }
}

template <class E>
Task<http::Response> serve(Context& context, const http::Request& request) {
    auto input = decode<E>(request);
    if (!input) co_return std::move(input.error());
    if constexpr (HasRefusal<E>) {
        const std::string_view text = E::refusal(std::as_const(*input));
        if (!text.empty()) co_return err(text);
    }
    Task<http::Response> running = E::run(context, std::move(*input));
    co_return co_await running;
}

template <class... Endpoints>
void add(http::Router& router, Context& context) {
    constexpr auto serve_one = []<class E>(Context& with, const http::Request& request) {
        return serve<E>(with, request);
    };
    (api::add_endpoint<Endpoints>(router, context, serve_one), ...);
}

}  // namespace detail

}  // namespace fenshen::api::wukong
