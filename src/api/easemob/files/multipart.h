// SPDX-License-Identifier: Apache-2.0
// Forms with files in them (RFC 7578): what an upload's body is made of.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.h"

namespace fenshen::api::easemob {

struct FormPart {
    std::string name;
    std::string filename;      ///< as it was written; empty: not a file
    std::string content_type;  ///< empty: not said
    BytesView body;            ///< into the form
};

inline constexpr std::size_t form_parts_max = 32;
inline constexpr std::size_t form_part_head_bytes_max = 8UL * 1024;
/// Longer file names are cut, between characters.
inline constexpr std::size_t form_filename_bytes_max = 255;

/// Of a Content-Type header; nullopt: it is no form of this kind, or names no boundary.
std::optional<std::string> boundary_of(std::string_view content_type);

/// All parts, or nullopt: the form is broken, or has too many parts. Nothing is copied but heads.
std::optional<std::vector<FormPart>> read_form(BytesView body, std::string_view boundary);

}  // namespace fenshen::api::easemob
