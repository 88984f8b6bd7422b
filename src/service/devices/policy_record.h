// SPDX-License-Identifier: Apache-2.0
// A device policy as the bytes that the store keeps.
#pragma once

#include "base/bytes.h"
#include "domain/policy.h"
#include "model/error.h"

namespace fenshen::service {

Bytes encode(const domain::Policy& policy);
/// Errc: store_corrupt (also a format that this release does not know).
Result<domain::Policy> decode_policy(BytesView bytes);

}  // namespace fenshen::service
