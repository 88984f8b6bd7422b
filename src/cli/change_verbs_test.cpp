// SPDX-License-Identifier: Apache-2.0
// The verbs that change an account: kick, token, ban.
#include "cli/testing/verb_case.h"

namespace fenshen::cli {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::MatchesRegex;
using ::testing::Not;

class ChangeVerbs : public testing::VerbCase {};

constexpr const char* ended = R"({"ended":[{"device_id":"d1","class":5,"session":"1-0-77"}]})";

TEST_F(ChangeVerbs, KickAllSaysWhoseSessionEnded) {
    answers("POST /v1/accounts/ann/end", ended);
    const auto outcome = run({"kick", "ann", "--all", "--revoke", "--reason", "lost phone"});
    EXPECT_EQ(outcome.code, 0);
    EXPECT_EQ(outcome.out,
              "1 session ended:\n  d1, class 5, 1-0-77\nthe tokens of these classes are revoked\n");
    ASSERT_EQ(asked.size(), 1);
    EXPECT_EQ(asked[0].body, R"({"all":true,"revoke":true,"reason":"lost phone"})");
}

TEST_F(ChangeVerbs, KickAClass) {
    answers("POST /v1/accounts/ann/end", R"({"ended":[]})");
    EXPECT_EQ(run({"kick", "ann", "--class", "5"}).out, "nobody was online: no session ended\n");
    ASSERT_EQ(asked.size(), 1);
    EXPECT_EQ(asked[0].body, R"({"class":5})");
    EXPECT_EQ(run({"kick", "ann", "--class", "5", "--json"}).out, "{\"ended\":[]}\n");
}

TEST_F(ChangeVerbs, KickFindsTheClassOfADevice) {
    answers("GET /v1/accounts/ann/devices?limit=1000",
            R"({"devices":[{"device_id":"d1","class":5},{"device_id":"d2","class":1},)"
            R"({"device_id":"d2","class":2}],"next":null})");
    answers("POST /v1/accounts/ann/end", ended);
    EXPECT_EQ(run({"kick", "ann", "--device", "d1"}).code, 0);
    ASSERT_EQ(asked.size(), 2);
    EXPECT_EQ(asked[1].body, R"({"device_id":"d1","class":5})");
    EXPECT_EQ(run({"kick", "ann", "--device", "d2", "--class", "2"}).code, 0);
    ASSERT_EQ(asked.size(), 1);
    EXPECT_EQ(asked[0].body, R"({"device_id":"d2","class":2})");

    const auto twice = run({"kick", "ann", "--device", "d2"});
    EXPECT_EQ(twice.code, 1);
    EXPECT_EQ(twice.err, "ann has a device d2 in the classes 1, 2: say which one with --class N\n");
    EXPECT_EQ(run({"kick", "ann", "--device", "d3"}).err,
              "ann has no device d3; see fenshen devices ann\n");
    EXPECT_EQ(asked.size(), 1);
}

TEST_F(ChangeVerbs, KickWantsToKnowWhom) {
    EXPECT_EQ(run({"kick", "ann"}).code, 2);
    EXPECT_EQ(run({"kick", "ann", "--all", "--class", "1"}).code, 2);
    EXPECT_EQ(run({"kick", "ann", "--all", "--device", "d"}).code, 2);
    EXPECT_EQ(run({"kick", "--all"}).code, 2);
    EXPECT_TRUE(asked.empty());
}

constexpr const char* token_set =
    R"({"uid":"ann","class":1,"class_name":"web","level":"secondary"})";

TEST_F(ChangeVerbs, TokenSetMakesOneAndSaysItOnce) {
    answers("PUT /v1/accounts/ann/tokens/1", token_set);
    const auto outcome = run({"token", "set", "ann", "--class", "1"});
    EXPECT_EQ(outcome.code, 0);
    EXPECT_THAT(outcome.out, MatchesRegex("[A-Za-z0-9_-]{43}\n"));
    EXPECT_EQ(outcome.err,
              "ann may now log in as class 1 (web), secondary, with this token, which is shown "
              "only now:\n");
    const std::string made = outcome.out.substr(0, 43);
    ASSERT_EQ(asked.size(), 1);
    EXPECT_EQ(asked[0].body, R"({"token":")" + made + R"(","level":"secondary"})");
    EXPECT_NE(run({"token", "set", "ann", "--class", "1"}).out, outcome.out);
}

TEST_F(ChangeVerbs, TokenSetTakesOneFromStandardInput) {
    answers("PUT /v1/accounts/ann/tokens/1", token_set);
    input = "s3cret\n";
    const std::vector<std::string> line{
        "token", "set", "ann", "--class", "1", "--level", "main", "--token-stdin"};
    EXPECT_EQ(run(line).out, "ann may now log in as class 1 (web), main, with the token given\n");
    ASSERT_EQ(asked.size(), 1);
    EXPECT_EQ(asked[0].body, R"({"token":"s3cret","level":"main"})");
    auto with_json = line;
    with_json.emplace_back("--json");
    EXPECT_EQ(run(with_json).out, std::string(token_set) + "\n");
}

TEST_F(ChangeVerbs, TokenSetWithJsonHasTheTokenThatWasMade) {
    answers("PUT /v1/accounts/ann/tokens/1", token_set);
    EXPECT_THAT(run({"token", "set", "ann", "--class", "1", "--json"}).out,
                MatchesRegex(R"(\{.*"level":"secondary","token":"[A-Za-z0-9_-]{43}"\})"
                             "\n"));
}

TEST_F(ChangeVerbs, ATokenThatWasNotTakenIsNotShown) {
    answers("PUT /v1/accounts/ann/tokens/1", R"({"status":503,"detail":"the disk is full"})", 503);
    const auto outcome = run({"token", "set", "ann", "--class", "1"});
    EXPECT_EQ(outcome.code, 1);
    EXPECT_EQ(outcome.out, "");
    EXPECT_EQ(outcome.err, "the disk is full\n");
}

TEST_F(ChangeVerbs, TokenLevelIsOneOfTwo) {
    const auto outcome = run({"token", "set", "ann", "--class", "1", "--level", "boss"});
    EXPECT_EQ(outcome.code, 2);
    EXPECT_THAT(outcome.err, HasSubstr("takes main|secondary, not boss"));
    EXPECT_EQ(run({"token"}).code, 2);
}

TEST_F(ChangeVerbs, TokenRevoke) {
    answers("DELETE /v1/accounts/ann/tokens/5",
            R"({"revoked":true,"ended":[{"device_id":"d1","class":5,"session":"1-0-77"}]})");
    EXPECT_EQ(run({"token", "revoke", "ann", "--class", "5"}).out,
              "ann, class 5: the token is revoked\n1 session ended:\n  d1, class 5, 1-0-77\n");
    answers("DELETE /v1/accounts/ann/tokens/6", R"({"revoked":false,"ended":[]})");
    EXPECT_EQ(run({"token", "revoke", "ann", "--class", "6"}).out,
              "ann, class 6: there was no token\n");
}

TEST_F(ChangeVerbs, BanAndUnban) {
    answers("POST /v1/accounts/ann/ban", ended);
    EXPECT_EQ(run({"ban", "ann"}).out, "ann is banned\n1 session ended:\n  d1, class 5, 1-0-77\n");
    answers("POST /v1/accounts/ann/unban", "");
    EXPECT_EQ(run({"unban", "ann"}).out, "ann is not banned\n");
    EXPECT_EQ(run({"unban", "ann", "--json"}).out, "{}\n");
}

}  // namespace
}  // namespace fenshen::cli
