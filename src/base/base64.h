// SPDX-License-Identifier: Apache-2.0
// Standard base64 with padding (RFC 4648, section 4).
#pragma once

#include <cstddef>

#include "base/bytes.h"

namespace fenshen {

constexpr std::size_t base64_bytes(std::size_t plain_bytes) {
    return (plain_bytes + 2) / 3 * 4;
}

void append_base64(Bytes& out, BytesView plain);
/// Writes base64_bytes(plain.size()) characters.
void write_base64(char* out, BytesView plain);

/// Appends what `text` stands for. False, with `out` as it was, when it is not base64. Carriage
/// returns and line feeds are skipped and leftover bits of the last character ignored, as the
/// clients' servers have always done; padding must be there.
[[nodiscard]] bool append_from_base64(Bytes& out, BytesView text);

/// The alphabet for URLs and file names, without padding (RFC 4648, section 5).
Bytes to_base64url(BytesView plain);

}  // namespace fenshen
