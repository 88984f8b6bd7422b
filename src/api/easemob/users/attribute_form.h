// SPDX-License-Identifier: Apache-2.0
// The body that attributes of a user are set by (easemob-rest U1): "a=b&c=d", encoded as forms are.
// A single pair comes from the SDK as it was typed: "nickname=Tea & milk".
#pragma once

#include <map>
#include <string>

#include "base/bytes.h"

namespace fenshen::api::easemob {

inline constexpr std::size_t attribute_form_bytes_max = 64UZ * 1024;
inline constexpr std::size_t attributes_max = 64;

/// Empty: it is none, or names nothing, or is not text.
std::map<std::string, std::string> read_attribute_form(BytesView body);

}  // namespace fenshen::api::easemob
