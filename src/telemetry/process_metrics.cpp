// SPDX-License-Identifier: Apache-2.0
// The process as the kernel sees it, under the names that every Prometheus dashboard knows.
#include <sys/resource.h>
#include <unistd.h>

#include <charconv>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <optional>
#include <string>
#include <system_error>
#include <vector>

#include "telemetry/metrics.h"

namespace fenshen::telemetry {

namespace {

/// Fields of /proc/self/stat by their number in proc(5), counted from 1.
constexpr std::size_t stat_utime = 14;
constexpr std::size_t stat_stime = 15;
constexpr std::size_t stat_threads = 20;
constexpr std::size_t stat_starttime = 22;
constexpr std::size_t stat_vsize = 23;
constexpr std::size_t stat_rss = 24;

std::string whole_file(const char* path) {
    std::ifstream file(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
}

std::optional<double> number(std::string_view text) {
    double value = 0;
    const auto result = std::from_chars(text.data(), text.data() + text.size(), value);
    if (result.ec != std::errc{}) return std::nullopt;
    return value;
}

std::vector<std::string_view> words(std::string_view text) {
    std::vector<std::string_view> found;
    std::size_t at = 0;
    while ((at = text.find_first_not_of(" \n", at)) != std::string_view::npos) {
        const std::size_t end = std::min(text.find_first_of(" \n", at), text.size());
        found.push_back(text.substr(at, end - at));
        at = end;
    }
    return found;
}

/// Seconds since the epoch at which the machine was started.
std::optional<double> boot_time() {
    const std::string stat = whole_file("/proc/stat");
    const std::size_t at = stat.find("\nbtime ");
    if (at == std::string::npos) return std::nullopt;
    return number(std::string_view(stat).substr(at + 7));
}

std::optional<double> open_descriptors() {
    std::error_code error;
    std::filesystem::directory_iterator entry("/proc/self/fd", error);
    if (error) return std::nullopt;
    double count = -1;  // the one that this very walk holds
    for (; entry != std::filesystem::directory_iterator(); entry.increment(error)) ++count;
    return count;
}

void collect(Scrape& scrape) {
    const std::string stat = whole_file("/proc/self/stat");
    // The second field is the program's name in parentheses, and may hold anything.
    const std::size_t name_end = stat.rfind(')');
    if (name_end == std::string::npos) return;
    const auto fields = words(std::string_view(stat).substr(name_end + 1));
    const auto field = [&fields](std::size_t number_in_proc) -> std::optional<double> {
        if (number_in_proc - 3 >= fields.size()) return std::nullopt;
        return number(fields[number_in_proc - 3]);
    };
    const auto ticks = static_cast<double>(sysconf(_SC_CLK_TCK));
    const auto page_bytes = static_cast<double>(sysconf(_SC_PAGESIZE));

    const auto user = field(stat_utime);
    const auto system = field(stat_stime);
    if (user && system) {
        scrape.counter("process_cpu_seconds_total",
                       "User and system CPU time spent in seconds.",
                       (*user + *system) / ticks);
    }
    if (const auto pages = field(stat_rss)) {
        scrape.gauge(
            "process_resident_memory_bytes", "Resident memory size in bytes.", *pages * page_bytes);
    }
    if (const auto bytes = field(stat_vsize)) {
        scrape.gauge("process_virtual_memory_bytes", "Virtual memory size in bytes.", *bytes);
    }
    if (const auto threads = field(stat_threads)) {
        scrape.gauge("process_threads", "Number of operating system threads.", *threads);
    }
    const auto started = field(stat_starttime);
    const auto boot = boot_time();
    if (started && boot) {
        scrape.gauge("process_start_time_seconds",
                     "Start time of the process since unix epoch in seconds.",
                     *boot + *started / ticks);
    }
    if (const auto open = open_descriptors()) {
        scrape.gauge("process_open_fds", "Number of open file descriptors.", *open);
    }
    rlimit limit{};
    if (getrlimit(RLIMIT_NOFILE, &limit) == 0) {
        scrape.gauge("process_max_fds",
                     "Maximum number of open file descriptors.",
                     static_cast<double>(limit.rlim_cur));
    }
}

}  // namespace

void add_process_metrics(MetricRegistry& registry) {
    registry.add(&collect);
}

}  // namespace fenshen::telemetry
