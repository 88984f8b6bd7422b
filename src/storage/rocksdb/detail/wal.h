// SPDX-License-Identifier: Apache-2.0
// RocksDB's write-ahead log, read beside the library for two questions that it does not answer. Is
// a fault in it the end of an unfinished write, which is dropped, or damage with acknowledged
// changes behind it, which must not be dropped in silence? And where does the log go on beyond what
// was acknowledged? Format: 32 KiB blocks of fragments, each with a masked CRC-32C.
#pragma once

#include <cstdint>
#include <expected>
#include <filesystem>
#include <optional>
#include <string>

namespace fenshen::storage::detail {

struct WalFault {
    std::filesystem::path file;
    std::uint64_t offset = 0;
    std::uint64_t bytes_behind = 0;  ///< of this file, from the fault on
    bool records_behind = false;     ///< whole records begin behind it, here or in a later file
};

/// The first fault of the logs in `directory`, oldest file first. None in most stores, also after a
/// kill: what was written is whole. The error says which file cannot be read.
std::expected<std::optional<WalFault>, std::string> check_logs(
    const std::filesystem::path& directory);

/// Cuts off everything behind the last record that begins at or before `sequence`, so that what was
/// refused is not found at the next start. The store must be closed. The error says what failed.
std::expected<void, std::string> cut_logs(const std::filesystem::path& directory,
                                          std::uint64_t sequence);

}  // namespace fenshen::storage::detail
