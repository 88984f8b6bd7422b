// SPDX-License-Identifier: Apache-2.0
#include "cli/detail/port_holder.h"

#include <array>
#include <charconv>
#include <filesystem>
#include <fstream>
#include <set>
#include <sstream>

namespace fenshen::cli::detail {
namespace {

namespace fs = std::filesystem;

/// Inodes of the sockets that listen on `port`. A row is "sl local_address rem_address st ...
/// inode", the addresses as HEX:PORT.
void collect_listeners(const char* table, std::uint16_t port, std::set<std::string>& inodes) {
    constexpr std::string_view listening = "0A";
    std::ifstream in(table);
    std::string line;
    std::getline(in, line);  // the head
    while (std::getline(in, line)) {
        std::istringstream row(line);
        std::array<std::string, 10> columns;
        for (std::string& column : columns) row >> column;
        const std::string& local = columns[1];
        const auto colon = local.rfind(':');
        if (columns[3] != listening || colon == std::string::npos) continue;
        std::uint16_t number = 0;
        std::from_chars(local.data() + colon + 1, local.data() + local.size(), number, 16);
        if (number == port) inodes.insert(columns[9]);
    }
}

bool holds_one_of(const fs::path& process, const std::set<std::string>& inodes) {
    std::error_code error;
    for (fs::directory_iterator fd(process / "fd", error), end; !error && fd != end;
         fd.increment(error)) {
        std::error_code unreadable;
        const std::string target = fs::read_symlink(fd->path(), unreadable).string();
        constexpr std::string_view before = "socket:[";
        if (!target.starts_with(before)) continue;
        if (inodes.contains(target.substr(before.size(), target.size() - before.size() - 1))) {
            return true;
        }
    }
    return false;
}

}  // namespace

std::optional<PortHolder> holder_of(std::uint16_t port) {
    std::set<std::string> inodes;
    collect_listeners("/proc/net/tcp", port, inodes);
    collect_listeners("/proc/net/tcp6", port, inodes);
    if (inodes.empty()) return std::nullopt;

    std::error_code error;
    for (fs::directory_iterator process("/proc", error), end; !error && process != end;
         process.increment(error)) {
        const std::string name = process->path().filename();
        int pid = 0;
        const auto [rest, bad] = std::from_chars(name.data(), name.data() + name.size(), pid);
        if (bad != std::errc() || rest != name.data() + name.size()) continue;
        if (!holds_one_of(process->path(), inodes)) continue;
        PortHolder holder{pid, {}};
        std::ifstream comm(process->path() / "comm");
        std::getline(comm, holder.name);
        return holder;
    }
    return std::nullopt;
}

}  // namespace fenshen::cli::detail
