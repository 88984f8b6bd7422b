// SPDX-License-Identifier: Apache-2.0
#include <cstdlib>

#include "cli/testing/verb_case.h"

namespace fenshen::cli {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr const char* two_devices = R"({"uid": "ann", "devices": [
  {"device_id": "ios_device_001", "class": 5, "class_name": "ios", "level": "main",
   "protocol": "wukong", "name": "安的手机", "client": "wkproto 5", "online": true,
   "sessions": [{"session": "1-0-77", "since": "2026-11-24T10:02:18.000Z",
                 "address": "127.0.0.1:40122"}],
   "first_seen": "2026-11-20T10:00:00.000Z", "last_login": "2026-11-24T10:02:18.000Z",
   "last_seen": "2026-11-24T10:02:58.000Z", "last_address": "127.0.0.1", "last_end": null},
  {"device_id": "web-7", "class": 1, "class_name": "web", "level": "secondary",
   "protocol": "wukong", "name": null, "client": "jsonrpc", "online": false, "sessions": [],
   "first_seen": "2026-11-20T10:00:00.000Z", "last_login": "2026-11-20T10:00:00.000Z",
   "last_seen": "2026-11-24T07:03:00.000Z", "last_address": "10.0.0.9",
   "last_end": {"why": "limit", "at": "2026-11-21T08:00:00.000Z", "rule": "class 1: 4 devices",
                "by": {"device_id": "web-8", "class": 1}}}], "next": null})";

class Devices : public testing::VerbCase {
protected:
    void SetUp() override {
        ::setenv("TZ", "CET-1CEST,M3.5.0,M10.5.0/3", 1);
        ::tzset();
    }
    void TearDown() override {
        ::unsetenv("TZ");
        ::tzset();
    }
};

TEST_F(Devices, AreATable) {
    answers("GET /v1/accounts/ann/devices?limit=1000", two_devices);
    const auto outcome = run({"devices", "ann", "--utc"});
    EXPECT_EQ(outcome.code, 0);
    EXPECT_EQ(outcome.out,
              "CLASS          DEVICE                     ONLINE  SINCE     LAST SEEN  ADDRESS     "
              "     CLIENT     LAST END\n"
              "5 (ios), main  ios_device_001 (安的手机)  yes     42 s ago  just now   "
              "127.0.0.1:40122  wkproto 5\n"
              "1 (web)        web-7                      no                3 h ago    10.0.0.9    "
              "     jsonrpc    limit 2026-11-21 08:00:00Z by web-8, class 1: class 1: 4 devices\n"
              "ann: 2 devices, 1 online\n");
}

TEST_F(Devices, TheTableFitsTheTerminal) {
    answers("GET /v1/accounts/ann/devices?limit=1000", two_devices);
    terminal.columns = 80;
    EXPECT_EQ(run({"devices", "ann", "--utc"}).out,
              "CLASS     DEVICE    ONLINE  SINCE     LAST SEEN  ADDRESS    CLIENT     LAST END\n"
              "5 (ios)…  ios_dev…  yes     42 s ago  just now   127.0.0.…  wkproto 5\n"
              "1 (web)   web-7     no                3 h ago    10.0.0.9   jsonrpc    limit 20…\n"
              "ann: 2 devices, 1 online\n");
}

TEST_F(Devices, ColoursAreForTerminalsThatWantThem) {
    answers("GET /v1/accounts/ann/devices?limit=1000", two_devices);
    terminal.colours = true;
    EXPECT_THAT(run({"devices", "ann"}).out, HasSubstr("\x1b[32myes\x1b[0m     42 s ago"));
    EXPECT_THAT(run({"devices", "ann", "--no-color"}).out, Not(HasSubstr("\x1b")));
}

TEST_F(Devices, PagesAreFollowedToTheEnd) {
    answers("GET /v1/accounts/ann/devices?online=true&limit=1000",
            R"({"uid":"ann","devices":[{"device_id":"a"}],"next":"x/1"})");
    answers("GET /v1/accounts/ann/devices?online=true&limit=1000&after=x%2F1",
            R"({"uid":"ann","devices":[{"device_id":"b"}],"next":7})");
    answers("GET /v1/accounts/ann/devices?online=true&limit=1000&after=7",
            R"({"uid":"ann","devices":[{"device_id":"c"}],"next":null})");
    EXPECT_EQ(run({"devices", "ann", "--online", "--json"}).out,
              R"({"uid":"ann","devices":[{"device_id":"a"},{"device_id":"b"},{"device_id":"c"}],)"
              R"("next":null})"
              "\n");
}

TEST_F(Devices, AListThatGoesInACircleEnds) {
    answers("GET /v1/accounts/ann/devices?limit=1000", R"({"devices":[],"next":"x"})");
    answers("GET /v1/accounts/ann/devices?limit=1000&after=x", R"({"devices":[],"next":"x"})");
    const auto outcome = run({"devices", "ann"});
    EXPECT_EQ(outcome.code, 1);
    EXPECT_THAT(outcome.err, HasSubstr("does not come to an end"));
    EXPECT_EQ(asked.size(), 2);
}

TEST_F(Devices, TextsFromOutsideMoveNoCursor) {
    answers("GET /v1/accounts/ann/devices?limit=1000",
            R"({"uid":"ann","devices":[{"device_id":"x\u001b[2J\ny\u202e","class":1}]})");
    const std::string out = run({"devices", "ann"}).out;
    EXPECT_THAT(out, HasSubstr("x\xef\xbf\xbd[2J\xef\xbf\xbdy\xef\xbf\xbd"));
    EXPECT_THAT(out, Not(HasSubstr("\x1b")));
}

TEST_F(Devices, NoneIsSaid) {
    answers("GET /v1/accounts/ann/devices?limit=1000", R"({"uid":"ann","devices":[],"next":null})");
    EXPECT_EQ(run({"devices", "ann"}).out, "ann: no devices\n");
}

constexpr const char* history = R"({"events": [
  {"at": "2026-11-24T10:00:00.000Z", "what": "ended", "class": 5, "class_name": "ios",
   "device_id": "d1", "protocol": "wukong", "address": "127.0.0.1", "why": "kicked", "rule": null,
   "by": {"api": true}},
  {"at": "2026-07-24T10:00:00.000Z", "what": "refused", "class": 1, "class_name": "web",
   "device_id": "d1", "protocol": "wukong", "address": "127.0.0.1", "why": "no_token_for_class",
   "rule": null, "by": null}], "next": null})";

TEST_F(Devices, TheHistoryIsInLocalTimeUnlessSaid) {
    answers("GET /v1/accounts/ann/logins?limit=1000", history);
    EXPECT_EQ(run({"devices", "ann", "--history"}).out,
              "TIME                        WHAT     CLASS    DEVICE  ADDRESS    WHY               "
              "  RULE  BY\n"
              "2026-11-24 11:00:00 +01:00  ended    5 (ios)  d1      127.0.0.1  kicked            "
              "        the API\n"
              "2026-07-24 12:00:00 +02:00  refused  1 (web)  d1      127.0.0.1  "
              "no_token_for_class\n");
    EXPECT_THAT(run({"devices", "ann", "--history", "--utc"}).out,
                HasSubstr("2026-07-24 10:00:00Z  refused"));
    EXPECT_EQ(run({"devices", "ann", "--history", "--online"}).code, 2);
}

constexpr const char* login_event =
    R"({"at":"2026-11-24T10:02:00.000Z","what":"login","class":5,"class_name":"ios",)"
    R"("device_id":"d1","address":"127.0.0.1","why":null,"rule":null,"by":null})";

class WatchDevices : public Devices {
protected:
    void SetUp() override {
        Devices::SetUp();
        const std::string none = R"({"uid":"ann","devices":[],"next":null})";
        const std::string one =
            R"({"uid":"ann","devices":[{"device_id":"d1","class":5,"class_name":"ios",)"
            R"("online":true,"client":"c","last_seen":"2026-11-24T10:02:0%.000Z"}],"next":null})";
        const auto with = [](std::string text, const char* second) {
            return text.replace(text.find('%'), 1, second);
        };
        const std::string devices = "GET /v1/accounts/ann/devices?limit=1000";
        const std::string logins = "GET /v1/accounts/ann/logins?limit=100";
        const std::string old = R"({"at":"2026-11-24T09:00:00.000Z","what":"logged_out"},)"
                                R"({"at":"2026-11-24T08:00:00.000Z","what":"login"})";
        answers(devices, none);
        answers(devices, with(one, "0"));
        answers(devices, with(one, "1"));
        answers(logins, R"({"events":[)" + old + R"(],"next":"n"})");
        answers(logins,
                R"({"events":[)" + std::string(login_event) + "," + old + R"(],"next":"n"})");
    }
};

TEST_F(WatchDevices, WritesEachChangeOnceWhereNoCursorMoves) {
    looks = 3;
    const auto outcome = run({"devices", "ann", "--watch", "--utc"});
    EXPECT_EQ(outcome.code, 0);
    EXPECT_EQ(outcome.out,
              "ann: no devices\n"
              "2026-11-24 10:02:00Z  login, class 5 (ios), d1, 127.0.0.1\n"
              "CLASS    DEVICE  ONLINE  SINCE  LAST SEEN  ADDRESS  CLIENT  LAST END\n"
              "5 (ios)  d1      yes            1 min ago           c\n"
              "ann: 1 device, 1 online\n");
    EXPECT_EQ(asked.size(), 6);
}

TEST_F(WatchDevices, DrawsOverItselfOnATerminal) {
    looks = 3;
    terminal = {.columns = 100, .rows = 30, .colours = false, .is_one = true};
    const std::string out = run({"devices", "ann", "--watch", "--utc"}).out;
    EXPECT_THAT(out, HasSubstr("ann: no devices\n\x1b[1A\r\x1b[J2026-11-24 10:02:00Z  login, "));
    EXPECT_THAT(out, HasSubstr("ann: 1 device, 1 online\n\x1b[3A\r\x1b[JCLASS"));
}

TEST_F(WatchDevices, JsonIsTheNewEventsALineEach) {
    looks = 3;
    EXPECT_EQ(run({"devices", "ann", "--watch", "--json"}).out, std::string(login_event) + "\n");
}

TEST_F(WatchDevices, AServerThatWasNeverThereIsNotWaitedFor) {
    looks = 3;
    const testing::SilentPort nobody;
    const auto outcome = run_at(nobody.url(), {"devices", "ann", "--watch"});
    EXPECT_EQ(outcome.code, 1);
    EXPECT_THAT(outcome.err, HasSubstr("nothing answers at "));
    EXPECT_EQ(looks, 3);
}

}  // namespace
}  // namespace fenshen::cli
