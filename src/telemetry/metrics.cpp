// SPDX-License-Identifier: Apache-2.0
#include "telemetry/metrics.h"

#include <algorithm>
#include <cassert>
#include <charconv>
#include <cmath>

namespace fenshen::telemetry {

namespace {

constexpr std::array<double, 17> latency_bounds{0.00005,
                                                0.0001,
                                                0.00025,
                                                0.0005,
                                                0.001,
                                                0.0025,
                                                0.005,
                                                0.01,
                                                0.025,
                                                0.05,
                                                0.1,
                                                0.25,
                                                0.5,
                                                1,
                                                2.5,
                                                5,
                                                10};
constexpr std::array<double, 9> size_bounds{1, 4, 16, 64, 256, 1024, 4096, 16384, 65536};

[[maybe_unused]] bool is_name(std::string_view name) {
    const auto fits = [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_';
    };
    return !name.empty() && (name[0] < '0' || name[0] > '9') && std::ranges::all_of(name, fits);
}

void append_number(std::string& out, double value) {
    if (std::isnan(value)) {
        out += "NaN";
        return;
    }
    if (std::isinf(value)) {
        out += value > 0 ? "+Inf" : "-Inf";
        return;
    }
    std::array<char, 32> text{};
    // Whole numbers without an exponent: people read these, too.
    const bool whole = value == std::floor(value) && std::abs(value) < 1e15;
    const auto result =
        whole ? std::to_chars(
                    text.data(), text.data() + text.size(), static_cast<std::int64_t>(value))
              : std::to_chars(text.data(), text.data() + text.size(), value);
    out.append(text.data(), result.ptr);
}

void append_escaped(std::string& out, std::string_view text, bool in_quotes) {
    for (const char c : text) {
        if (c == '\n') {
            out += "\\n";
        } else if (c == '\\' || (c == '"' && in_quotes)) {
            out += '\\';
            out += c;
        } else {
            out += c;
        }
    }
}

void append_line(std::string& out,
                 std::string_view name,
                 std::string_view suffix,
                 const Labels& labels,
                 std::string_view bound,
                 double value) {
    out += name;
    out += suffix;
    char before = '{';
    const auto append_label = [&](std::string_view label, std::string_view text) {
        out += before;
        before = ',';
        out += label;
        out += "=\"";
        append_escaped(out, text, true);
        out += '"';
    };
    for (const auto& [label, text] : labels) append_label(label, text);
    if (!bound.empty()) append_label("le", bound);
    if (before == ',') out += '}';
    out += ' ';
    append_number(out, value);
    out += '\n';
}

}  // namespace

Histogram::Histogram(std::span<const double> bounds)
    : bounds_size_(std::min(bounds.size(), bounds_max)) {
    assert(bounds.size() <= bounds_max && std::ranges::is_sorted(bounds));
    std::copy_n(bounds.begin(), bounds_size_, bounds_.begin());
}

std::span<const double> Histogram::latency() {
    return latency_bounds;
}

std::span<const double> Histogram::sizes() {
    return size_bounds;
}

void Histogram::observe(double value) noexcept {
    const auto used = bounds();
    const auto at = std::ranges::lower_bound(used, value) - used.begin();
    buckets_[static_cast<std::size_t>(at)].fetch_add(1, std::memory_order_relaxed);
    sum_.fetch_add(value, std::memory_order_relaxed);
}

Scrape::Sample& Scrape::sample(std::string_view name,
                               std::string_view help,
                               std::string_view kind,
                               Labels labels) {
    assert(is_name(name));
    auto family = families_.find(name);
    if (family == families_.end()) {
        family = families_.emplace(name, Family{kind, std::string(help), {}}).first;
    }
    assert(family->second.kind == kind);
    std::ranges::sort(labels);
    return family->second.samples[std::move(labels)];
}

void Scrape::counter(std::string_view name, std::string_view help, double value, Labels labels) {
    assert(name.ends_with("_total"));
    sample(name, help, "counter", std::move(labels)).value += value;
}

void Scrape::gauge(std::string_view name, std::string_view help, double value, Labels labels) {
    sample(name, help, "gauge", std::move(labels)).value += value;
}

void Scrape::histogram(std::string_view name,
                       std::string_view help,
                       const Histogram& histogram,
                       Labels labels) {
    Sample& all = sample(name, help, "histogram", std::move(labels));
    const auto bounds = histogram.bounds();
    if (all.buckets.empty()) {
        all.bounds.assign(bounds.begin(), bounds.end());
        all.buckets.resize(bounds.size() + 1);
    }
    assert(std::ranges::equal(all.bounds, bounds));
    for (std::size_t i = 0; i < all.buckets.size(); ++i) all.buckets[i] += histogram.in_bucket(i);
    all.value += histogram.sum();
}

std::string Scrape::text() const {
    std::string out;
    for (const auto& [name, family] : families_) {
        out += "# HELP " + name + ' ';
        append_escaped(out, family.help, false);
        out += "\n# TYPE " + name + ' ';
        out += family.kind;
        out += '\n';
        for (const auto& [labels, sample] : family.samples) {
            if (sample.buckets.empty()) {
                append_line(out, name, "", labels, "", sample.value);
                continue;
            }
            std::uint64_t count = 0;
            for (std::size_t i = 0; i < sample.buckets.size(); ++i) {
                count += sample.buckets[i];
                std::string bound;
                append_number(bound, i < sample.bounds.size() ? sample.bounds[i] : INFINITY);
                append_line(out, name, "_bucket", labels, bound, static_cast<double>(count));
            }
            append_line(out, name, "_sum", labels, "", sample.value);
            append_line(out, name, "_count", labels, "", static_cast<double>(count));
        }
    }
    return out;
}

void MetricRegistry::add(Collector collector) {
    const std::lock_guard lock(mutex_);
    collectors_.push_back(std::move(collector));
}

void MetricRegistry::add(std::string name,
                         std::string help,
                         const Counter& counter,
                         Labels labels) {
    add([name = std::move(name), help = std::move(help), labels = std::move(labels), &counter](
            Scrape& scrape) {
        scrape.counter(name, help, static_cast<double>(counter.value()), labels);
    });
}

void MetricRegistry::add(std::string name, std::string help, const Gauge& gauge, Labels labels) {
    add([name = std::move(name), help = std::move(help), labels = std::move(labels), &gauge](
            Scrape& scrape) {
        scrape.gauge(name, help, static_cast<double>(gauge.value()), labels);
    });
}

void MetricRegistry::add(std::string name,
                         std::string help,
                         const Histogram& histogram,
                         Labels labels) {
    add([name = std::move(name), help = std::move(help), labels = std::move(labels), &histogram](
            Scrape& scrape) { scrape.histogram(name, help, histogram, labels); });
}

std::string MetricRegistry::text() const {
    Scrape scrape;
    const std::lock_guard lock(mutex_);
    for (const Collector& collect : collectors_) collect(scrape);
    return scrape.text();
}

}  // namespace fenshen::telemetry
