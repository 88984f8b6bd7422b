// SPDX-License-Identifier: Apache-2.0
#include "cli/doctor.h"

#include <arpa/inet.h>
#include <linux/magic.h>
#include <netinet/in.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/statfs.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>
#include <system_error>

#include "cli/detail/port_holder.h"

namespace fenshen::cli {
namespace {

namespace fs = std::filesystem;

constexpr std::uint64_t mib = 1024UL * 1024;

std::string message_of(int error) {
    return std::system_category().message(error);
}

/// `path`, or what of it is there already.
fs::path existing_part(fs::path path) {
    std::error_code error;
    path = fs::absolute(path, error).lexically_normal();
    while (!fs::exists(path, error) && path != path.parent_path()) path = path.parent_path();
    return path;
}

/// 0, or the errno of listening there.
int try_listening(const IpAddress& address, std::uint16_t port) {
    const bool v4 = address.is_v4();
    const int fd = ::socket(v4 ? AF_INET : AF_INET6, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd < 0) return errno;
    const int on = 1;
    ::setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);

    sockaddr_storage storage{};
    socklen_t size = sizeof(sockaddr_in);
    if (v4) {
        auto* to = reinterpret_cast<sockaddr_in*>(&storage);
        to->sin_family = AF_INET;
        to->sin_port = htons(port);
        ::inet_pton(AF_INET, address.text().c_str(), &to->sin_addr);
    } else {
        auto* to = reinterpret_cast<sockaddr_in6*>(&storage);
        to->sin6_family = AF_INET6;
        to->sin6_port = htons(port);
        ::inet_pton(AF_INET6, address.text().c_str(), &to->sin6_addr);
        size = sizeof(sockaddr_in6);
    }
    int error = 0;
    if (::bind(fd, reinterpret_cast<sockaddr*>(&storage), size) != 0 || ::listen(fd, 1) != 0) {
        error = errno;
    }
    ::close(fd);
    return error;
}

Finding examine_port(const config::ListenerOf& listener) {
    const std::string at =
        std::string(listener.key) + ": " + listener.bind.text() + ", port " + listener.port.text();
    const int error = try_listening(listener.bind, listener.port.number());
    if (error == 0) return {Health::ok, "ports", at + " is free"};
    if (error == EADDRINUSE) {
        const auto holder = detail::holder_of(listener.port.number());
        if (!holder) return {Health::fail, "ports", at + " is taken by another program"};
        const std::string by =
            at + " is taken by " + holder->name + " (pid " + std::to_string(holder->pid) + ")";
        if (holder->name == "fenshen") return {Health::warn, "ports", by + ": it runs already"};
        return {Health::fail, "ports", by};
    }
    if (error == EADDRNOTAVAIL) {
        return {Health::fail, "ports", at + ": this machine has no such address"};
    }
    return {Health::fail, "ports", at + ": " + message_of(error)};
}

}  // namespace

std::string_view name_of(Health health) {
    switch (health) {
        case Health::ok:
            return "ok";
        case Health::warn:
            return "warn";
        case Health::fail:
            return "fail";
    }
    return "";
}

std::vector<Finding> examine_data_dir(const std::string& data_dir) {
    constexpr std::uint64_t free_mib_min = 256;
    constexpr std::uint64_t free_mib_good = 2048;

    std::error_code error;
    const bool exists = fs::exists(data_dir, error);
    if (exists && !fs::is_directory(data_dir, error)) {
        return {{Health::fail, "data", data_dir + " is not a folder"}};
    }
    const fs::path place = existing_part(data_dir);
    if (::access(place.c_str(), W_OK | X_OK) != 0) {
        return {
            {Health::fail, "data", place.string() + " cannot be written: " + message_of(errno)}};
    }
    struct statfs disk{};
    if (::statfs(place.c_str(), &disk) != 0) {
        return {{Health::fail, "data", place.string() + ": " + message_of(errno)}};
    }
    const std::uint64_t free_mib = disk.f_bavail * static_cast<std::uint64_t>(disk.f_bsize) / mib;
    const Health room = free_mib < free_mib_min    ? Health::fail
                        : free_mib < free_mib_good ? Health::warn
                                                   : Health::ok;
    std::vector<Finding> findings{{room,
                                   "data",
                                   data_dir + (exists ? "" : " will be made") + ", " +
                                       std::to_string(free_mib) + " MiB free"}};
    if (disk.f_type == TMPFS_MAGIC || disk.f_type == RAMFS_MAGIC) {
        findings.push_back(
            {Health::warn, "data", data_dir + " lies in memory: a power cut loses all of it"});
    }
    return findings;
}

Finding judge_descriptors(std::uint64_t descriptors_max) {
    constexpr std::uint64_t good = 65'536;
    constexpr std::uint64_t least = 1'024;
    const std::string text =
        std::to_string(descriptors_max) + " open files and connections at most";
    const char* mend = "; raise it with ulimit -Hn, or LimitNOFILE= of the service";
    if (descriptors_max < least) return {Health::fail, "descriptors", text + mend};
    if (descriptors_max < good) return {Health::warn, "descriptors", text + mend};
    return {Health::ok, "descriptors", text};
}

std::vector<Finding> examine_ports(const config::Config& config) {
    std::vector<Finding> findings;
    for (const config::ListenerOf& listener : config::listeners_of(config)) {
        findings.push_back(examine_port(listener));
    }
    if (findings.empty()) findings.push_back({Health::warn, "ports", "every listener is off"});
    return findings;
}

Finding examine_clock(const std::string& data_dir, WallTime now) {
    constexpr WallTime written_at{1'735'689'600'000};  // 2025-01-01
    constexpr Millis slack{60'000};
    if (now < written_at) {
        return {Health::fail, "clock", "it is set to a time before 2025; message ids come from it"};
    }
    std::error_code error;
    for (fs::directory_iterator entry(data_dir, error), end; !error && entry != end;
         entry.increment(error)) {
        const auto changed = entry->last_write_time(error);
        if (error) continue;
        const auto since = std::chrono::file_clock::to_sys(changed).time_since_epoch();
        const auto ahead = std::chrono::duration_cast<Millis>(since) - Millis{now.ms};
        if (ahead > slack) {
            return {Health::warn,
                    "clock",
                    "it went back: " + entry->path().string() + " was written " +
                        std::to_string(ahead.count() / 1000) + " s from now"};
        }
    }
    return {Health::ok, "clock", "it is past everything in " + data_dir};
}

std::vector<Finding> examine(const config::Config& config, const Clock& clock) {
    std::vector<Finding> findings = examine_data_dir(config.server.data_dir);
    const auto add = [&findings](const std::vector<Finding>& more) {
        findings.insert(findings.end(), more.begin(), more.end());
    };
    rlimit descriptors{};
    ::getrlimit(RLIMIT_NOFILE, &descriptors);
    findings.push_back(judge_descriptors(descriptors.rlim_max));
    add(examine_ports(config));
    findings.push_back(examine_clock(config.server.data_dir, clock.wall()));
    add(examine_certificate(config.tls, clock.wall()));
    return findings;
}

}  // namespace fenshen::cli
