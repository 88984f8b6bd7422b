// SPDX-License-Identifier: Apache-2.0
#include "api/wukong/manner.h"

namespace fenshen::api::wukong {

namespace {

constexpr std::string_view not_found_text = "404 page not found";

http::Response without_token() {
    return http::empty(401);
}

http::Response not_found(const http::Request&) {
    return http::text(404, not_found_text);
}

http::Response wrong_method(const http::Request&, std::span<const http::Method>) {
    return http::text(404, not_found_text);
}

}  // namespace

Manner manner() {
    return {.root = {},
            .without_token = without_token,
            .not_found = not_found,
            .wrong_method = wrong_method,
            .failed = http::text};
}

}  // namespace fenshen::api::wukong
