// SPDX-License-Identifier: Apache-2.0
// A directory of a test's own, gone when the test is. In memory where there is room: no test here
// asks what a disk keeps when the power is cut, but each syncs a thousand times.
#pragma once

#include <stdlib.h>

#include <cstdint>
#include <filesystem>
#include <stdexcept>
#include <string>

namespace fenshen::storage::testing {

class ScratchDirectory {
public:
    ScratchDirectory() {
        std::string name = parent() / "fenshen-storage-XXXXXX";
        if (mkdtemp(name.data()) == nullptr) throw std::runtime_error("no scratch directory");
        path_ = name;
    }
    ~ScratchDirectory() {
        std::error_code ignored;
        std::filesystem::remove_all(path_, ignored);
    }
    ScratchDirectory(const ScratchDirectory&) = delete;
    ScratchDirectory& operator=(const ScratchDirectory&) = delete;

    const std::filesystem::path& path() const { return path_; }

private:
    static std::filesystem::path parent() {
        constexpr std::uintmax_t room_bytes = 1024UL * 1024 * 1024;
        const std::filesystem::path memory("/dev/shm");
        std::error_code none;
        const auto space = std::filesystem::space(memory, none);
        return !none && space.available >= room_bytes ? memory
                                                      : std::filesystem::temp_directory_path();
    }

    std::filesystem::path path_;
};

}  // namespace fenshen::storage::testing
