// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "app/config/config.h"

namespace fenshen::config {
namespace {

std::vector<std::string> problems(std::string_view text, const Environment& environment = {}) {
    const auto loaded = parse(text, "f.toml", environment);
    std::vector<std::string> lines;
    if (!loaded) {
        for (const Problem& problem : loaded.error()) lines.push_back(line_of(problem));
    }
    return lines;
}

using Lines = std::vector<std::string>;

TEST(Check, CertificateAndKeyBelongTogether) {
    EXPECT_EQ(
        problems("[tls]\ncert = \"c.pem\"\n"),
        Lines{"f.toml:2: tls.cert: needs the other one too: tls.cert and tls.key belong together"});
    EXPECT_EQ(
        problems("", {{"FENSHEN_TLS_KEY", "k.pem"}}),
        Lines{"FENSHEN_TLS_KEY: tls.key: needs the other one too: tls.cert and tls.key belong "
              "together"});
    EXPECT_EQ(problems("[tls]\ncert = \"c.pem\"\nkey = \"k.pem\"\n"), Lines{});
}

TEST(Check, AppCredentialsBelongTogether) {
    EXPECT_EQ(problems("[easemob]\nclient_id = \"x\"\n").size(), 1);
    EXPECT_EQ(problems("[easemob]\nclient_secret = \"x\"\n").size(), 1);
    EXPECT_EQ(problems("[easemob]\nclient_id = \"x\"\nclient_secret = \"y\"\n"), Lines{});
    const std::string url = "[easemob]\nstatus_webhook_url = \"http://127.0.0.1:80/x\"\n";
    EXPECT_EQ(problems(url).size(), 1);
    EXPECT_EQ(problems(url + "status_webhook_secret = \"y\"\n"), Lines{});
}

TEST(Check, ProxyHeadersNeedSomebodyToBelieve) {
    EXPECT_EQ(problems("[wukong]\nproxy_protocol = true\n").size(), 1);
    EXPECT_EQ(problems("[wukong]\nproxy_protocol = true\ntrusted_proxies = [\"::1\"]\n"), Lines{});
}

TEST(Check, TwoListenersDoNotShareAPort) {
    EXPECT_EQ(problems("[wukong]\ntcp_port = 5001\n"),
              Lines{"api.port: 5001 is the port of wukong.tcp_port already"});
    EXPECT_EQ(problems("[wukong]\ntcp_port = 5001\nbind = \"127.0.0.2\"\n"), Lines{});
    EXPECT_EQ(problems("[wukong]\ntcp_port = 5001\nbind = \"0.0.0.0\"\n").size(), 1);
    EXPECT_EQ(problems("[wukong]\ntcp_port = 0\nws_port = 0\n[api]\nport = 0\n"), Lines{});
    EXPECT_EQ(problems("[wukong]\ntcp_port = \"any\"\nws_port = \"any\"\n"), Lines{});
    // Without TLS that listener is not opened.
    EXPECT_EQ(problems("[wukong]\nwss_port = 5001\n"), Lines{});
}

Config config_of(std::string_view text) {
    return parse(text, "f.toml", {}).value().config;
}

std::vector<std::string> refused(std::string_view text) {
    std::vector<std::string> keys;
    for (const Problem& problem : refuse_what_is_open(config_of(text))) keys.push_back(problem.key);
    return keys;
}

TEST(RefuseWhatIsOpen, LoopbackMayDoWithoutTokens) {
    EXPECT_EQ(refused(""), Lines{});
    EXPECT_EQ(refused("[wukong]\ntoken_auth = false\n"), Lines{});
    EXPECT_EQ(refused("[server]\nbind = \"::1\"\n[wukong]\ntoken_auth = false\n"), Lines{});
}

TEST(RefuseWhatIsOpen, AnOpenApiBeyondLoopbackIsRefused) {
    EXPECT_EQ(refused("[server]\nbind = \"0.0.0.0\"\n"), Lines{"api.port"});
    EXPECT_EQ(refused("[api]\nbind = \"10.0.0.1\"\n"), Lines{"api.port"});
    EXPECT_EQ(refused("[server]\nbind = \"0.0.0.0\"\n[api]\ntoken = \"t\"\n"), Lines{});
    EXPECT_EQ(refused("[server]\nbind = \"0.0.0.0\"\n[api]\nbind = \"127.0.0.1\"\n"), Lines{});
    EXPECT_EQ(refused("[server]\nbind = \"0.0.0.0\"\n[api]\nport = 0\n"), Lines{});
}

TEST(RefuseWhatIsOpen, ClientsWithoutTokensBeyondLoopbackAreRefused) {
    EXPECT_EQ(refused("[wukong]\ntoken_auth = false\nbind = \"::\"\n"), Lines{"wukong.tcp_port"});
    EXPECT_EQ(refused("[wukong]\ntoken_auth = false\nbind = \"::\"\ntcp_port = 0\n"),
              Lines{"wukong.ws_port"});
    EXPECT_EQ(refused("[wukong]\ntoken_auth = false\nbind = \"::\"\ntcp_port = 0\nws_port = 0\n"),
              Lines{});
    EXPECT_EQ(refused("[wukong]\ntcp_port = 0\nws_port = 0\nbind = \"::\"\ntoken_auth = false\n"
                      "[tls]\ncert = \"c\"\nkey = \"k\"\n"),
              Lines{"wukong.wss_port"});
    EXPECT_EQ(refused("[server]\nbind = \"0.0.0.0\"\n[wukong]\ntoken_auth = false\n"),
              (Lines{"wukong.tcp_port", "api.port"}));
}

TEST(RefuseWhatIsOpen, OpenRegistrationBeyondLoopbackIsRefused) {
    EXPECT_EQ(refused("[easemob]\nbind = \"0.0.0.0\"\n"), Lines{});
    EXPECT_EQ(refused("[easemob]\nopen_registration = true\n"), Lines{});
    EXPECT_EQ(refused("[easemob]\nbind = \"0.0.0.0\"\nopen_registration = true\n"),
              Lines{"easemob.port"});
    EXPECT_EQ(refused("[easemob]\nbind = \"::\"\nopen_registration = true\nport = 0\n"), Lines{});
    EXPECT_EQ(refused("[server]\ninsecure = true\n[easemob]\nbind = \"::\"\n"
                      "open_registration = true\n"),
              Lines{});
}

TEST(RefuseWhatIsOpen, UnlessTheOperatorInsists) {
    EXPECT_EQ(
        refused("[server]\nbind = \"0.0.0.0\"\ninsecure = true\n[wukong]\ntoken_auth = false\n"),
        Lines{});
}

TEST(RefuseWhatIsOpen, SaysWhatMendsIt) {
    const auto problems = refuse_what_is_open(config_of("[api]\nbind = \"10.0.0.1\"\n"));
    ASSERT_EQ(problems.size(), 1);
    EXPECT_EQ(
        line_of(problems[0]),
        "api.port: 10.0.0.1 is beyond loopback, and without api.token anybody may administer "
        "the server: set it; or listen on 127.0.0.1 only; or set server.insecure = true if that "
        "is meant");
}

TEST(OpenRegistration, FollowsTheAddressUnlessItIsSet) {
    EXPECT_TRUE(config_of("").easemob_open_registration());
    EXPECT_FALSE(config_of("[easemob]\nbind = \"0.0.0.0\"\n").easemob_open_registration());
    EXPECT_FALSE(config_of("[server]\nbind = \"0.0.0.0\"\n").easemob_open_registration());
    EXPECT_TRUE(config_of("[easemob]\nbind = \"0.0.0.0\"\nopen_registration = true\n")
                    .easemob_open_registration());
    EXPECT_FALSE(config_of("[easemob]\nopen_registration = false\n").easemob_open_registration());
}

}  // namespace
}  // namespace fenshen::config
