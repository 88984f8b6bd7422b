// SPDX-License-Identifier: Apache-2.0
// Typed access to a request's query, in the manner of http::JsonObject: read everything, then ask
// once whether all was well. Missing and empty values are the zero value.
#pragma once

#include <concepts>
#include <limits>
#include <string>
#include <string_view>

#include "api/http/message.h"

namespace fenshen::api::wukong::detail {

/// Looks into the request while that lives.
class QueryReader {
public:
    explicit QueryReader(const http::Query& query) : query_(query) {}

    std::string string(std::string_view name) const { return std::string(query_.get(name)); }

    template <std::integral T>
    T integer(std::string_view name, T fallback = 0) {
        const std::string_view text = query_.get(name);
        if (text.empty()) return fallback;
        if (const auto value = http::to_integer<T>(text)) return *value;
        refuse(name,
               "must be an integer from " + std::to_string(std::numeric_limits<T>::min()) + " to " +
                   std::to_string(std::numeric_limits<T>::max()));
        return fallback;
    }

    /// Notes an error of the caller's own about a parameter.
    void refuse(std::string_view name, std::string_view why) {
        if (!error_.empty()) error_ += "; ";
        error_.append(name).append(": ").append(why);
    }

    /// Empty when everything read so far was as it had to be.
    const std::string& error() const { return error_; }

private:
    const http::Query& query_;
    std::string error_;
};

}  // namespace fenshen::api::wukong::detail
