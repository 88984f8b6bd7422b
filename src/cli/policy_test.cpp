// SPDX-License-Identifier: Apache-2.0
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "cli/testing/verb_case.h"

namespace fenshen::cli {
namespace {

constexpr const char* current = R"({"version":3,"changed_at":"2026-11-24T10:00:00.000Z","policy":{
  "preset":"wukong","single_device":false,"default":{"limit":null,"over":"end_earliest"},
  "classes":{"1":{"limit":4,"over":"end_earliest"},"6":{"limit":0,"over":"refuse_newest"}},
  "groups":[{"name":"phone","classes":[0,4,5],"limit":1,"over":"refuse_newest"}]}})";

class PolicyVerbs : public testing::VerbCase {
protected:
    std::string file_with(std::string_view text) {
        std::ofstream(file_) << text;
        return file_;
    }
    void TearDown() override { std::filesystem::remove(file_); }

private:
    std::string file_ =
        ::testing::TempDir() + "fenshen_policy_" + std::to_string(::getpid()) + ".json";
};

TEST_F(PolicyVerbs, ShowIsATableOfLimits) {
    answers("GET /v1/policy", current);
    EXPECT_EQ(run({"policy", "show", "--utc"}).out,
              "policy, version 3, in force since 2026-11-24 10:00:00Z\n"
              "begins with the preset wukong\n"
              "WHOSE DEVICES                     LIMIT             OVER IT\n"
              "class 1                           4 online at once  the earliest login is ended\n"
              "class 6                           none may log in\n"
              "phone (classes 0, 4, 5 together)  1 online at once  the newest login is refused\n"
              "every other class                 no limit\n");
    EXPECT_EQ(run({"policy", "show", "--json"}).out, std::string(current) + "\n");
}

TEST_F(PolicyVerbs, ShowForOneAccount) {
    answers("GET /v1/accounts/ann/policy",
            R"({"policy":{"single_device":true},"expires_at":"2026-12-31T00:00:00.000Z"})");
    EXPECT_EQ(run({"policy", "show", "ann", "--utc"}).out,
              "policy of ann alone, until 2026-12-31 00:00:00Z\n"
              "WHOSE DEVICES         LIMIT             OVER IT\n"
              "all classes together  1 online at once\n");
    answers("GET /v1/accounts/bob/policy", R"({"policy":null,"expires_at":null})");
    EXPECT_EQ(run({"policy", "show", "bob"}).out,
              "bob has no policy of its own: the general one holds\n");
}

TEST_F(PolicyVerbs, SetSendsTheVersionThatIsCurrent) {
    answers("GET /v1/policy", current);
    answers("PUT /v1/policy", R"({"version":4,"ended":[]})");
    const auto outcome = run({"policy", "set", file_with(R"({"preset":"single"})")});
    EXPECT_EQ(outcome.code, 0);
    EXPECT_EQ(outcome.out, "policy, version 4: in force from the next login on\n");
    ASSERT_EQ(asked.size(), 2);
    EXPECT_EQ(asked[1].body, R"({"version":3,"policy":{"preset":"single"}})");
}

TEST_F(PolicyVerbs, SetNowSaysWhoseSessionsEnded) {
    answers("PUT /v1/policy",
            R"({"version":8,"ended":[{"uid":"ann","device_id":"d","class":1,"class_name":"web",)"
            R"("rule":"class 1: 4 devices"}]})");
    input = R"({"version":1,"policy":{"preset":"single"}})";
    const auto outcome = run({"policy", "set", "-", "--apply", "now", "--version", "7"});
    EXPECT_EQ(outcome.out,
              "policy, version 8: in force now\n1 session ended:\n"
              "  ann, d, class 1 (web), class 1: 4 devices\n");
    ASSERT_EQ(asked.size(), 1);
    EXPECT_EQ(asked[0].body, R"({"version":7,"policy":{"preset":"single"},"apply":"now"})");
}

TEST_F(PolicyVerbs, AConflictSaysWhatToDo) {
    answers("PUT /v1/policy", R"({"status":409,"detail":"stale","version":9})", 409);
    input = "{}";
    const auto outcome = run({"policy", "set", "-", "--version", "7", "--json"});
    EXPECT_EQ(outcome.code, 1);
    EXPECT_EQ(outcome.err,
              "version 7 of the policy is not the current one, which is 9: see what changed with "
              "fenshen policy show, then set again, with --version 9\n");
    EXPECT_EQ(outcome.out, "{\"status\":409,\"detail\":\"stale\",\"version\":9}\n");
}

TEST_F(PolicyVerbs, SetAndClearForOneAccount) {
    answers("PUT /v1/accounts/ann/policy", "{}");
    answers("DELETE /v1/accounts/ann/policy", "{}");
    input = R"({"preset":"unlimited"})";
    EXPECT_EQ(run({"policy",
                   "set",
                   "-",
                   "--uid",
                   "ann",
                   "--expires",
                   "2026-12-31T23:59:59+01:00",
                   "--utc"})
                  .out,
              "ann has a policy of its own until 2026-12-31 22:59:59Z: in force from the next "
              "login on\n");
    ASSERT_EQ(asked.size(), 1);
    EXPECT_EQ(asked[0].body,
              R"({"policy":{"preset":"unlimited"},"expires_at":"2026-12-31T23:59:59+01:00"})");
    EXPECT_EQ(run({"policy", "clear", "ann"}).out,
              "ann: the general policy holds from the next login on\n");
}

TEST_F(PolicyVerbs, SetIsMisusedByWhatContradicts) {
    const std::vector<std::vector<std::string>> wrong{
        {"policy", "set"},
        {"policy", "set", "-", "--apply", "later"},
        {"policy", "set", "-", "--uid", "ann", "--apply", "now"},
        {"policy", "set", "-", "--uid", "ann", "--version", "1"},
        {"policy", "set", "-", "--expires", "2026-12-31T23:59:59Z"},
        {"policy", "set", "-", "--uid", "ann", "--expires", "tomorrow"},
        {"policy"}};
    for (const auto& line : wrong) EXPECT_EQ(run(line).code, 2) << line.back();
    EXPECT_TRUE(asked.empty());
}

TEST_F(PolicyVerbs, AFileThatIsNoPolicyIsNamed) {
    input = "[1]";
    EXPECT_EQ(run({"policy", "set", "-"}).err,
              "standard input is no policy: it is no JSON object\n");
    const std::string file = file_with("{");
    EXPECT_EQ(run({"policy", "dry-run", file}).err, file + " is no JSON\n");
    EXPECT_EQ(run({"policy", "dry-run", "/nowhere.json"}).err,
              "/nowhere.json: cannot be read: No such file or directory\n");
    EXPECT_EQ(run({"policy", "dry-run", file_with(std::string(1'048'577, ' '))}).err,
              file + ": is larger than 1 MiB\n");
    EXPECT_TRUE(asked.empty());
}

TEST_F(PolicyVerbs, DryRunFollowsPagesAndCounts) {
    answers("POST /v1/policy/dry-run?limit=1000",
            R"({"would_end":[{"uid":"ann","device_id":"a","class":1,"class_name":"web",)"
            R"("rule":"r"}],"count":2,"next":"p"})");
    answers("POST /v1/policy/dry-run?limit=1000&after=p",
            R"({"would_end":[{"uid":"ann","device_id":"b","class":5,"class_name":"ios",)"
            R"("rule":"r"}],"count":2,"next":null})");
    input = R"({"preset":"single"})";
    EXPECT_EQ(run({"policy", "dry-run", "-"}).out,
              "ACCOUNT  DEVICE  CLASS    RULE\n"
              "ann      a       1 (web)  r\n"
              "ann      b       5 (ios)  r\n"
              "2 sessions of 1 account would be ended\n");
    ASSERT_EQ(asked.size(), 2);
    EXPECT_EQ(asked[1].body, R"({"policy":{"preset":"single"}})");
    answers("POST /v1/policy/dry-run?limit=1000", R"({"would_end":[],"count":0,"next":null})");
    EXPECT_EQ(run({"policy", "dry-run", "-"}).out, "nobody's session would be ended\n");
}

TEST_F(PolicyVerbs, PresetsInEitherForm) {
    const std::string expected =
        "single\nWHOSE DEVICES         LIMIT             OVER IT\n"
        "all classes together  1 online at once\n\n";
    for (const char* form : {R"({"presets":{"single":{"preset":"single","single_device":true}}})",
                             R"({"presets":[{"name":"single","policy":{"single_device":true}}]})",
                             R"({"single":{"single_device":true}})"}) {
        answers("GET /v1/policy/presets", form);
        EXPECT_EQ(run({"policy", "presets"}).out, expected) << form;
    }
}

TEST_F(PolicyVerbs, HistoryIsALineAVersion) {
    const std::string versions =
        R"({"versions":[{"version":3,"changed_at":"2026-11-24T10:00:00.000Z",)"
        R"("policy":{"preset":"wukong","classes":{"1":{"limit":4}}}}],"next":null})";
    answers("GET /v1/policy/history?limit=1", versions);
    answers("GET /v1/policy/history?limit=1000", versions);
    EXPECT_EQ(run({"policy", "history", "--utc"}).out,
              "VERSION  WHEN                  POLICY\n"
              "3        2026-11-24 10:00:00Z  wukong; class 1: 4 online at once\n");
}

}  // namespace
}  // namespace fenshen::cli
