// SPDX-License-Identifier: Apache-2.0
#include "cli/cli.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <sstream>

namespace fenshen::cli {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::StartsWith;

struct Outcome {
    int code = -1;
    std::string out;
    std::string err;
};

class Cli : public testing::Test {
protected:
    Outcome run(std::vector<std::string> arguments) {
        std::ostringstream out;
        std::ostringstream err;
        const int code = cli::run(arguments, hooks, environment, {out, err});
        return {code, out.str(), err.str()};
    }

    /// In a file of this test's own.
    std::string file_with(std::string_view text) {
        std::ofstream(file_) << text;
        return file_;
    }

    void TearDown() override { std::filesystem::remove(file_); }

    Hooks hooks;
    config::Environment environment;

private:
    std::string file_ = testing::TempDir() + "fenshen_cli_" + std::to_string(::getpid()) + ".toml";
};

TEST_F(Cli, HelpNamesTheVerbsAndTheExitCodes) {
    const Outcome outcome = run({"--help"});
    EXPECT_EQ(outcome.code, 0);
    EXPECT_THAT(outcome.out, HasSubstr("config"));
    EXPECT_THAT(outcome.out, HasSubstr("doctor"));
    EXPECT_THAT(outcome.out, HasSubstr("Exit code: 0 done, 1"));
    EXPECT_THAT(outcome.out, Not(HasSubstr("serve ")));
    EXPECT_THAT(outcome.err, IsEmpty());
}

TEST_F(Cli, EveryVerbHasItsHelp) {
    hooks.serve = [](const config::Config&, const std::string&) { return 0; };
    for (const std::vector<std::string>& verb :
         std::vector<std::vector<std::string>>{{"serve"},
                                               {"config"},
                                               {"config", "check"},
                                               {"config", "print"},
                                               {"config", "explain"},
                                               {"doctor"},
                                               {"version"}}) {
        auto arguments = verb;
        arguments.emplace_back("--help");
        const Outcome outcome = run(arguments);
        EXPECT_EQ(outcome.code, 0) << verb.back();
        EXPECT_THAT(outcome.out, HasSubstr("Exit code:")) << verb.back();
    }
}

TEST_F(Cli, WhatIsNoCommandLineIsMisuse) {
    for (const std::vector<std::string>& arguments :
         std::vector<std::vector<std::string>>{{},
                                               {"srve"},
                                               {"serve"},
                                               {"bench"},
                                               {"config"},
                                               {"config", "explain"},
                                               {"doctor", "--colour"},
                                               {"config", "check", "--config"}}) {
        const Outcome outcome = run(arguments);
        EXPECT_EQ(outcome.code, 2);
        EXPECT_THAT(outcome.err, Not(IsEmpty()));
        EXPECT_THAT(outcome.out, IsEmpty());
    }
}

TEST_F(Cli, VersionIsSaid) {
    EXPECT_THAT(run({"version"}).out, StartsWith("fenshen 0."));
    EXPECT_EQ(run({"--version"}).code, 0);
    EXPECT_THAT(run({"--version"}).out, StartsWith("fenshen 0."));
}

TEST_F(Cli, ConfigCheckSaysAllProblems) {
    const std::string file = file_with("[wukong]\ntcp_port = -1\nx = 1\n");
    const Outcome outcome = run({"config", "check", "--config", file});
    EXPECT_EQ(outcome.code, 1);
    EXPECT_THAT(outcome.err, HasSubstr(file + ":2: wukong.tcp_port: takes "));
    EXPECT_THAT(outcome.err, HasSubstr(file + ":3: wukong.x: there is no such key"));
    EXPECT_THAT(outcome.out, IsEmpty());
}

TEST_F(Cli, ConfigCheckRefusesWhatIsOpen) {
    environment = {{"FENSHEN_SERVER_BIND", "0.0.0.0"}};
    EXPECT_EQ(run({"config", "check"}).code, 1);
    EXPECT_THAT(run({"config", "check"}).err, StartsWith("api.port: 0.0.0.0 is beyond loopback"));
    environment["FENSHEN_SERVER_INSECURE"] = "true";
    EXPECT_EQ(run({"config", "check"}).code, 0);
}

TEST_F(Cli, ConfigCheckIsContentWithAGoodFile) {
    const std::string file = file_with("[wukong]\ntcp_port = 1\n");
    const Outcome outcome = run({"config", "check", "-c", file});
    EXPECT_EQ(outcome.code, 0);
    EXPECT_EQ(outcome.out, file + ": ok, 1 keys set\n");
}

TEST_F(Cli, TheFileMayBeNamedByTheEnvironment) {
    environment = {{"FENSHEN_CONFIG", file_with("[wukong]\ntcp_port = 77\n")}};
    EXPECT_THAT(run({"config", "explain", "wukong.tcp_port"}).out,
                StartsWith("wukong.tcp_port = 77\n"));
    EXPECT_EQ(run({"config", "check", "--config", "/nowhere.toml"}).err,
              "/nowhere.toml: cannot be read: No such file or directory\n");
}

TEST_F(Cli, ConfigPrintIsAFileToBeginWith) {
    const Outcome printed = run({"config", "print"});
    EXPECT_EQ(printed.code, 0);
    const std::string file = file_with(printed.out);
    EXPECT_EQ(run({"config", "check", "--config", file}).code, 0);
}

TEST_F(Cli, ConfigExplainAnswersOrSuggests) {
    EXPECT_THAT(run({"config", "explain", "api.port"}).out, HasSubstr("api.port = 5001\n"));
    const Outcome unknown = run({"config", "explain", "api.prot"});
    EXPECT_EQ(unknown.code, 1);
    EXPECT_THAT(unknown.err, HasSubstr("did you mean api.port?"));
}

TEST_F(Cli, ServeHandsOverTheConfiguration) {
    std::string served;
    hooks.serve = [&served](const config::Config& config, const std::string& addresses_file) {
        served = config.wukong.tcp_port.text() + " " + addresses_file;
        return 7;
    };
    const std::string file = file_with("[wukong]\ntcp_port = \"any\"\n");
    EXPECT_EQ(run({"serve", "--config", file, "--addresses-file", "a.json"}).code, 7);
    EXPECT_EQ(served, "any a.json");
}

TEST_F(Cli, ServeDoesNotStartWithAProblem) {
    hooks.serve = [](const config::Config&, const std::string&) {
        ADD_FAILURE() << "it was started";
        return 0;
    };
    environment = {{"FENSHEN_API_BIND", "10.0.0.1"}};
    EXPECT_EQ(run({"serve"}).code, 1);
    environment = {{"FENSHEN_API_PORT", "no"}};
    EXPECT_EQ(run({"serve"}).code, 1);
}

TEST_F(Cli, BenchGetsAllOfItsArguments) {
    std::vector<std::string> got;
    hooks.bench = [&got](std::span<const std::string> arguments) {
        got.assign(arguments.begin(), arguments.end());
        return 0;
    };
    EXPECT_EQ(run({"bench", "--clients", "10", "--help", "x", "--config"}).code, 0);
    EXPECT_THAT(got, ElementsAre("--clients", "10", "--help", "x", "--config"));
}

TEST_F(Cli, DoctorSaysOneLineAThingAndFailsByTheWorst) {
    // Listeners of the kernel's choice, and a folder that is there: nothing to complain of but
    // perhaps this machine's limits.
    environment = {{"FENSHEN_SERVER_DATA_DIR", testing::TempDir()},
                   {"FENSHEN_WUKONG_TCP_PORT", "any"},
                   {"FENSHEN_WUKONG_WS_PORT", "any"},
                   {"FENSHEN_API_PORT", "any"},
                   {"FENSHEN_EASEMOB_PORT", "any"},
                   {"FENSHEN_CONSOLE_PORT", "any"}};
    const Outcome well = run({"doctor"});
    EXPECT_THAT(well.out, HasSubstr("ok    config       the defaults\n"));
    EXPECT_THAT(well.out,
                HasSubstr("ok    ports        wukong.tcp_port: 127.0.0.1, port any is free\n"));

    environment["FENSHEN_SERVER_DATA_DIR"] = "/dev/null";
    const Outcome ill = run({"doctor"});
    EXPECT_EQ(ill.code, 1);
    EXPECT_THAT(ill.out, HasSubstr("fail  data         /dev/null is not a folder\n"));

    environment["FENSHEN_LOG_LEVEL"] = "loud";
    const Outcome worse = run({"doctor"});
    EXPECT_EQ(worse.code, 1);
    EXPECT_THAT(worse.out, StartsWith("fail  config       FENSHEN_LOG_LEVEL: log.level: takes "));
}

}  // namespace
}  // namespace fenshen::cli
