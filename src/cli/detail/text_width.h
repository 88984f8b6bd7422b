// SPDX-License-Identifier: Apache-2.0
// Text from outside (names of devices, reasons) on a terminal: made harmless, measured in columns,
// cut where the columns end.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace fenshen::cli {

/// `text` as one line of valid UTF-8 that moves no cursor and hides nothing: control characters,
/// line ends, direction marks and broken UTF-8 become U+FFFD.
std::string printable(std::string_view text);

/// Columns that a terminal needs for `text`, which is printable(): East Asian wide characters
/// count as two, combining marks as none.
std::size_t columns_of(std::string_view text);

/// The whole of `text`, which is printable(), if `columns` hold it; else what fits before an
/// ellipsis. Never wider than `columns`.
std::string cut_to(std::string_view text, std::size_t columns);

}  // namespace fenshen::cli
