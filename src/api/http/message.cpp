// SPDX-License-Identifier: Apache-2.0
#include "api/http/message.h"

#include <array>

namespace fenshen::http {

namespace {

constexpr std::array<std::string_view, 7> method_names{
    "GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"};

constexpr char lower(char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

}  // namespace

std::string_view name_of(Method method) {
    return method == Method::other ? std::string_view{}
                                   : method_names[static_cast<std::size_t>(method)];
}

Method method_of(std::string_view name) {
    const auto* const found = std::ranges::find(method_names, name);
    return static_cast<Method>(found - method_names.begin());
}

bool same_ignoring_case(std::string_view a, std::string_view b) {
    return std::ranges::equal(a, b, {}, lower, lower);
}

Response json(int status, Bytes body) {
    return {.status = status,
            .content_type = "application/json; charset=utf-8",
            .body = std::move(body),
            .headers = {}};
}

Response text(int status, std::string_view body) {
    return {.status = status,
            .content_type = "text/plain; charset=utf-8",
            .body = Bytes(body),
            .headers = {}};
}

Response empty(int status) {
    return {.status = status, .content_type = {}, .body = {}, .headers = {}};
}

}  // namespace fenshen::http
