// SPDX-License-Identifier: Apache-2.0
// What is kept beside members of groups (easemob-rest G40, G41, A91).
#pragma once

#include "api/easemob/call.h"

namespace fenshen::api::easemob {

/// PUT [/sdk]/metadata/chatgroup/{group}/user/{member} {metaData}
Task<http::Response> set_attributes(Call& call);
/// POST [/sdk]/metadata/chatgroup/{group}/get {targets, properties}
Task<http::Response> get_attributes(Call& call);
/// GET /metadata/chatgroup/{group}/user/{member}
Task<http::Response> attributes_of(Call& call);

}  // namespace fenshen::api::easemob
