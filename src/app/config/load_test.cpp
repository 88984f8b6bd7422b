// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "app/config/config.h"

namespace fenshen::config {
namespace {

Loaded good(std::string_view text, const Environment& environment = {}) {
    auto loaded = parse(text, "f.toml", environment);
    if (!loaded) {
        for (const Problem& problem : loaded.error()) ADD_FAILURE() << line_of(problem);
        return {};
    }
    return *std::move(loaded);
}

std::vector<std::string> bad(std::string_view text, const Environment& environment = {}) {
    const auto loaded = parse(text, "f.toml", environment);
    std::vector<std::string> lines;
    if (!loaded) {
        for (const Problem& problem : loaded.error()) lines.push_back(line_of(problem));
    }
    return lines;
}

using Lines = std::vector<std::string>;

TEST(Load, NothingIsTheDefaults) {
    EXPECT_EQ(good("").config, Config{});
    EXPECT_TRUE(good("").origins.empty());
}

TEST(Load, TheFileSetsEveryKindOfValue) {
    const Config config = good(R"toml(
durability = "interval(20)"
server = { data_dir = "/var/lib/fenshen", bind = "::1" }
[wukong]
tcp_port = 0
ws_port = "any"
wss_port = 7000
token_auth = false
idle_max = "2m"
login_max = 2500
trusted_proxies = ["10.0.0.0/8", "::1"]
[easemob]
limits = { android = 2, custom7 = 0 }
open_registration = true
[storage]
engine = "cluster"
[log]
level = "debug"
format = "json"
)toml")
                              .config;
    EXPECT_EQ(config.durability.interval(), Millis{20});
    EXPECT_EQ(config.server.data_dir, "/var/lib/fenshen");
    EXPECT_EQ(config.server.bind.text(), "::1");
    EXPECT_TRUE(config.wukong.tcp_port.is_off());
    EXPECT_TRUE(config.wukong.ws_port.is_any());
    EXPECT_EQ(config.wukong.wss_port.number(), 7000);
    EXPECT_FALSE(config.wukong.token_auth);
    EXPECT_EQ(config.wukong.idle_max, 2min);
    EXPECT_EQ(config.wukong.login_max, 2500ms);
    ASSERT_EQ(config.wukong.trusted_proxies.size(), 2);
    EXPECT_TRUE(config.wukong.trusted_proxies[0].contains(IpAddress::parse("10.9.9.9").value()));
    EXPECT_EQ(config.easemob.limits.at("custom7"), 0);
    EXPECT_EQ(config.easemob.open_registration, true);
    EXPECT_EQ(config.storage.engine, StorageEngine::cluster);
    EXPECT_EQ(config.log.level, telemetry::Level::debug);
    EXPECT_EQ(config.log.format, telemetry::LogOptions::Format::json);
}

TEST(Load, TheEnvironmentOverridesTheFile) {
    const Environment environment{{"FENSHEN_WUKONG_TCP_PORT", "6000"},
                                  {"FENSHEN_WUKONG_TOKEN_AUTH", "false"},
                                  {"FENSHEN_WUKONG_IDLE_MAX", "90s"},
                                  {"FENSHEN_WUKONG_TRUSTED_PROXIES", "10.0.0.1,10.0.0.2"},
                                  {"FENSHEN_DURABILITY", "interval(5)"},
                                  {"FENSHEN_API_TOKEN", "12345"},
                                  {"FENSHEN_EASEMOB_LIMITS", "web=1"},
                                  {"FENSHEN_CONFIG", "x.toml"},
                                  {"FENSHEN_SOMEBODY_ELSES", "x"}};
    const Loaded loaded = good("[wukong]\ntcp_port = 1\nws_port = 2\n", environment);
    EXPECT_EQ(loaded.config.wukong.tcp_port.number(), 6000);
    EXPECT_EQ(loaded.config.wukong.ws_port.number(), 2);
    EXPECT_FALSE(loaded.config.wukong.token_auth);
    EXPECT_EQ(loaded.config.wukong.idle_max, 90s);
    EXPECT_EQ(loaded.config.wukong.trusted_proxies.size(), 2);
    EXPECT_EQ(loaded.config.durability.interval(), 5ms);
    EXPECT_EQ(loaded.config.api.token.reveal(), "12345");
    EXPECT_EQ(loaded.config.easemob.limits.at("web"), 1);
    EXPECT_EQ(loaded.origins.at("wukong.tcp_port"), "FENSHEN_WUKONG_TCP_PORT");
    EXPECT_EQ(loaded.origins.at("wukong.ws_port"), "f.toml:3");
    EXPECT_FALSE(loaded.origins.contains("wukong.wss_port"));
}

TEST(Load, AnUnknownKeyNamesFileLineKeyAndWhatThereIs) {
    const Lines lines = bad("\n[console]\nprot = 1\n");
    ASSERT_EQ(lines.size(), 1);
    EXPECT_EQ(lines[0],
              "f.toml:3: console.prot: there is no such key (did you mean console.port?); "
              "[console] takes bind, port");
}

TEST(Load, AKeyOutsideItsSectionIsPointedThere) {
    const Lines lines = bad("tcp_port = 1\n");
    ASSERT_EQ(lines.size(), 1);
    EXPECT_EQ(
        lines[0],
        "f.toml:1: tcp_port: there is no such key (did you mean wukong.tcp_port?); before all "
        "sections there are durability");
    EXPECT_EQ(bad("\"wukong.tcp_port\" = 1\n").size(), 1);
    EXPECT_EQ(bad("FENSHEN_DURABILITY = \"fsync\"\n").size(), 1);
}

TEST(Load, AnUnknownSectionNamesThoseThereAre) {
    const Lines lines = bad("[wukon]\ntcp_port = 1\n");
    ASSERT_EQ(lines.size(), 1);
    EXPECT_EQ(
        lines[0],
        "f.toml:1: wukon: there is no such section (did you mean [wukong]?); there are "
        "server, wukong, tls, api, easemob, console, devices, storage, cluster, log, runtime");
    EXPECT_EQ(bad("wukong = 3\n").size(), 1);
    EXPECT_EQ(bad("[durability]\na = 1\n").size(), 1);
}

TEST(Load, AValueOutOfRangeNamesWhatTheKeyTakes) {
    EXPECT_EQ(bad("[wukong]\ntcp_port = 70000\n"),
              Lines{"f.toml:2: wukong.tcp_port: takes 1 to 65535, 0 (off) or \"any\" (a free one), "
                    "not 70000"});
    EXPECT_EQ(bad("[devices]\nmain_level = 2"),
              Lines{"f.toml:2: devices.main_level: takes 0 to 1, not 2"});
    EXPECT_EQ(bad("[devices]\nmain_level = 256"),
              Lines{"f.toml:2: devices.main_level: takes 0 to 1, not 256"});
    EXPECT_EQ(bad("[storage]\nengine = \"sqlite\""),
              Lines{"f.toml:2: storage.engine: takes \"embedded\" or \"cluster\", not \"sqlite\""});
    EXPECT_EQ(bad("[wukong]\nidle_max = \"2 minutes\""),
              Lines{"f.toml:2: wukong.idle_max: takes a duration such as \"90s\", \"2m\" or "
                    "\"1500ms\", from 1s to 1d, not \"2 minutes\""});
    EXPECT_EQ(
        bad("durability = \"none\""),
        Lines{"f.toml:1: durability: takes \"fsync\" or \"interval(MS)\" with 1 to 60000 ms, not "
              "\"none\""});
}

TEST(Load, AValueOfAnotherTypeIsRefused) {
    for (const char* text : {"[wukong]\ntcp_port = true",
                             "[wukong]\ntcp_port = 1.5",
                             "[wukong]\ntoken_auth = \"true\"",
                             "[wukong]\ntoken_auth = 1",
                             "[server]\nname = 5",
                             "[server]\nname = \"\"",
                             "[wukong]\ntrusted_proxies = \"10.0.0.1\"",
                             "[wukong]\ntrusted_proxies = [1]",
                             "[wukong]\nidle_max = 1979-05-27",
                             "[easemob]\nlimits = { web = \"1\" }",
                             "[wukong]\nframe_bytes_max = -1",
                             "[wukong]\nframe_bytes_max = 9223372036854775807",
                             "[server]\nbind = \"example.org\"",
                             "[server]\nbind = \"\"",
                             "[log]\nlevel = 3"}) {
        EXPECT_EQ(bad(text).size(), 1) << text;
    }
}

TEST(Load, AllProblemsComeAtOnceInTheOrderOfTheFile) {
    const Lines lines = bad("[wukong]\nws_port = -1\ntcp_port = -1\n[api]\nbad = 1\n",
                            {{"FENSHEN_LOG_LEVEL", "loud"}, {"FENSHEN_LOG_LEVLE", "info"}});
    ASSERT_EQ(lines.size(), 5);
    EXPECT_TRUE(lines[0].starts_with("f.toml:2: wukong.ws_port"));
    EXPECT_TRUE(lines[1].starts_with("f.toml:3: wukong.tcp_port"));
    EXPECT_TRUE(lines[2].starts_with("f.toml:5: api.bad"));
    EXPECT_EQ(lines[3],
              "FENSHEN_LOG_LEVEL: log.level: takes \"trace\", \"debug\", \"info\", \"warn\", "
              "\"error\" or \"off\", not \"loud\"");
    EXPECT_EQ(lines[4],
              "FENSHEN_LOG_LEVLE: no key has this variable (did you mean FENSHEN_LOG_LEVEL?)");
}

TEST(Load, WhatIsNotTomlNamesItsLine) {
    const Lines lines = bad("[wukong]\ntcp_port 5\n");
    ASSERT_EQ(lines.size(), 1);
    EXPECT_TRUE(lines[0].starts_with("f.toml:2: is not TOML: ")) << lines[0];
    EXPECT_EQ(bad("[wukong]\ntcp_port = 1\ntcp_port = 2\n").size(), 1);
}

TEST(Load, ASecretIsNeverShown) {
    for (const Lines& lines : {bad("[api]\ntoken = 4711\n"), bad("[api]\ntoken = [\"4711\"]\n")}) {
        ASSERT_EQ(lines.size(), 1);
        EXPECT_EQ(lines[0], "f.toml:2: api.token: takes a text");
    }
}

TEST(Load, AnEmptyAddressOfASectionIsNotSet) {
    EXPECT_EQ(good("[api]\nbind = \"\"\n").config.api.bind, std::nullopt);
    EXPECT_EQ(good("[api]\nbind = \"10.0.0.1\"\n", {{"FENSHEN_API_BIND", ""}}).config.api.bind,
              std::nullopt);
}

TEST(Load, AFileIsReadFromDisk) {
    const auto path = std::filesystem::path(testing::TempDir()) /
                      ("fenshen_config_" + std::to_string(::getpid()) + ".toml");
    std::ofstream(path) << "[server]\nname = \"here\"\n";
    const auto loaded = load(path.string(), {});
    ASSERT_TRUE(loaded);
    EXPECT_EQ(loaded->config.server.name, "here");
    EXPECT_EQ(loaded->origins.at("server.name"), path.string() + ":2");

    std::ofstream(path) << std::string(file_bytes_max + 1, '#');
    const auto large = load(path.string(), {});
    ASSERT_FALSE(large);
    EXPECT_EQ(large.error()[0].text, "is larger than 1 MiB");
    std::filesystem::remove(path);

    const auto missing = load(path.string(), {});
    ASSERT_FALSE(missing);
    EXPECT_EQ(line_of(missing.error()[0]),
              path.string() + ": cannot be read: No such file or directory");
    const auto folder = load(testing::TempDir(), {});
    ASSERT_FALSE(folder);
}

}  // namespace
}  // namespace fenshen::config
