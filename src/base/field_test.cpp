// SPDX-License-Identifier: Apache-2.0
#include "base/field.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <vector>

namespace fenshen {
namespace {

using namespace std::chrono_literals;

struct Options {
    std::uint16_t port = 1;
    Millis idle_max{1'000};
    std::string name;
    static constexpr auto fields() {
        return std::tuple{
            Field{"port", &Options::port, "A port.", Between{1, 65'535}},
            Field{"idle_max", &Options::idle_max, "Silence.", Between{10s, 2min}, "ms"},
            Field{"name", &Options::name, "A name."},
        };
    }
};

TEST(Field, IsWalkedInItsOrder) {
    std::vector<std::string> names;
    for_each_field<Options>([&names](const auto& field) {
        names.push_back(std::string(field.name) + "|" + field.limit.says() + "|" +
                        std::string(field.unit));
    });
    EXPECT_EQ(names,
              (std::vector<std::string>{"port|1 to 65535|", "idle_max|10s to 2m|ms", "name||"}));
}

TEST(Field, ReachesItsMember) {
    Options options;
    options.*(std::get<0>(Options::fields()).member) = 7;
    EXPECT_EQ(options.port, 7);
}

TEST(Between, HoldsAtBothEndsAndNotBeyond) {
    const Between range{1, 65'535};
    EXPECT_TRUE(range.holds(std::uint32_t{1}));
    EXPECT_TRUE(range.holds(std::uint32_t{65'535}));
    EXPECT_FALSE(range.holds(std::uint32_t{0}));
    EXPECT_FALSE(range.holds(std::uint32_t{65'536}));
}

TEST(Between, ComparesWhateverTheSigns) {
    EXPECT_FALSE((Between{0, 10}.holds(std::uint64_t{18'446'744'073'709'551'615U})));
    EXPECT_FALSE((Between{0U, 4'000'000'000U}.holds(std::int64_t{-1})));
}

TEST(Between, KnowsDurationsOfAnyUnit) {
    const Between range{10s, 2min};
    EXPECT_TRUE(range.holds(Millis{10'000}));
    EXPECT_FALSE(range.holds(Millis{9'999}));
    EXPECT_FALSE(range.holds(Millis{120'001}));
}

TEST(NotEmpty, HoldsForATextOnly) {
    EXPECT_TRUE(NotEmpty{}.holds(std::string("x")));
    EXPECT_FALSE(NotEmpty{}.holds(std::string()));
}

}  // namespace
}  // namespace fenshen
