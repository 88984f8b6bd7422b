// SPDX-License-Identifier: Apache-2.0
#include "api/v1/explain_login.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "api/v1/detail/test_server.h"

namespace fenshen::api::v1 {
namespace {

using http::Method;
using testing::HasSubstr;
using testing_support::Json;
using testing_support::Settings;
using testing_support::TestServer;

constexpr auto path = "/v1/accounts/ann/explain-login";

TEST(ExplainLogin, AnswersTheExampleOfTheContract) {
    TestServer server;
    server.set_token("ann", 0, "t0", "main");
    const Json answer = server.post(path, R"({"class":1,"device_id":"d1","token":"another"})");
    const Json expected{
        {"uid", "ann"},
        {"asked", {{"class", 1}, {"class_name", "web"}, {"device_id", "d1"}, {"token", "given"}}},
        {"outcome", "refused"},
        {"why", "no_token_for_class"},
        {"sentence", "ann asked for class 1 (web); tokens are registered for class 0 (app) only."},
        {"classes_with_token",
         {{{"class", 0},
           {"class_name", "app"},
           {"level", "main"},
           {"registered_at", "2026-04-22T08:00:00.000Z"}}}},
        {"token_checks", true},
        {"would_end", Json::array()},
        {"mend",
         {{{"text", "Register a token for class 1"},
           {"method", "POST"},
           {"path", "/user/token"},
           {"body",
            {{"uid", "ann"}, {"device_flag", 1}, {"device_level", 1}, {"token", "<token>"}}}}}},
        {"hints", answer["hints"]}};
    EXPECT_EQ(answer, expected);
    EXPECT_THAT(answer["hints"].dump(), HasSubstr("JavaScript"));
}

TEST(ExplainLogin, BothFormsSayTheSame) {
    TestServer server;
    server.set_token("ann", 0);
    for (const auto* device_class : {"0", "1", "77"}) {
        const std::string by_query = std::string(path) + "?class=" + device_class;
        const std::string by_body = R"({"class":)" + std::string(device_class);
        EXPECT_EQ(server.get(by_query), server.post(path, by_body + "}"));
        EXPECT_EQ(server.get(by_query + "&device_id=d%201"),
                  server.post(path, by_body + R"(,"device_id":"d 1","token":null})"));
    }
}

TEST(ExplainLogin, WithoutATokenTheRightOneIsSupposed) {
    TestServer server;
    server.set_token("ann", 1);
    const Json supposed = server.get(std::string(path) + "?class=1");
    EXPECT_EQ(supposed["outcome"], "accepted");
    EXPECT_EQ(supposed["why"], "ok");
    EXPECT_EQ(supposed["asked"]["token"], "not_given");
    EXPECT_EQ(supposed["asked"]["device_id"], nullptr);
    EXPECT_EQ(supposed["sentence"], "ann may log in with class 1 (web), given the right token.");
    const Json given = server.post(path, R"({"class":1,"token":"t"})");
    EXPECT_EQ(given["sentence"], "ann may log in with class 1 (web).");
    EXPECT_EQ(given["mend"], Json::array());
    EXPECT_EQ(server.post(path, R"({"class":1,"token":""})")["why"], "no_token_given");
}

TEST(ExplainLogin, AnAccountNeverSeenIsAnAnswer) {
    TestServer server;
    EXPECT_EQ(server.get(std::string(path) + "?class=1")["why"], "unknown_account");
    server.get("/v1/accounts/ann", 404);
}

TEST(ExplainLogin, SaysWhoWouldEnd) {
    TestServer server;
    server.login("ann", 5, "phone-1", "main");
    server.login("ann", 1, "tab-1");
    const Json answer = server.post(path, R"({"class":5,"device_id":"phone-2"})");
    const Json expected{{{"device_id", "phone-1"},
                         {"class", 5},
                         {"class_name", "ios"},
                         {"rule", "main device alone in class 5"}}};
    EXPECT_EQ(answer["would_end"], expected);
    EXPECT_TRUE(server.sessions.ended.empty());
    EXPECT_EQ(server.post(path, R"({"class":5,"device_id":"phone-1"})")["would_end"],
              Json::array());
}

TEST(ExplainLogin, NeverShowsATokenOrItsHash) {
    Settings settings;
    settings.rules.manager_token = "the manager's";
    settings.rules.token_key = Bytes(32, 'k');
    TestServer server(settings);
    server.set_token("ann", 1, "geheim-1");
    server.set_token("ann", 2, "geheim-2");
    for (const std::string token : {"geheim-1", "geheim-2", "geheim-3", "the manager's"}) {
        const Json question{{"class", 1}, {"token", token}};
        const std::string answer = server.post(path, question.dump()).dump();
        EXPECT_THAT(answer, testing::Not(HasSubstr("geheim")));
        EXPECT_THAT(answer, testing::Not(HasSubstr("the manager's")));
    }
}

TEST(ExplainLogin, TokenChecksMayBeOff) {
    Settings settings;
    settings.rules.token_checks = false;
    TestServer server(settings);
    const Json answer = server.get(std::string(path) + "?class=1");
    EXPECT_EQ(answer["outcome"], "accepted");
    EXPECT_EQ(answer["token_checks"], false);
    EXPECT_EQ(answer["sentence"], "ann may log in with class 1 (web); tokens are not checked.");
}

TEST(ExplainLogin, ClassesOutOfRange) {
    TestServer server;
    for (const std::string value : {"-1", "256", "1.5", "\"1\"", "true", "null", "[1]"}) {
        EXPECT_THAT(server.detail(Method::post, path, R"({"class":)" + value + '}'),
                    HasSubstr("class"))
            << value;
    }
    for (const std::string value : {"-1", "256", "1.5", "x", "", "+1", "%201", "0x1"}) {
        server.get(std::string(path) + "?class=" + value, 400);
    }
    server.get(path, 400);
}

TEST(ExplainLogin, NamesOfEveryKind) {
    TestServer server;
    const std::pair<std::string, std::string> names[] = {{"a%2Fb", "a/b"},
                                                         {"%E5%BC%A0", "张"},
                                                         {"a%20b", "a b"},
                                                         {"a+b", "a+b"},
                                                         {"a%3Fb%3Dc", "a?b=c"}};
    for (const auto& [written, uid] : names) {
        server.set_token(written, 0);
        const std::string target = "/v1/accounts/" + written + "/explain-login?class=0";
        EXPECT_EQ(server.get(target)["uid"], uid);
        EXPECT_EQ(server.get(target)["why"], "ok");
    }
}

}  // namespace
}  // namespace fenshen::api::v1
