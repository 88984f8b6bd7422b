// SPDX-License-Identifier: Apache-2.0
#include "cli/detail/completion.h"

#include <array>
#include <cstdio>
#include <filesystem>
#include <fstream>

#include <unistd.h>

#include "cli/detail/shell.h"
#include "cli/testing/verb_case.h"

namespace fenshen::cli {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

class Completion : public testing::VerbCase {
protected:
    std::string script(const char* shell) { return run_plain({"completion", shell}).out; }
};

/// Verbs and options as `--help` shows them, walked without the generator.
void collect_help(const std::function<std::string(std::vector<std::string>)>& help,
                  std::vector<std::string> path,
                  std::vector<std::string>& words) {
    std::vector<std::string> asked = path;
    asked.emplace_back("--help");
    std::istringstream lines(help(asked));
    bool below = false;
    for (std::string line; std::getline(lines, line);) {
        if (line == "Subcommands:") below = true;
        if (!line.starts_with("  ") || line.starts_with("   ")) continue;
        const std::string word = line.substr(2, line.find_first_of(" ,", 2) - 2);
        if (below) {
            words.push_back(word);
            path.push_back(word);
            collect_help(help, path, words);
            path.pop_back();
        } else if (word.starts_with("-")) {
            words.push_back(word);
            const auto comma = line.find(",--");
            if (comma != std::string::npos) {
                words.push_back(line.substr(comma + 1, line.find(' ', comma) - comma - 1));
            }
        }
    }
}

TEST_F(Completion, NamesEveryVerbAndOptionOfTheHelp) {
    std::vector<std::string> words;
    collect_help([this](std::vector<std::string> line) { return run_plain(line).out; }, {}, words);
    EXPECT_THAT(words, Contains("explain-login"));
    EXPECT_THAT(words, Contains("dry-run"));
    EXPECT_THAT(words, Contains("--token-stdin"));
    EXPECT_THAT(words, Contains("--expires"));
    EXPECT_GT(words.size(), 60);
    for (const char* shell : {"bash", "zsh"}) {
        const std::string text = script(shell);
        for (const std::string& word : words) EXPECT_THAT(text, HasSubstr(word)) << shell;
    }
    const std::string fish = script("fish");
    for (const std::string& word : words) {
        const bool is_long = word.starts_with("--");
        const bool is_short = !is_long && word.starts_with("-");
        EXPECT_THAT(fish,
                    HasSubstr(is_long    ? " -l " + word.substr(2) + " "
                              : is_short ? " -s " + word.substr(1) + " "
                                         : " -a " + word + " "));
    }
}

TEST_F(Completion, OnlyThreeShellsAreKnown) {
    const auto outcome = run_plain({"completion", "tcsh"});
    EXPECT_EQ(outcome.code, 2);
    EXPECT_THAT(outcome.err, HasSubstr("takes bash|zsh|fish, not tcsh"));
}

class BashCompletion : public Completion {
protected:
    void SetUp() override { std::ofstream(file_) << script("bash"); }
    void TearDown() override { std::filesystem::remove(file_); }

    /// What bash offers for these words, the cursor in the last.
    std::vector<std::string> offered(const std::string& words) {
        const std::string command = "bash -c 'source " + file_ + " && COMP_WORDS=(" + words +
                                    ") && COMP_CWORD=$((${#COMP_WORDS[@]} - 1)) && { _fenshen; "
                                    "printf \"%s\\n\" \"${COMPREPLY[@]}\"; }' 2>&1";
        std::FILE* pipe = ::popen(command.c_str(), "r");
        std::vector<std::string> lines;
        std::array<char, 512> line{};
        while (std::fgets(line.data(), line.size(), pipe) != nullptr) {
            std::string text = line.data();
            text.pop_back();
            if (!text.empty()) lines.push_back(text);
        }
        EXPECT_EQ(::pclose(pipe), 0);
        return lines;
    }

    std::string file_ =
        ::testing::TempDir() + "fenshen_completion_" + std::to_string(::getpid()) + ".bash";
};

TEST_F(BashCompletion, OffersVerbsThenOptionsThenValues) {
    EXPECT_THAT(offered("fenshen expl"), ElementsAre("explain-login"));
    EXPECT_THAT(offered("fenshen policy s"), ElementsAre("show", "set"));
    EXPECT_THAT(offered("fenshen devices ann --hi"), ElementsAre("--history"));
    EXPECT_THAT(offered("fenshen token set ann --level \"\""), ElementsAre("main", "secondary"));
    EXPECT_THAT(offered("fenshen policy set f --apply l"), ElementsAre("logins"));
    EXPECT_THAT(offered("fenshen completion \"\""), Contains("fish"));
    EXPECT_THAT(offered("fenshen kick ann --reason -"), ElementsAre());
}

TEST_F(BashCompletion, AWordThatIsNoVerbHereChangesNothing) {
    EXPECT_THAT(offered("fenshen devices policy --wa"), ElementsAre("--watch"));
}

TEST_F(BashCompletion, OffersFilesWhereFilesAreTaken) {
    const std::string prefix = file_.substr(0, file_.size() - 5);
    EXPECT_THAT(offered("fenshen policy set " + prefix), ElementsAre(file_));
    EXPECT_THAT(offered("fenshen devices ann -c " + prefix), ElementsAre(file_));
    EXPECT_THAT(offered("fenshen devices " + prefix), ElementsAre());
}

}  // namespace
}  // namespace fenshen::cli
