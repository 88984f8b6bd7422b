// SPDX-License-Identifier: Apache-2.0
// Two questions to the disk that a store lies on.
#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>

namespace fenshen::storage::detail {

/// What it costs to make a small write durable: the median of 20. Zero when it cannot be tried.
std::chrono::microseconds measure_sync(const std::filesystem::path& directory);

/// Whether there is room for `bytes` and for all that the logs in `directory` hold, and files can
/// be written at all.
bool has_room(const std::filesystem::path& directory, std::uint64_t bytes);

}  // namespace fenshen::storage::detail
