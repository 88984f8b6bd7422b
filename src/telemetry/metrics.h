// SPDX-License-Identifier: Apache-2.0
// What a module counts, and how it becomes Prometheus text. A module keeps plain counters in a
// probe of its own, one per loop where that matters; the registry reads them when somebody asks.
// Nothing here locks or allocates on the counting side.
#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <initializer_list>
#include <map>
#include <mutex>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace fenshen::telemetry {

/// Only grows. Any thread; cheapest if one thread writes.
class Counter {
public:
    void add(std::uint64_t n = 1) noexcept { value_.fetch_add(n, std::memory_order_relaxed); }
    std::uint64_t value() const noexcept { return value_.load(std::memory_order_relaxed); }

private:
    std::atomic<std::uint64_t> value_{0};
};

/// Goes up and down. Any thread.
class Gauge {
public:
    void set(std::int64_t value) noexcept { value_.store(value, std::memory_order_relaxed); }
    void add(std::int64_t n = 1) noexcept { value_.fetch_add(n, std::memory_order_relaxed); }
    void sub(std::int64_t n = 1) noexcept { value_.fetch_sub(n, std::memory_order_relaxed); }
    std::int64_t value() const noexcept { return value_.load(std::memory_order_relaxed); }

private:
    std::atomic<std::int64_t> value_{0};
};

/// Counts observations into fixed buckets. Any thread; a scrape beside it may see an observation's
/// bucket before its sum.
class Histogram {
public:
    static constexpr std::size_t bounds_max = 24;

    /// Upper bounds, ascending, in the unit of the metric's name; +Inf is added. At most
    /// `bounds_max`.
    explicit Histogram(std::span<const double> bounds);
    Histogram(std::initializer_list<double> bounds)
        : Histogram(std::span<const double>(bounds.begin(), bounds.size())) {}

    /// Seconds, from 50 µs to 10 s.
    static std::span<const double> latency();
    /// Counts, 1 to 65536 in powers of four: batch sizes, list lengths.
    static std::span<const double> sizes();

    void observe(double value) noexcept;

    std::span<const double> bounds() const { return {bounds_.data(), bounds_size_}; }
    /// Not cumulated; index bounds().size() is what was above all bounds.
    std::uint64_t in_bucket(std::size_t i) const noexcept {
        return buckets_[i].load(std::memory_order_relaxed);
    }
    double sum() const noexcept { return sum_.load(std::memory_order_relaxed); }

private:
    std::array<double, bounds_max> bounds_{};
    std::size_t bounds_size_ = 0;
    std::array<std::atomic<std::uint64_t>, bounds_max + 1> buckets_{};
    std::atomic<double> sum_{0};
};

/// Names with values, as in {{"reason", "slow"}}. Their order in the output is that of their names.
using Labels = std::vector<std::pair<std::string, std::string>>;

/// One reading of all metrics. Samples of the same name and labels are added up, so every loop may
/// report its own.
class Scrape {
public:
    // `name` by Prometheus' conventions: fenshen_<area>_<what>_<unit>, counters end in _total.
    // `help` is one sentence; the first one given for a name counts. A name has one kind.
    void counter(std::string_view name, std::string_view help, double value, Labels labels = {});
    void gauge(std::string_view name, std::string_view help, double value, Labels labels = {});
    void histogram(std::string_view name,
                   std::string_view help,
                   const Histogram& histogram,
                   Labels labels = {});

    /// Text exposition format 0.0.4, families and samples sorted by name and labels.
    std::string text() const;

private:
    struct Sample {
        double value = 0;
        std::vector<double> bounds;
        std::vector<std::uint64_t> buckets;
    };
    struct Family {
        std::string_view kind;
        std::string help;
        std::map<Labels, Sample> samples;
    };

    Sample& sample(std::string_view name,
                   std::string_view help,
                   std::string_view kind,
                   Labels labels);

    std::map<std::string, Family, std::less<>> families_;
};

/// Where modules hand in what they count. What a collector reads must outlive the last scrape.
class MetricRegistry {
public:
    static constexpr std::string_view content_type = "text/plain; version=0.0.4; charset=utf-8";

    using Collector = std::function<void(Scrape&)>;

    /// Called at every scrape, on the scraping thread. Any thread.
    void add(Collector collector);

    // Shorthand for a single metric; it must outlive the last scrape.
    void add(std::string name, std::string help, const Counter& counter, Labels labels = {});
    void add(std::string name, std::string help, const Gauge& gauge, Labels labels = {});
    void add(std::string name, std::string help, const Histogram& histogram, Labels labels = {});

    /// Any thread; scrapes wait for each other.
    std::string text() const;

private:
    mutable std::mutex mutex_;
    std::vector<Collector> collectors_;
};

/// process_cpu_seconds_total, process_resident_memory_bytes, process_virtual_memory_bytes,
/// process_open_fds, process_max_fds, process_threads, process_start_time_seconds; read from /proc
/// at each scrape. What cannot be read is left out.
void add_process_metrics(MetricRegistry& registry);

}  // namespace fenshen::telemetry
