// SPDX-License-Identifier: Apache-2.0
// Where the API is, and what a failure says.
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "cli/testing/verb_case.h"
#include "http_client/http_client.h"

namespace fenshen::cli {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

class ApiErrors : public testing::VerbCase {
protected:
    static constexpr const char* devices = "GET /v1/accounts/ann/devices?limit=1000";
};

TEST_F(ApiErrors, NobodyThere) {
    const testing::SilentPort nobody;
    const auto outcome = run_at(nobody.url(), {"devices", "ann"});
    EXPECT_EQ(outcome.code, 1);
    EXPECT_EQ(outcome.out, "");
    EXPECT_EQ(
        outcome.err,
        "nothing answers at " + nobody.url() + ": is the server running? --api URL says where\n");
}

TEST_F(ApiErrors, ATokenIsWanted) {
    answers(devices, R"({"status":401,"detail":"no"})", 401);
    EXPECT_EQ(run({"devices", "ann"}).err,
              "the API at " + url +
                  " wants a token: put it in FENSHEN_API_TOKEN, or name the configuration with "
                  "--config FILE\n");
    environment["FENSHEN_API_TOKEN"] = "wrong-one";
    const auto outcome = run({"devices", "ann"});
    EXPECT_EQ(outcome.code, 1);
    EXPECT_THAT(outcome.err, HasSubstr("does not take this token"));
    EXPECT_THAT(outcome.err, Not(HasSubstr("wrong-one")));
}

TEST_F(ApiErrors, AProblemIsItsDetailAndWhatMendsIt) {
    answers(devices,
            R"({"type":"about:blank","title":"Not Found","status":404,)"
            R"("detail":"there is no account ann","mend":"Register a token first"})",
            404);
    const auto outcome = run({"devices", "ann", "--json"});
    EXPECT_EQ(outcome.code, 1);
    EXPECT_EQ(outcome.err, "there is no account ann; to mend it: Register a token first\n");
    EXPECT_THAT(outcome.out, StartsWith(R"({"type":"about:blank")"));
    answers(devices,
            R"({"title":"Bad","status":400,"mend":[{"text":"Do","method":"PUT","path":"/x"}]})",
            400);
    EXPECT_EQ(run({"devices", "ann"}).err, "Bad; to mend it: Do (PUT /x)\n");
}

TEST_F(ApiErrors, ADetailStaysOnItsLine) {
    answers(devices, R"({"detail":"a\nb\u001b[0m"})", 500);
    EXPECT_EQ(run({"devices", "ann"}).err,
              "a\xef\xbf\xbd"
              "b\xef\xbf\xbd[0m\n");
}

TEST_F(ApiErrors, AnotherProgramIsTold) {
    EXPECT_EQ(run({"devices", "ann"}).err,
              "what answers at " + url +
                  " has no /v1/accounts/ann/devices: is it another program, or an older Fenshen? "
                  "--api URL says where\n");
    answers(devices, "<html>");
    EXPECT_THAT(run({"devices", "ann"}).err, HasSubstr("is no Fenshen: it says no JSON"));
    answers(devices, std::string(65, '[') + std::string(65, ']'));
    EXPECT_THAT(run({"devices", "ann"}).err, HasSubstr("it says no JSON"));
    answers(devices, "", 502);
    EXPECT_EQ(run({"devices", "ann"}).err, "the server answered 502\n");
}

TEST_F(ApiErrors, AnswersOfAnyShapeAreDrawn) {
    for (const char* shape :
         {"[]",
          "7",
          "null",
          R"({"devices":7,"next":[]})",
          R"({"devices":{}})",
          R"({"devices":[7,null,[],{"sessions":7,"last_end":[],"name":{}}]})"}) {
        answers(devices, shape);
        EXPECT_GE(run({"devices", "ann"}).code, 0) << shape;
    }
}

TEST_F(ApiErrors, HttpsIsRefusedClearly) {
    const auto outcome = run_at("https://127.0.0.1:5001", {"devices", "ann"});
    EXPECT_EQ(outcome.code, 2);
    EXPECT_EQ(outcome.err,
              "--api: https is not spoken here; name the server's own http://HOST:PORT\n");
}

class ApiByConfiguration : public ApiErrors {
protected:
    std::string file_with(const std::string& text) {
        std::ofstream(file_) << text;
        return file_;
    }
    void TearDown() override { std::filesystem::remove(file_); }

private:
    std::string file_ =
        ::testing::TempDir() + "fenshen_api_" + std::to_string(::getpid()) + ".toml";
};

TEST_F(ApiByConfiguration, PortAndTokenAreThoseOfTheFile) {
    std::string head;
    testing::FakeServer server([&head](const testing::Asked& request) {
        head = request.head;
        return testing::http_answer(200, R"({"uid":"ann","devices":[],"next":null})");
    });
    const std::string file = file_with(
        "[server]\nbind = \"0.0.0.0\"\ninsecure = true\n[api]\n"
        "token = \"from-the-file\"\nport = " +
        std::to_string(server.port()) + "\n");
    EXPECT_EQ(run_plain({"devices", "ann", "--config", file}).code, 0);
    environment["FENSHEN_CONFIG"] = file;
    environment["FENSHEN_API_TOKEN"] = "from-the-environment";
    EXPECT_EQ(run_plain({"devices", "ann"}).code, 0);
    const auto& requests = server.asked();
    ASSERT_EQ(requests.size(), 2);
    EXPECT_THAT(requests[0].head, HasSubstr("\r\ntoken: from-the-file\r\n"));
    EXPECT_THAT(requests[1].head, HasSubstr("\r\ntoken: from-the-environment\r\n"));
    EXPECT_THAT(requests[1].head, HasSubstr("\r\nHost: 127.0.0.1:"));
    EXPECT_THAT(requests[1].head, HasSubstr("\r\nConnection: close"));
}

TEST_F(ApiByConfiguration, APortThatIsNoneIsTold) {
    EXPECT_THAT(run_plain({"devices", "ann", "--config", file_with("[api]\nport = 0\n")}).err,
                StartsWith("api.port is 0"));
    EXPECT_THAT(run_plain({"devices", "ann", "--config", file_with("[api]\nport = \"any\"\n")}).err,
                StartsWith("api.port is \"any\""));
    const std::string file = file_with("[api]\nprot = 1\n");
    const auto outcome = run_plain({"devices", "ann", "--config", file});
    EXPECT_EQ(outcome.code, 1);
    EXPECT_THAT(outcome.err, StartsWith(file + ":2: api.prot: there is no such key"));
}

TEST_F(ApiByConfiguration, ATokenThatIsNoHeaderIsNotSent) {
    environment["FENSHEN_API_TOKEN"] = "a\r\nX: y";
    EXPECT_EQ(run({"devices", "ann"}).err,
              "the API token holds a control character, such as a line end\n");
    EXPECT_TRUE(asked.empty());
}

class HttpClient : public ::testing::Test {
protected:
    static std::expected<HttpAnswer, HttpFault> ask_for(const std::string& reply,
                                                        const HttpLimits& limits = {}) {
        const testing::FakeServer server([&](const testing::Asked&) { return reply; });
        return ask({.host = "127.0.0.1", .port = server.port(), .prefix = ""},
                   {.method = "GET", .target = "/", .token = {}, .body = ""},
                   limits);
    }
};

TEST_F(HttpClient, ReadsBodiesOfEveryFraming) {
    EXPECT_EQ(ask_for(testing::http_answer(200, "ab")).value().body, "ab");
    EXPECT_EQ(ask_for("HTTP/1.1 200 OK\r\n\r\nto the end").value().body, "to the end");
    EXPECT_EQ(ask_for("HTTP/1.1 201 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
                      "2\r\nab\r\n1\r\nc\r\n0\r\n\r\n")
                  .value()
                  .body,
              "abc");
}

TEST_F(HttpClient, HasLimits) {
    const HttpLimits limits{.head_bytes_max = 200, .body_bytes_max = 10};
    EXPECT_EQ(ask_for(testing::http_answer(200, "0123456789"), limits).value().body, "0123456789");
    EXPECT_EQ(ask_for(testing::http_answer(200, "0123456789a"), limits).error(),
              HttpFault::too_large);
    EXPECT_EQ(
        ask_for("HTTP/1.1 200 OK\r\nX: " + std::string(300, 'x') + "\r\n\r\n", limits).error(),
        HttpFault::too_large);
}

TEST_F(HttpClient, AnAnswerThatBreaksOffIsNone) {
    EXPECT_EQ(ask_for("").error(), HttpFault::broken);
    EXPECT_EQ(ask_for("SSH-2.0-x\r\n").error(), HttpFault::broken);
    EXPECT_EQ(ask_for("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nab").error(), HttpFault::broken);
}

TEST_F(HttpClient, SilenceHasAnEnd) {
    // Taken by the kernel, accepted by nobody.
    const testing::SilentPort port(true);
    EXPECT_EQ(ask({.host = "127.0.0.1", .port = port.number(), .prefix = ""},
                  {.method = "GET", .target = "/", .token = {}, .body = ""},
                  {.silence_max = Millis{50}})
                  .error(),
              HttpFault::timed_out);
}

TEST_F(HttpClient, ANameOfNobodyIsTold) {
    // Longer than a name can be: no name server is asked.
    EXPECT_EQ(ask({.host = std::string(300, 'a'), .port = 1, .prefix = ""},
                  {.method = "GET", .target = "/", .token = {}, .body = ""})
                  .error(),
              HttpFault::no_such_host);
}

}  // namespace
}  // namespace fenshen::cli
