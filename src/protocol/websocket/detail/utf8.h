// SPDX-License-Identifier: Apache-2.0
// UTF-8 that arrives in pieces: says at the first possible byte that it is none (RFC 3629, and so
// no surrogates, no overlong forms, nothing above U+10FFFF).
#pragma once

#include <cstdint>

#include "base/bytes.h"

namespace fenshen::ws::detail {

class Utf8Check {
public:
    /// Takes the next bytes; false when no continuation could make them valid.
    [[nodiscard]] bool take(BytesView bytes);
    /// True when no character is cut at this point.
    bool is_complete() const { return awaited_ == 0; }
    void reset() { awaited_ = 0; }

private:
    bool begin(std::uint8_t lead);

    std::uint8_t awaited_ = 0;  // continuation bytes to come
    std::uint8_t low_ = 0;      // bounds of the next one
    std::uint8_t high_ = 0;
};

}  // namespace fenshen::ws::detail
