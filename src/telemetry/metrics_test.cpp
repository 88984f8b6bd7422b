// SPDX-License-Identifier: Apache-2.0
#include "telemetry/metrics.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <cmath>
#include <sstream>
#include <thread>

namespace fenshen::telemetry {
namespace {

TEST(Metrics, CountersAndGaugesInOneText) {
    Counter requests;
    Gauge open;
    MetricRegistry registry;
    registry.add("fenshen_requests_total", "Requests.", requests, {{"class", "2xx"}});
    registry.add("fenshen_connections", "Open connections.", open);
    requests.add();
    requests.add(41);
    open.add(5);
    open.sub(7);
    EXPECT_EQ(registry.text(),
              "# HELP fenshen_connections Open connections.\n"
              "# TYPE fenshen_connections gauge\n"
              "fenshen_connections -2\n"
              "# HELP fenshen_requests_total Requests.\n"
              "# TYPE fenshen_requests_total counter\n"
              "fenshen_requests_total{class=\"2xx\"} 42\n");
    open.set(3);
    EXPECT_THAT(registry.text(), testing::HasSubstr("fenshen_connections 3\n"));
}

TEST(Metrics, AddsUpWhatEveryLoopReports) {
    Counter first;
    Counter second;
    Counter other;
    MetricRegistry registry;
    registry.add("fenshen_frames_total", "Frames.", first, {{"kind", "send"}, {"dir", "in"}});
    registry.add("fenshen_frames_total", "Frames.", second, {{"dir", "in"}, {"kind", "send"}});
    registry.add("fenshen_frames_total", "Frames.", other, {{"dir", "in"}, {"kind", "ping"}});
    first.add(2);
    second.add(3);
    other.add(1);
    EXPECT_EQ(registry.text(),
              "# HELP fenshen_frames_total Frames.\n"
              "# TYPE fenshen_frames_total counter\n"
              "fenshen_frames_total{dir=\"in\",kind=\"ping\"} 1\n"
              "fenshen_frames_total{dir=\"in\",kind=\"send\"} 5\n");
}

TEST(Metrics, HistogramsAreCumulatedAndAddedUp) {
    Histogram one{0.001, 0.5, 10};
    Histogram two{0.001, 0.5, 10};
    MetricRegistry registry;
    registry.add("fenshen_commit_seconds", "Time.", one);
    registry.add("fenshen_commit_seconds", "Time.", two);
    one.observe(0.001);  // a bound is within its bucket
    one.observe(0.25);
    one.observe(100);
    two.observe(0.25);
    EXPECT_EQ(registry.text(),
              "# HELP fenshen_commit_seconds Time.\n"
              "# TYPE fenshen_commit_seconds histogram\n"
              "fenshen_commit_seconds_bucket{le=\"0.001\"} 1\n"
              "fenshen_commit_seconds_bucket{le=\"0.5\"} 3\n"
              "fenshen_commit_seconds_bucket{le=\"10\"} 3\n"
              "fenshen_commit_seconds_bucket{le=\"+Inf\"} 4\n"
              "fenshen_commit_seconds_sum 100.501\n"
              "fenshen_commit_seconds_count 4\n");
}

TEST(Metrics, HistogramKeepsItsLabelsBesideTheBound) {
    Histogram sizes{1};
    sizes.observe(1);
    Scrape scrape;
    scrape.histogram("fenshen_batch_rows", "Rows.", sizes, {{"store", "log"}});
    EXPECT_EQ(scrape.text(),
              "# HELP fenshen_batch_rows Rows.\n"
              "# TYPE fenshen_batch_rows histogram\n"
              "fenshen_batch_rows_bucket{store=\"log\",le=\"1\"} 1\n"
              "fenshen_batch_rows_bucket{store=\"log\",le=\"+Inf\"} 1\n"
              "fenshen_batch_rows_sum{store=\"log\"} 1\n"
              "fenshen_batch_rows_count{store=\"log\"} 1\n");
}

TEST(Metrics, EscapesLabelsAndHelp) {
    Scrape scrape;
    scrape.gauge("fenshen_x", "a \"b\" \\ c\nd", 1, {{"v", "a \"b\" \\ c\nd"}});
    EXPECT_EQ(scrape.text(),
              "# HELP fenshen_x a \"b\" \\\\ c\\nd\n"
              "# TYPE fenshen_x gauge\n"
              "fenshen_x{v=\"a \\\"b\\\" \\\\ c\\nd\"} 1\n");
}

TEST(Metrics, WritesNumbersAsShortAsTheyAre) {
    Scrape scrape;
    scrape.gauge("g", "G.", 0.1, {{"n", "a"}});
    scrape.gauge("g", "G.", 123456789012, {{"n", "b"}});
    scrape.gauge("g", "G.", -0.5, {{"n", "c"}});
    scrape.gauge("g", "G.", 1e300, {{"n", "d"}});
    scrape.gauge("g", "G.", std::nan(""), {{"n", "e"}});
    scrape.gauge("g", "G.", -HUGE_VAL, {{"n", "f"}});
    EXPECT_EQ(scrape.text(),
              "# HELP g G.\n"
              "# TYPE g gauge\n"
              "g{n=\"a\"} 0.1\n"
              "g{n=\"b\"} 123456789012\n"
              "g{n=\"c\"} -0.5\n"
              "g{n=\"d\"} 1e+300\n"
              "g{n=\"e\"} NaN\n"
              "g{n=\"f\"} -Inf\n");
}

TEST(Metrics, ReadyMadeBoundsAscend) {
    for (const auto bounds : {Histogram::latency(), Histogram::sizes()}) {
        EXPECT_LE(bounds.size(), Histogram::bounds_max);
        EXPECT_TRUE(std::ranges::is_sorted(bounds));
        Histogram histogram(bounds);
        for (const double bound : bounds) histogram.observe(bound);
        for (std::size_t i = 0; i < bounds.size(); ++i) EXPECT_EQ(histogram.in_bucket(i), 1U);
        EXPECT_EQ(histogram.in_bucket(bounds.size()), 0U);
    }
}

TEST(Metrics, CountsFromManyThreads) {
    Counter counter;
    Histogram histogram{1};
    {
        std::vector<std::jthread> threads;
        threads.reserve(4);
        for (int t = 0; t < 4; ++t) {
            threads.emplace_back([&] {
                for (int i = 0; i < 1000; ++i) {
                    counter.add();
                    histogram.observe(2);
                }
            });
        }
    }
    EXPECT_EQ(counter.value(), 4000U);
    EXPECT_EQ(histogram.in_bucket(1), 4000U);
    EXPECT_EQ(histogram.sum(), 8000);
}

double value_of(const std::string& text, const std::string& name) {
    std::istringstream lines(text);
    for (std::string line; std::getline(lines, line);) {
        if (line.starts_with(name + ' ')) return std::stod(line.substr(name.size() + 1));
    }
    ADD_FAILURE() << name << " is missing in\n" << text;
    return std::nan("");
}

TEST(ProcessMetrics, TellWhatTheKernelKnows) {
    MetricRegistry registry;
    add_process_metrics(registry);
    const std::string before = registry.text();
    EXPECT_GT(value_of(before, "process_resident_memory_bytes"), 1e6);
    EXPECT_GT(value_of(before, "process_virtual_memory_bytes"),
              value_of(before, "process_resident_memory_bytes"));
    EXPECT_GE(value_of(before, "process_cpu_seconds_total"), 0);
    EXPECT_GE(value_of(before, "process_threads"), 1);
    EXPECT_GE(value_of(before, "process_max_fds"), 64);
    EXPECT_GT(value_of(before, "process_start_time_seconds"), 1.5e9);
    EXPECT_THAT(before, testing::HasSubstr("# TYPE process_cpu_seconds_total counter\n"));

    const int extra = dup(0);
    ASSERT_GE(extra, 0);
    EXPECT_EQ(value_of(registry.text(), "process_open_fds"),
              value_of(before, "process_open_fds") + 1);
    close(extra);
}

}  // namespace
}  // namespace fenshen::telemetry
