// SPDX-License-Identifier: Apache-2.0
// What is asked of the disk that a store lies on, beside RocksDB.
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

/// A directory is one engine's, from before its logs are looked at, and also while RocksDB, whose
/// own lock is gone then, is opened anew. Ends with the process, however that ends.
class DirectoryLock {
public:
    DirectoryLock() = default;
    ~DirectoryLock();
    DirectoryLock(const DirectoryLock&) = delete;
    DirectoryLock& operator=(const DirectoryLock&) = delete;

    enum class Outcome : std::uint8_t { locked, in_use, failed };
    /// After `failed`, errno says why.
    Outcome lock(const std::filesystem::path& directory);

private:
    int fd_ = -1;
};

}  // namespace fenshen::storage::detail
