// SPDX-License-Identifier: Apache-2.0
#include "storage/rocksdb/detail/disk.h"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <string>
#include <vector>

namespace fenshen::storage::detail {

namespace {

constexpr int syncs = 20;
constexpr std::size_t sync_bytes = 4096;
constexpr std::size_t probe_bytes = 1024UL * 1024;

/// A file that is gone when it is let go.
class ProbeFile {
public:
    explicit ProbeFile(const std::filesystem::path& directory)
        : path_(directory / "probe"),
          fd_(::open(path_.c_str(), O_CREAT | O_TRUNC | O_WRONLY | O_CLOEXEC, 0600)) {}
    ~ProbeFile() {
        if (fd_ < 0) return;
        ::close(fd_);
        unlink(path_.c_str());
    }
    ProbeFile(const ProbeFile&) = delete;
    ProbeFile& operator=(const ProbeFile&) = delete;

    bool append(const std::string& bytes) const {
        return fd_ >= 0 &&
               write(fd_, bytes.data(), bytes.size()) == static_cast<ssize_t>(bytes.size());
    }
    bool sync() const { return fd_ >= 0 && fdatasync(fd_) == 0; }

private:
    const std::filesystem::path path_;
    const int fd_;
};

}  // namespace

std::chrono::microseconds measure_sync(const std::filesystem::path& directory) {
    using Clock = std::chrono::steady_clock;
    const ProbeFile file(directory);
    const std::string block(sync_bytes, 'x');
    std::vector<std::chrono::microseconds> costs;
    for (int i = 0; i < syncs; ++i) {
        const auto begin = Clock::now();
        if (!file.append(block) || !file.sync()) return {};
        costs.push_back(
            std::chrono::duration_cast<std::chrono::microseconds>(Clock::now() - begin));
    }
    std::ranges::sort(costs);
    return costs[costs.size() / 2];
}

bool has_room(const std::filesystem::path& directory, std::uint64_t bytes) {
    std::error_code error;
    for (const auto& entry : std::filesystem::directory_iterator(directory, error)) {
        if (entry.path().extension() == ".log") bytes += entry.file_size(error);
    }
    const auto space = std::filesystem::space(directory, error);
    if (error || space.available < bytes) return false;
    const ProbeFile file(directory);
    return file.append(std::string(probe_bytes, 'x')) && file.sync();
}

DirectoryLock::~DirectoryLock() {
    if (fd_ >= 0) ::close(fd_);
}

DirectoryLock::Outcome DirectoryLock::lock(const std::filesystem::path& directory) {
    const auto path = directory / "fenshen.lock";
    fd_ = ::open(path.c_str(), O_CREAT | O_RDWR | O_CLOEXEC, 0600);
    if (fd_ < 0) return Outcome::failed;
    if (flock(fd_, LOCK_EX | LOCK_NB) == 0) return Outcome::locked;
    return errno == EWOULDBLOCK ? Outcome::in_use : Outcome::failed;
}

}  // namespace fenshen::storage::detail
