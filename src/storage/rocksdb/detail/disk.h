// SPDX-License-Identifier: Apache-2.0
// Two questions to the disk that a store lies on.
#pragma once

#include <chrono>
#include <filesystem>

namespace fenshen::storage::detail {

/// What it costs to make a small write durable: the median of 20. Zero when it cannot be tried.
std::chrono::microseconds measure_sync(const std::filesystem::path& directory);

/// Whether a few files' worth of bytes can be written and synced.
bool takes_writes(const std::filesystem::path& directory);

}  // namespace fenshen::storage::detail
