// SPDX-License-Identifier: Apache-2.0
#include "telemetry/log.h"

#include <spdlog/details/log_msg.h>
#include <spdlog/pattern_formatter.h>
#include <spdlog/sinks/rotating_file_sink.h>
#include <spdlog/sinks/stdout_sinks.h>

#include <array>
#include <condition_variable>
#include <memory>
#include <stdexcept>
#include <thread>
#include <vector>

#include "telemetry/detail/log_line.h"

namespace fenshen::telemetry {

namespace {

constexpr std::array<std::string_view, 6> level_names{
    "trace", "debug", "info", "warn", "error", "off"};

/// What a waiting line costs beside its text.
constexpr std::size_t line_overhead_bytes = sizeof(std::string);

}  // namespace

std::string_view name_of(Level level) {
    return level_names[static_cast<std::size_t>(level)];
}

std::optional<Level> level_of(std::string_view name) {
    for (std::size_t i = 0; i < level_names.size(); ++i) {
        if (level_names[i] == name) return static_cast<Level>(i);
    }
    return std::nullopt;
}

/// The queue and the thread that empties it. The sinks belong to that thread alone.
class Log::Writer {
public:
    Writer(LogOptions options, const Clock& clock) : options_(std::move(options)), clock_(clock) {
        try {
            open_sinks();
        } catch (const spdlog::spdlog_ex& failure) {
            throw std::runtime_error(failure.what());
        }
        for (const auto& sink : sinks_) {
            sink->set_formatter(std::make_unique<spdlog::pattern_formatter>(
                "%v", spdlog::pattern_time_type::utc, "\n"));
        }
        thread_ = std::thread([this] { run(); });
    }
    Writer(const Writer&) = delete;
    Writer& operator=(const Writer&) = delete;
    ~Writer() {
        {
            const std::lock_guard lock(mutex_);
            ending_ = true;
        }
        more_.notify_one();
        thread_.join();
    }

    void push(std::string line) {
        const std::size_t bytes = line.size() + line_overhead_bytes;
        {
            const std::lock_guard lock(mutex_);
            if (bytes_ + bytes > options_.queue_bytes_max) {
                ++dropped_;
                return;
            }
            bytes_ += bytes;
            lines_.push_back(std::move(line));
            if (lines_.size() > 1) return;  // the writer has been woken already
        }
        more_.notify_one();
    }

    void flush() {
        std::unique_lock lock(mutex_);
        written_.wait(lock, [this] { return lines_.empty() && !writing_; });
    }

    std::uint64_t dropped() const {
        const std::lock_guard lock(mutex_);
        return dropped_;
    }

private:
    void open_sinks() {
        if (options_.to_stderr) sinks_.push_back(std::make_unique<spdlog::sinks::stderr_sink_st>());
        if (!options_.file.empty()) {
            sinks_.push_back(std::make_unique<spdlog::sinks::rotating_file_sink_st>(
                options_.file, options_.file_bytes_max, options_.files_max));
        }
    }

    void run() {
        std::vector<std::string> batch;
        std::unique_lock lock(mutex_);
        while (true) {
            more_.wait(lock, [this] { return ending_ || !lines_.empty(); });
            if (lines_.empty()) return;
            batch.swap(lines_);
            bytes_ = 0;
            writing_ = true;
            const std::uint64_t dropped_now = dropped_ - dropped_told_;
            dropped_told_ = dropped_;
            lock.unlock();
            if (dropped_now > 0) {
                batch.push_back(detail::log_line(options_.format,
                                                 options_.value_bytes_max,
                                                 clock_.wall(),
                                                 Level::warn,
                                                 "log_lines_dropped",
                                                 {{"count", dropped_now}}));
            }
            write(batch);
            batch.clear();
            lock.lock();
            writing_ = false;
            if (lines_.empty()) written_.notify_all();
        }
    }

    void write(const std::vector<std::string>& batch) {
        for (const auto& sink : sinks_) {
            // A full disk must not end the server; the lines are lost, and counted.
            try {
                for (const std::string& line : batch) {
                    sink->log(spdlog::details::log_msg({}, spdlog::level::info, line));
                }
                sink->flush();
            } catch (const std::exception&) {
                const std::lock_guard lock(mutex_);
                dropped_ += batch.size();
            }
        }
        if (!options_.tap) return;
        for (const std::string& line : batch) options_.tap(line);
    }

    const LogOptions options_;
    const Clock& clock_;
    std::vector<std::unique_ptr<spdlog::sinks::sink>> sinks_;

    mutable std::mutex mutex_;
    std::condition_variable more_;
    std::condition_variable written_;
    std::vector<std::string> lines_;
    std::size_t bytes_ = 0;
    std::uint64_t dropped_ = 0;
    std::uint64_t dropped_told_ = 0;
    bool writing_ = false;
    bool ending_ = false;

    std::thread thread_;
};

Log::Log(LogOptions options, const Clock& clock)
    : level_(options.level),
      format_(options.format),
      value_bytes_max_(options.value_bytes_max),
      clock_(clock),
      writer_(std::make_unique<Writer>(std::move(options), clock)) {}

Log::~Log() = default;

void Log::write(Level level, std::string_view event, LogFields fields) {
    if (!enabled(level)) return;
    writer_->push(detail::log_line(format_, value_bytes_max_, clock_.wall(), level, event, fields));
}

void Log::flush() {
    writer_->flush();
}

std::uint64_t Log::dropped() const {
    return writer_->dropped();
}

std::optional<std::uint64_t> LogLimit::take(MonoTime now) {
    const std::lock_guard lock(mutex_);
    if (!since_ || now - *since_ >= period_) {
        since_ = now;
        taken_ = 0;
    }
    if (taken_ >= burst_) {
        ++left_out_;
        return std::nullopt;
    }
    ++taken_;
    return std::exchange(left_out_, 0);
}

}  // namespace fenshen::telemetry
