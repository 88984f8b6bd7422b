// SPDX-License-Identifier: Apache-2.0
// The head of an HTTP/1.1 message in memory: its first line and its fields, without what they mean.
// Strict where leniency has been a hole: lines end in CRLF, no folded lines, no control characters.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "base/bytes.h"

namespace fenshen::ws::detail {

struct Field {
    BytesView name;
    BytesView value;  ///< without the white space around it
};

struct Head {
    BytesView first_line;
    BytesView field_lines;  ///< checked; each with its CRLF
    std::size_t size = 0;   ///< with the empty line

    std::vector<Field> fields() const;
};

enum class HeadStatus : std::uint8_t { need_more, too_big, bad, ok };

/// Views look into `in`. Answers the same for a whole head wherever the bytes behind it end, but
/// waits for the whole of it before it judges.
HeadStatus read_head(BytesView in, Head& head);

bool equals_ignoring_case(BytesView a, BytesView b);
/// Whether a comma-separated list has `element`, in whatever case.
bool list_has(BytesView list, BytesView element);

}  // namespace fenshen::ws::detail
