// SPDX-License-Identifier: Apache-2.0
#include "telemetry/log.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <condition_variable>
#include <filesystem>
#include <fstream>
#include <latch>
#include <limits>
#include <string>
#include <thread>
#include <vector>

#include "telemetry/detail/log_line.h"

namespace fenshen::telemetry {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

using Format = LogOptions::Format;
using Uid = StrongId<struct UidTag, std::string>;

class StillClock final : public Clock {
public:
    WallTime wall() const override { return {1'787'566'272'345}; }
    MonoTime mono() const override { return {0}; }
};

std::string logfmt(std::string_view event, LogFields fields, std::size_t value_bytes_max = 1024) {
    return detail::log_line(
        Format::logfmt, value_bytes_max, StillClock().wall(), Level::info, event, fields);
}

std::string json(std::string_view event, LogFields fields, std::size_t value_bytes_max = 1024) {
    return detail::log_line(
        Format::json, value_bytes_max, StillClock().wall(), Level::info, event, fields);
}

TEST(LogLine, ShowsTimeLevelEventAndFields) {
    EXPECT_EQ(logfmt("login", {{"uid", Uid("alice")}, {"class", 1}}),
              "ts=2026-08-24T10:11:12.345Z level=info event=login uid=alice class=1");
    EXPECT_EQ(json("login", {{"uid", Uid("alice")}, {"class", 1}}),
              R"({"ts":"2026-08-24T10:11:12.345Z","level":"info","event":"login",)"
              R"("uid":"alice","class":1})");
}

TEST(LogLine, WritesTimesBeforeAndAtTheEpoch) {
    EXPECT_EQ(detail::timestamp({0}), "1970-01-01T00:00:00.000Z");
    EXPECT_EQ(detail::timestamp({-1}), "1969-12-31T23:59:59.999Z");
    EXPECT_EQ(detail::timestamp({951'782'400'000}), "2000-02-29T00:00:00.000Z");
}

TEST(LogLine, WritesEveryTypeOfValue) {
    enum class Class : std::uint8_t { web = 1 };
    const auto prefix = logfmt("e", {}).size() + 1;
    const auto line = logfmt("e",
                             {{"yes", true},
                              {"byte", std::uint8_t{255}},
                              {"least", std::numeric_limits<std::int64_t>::min()},
                              {"most", std::numeric_limits<std::uint64_t>::max()},
                              {"share", 0.5},
                              {"took_ms", Millis{17}},
                              {"class", Class::web},
                              {"text", std::string("t")}});
    EXPECT_EQ(line.substr(prefix),
              "yes=true byte=255 least=-9223372036854775808 most=18446744073709551615 share=0.5 "
              "took_ms=17 class=1 text=t");
}

TEST(LogLine, JsonHasNoWordForInfinity) {
    EXPECT_THAT(json("e", {{"x", HUGE_VAL}}), HasSubstr(R"("x":null)"));
    EXPECT_THAT(logfmt("e", {{"x", HUGE_VAL}}), HasSubstr("x=inf"));
}

TEST(LogLine, QuotesWhatCouldBeMisread) {
    const struct {
        std::string_view value;
        std::string_view shown;
    } cases[] = {
        {"plain-1.2:3/4", "plain-1.2:3/4"},
        {"", R"("")"},
        {"two words", R"("two words")"},
        {"a=b", R"("a=b")"},
        {R"(say "hi")", R"("say \"hi\"")"},
        {R"(back\slash)", R"("back\\slash")"},
        {"line\nfeed\r\ttab", R"("line\nfeed\r\ttab")"},
        {std::string_view("\0\x1f\x7f", 3), R"("\u0000\u001f\u007f")"},
        {"张三", R"("张三")"},
    };
    for (const auto& [value, shown] : cases) {
        EXPECT_THAT(logfmt("e", {{"v", value}}), HasSubstr("event=e v=" + std::string(shown)));
    }
}

TEST(LogLine, ReplacesBrokenUtf8) {
    const std::string_view broken[] = {
        "\xFF", "\x80", "\xC0\xAF", "\xE0\x80\x80", "\xED\xA0\x80", "\xF4\x90\x80\x80", "\xE5\xBC"};
    for (const std::string_view text : broken) {
        std::string expected = R"("v":")";
        for (std::size_t i = 0; i < text.size(); ++i) expected += "\xEF\xBF\xBD";
        EXPECT_THAT(json("e", {{"v", text}}), HasSubstr(expected + '"'));
    }
    EXPECT_THAT(json("e", {{"v", "\xF0\x9F\x98\x80"}}), HasSubstr("\"\xF0\x9F\x98\x80\""));
}

TEST(LogLine, CutsLongTextsBetweenCharacters) {
    EXPECT_THAT(logfmt("e", {{"v", "abcdef"}, {"w", 1}}, 5), HasSubstr(R"(v="abcde…" w=1)"));
    EXPECT_THAT(logfmt("e", {{"v", "abcde"}}, 5), HasSubstr("v=abcde"));
    EXPECT_THAT(json("e", {{"v", "张三李四"}}, 5), HasSubstr(R"("v":"张三…")"));
}

TEST(Level, NamesGoBothWays) {
    for (const auto level :
         {Level::trace, Level::debug, Level::info, Level::warn, Level::error, Level::off}) {
        EXPECT_EQ(level_of(name_of(level)), level);
    }
    EXPECT_EQ(level_of("INFO"), std::nullopt);
}

class LogTest : public testing::Test {
protected:
    LogOptions options() {
        LogOptions options;
        options.to_stderr = false;
        options.tap = [this](std::string_view line) { lines_.emplace_back(line); };
        return options;
    }

    StillClock clock_;
    std::vector<std::string> lines_;  // written by the log's thread, read after flush()
};

TEST_F(LogTest, LeavesOutWhatIsBelowItsLevel) {
    Log log(options(), clock_);
    log.debug("hidden");
    log.warn("shown");
    log.set_level(Level::debug);
    EXPECT_TRUE(log.enabled(Level::debug));
    log.debug("shown_now");
    log.set_level(Level::off);
    log.error("never");
    log.flush();
    EXPECT_THAT(lines_,
                ElementsAre("ts=2026-08-24T10:11:12.345Z level=warn event=shown",
                            "ts=2026-08-24T10:11:12.345Z level=debug event=shown_now"));
}

TEST_F(LogTest, WritesEverythingBeforeItEnds) {
    {
        Log log(options(), clock_);
        for (int i = 0; i < 1000; ++i) log.info("e", {{"i", i}});
    }
    ASSERT_EQ(lines_.size(), 1000U);
    EXPECT_THAT(lines_.back(), HasSubstr("i=999"));
}

TEST_F(LogTest, TakesLinesFromManyThreads) {
    Log log(options(), clock_);
    {
        std::vector<std::jthread> writers;
        writers.reserve(4);
        for (int t = 0; t < 4; ++t) {
            writers.emplace_back([&log] {
                for (int i = 0; i < 250; ++i) log.info("e");
            });
        }
    }
    log.flush();
    EXPECT_EQ(lines_.size(), 1000U);
    EXPECT_EQ(log.dropped(), 0U);
}

// The writer is held in its first line while more lines come than the queue takes: no call waits.
TEST_F(LogTest, DropsAndCountsWhenTheWriterIsStuck) {
    std::latch writer_is_in(1);
    std::latch go_on(1);
    bool first = true;
    LogOptions small = options();
    small.queue_bytes_max = 1000;
    small.tap = [&](std::string_view line) {
        if (std::exchange(first, false)) {
            writer_is_in.count_down();
            go_on.wait();
        }
        lines_.emplace_back(line);
    };
    Log log(std::move(small), clock_);
    log.info("first");
    writer_is_in.wait();
    for (int i = 0; i < 100; ++i) log.info("e");
    const auto dropped = log.dropped();
    EXPECT_GT(dropped, 80U);
    EXPECT_LT(dropped, 100U);
    go_on.count_down();
    log.flush();
    EXPECT_EQ(lines_.size(), 1 + (100 - dropped) + 1);
    EXPECT_THAT(lines_.back(),
                HasSubstr("level=warn event=log_lines_dropped count=" + std::to_string(dropped)));
    log.info("room_again");
    log.flush();
    EXPECT_THAT(lines_.back(), HasSubstr("event=room_again"));
}

class LogFileTest : public LogTest {
protected:
    LogFileTest()
        : folder_(std::filesystem::path(testing::TempDir()) /
                  ("fenshen_log_" + std::to_string(getpid()))) {
        std::filesystem::remove_all(folder_);
        std::filesystem::create_directory(folder_);
    }
    ~LogFileTest() override { std::filesystem::remove_all(folder_); }

    std::vector<std::string> lines_of(const std::filesystem::path& path) const {
        std::ifstream file(path);
        std::vector<std::string> lines;
        for (std::string line; std::getline(file, line);) lines.push_back(line);
        return lines;
    }

    const std::filesystem::path folder_;
};

TEST_F(LogFileTest, WritesToAFile) {
    LogOptions to_file = options();
    to_file.file = folder_ / "fenshen.log";
    Log log(std::move(to_file), clock_);
    log.info("one", {{"text", "100% %v {}"}});
    log.info("two");
    log.flush();
    EXPECT_THAT(lines_of(folder_ / "fenshen.log"), testing::ElementsAreArray(lines_));
    EXPECT_THAT(lines_.front(), HasSubstr(R"(text="100% %v {}")"));
}

TEST_F(LogFileTest, RotatesAndForgetsTheOldest) {
    LogOptions to_file = options();
    to_file.file = folder_ / "fenshen.log";
    to_file.file_bytes_max = 120;  // two lines
    to_file.files_max = 2;
    Log log(std::move(to_file), clock_);
    for (int i = 0; i < 7; ++i) log.info("e", {{"i", i}});
    log.flush();
    EXPECT_THAT(lines_of(folder_ / "fenshen.log"), ElementsAre(lines_[6]));
    EXPECT_THAT(lines_of(folder_ / "fenshen.1.log"), ElementsAre(lines_[4], lines_[5]));
    EXPECT_THAT(lines_of(folder_ / "fenshen.2.log"), ElementsAre(lines_[2], lines_[3]));
    EXPECT_FALSE(std::filesystem::exists(folder_ / "fenshen.3.log"));
}

// /dev/full takes nothing: the lines are lost, the log goes on and says how many.
TEST_F(LogFileTest, CountsWhatAFullDiskDoesNotTake) {
    LogOptions to_file = options();
    to_file.file = "/dev/full";
    Log log(std::move(to_file), clock_);
    log.info("lost");
    log.flush();
    EXPECT_EQ(log.dropped(), 1U);
    log.info("next");
    log.flush();
    EXPECT_THAT(lines_[2], HasSubstr("event=log_lines_dropped count=1"));
}

TEST_F(LogFileTest, SaysAtStartThatItCannotWrite) {
    LogOptions to_file = options();
    to_file.file = folder_;  // a folder
    EXPECT_THROW(Log(std::move(to_file), clock_), std::runtime_error);
}

TEST(LogLimit, LetsABurstThroughAndCountsTheRest) {
    LogLimit limit(2, Millis{1000});
    EXPECT_EQ(limit.take({0}), 0U);
    EXPECT_EQ(limit.take({10}), 0U);
    EXPECT_EQ(limit.take({20}), std::nullopt);
    EXPECT_EQ(limit.take({999}), std::nullopt);
    EXPECT_EQ(limit.take({1000}), 2U);
    EXPECT_EQ(limit.take({1001}), 0U);
    EXPECT_EQ(limit.take({1002}), std::nullopt);
}

}  // namespace
}  // namespace fenshen::telemetry
