// SPDX-License-Identifier: Apache-2.0
// From a request target ("/channel?uid=a%20b") to a decoded path and query. Everything that could
// mean one thing to us and another to a proxy or a file system is refused here.
#pragma once

#include <cstddef>
#include <expected>
#include <string>
#include <string_view>
#include <vector>

#include "api/http/message.h"

namespace fenshen::http {

struct Target {
    std::string path;
    std::vector<std::string> segments;
    Query query;
};

struct TargetLimits {
    std::size_t segments_max = 64;
    std::size_t parameters_max = 256;
};

/// Takes origin form ("/a/b?c=d"), absolute form ("http://host/a/b") and "*" (no segments, path
/// "*"). Percent-encoding must be whole, decoded text valid UTF-8 without NUL; a path must not hold
/// "." or
/// ".." between slashes or backslashes, encoded or not. The error is a short text for the client.
std::expected<Target, std::string_view> parse_target(std::string_view target,
                                                     const TargetLimits& limits = {});

/// Appends the decoded `text`; false if an escape is cut or not hexadecimal.
bool percent_decode(std::string_view text, bool plus_is_space, std::string& out);

}  // namespace fenshen::http
