// SPDX-License-Identifier: Apache-2.0
// Structured logs: one line an event, `ts level event key=value`, or the same as JSON. Lines are
// formed on the caller's thread and written by a thread of the log's own, so no loop ever waits for
// a disk or a terminal. Tokens and payloads are never logged. The library behind stays in log.cpp.
#pragma once

#include <atomic>
#include <chrono>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <expected>
#include <functional>
#include <initializer_list>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <variant>

#include "base/clock.h"
#include "base/strong_id.h"

namespace fenshen::telemetry {

enum class Level : std::uint8_t { trace, debug, info, warn, error, off };

std::string_view name_of(Level level);
std::optional<Level> level_of(std::string_view name);

/// A key with its value; a view, for the duration of the call. Keys are snake_case with their unit
/// last
/// (`took_ms`, `body_bytes`).
struct LogField {
    using Value = std::variant<bool, std::int64_t, std::uint64_t, double, std::string_view>;

    template <class T>
    LogField(std::string_view field_key, const T& field_value)
        : key(field_key), value(value_of(field_value)) {}

    std::string_view key;
    Value value;

private:
    template <class Tag, class T>
    static Value value_of(const StrongId<Tag, T>& id) {
        return value_of(id.value());
    }
    template <class T>
    static Value value_of(const T& v) {
        if constexpr (std::same_as<T, bool>) {
            return Value{std::in_place_type<bool>, v};
        } else if constexpr (std::is_enum_v<T>) {
            return value_of(static_cast<std::underlying_type_t<T>>(v));
        } else if constexpr (std::floating_point<T>) {
            return Value{static_cast<double>(v)};
        } else if constexpr (std::unsigned_integral<T>) {
            return Value{static_cast<std::uint64_t>(v)};
        } else if constexpr (std::integral<T>) {
            return Value{static_cast<std::int64_t>(v)};
        } else {
            return Value{std::string_view(v)};
        }
    }
    static Value value_of(Millis duration) { return Value{std::int64_t{duration.count()}}; }
};

using LogFields = std::initializer_list<LogField>;

struct LogOptions {
    Level level = Level::info;
    enum class Format : std::uint8_t { logfmt, json } format = Format::logfmt;
    bool to_stderr = true;
    /// Empty: no file. The folder must exist.
    std::string file;
    /// A full file becomes file.1, and so on; the oldest of `files_max` is deleted.
    std::size_t file_bytes_max = 64UZ * 1024 * 1024;
    std::size_t files_max = 8;
    /// Lines that wait for the writer, in bytes; what comes while it is full is dropped and
    /// counted.
    std::size_t queue_bytes_max = 4UZ * 1024 * 1024;
    /// Of one text in one field; a longer one is cut and ends in "…".
    std::size_t value_bytes_max = 1024;
    /// Gets every line as well, without its line feed, on the writer's thread: tests, embedding.
    std::function<void(std::string_view line)> tap;
};

/// Any thread. Build it first and destroy it last: its end waits until all is written.
class Log {
public:
    /// Throws std::runtime_error if the file cannot be opened. `clock` outlives the log.
    Log(LogOptions options, const Clock& clock);
    ~Log();
    Log(const Log&) = delete;
    Log& operator=(const Log&) = delete;

    /// Ask it before building fields that cost something.
    bool enabled(Level level) const { return level >= level_.load(std::memory_order_relaxed); }
    void set_level(Level level) { level_.store(level, std::memory_order_relaxed); }

    void write(Level level, std::string_view event, LogFields fields);
    void debug(std::string_view event, LogFields fields = {}) {
        write(Level::debug, event, fields);
    }
    void info(std::string_view event, LogFields fields = {}) { write(Level::info, event, fields); }
    void warn(std::string_view event, LogFields fields = {}) { write(Level::warn, event, fields); }
    void error(std::string_view event, LogFields fields = {}) {
        write(Level::error, event, fields);
    }

    /// Waits until what was logged before is written. Not on a loop.
    void flush();

    /// Lines that found the queue full, or could not be written. The log itself says so, too, with
    /// the next line.
    std::uint64_t dropped() const;

private:
    class Writer;

    std::atomic<Level> level_;
    const LogOptions::Format format_;
    const std::size_t value_bytes_max_;
    const Clock& clock_;
    std::unique_ptr<Writer> writer_;
};

/// Keeps a noisy event from filling the log: at most `burst` lines per `period`. Any thread.
class LogLimit {
public:
    LogLimit(std::uint32_t burst, Millis period) : burst_(burst), period_(period) {}

    /// A number: log it, and say how many like it were left out before. Nothing: leave this one
    /// out.
    std::optional<std::uint64_t> take(MonoTime now);

private:
    const std::uint32_t burst_;
    const Millis period_;
    std::mutex mutex_;
    std::optional<MonoTime> since_;
    std::uint32_t taken_ = 0;
    std::uint64_t left_out_ = 0;
};

}  // namespace fenshen::telemetry
