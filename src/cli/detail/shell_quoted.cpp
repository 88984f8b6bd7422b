// SPDX-License-Identifier: Apache-2.0
#include "cli/detail/shell_quoted.h"

#include <algorithm>

namespace fenshen::cli {

std::string shell_quoted(std::string_view text) {
    const auto is_bare = [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
               std::string_view("-_.~/:%@").contains(c);
    };
    if (!text.empty() && text.front() != '~' && std::ranges::all_of(text, is_bare)) {
        return std::string(text);
    }
    std::string out = "'";
    for (const char c : text) {
        if (c == '\'') {
            out += R"('\'')";
        } else {
            out += c;
        }
    }
    return out + "'";
}

}  // namespace fenshen::cli
