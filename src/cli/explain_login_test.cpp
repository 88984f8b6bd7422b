// SPDX-License-Identifier: Apache-2.0
#include "cli/testing/verb_case.h"

namespace fenshen::cli {
namespace {

using ::testing::ElementsAre;
using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr const char* refused = R"({
  "uid": "ann",
  "asked": {"class": 1, "class_name": "web", "device_id": "d1", "token": "not_given"},
  "outcome": "refused",
  "why": "no_token_for_class",
  "sentence": "ann asked for class 1 (web); tokens are registered for class 0 (app) only.",
  "classes_with_token": [{"class": 0, "class_name": "app", "level": "main",
                          "registered_at": "2026-11-24T10:00:00.000Z"}],
  "token_checks": true,
  "would_end": [],
  "mend": [{"text": "Register a token for class 1", "method": "POST", "path": "/user/token",
            "body": {"uid": "ann", "device_flag": 1, "device_level": 1, "token": "<token>"}}],
  "hints": ["The JavaScript SDK connects as class 1 unless told otherwise."]
})";

constexpr const char* accepted = R"({"uid": "ann",
  "asked": {"class": 5, "class_name": "ios", "device_id": null, "token": "given"},
  "outcome": "accepted", "why": "ok", "sentence": "ann would be accepted.",
  "classes_with_token": [], "token_checks": false,
  "would_end": [{"device_id": "a", "class": 5, "class_name": "ios", "rule": "main alone"},
                {"device_id": "b", "class": 77, "class_name": "class 77", "rule": null}],
  "mend": [], "hints": []})";

class ExplainLogin : public testing::VerbCase {};

TEST_F(ExplainLogin, ARefusalIsExplainedInTheOrderOfTheQuestions) {
    answers("POST /v1/accounts/ann/explain-login", refused);
    const auto outcome = run({"explain-login", "ann", "--class", "1", "--device-id", "d1"});
    EXPECT_EQ(outcome.code, 3);
    EXPECT_EQ(outcome.err, "");
    EXPECT_EQ(outcome.out,
              "refused (no_token_for_class): ann asked for class 1 (web); tokens are registered "
              "for class 0 (app) only.\n"
              "  asked         class 1 (web), device d1, no token given: supposing the right one\n"
              "  tokens        class 0 (app), main, registered 3 min ago\n"
              "to mend it: Register a token for class 1\n"
              "  curl -s -X POST " +
                  url +
                  "/user/token -H 'Content-Type: application/json' -d "
                  R"('{"uid":"ann","device_flag":1,"device_level":1,"token":"<token>"}')"
                  "\n"
                  "hint: The JavaScript SDK connects as class 1 unless told otherwise.\n");
    ASSERT_EQ(asked.size(), 1);
    EXPECT_EQ(asked[0].body, R"({"class":1,"device_id":"d1"})");
}

TEST_F(ExplainLogin, AnAcceptedLoginNamesWhomItEnds) {
    answers("POST /v1/accounts/ann/explain-login", accepted);
    const auto outcome = run({"explain-login", "ann", "--class", "5"});
    EXPECT_EQ(outcome.code, 0);
    EXPECT_EQ(outcome.out,
              "accepted: ann would be accepted.\n"
              "  asked         class 5 (ios), with a token\n"
              "  tokens        none registered\n"
              "  token checks  off: any token is taken (wukong.token_auth = false)\n"
              "  would end     a, class 5 (ios): main alone\n"
              "                b, class 77\n");
}

TEST_F(ExplainLogin, TheTokenComesFromStandardInput) {
    answers("POST /v1/accounts/ann/explain-login", accepted);
    input = "s3cret\r\nnot this\n";
    EXPECT_EQ(run({"explain-login", "ann", "--class", "5", "--token-stdin"}).code, 0);
    ASSERT_EQ(asked.size(), 1);
    EXPECT_EQ(asked[0].body, R"({"class":5,"token":"s3cret"})");
    input = "";
    const auto none = run({"explain-login", "ann", "--class", "5", "--token-stdin"});
    EXPECT_EQ(none.code, 2);
    EXPECT_EQ(none.err, "--token-stdin: the first line of standard input is empty\n");
    EXPECT_TRUE(asked.empty());
}

TEST_F(ExplainLogin, JsonIsTheServersOwnAnswerAndTheCodeStays) {
    answers("POST /v1/accounts/ann/explain-login", refused);
    const auto outcome = run({"explain-login", "ann", "--class", "1", "--json"});
    EXPECT_EQ(outcome.code, 3);
    EXPECT_EQ(outcome.out, std::string(refused) + "\n");
}

TEST_F(ExplainLogin, TheApiTokenIsSentAndNeverShown) {
    answers("POST /v1/accounts/ann/explain-login", refused);
    environment["FENSHEN_API_TOKEN"] = "top-secret";
    const auto outcome = run({"explain-login", "ann", "--class", "1"});
    ASSERT_EQ(asked.size(), 1);
    EXPECT_THAT(asked[0].head, HasSubstr("token: top-secret\r\n"));
    EXPECT_THAT(outcome.out, HasSubstr(R"(-H "token: $FENSHEN_API_TOKEN" -H)"));
    EXPECT_THAT(outcome.out, Not(HasSubstr("top-secret")));
}

TEST_F(ExplainLogin, TheAccountIsOneSegmentOfThePath) {
    // Dots inside a segment stay; only a whole "." or ".." is encoded.
    answers("POST /v1/accounts/a%2F..%3Fb%20%E5%88%86/explain-login", accepted);
    EXPECT_EQ(run({"explain-login", "a/..?b 分", "--class", "1"}).code, 0);
    answers("POST /v1/accounts/%2E%2E/explain-login", accepted);
    EXPECT_EQ(run({"explain-login", "..", "--class", "1"}).code, 0);
}

TEST_F(ExplainLogin, WhatIsNoClassIsMisuse) {
    for (const char* number : {"256", "-1", "web", ""}) {
        const auto outcome = run({"explain-login", "ann", "--class", number});
        EXPECT_EQ(outcome.code, 2) << number;
        EXPECT_THAT(outcome.err, HasSubstr("takes 0 to 255")) << number;
    }
    EXPECT_EQ(run({"explain-login", "ann"}).code, 2);
    EXPECT_TRUE(asked.empty());
}

}  // namespace
}  // namespace fenshen::cli
