// SPDX-License-Identifier: Apache-2.0
// The text of openapi.json. Its source file is made at build time, by embed.cmake.
#pragma once

#include "base/bytes.h"

namespace fenshen::api::v1::detail {

BytesView openapi_text();

}  // namespace fenshen::api::v1::detail
