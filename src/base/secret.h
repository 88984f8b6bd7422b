// SPDX-License-Identifier: Apache-2.0
// A token or a password. It does not turn into text by itself, so that it ends in a log only if
// somebody writes reveal() there.
#pragma once

#include <string>
#include <utility>

namespace fenshen {

class Secret {
public:
    Secret() = default;
    explicit Secret(std::string value) : value_(std::move(value)) {}

    bool empty() const { return value_.empty(); }
    const std::string& reveal() const { return value_; }
    bool operator==(const Secret&) const = default;

private:
    std::string value_;
};

}  // namespace fenshen
