// SPDX-License-Identifier: Apache-2.0
// What mends it, as answers say: a sentence, or a call of the API with a sentence.
#pragma once

#include <string>
#include <vector>

#include "cli/detail/json.h"

namespace fenshen::cli {

struct Mend {
    std::string text;    ///< printable(); may be empty
    std::string method;  ///< empty: there is no call
    std::string path;
    Json body{};  ///< null: none

    /// "Register a token for class 1 (POST /user/token)"
    std::string on_one_line() const;
};

/// Of a member `mend`: a text, one call, or a list of them.
std::vector<Mend> mends_of(const Json& mend);

}  // namespace fenshen::cli
