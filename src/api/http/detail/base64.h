// SPDX-License-Identifier: Apache-2.0
// Base64 as JSON bodies carry it (wukong-http 2.2).
#pragma once

#include <optional>

#include "base/bytes.h"

namespace fenshen::http::detail {

/// Standard alphabet, padding required, carriage returns and line feeds skipped. Leftover bits in
/// the last character are ignored, as Go's decoder does.
std::optional<Bytes> decode_base64(BytesView text);

}  // namespace fenshen::http::detail
