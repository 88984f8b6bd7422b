// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sstream>

#include "app/config/config.h"
#include "app/config/detail/key.h"

namespace fenshen::config {
namespace {

using testing::HasSubstr;
using testing::Not;

Loaded loaded(std::string_view text, const Environment& environment = {}) {
    return parse(text, "f.toml", environment).value();
}

TEST(Print, TheDefaultsAreReadAgainAsTheDefaults) {
    EXPECT_EQ(loaded(print(Config{})).config, Config{});
}

TEST(Print, EveryValueThatIsSetIsReadAgain) {
    const Config config = loaded(R"toml(
durability = "interval(20)"
[server]
name = "a \"b\" \\ \u0001 分身"
bind = "::"
[wukong]
bind = "10.0.0.1"
ws_port = "any"
idle_max = "90s"
trusted_proxies = ["10.0.0.0/8", "::1"]
[easemob]
limits = { android = 2, custom7 = 0 }
open_registration = false
[log]
format = "json"
)toml")
                              .config;
    EXPECT_NE(config, Config{});
    EXPECT_EQ(loaded(print(config)).config, config);
}

TEST(Print, EveryKeyHasItsMeaningAndItsDefault) {
    const std::string text = print(Config{});
    for (const detail::Key& key : detail::keys()) {
        EXPECT_THAT(
            text,
            HasSubstr("\n" + std::string(key.toml(Config{}).empty() ? "#" : "") + key.name + " ="));
    }
    EXPECT_THAT(text,
                HasSubstr("# Takes 1024 to 67108864. Unit: bytes. Default: 1048576.\n"
                          "frame_bytes_max = 1048576\n"));
    EXPECT_THAT(text, HasSubstr("\n# The HTTP API.\n[api]\n"));
}

TEST(Print, LinesAreNoLongerThanAHundred) {
    std::istringstream lines(print(Config{}));
    for (std::string line; std::getline(lines, line);) EXPECT_LE(line.size(), 100) << line;
}

TEST(Print, ASecretIsNotShown) {
    const std::string text = print(loaded("[api]\ntoken = \"4711\"\n").config);
    EXPECT_THAT(text, Not(HasSubstr("4711")));
    EXPECT_THAT(text, HasSubstr("# It is set, and not shown here.\n#token = \"...\"\n"));
}

TEST(Explain, SaysValueOriginAndMeaning) {
    EXPECT_EQ(explain("wukong.tcp_port", loaded("[wukong]\ntcp_port = 7\n")),
              "wukong.tcp_port = 7\n"
              "  from          f.toml:2\n"
              "  meaning       Clients over TCP, binary or JSON-RPC.\n"
              "  takes         1 to 65535, 0 (off) or \"any\" (a free one)\n"
              "  default       5100\n"
              "  environment   FENSHEN_WUKONG_TCP_PORT\n");
    EXPECT_THAT(explain("durability", loaded("")).value(), HasSubstr("from          default\n"));
    EXPECT_THAT(explain("FENSHEN_API_PORT", loaded("", {{"FENSHEN_API_PORT", "1"}})).value(),
                HasSubstr("api.port = 1\n  from          FENSHEN_API_PORT\n"));
}

TEST(Explain, AnUnsetKeyAndASecret) {
    EXPECT_THAT(explain("api.bind", loaded("")).value(), HasSubstr("api.bind = (not set)\n"));
    EXPECT_THAT(explain("api.token", loaded("")).value(), HasSubstr("api.token = (empty)\n"));
    const std::string set = explain("api.token", loaded("[api]\ntoken = \"4711\"\n")).value();
    EXPECT_THAT(set, HasSubstr("api.token = (set; not shown)\n"));
    EXPECT_THAT(set, Not(HasSubstr("4711")));
}

TEST(Explain, AnUnknownKeyIsAnswered) {
    EXPECT_EQ(explain("api.prot", loaded("")).error(),
              "api.prot: there is no such key (did you mean api.port?)");
}

}  // namespace
}  // namespace fenshen::config
