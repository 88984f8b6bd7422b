// SPDX-License-Identifier: Apache-2.0
// How errors are said (v1-api "Conventions"; RFC 9457): what happened, to whom, and what mends it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "api/http/message.h"
#include "api/port/guard.h"
#include "domain/login.h"
#include "model/error.h"
#include "model/ids.h"

namespace fenshen::api::v1 {

struct Problem {
    int status = 400;
    std::string_view kind;   ///< behind "urn:fenshen:problem:", for programs
    std::string_view title;  ///< the same for every problem of this kind
    std::string detail;      ///< this one, for people
    std::vector<domain::Mend> mend = {};
    std::optional<std::uint64_t> version = {};  ///< of the policy in force, in a conflict
};
http::Response response_of(const Problem& problem);

http::Response bad_request(std::string detail);
http::Response too_large(std::string detail);
http::Response unknown_account(const Uid& uid);
http::Response stale_version(std::uint64_t given, std::uint64_t current);
/// What the error table says of `code`; not_found is said of the account.
http::Response failure(Errc code, const Uid& uid);
http::Response failure(Errc code);

/// What is said below /v1 where no endpoint speaks: 401, 404, 405 with Allow, and what the server
/// itself refuses.
Manner manner();

}  // namespace fenshen::api::v1
