// SPDX-License-Identifier: Apache-2.0
// Bytes as hexadecimal digits.
#pragma once

#include <optional>

#include "base/bytes.h"

namespace fenshen {

/// Lower case. Writes twice as many characters.
void write_hex(char* out, BytesView bytes);
Bytes to_hex(BytesView bytes);
/// Either case; nothing when a digit is missing or is none.
std::optional<Bytes> from_hex(BytesView digits);

}  // namespace fenshen
