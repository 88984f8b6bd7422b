// SPDX-License-Identifier: Apache-2.0
// The key of the token hashes: a file beside the store, made at the first start, readable by its
// owner only. Without it no stored token can be recognised again.
#pragma once

#include <expected>
#include <filesystem>
#include <string>

#include "base/bytes.h"

namespace fenshen::app {

std::expected<Bytes, std::string> load_or_make_token_key(const std::filesystem::path& data_dir);

}  // namespace fenshen::app
