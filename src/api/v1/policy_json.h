// SPDX-License-Identifier: Apache-2.0
// A device policy as JSON (v1-api "Policy"). What is written reads back as the same policy.
#pragma once

#include "api/http/json_body.h"
#include "base/json_writer.h"
#include "domain/policy.h"

namespace fenshen::api::v1 {

/// Starts from `preset`, else from "wukong"; what is given takes the place of the preset's. Where
/// `default` is given and `msync_default` is not, it is both. What is wrong is noted in `object`,
/// also what domain::problem_of() finds.
domain::Policy read_policy(http::JsonObject& object);

/// A value. `msync_default` is left out where it is as `default`, `many_tabs` and
/// `only_with` where they are empty.
void write_policy(JsonWriter& json, const domain::Policy& policy);

}  // namespace fenshen::api::v1
