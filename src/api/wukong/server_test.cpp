// SPDX-License-Identifier: Apache-2.0
// The server itself and its connections: health, addresses, figures, kicks.
#include <gtest/gtest.h>

#include "api/wukong/connections.h"
#include "api/wukong/detail/test_server.h"
#include "api/wukong/detail/times.h"

namespace fenshen::api::wukong {
namespace {

using testing_support::Json;
using testing_support::Settings;
using testing_support::TestServer;

Settings without_token_checks() {
    Settings settings;
    settings.rules.token_checks = false;
    return settings;
}

TEST(Health, SaysWhetherTheServerTakesWork) {
    TestServer server;
    EXPECT_EQ(server.get("/health").body, R"({"status":"ok"})");
    EXPECT_EQ(server.get("/readyz").status, 200);

    server.context->not_ready = [] { return std::string("stopping"); };
    const auto health = server.get("/health");
    EXPECT_EQ(health.status, 500);
    EXPECT_EQ(health.body, R"({"status":"error","message":"stopping"})");
    EXPECT_EQ(server.get("/readyz").status, 503);
    EXPECT_EQ(server.get("/healthz").status, 200);
}

TEST(Metrics, HandsOutTheRegistry) {
    TestServer server;
    telemetry::Counter counter;
    counter.add(3);
    server.metrics.add("fenshen_test_things_total", "Things.", counter);
    const auto answer = server.get("/metrics");
    EXPECT_EQ(answer.status, 200);
    EXPECT_EQ(answer.content_type, telemetry::MetricRegistry::content_type);
    EXPECT_TRUE(answer.body.contains("fenshen_test_things_total 3\n")) << answer.body;
}

TEST(Addresses, OfOneAndOfMany) {
    TestServer server;
    EXPECT_EQ(server.get("/route?uid=u1").body,
              R"({"tcp_addr":"im.test:5100","ws_addr":"ws://im.test:5200",)"
              R"("wss_addr":"wss://im.test:5210"})");
    EXPECT_EQ(server.get("/route?intranet=1").body,
              R"({"tcp_addr":"10.0.0.1:5100","ws_addr":"","wss_addr":""})");
    EXPECT_EQ(server.post("/route/batch", R"(["u1","u2"])").body,
              R"([{"tcp_addr":"im.test:5100","ws_addr":"ws://im.test:5200",)"
              R"("wss_addr":"wss://im.test:5210","uids":["u1","u2"]}])");
    EXPECT_EQ(server.error_of("/route/batch", {{"uids", {"u1"}}}), "数据格式有误！");
    EXPECT_EQ(server.error_of("/route/batch", "text"), "数据格式有误！");
}

TEST(Figures, AreThoseOfTheGateways) {
    TestServer server;
    server.context->traffic = [] { return Traffic{7, 6, 5, 4, 3, 2}; };
    server.clock.now_ms += 93'784'000;
    const auto figures = server.get_json("/varz");
    EXPECT_EQ(figures["server_id"], "1");
    EXPECT_EQ(figures["version"], "1.2.3");
    EXPECT_EQ(figures["uptime"], "1d2h3m4s");
    EXPECT_EQ(figures["connections"], 7);
    EXPECT_EQ(figures["in_msgs"], 6);
    EXPECT_EQ(figures["out_msgs"], 5);
    EXPECT_EQ(figures["in_bytes"], 4);
    EXPECT_EQ(figures["out_bytes"], 3);
    EXPECT_EQ(figures["slow_clients"], 2);
    EXPECT_EQ(figures["manager_token_on"], 0);
    EXPECT_GT(figures["mem"], 0);
    EXPECT_EQ(server.get("/varz?node_id=77").status, 400);
}

TEST(Times, AreShort) {
    EXPECT_EQ(detail::duration_text(0), "0s");
    EXPECT_EQ(detail::duration_text(-5), "0s");
    EXPECT_EQ(detail::duration_text(61), "1m1s");
    EXPECT_EQ(detail::duration_text(3600), "1h0m0s");
    EXPECT_EQ(detail::duration_text(366 * 24 * 3600), "1y1d0h0m0s");
    EXPECT_EQ(detail::rfc3339({0}), "1970-01-01T00:00:00.000Z");
    EXPECT_EQ(detail::rfc3339({1'776'844'800'123}), "2026-04-22T08:00:00.123Z");
}

TEST(ConnectionId, ComesBackAsTheSession) {
    for (const std::uint64_t serial : {1ULL, 0xFF'FFFFULL, 1ULL << 55U}) {
        const SessionRef session{NodeId(1), LoopId(31), serial};
        EXPECT_EQ(session_of(connection_id(session), NodeId(1)), session);
    }
}

TEST(Connections, AreListedInPages) {
    TestServer server(without_token_checks());
    ASSERT_NE(server.connect("ann", 0, "phone"), 0U);
    server.clock.now_ms += 5'000;
    ASSERT_NE(server.connect("ann", 1, "browser"), 0U);
    ASSERT_NE(server.connect("bob", 7, "desk"), 0U);

    const auto all = server.get_json("/connz");
    EXPECT_EQ(all["total"], 3);
    EXPECT_EQ(all["limit"], 20);
    ASSERT_EQ(all["connections"].size(), 3U);
    const auto& first = all["connections"][0];
    EXPECT_EQ(first["uid"], "ann");
    EXPECT_EQ(first["device"], "App(从)");
    EXPECT_EQ(first["device_id"], "phone");
    EXPECT_EQ(first["uptime"], "5s");
    EXPECT_EQ(first["ip"], "192.0.2.9");

    const auto page = server.get_json("/connz?offset=1&limit=1&sort=idDesc");
    ASSERT_EQ(page["connections"].size(), 1U);
    EXPECT_EQ(page["connections"][0], all["connections"][1]);
    EXPECT_EQ(server.get_json("/connz?uid=nn")["connections"].size(), 2U);
    EXPECT_EQ(server.get_json("/connz?uid=nn")["total"], 3);
    EXPECT_EQ(server.get_json("/connz?sort=uptimeDesc")["connections"][0], first);
    EXPECT_EQ(server.get_json("/connz?offset=9223372036854775807")["connections"].size(), 0U);
    EXPECT_EQ(server.get("/connz?node_id=77").status, 400);
    EXPECT_EQ(server.get("/connz?limit=9223372036854775808").status, 400);
}

TEST(Connections, AreKickedOrRemovedOneByOne) {
    TestServer server(without_token_checks());
    const auto phone = server.connect("ann", 0, "phone");
    const auto browser = server.connect("ann", 1, "browser");
    const auto id_of = [&](int i) {
        return server.get_json("/connz?sort=id")["connections"][i]["id"];
    };
    const Json kick{{"uid", "ann"}, {"conn_id", id_of(0)}};
    const Json remove{{"uid", "ann"}, {"conn_id", id_of(1)}, {"node_id", 1}, {"op_node_id", 1}};

    EXPECT_EQ(server.post_json("/conn/kick", kick), Json({{"status", 200}}));
    ASSERT_EQ(server.sessions.ended.size(), 1U);
    EXPECT_TRUE(server.sessions.ended[0].tell);
    EXPECT_EQ(server.sessions.ended[0].text, "server kick");
    EXPECT_EQ(server.sessions.ended[0].why, "kicked");

    EXPECT_EQ(server.post_json("/conn/remove", remove), Json({{"status", 200}}));
    ASSERT_EQ(server.sessions.ended.size(), 2U);
    EXPECT_FALSE(server.sessions.ended[1].tell);
    EXPECT_NE(server.sessions.ended[0].serial, server.sessions.ended[1].serial);
    EXPECT_TRUE(phone != 0 && browser != 0);
    EXPECT_EQ(server.get_json("/connz")["total"], 0);

    // Gone already, of another node, of nobody: all the same.
    EXPECT_EQ(server.post_json("/conn/kick", kick), Json({{"status", 200}}));
    EXPECT_EQ(server.post("/conn/kick", R"({"uid":"x","conn_id":5,"node_id":9})").status, 200);
    EXPECT_EQ(server.post("/conn/kick", R"({"conn_id":-1})").status, 200);
    EXPECT_EQ(server.sessions.ended.size(), 2U);
    EXPECT_EQ(server.error_of("/conn/kick", {{"uid", "ann"}}), "conn_id is 0");
    EXPECT_EQ(server.error_of("/conn/kick", {{"conn_id", 0}, {"op_node_id", 9}}), "node not found");
}

}  // namespace
}  // namespace fenshen::api::wukong
