# SPDX-License-Identifier: Apache-2.0
"""wukong-http 1, 2, 4, 6, 13: the port itself, where clients connect, connections, figures."""

import json
import unittest

from http_case import OK, HttpCase
from wkproto import DISCONNECT, Closed


class PortTest(HttpCase):
    def test_health(self):
        self.assertEqual(self.get("/health"), {"status": "ok"})
        self.assertEqual(self.ask("GET", "/healthz")[0], 200)
        self.assertEqual(self.ask("GET", "/readyz")[0], 200)

    def test_unknown_paths_and_wrong_methods_are_404_in_text(self):
        for method, target in (
            ("GET", "/nothing"), ("POST", "/nothing"), ("GET", "/message/send"), ("POST", "/route"),
            ("PUT", "/channel"), ("DELETE", "/channel/delete"), ("GET", "/Health"), ("GET", "/user"),
        ):
            status, _, body = self.ask(method, target)
            self.assertEqual((status, body), (404, b"404 page not found"), (method, target))

    def test_browsers_are_let_in(self):
        for method, target in (("OPTIONS", "/message/send"), ("GET", "/health"), ("POST", "/nothing")):
            status, headers, body = self.ask(method, target)
            if method == "OPTIONS":
                self.assertEqual((status, body), (204, b""))
            self.assertEqual(headers["Access-Control-Allow-Origin"], "*")
            self.assertEqual(headers["Access-Control-Allow-Credentials"], "true")
            self.assertIn("token", headers["Access-Control-Allow-Headers"])
            self.assertEqual(headers["Access-Control-Allow-Methods"], "POST, OPTIONS, GET, PUT,DELETE,PATCH")

    def test_head_is_get_without_a_body(self):
        status, headers, body = self.ask("HEAD", "/health")
        self.assertEqual((status, body), (200, b""))
        self.assertEqual(headers["Content-Length"], str(len(b'{"status":"ok"}')))

    def test_metrics_are_prometheus_text(self):
        self.send(self.name("bob"), sender=self.name("ann"))
        status, headers, body = self.ask("GET", "/metrics")
        self.assertEqual(status, 200)
        self.assertTrue(headers["Content-Type"].startswith("text/plain"))
        names = {line.split()[2] for line in body.decode().splitlines() if line.startswith("# TYPE ")}
        self.assertIn("process_resident_memory_bytes", names)
        self.assertTrue(any(name.startswith("fenshen_") and name.endswith("_total") for name in names))
        for line in body.decode().splitlines():
            if not line.startswith("#"):
                float(line.rsplit(" ", 1)[1])

    def test_where_clients_connect(self):
        addresses = self.server.addresses
        route = self.get("/route?uid=u1")
        self.assertEqual(set(route), {"tcp_addr", "ws_addr", "wss_addr"})
        self.assertTrue(route["tcp_addr"].endswith(f":{addresses['tcp']}"))
        self.assertNotIn("//", route["tcp_addr"])
        self.assertTrue(route["ws_addr"].startswith("ws://"))
        self.assertTrue(route["ws_addr"].endswith(f":{addresses['ws']}"))
        self.assertEqual(route["wss_addr"], "")
        inside = self.get("/route?intranet=1")
        self.assertEqual((inside["ws_addr"], inside["wss_addr"]), ("", ""))

        batch = self.post("/route/batch", ["u1", "u2"])
        self.assertEqual(batch, [{**route, "uids": ["u1", "u2"]}])
        for body in ({"uids": ["u1"]}, "u1", 5, [1]):
            self.assertEqual(self.error("/route/batch", body), "数据格式有误！")

    def test_figures(self):
        figures = self.get("/varz")
        for name in ("server_id", "server_name", "version", "uptime", "tcp_addr", "ws_addr", "wss_addr"):
            self.assertIsInstance(figures[name], str, name)
        for name in ("connections", "mem", "in_msgs", "out_msgs", "in_bytes", "out_bytes", "slow_clients"):
            self.assertIsInstance(figures[name], int, name)
        self.assertGreater(figures["mem"], 0)
        self.assertEqual(self.error_of_get("/varz?node_id=54321"), "节点不存在！")


class TokenTest(HttpCase):
    """api.token guards everything but health."""

    TOKEN = "hush-0123456789"
    overrides = {"api": {"port": "any", "token": TOKEN}}

    def test_everything_but_health_is_guarded(self):
        for method, target in (
            ("GET", "/route"), ("GET", "/metrics"), ("GET", "/varz"), ("POST", "/user/token"),
            ("POST", "/message/send"), ("GET", "/nothing"), ("POST", "/health"),
        ):
            status, _, body = self.ask(method, target)
            self.assertEqual((status, body), (401, b""), (method, target))
        for target in ("/health", "/healthz", "/readyz"):
            self.assertEqual(self.ask("GET", target)[0], 200, target)
        self.assertEqual(self.ask("OPTIONS", "/message/send")[0], 204)

    def test_how_it_is_carried(self):
        for headers, expected in (
            ({"token": self.TOKEN}, 200),
            ({"TOKEN": self.TOKEN}, 200),
            ({"Authorization": f"Bearer {self.TOKEN}"}, 200),
            ({"token": self.TOKEN[:-1]}, 401),
            ({"token": self.TOKEN + "x"}, 401),
            ({"token": self.TOKEN.upper()}, 401),
            ({"token": ""}, 401),
            ({"Authorization": self.TOKEN}, 401),
            ({"Authorization": "Bearer"}, 401),
        ):
            self.assertEqual(self.ask("GET", "/route", headers=headers)[0], expected, headers)

    def test_it_is_in_no_log(self):
        self.ask("GET", "/route", headers={"token": self.TOKEN})
        self.ask("GET", "/route", headers={"token": "guess-me-not"})
        self.server.log_line("the refusal", "api_token_refused")
        self.assertNotIn(self.TOKEN, self.server.log())
        self.assertNotIn("guess-me-not", self.server.log())


class ConnectionsTest(HttpCase):
    def id_of(self, uid):
        return [each["id"] for each in self.get(f"/connz?uid={uid}")["connections"]]

    def test_list(self):
        uid = self.name("ann")
        self.login(uid, flag=0, level=1, device_id="phone")
        self.login(uid, flag=1, device_id="browser")
        page = self.get(f"/connz?uid={uid}")
        self.assertGreaterEqual(page["total"], 2)
        self.assertEqual(len(page["connections"]), 2)
        by_device = {each["device_id"]: each for each in page["connections"]}
        self.assertEqual(by_device["phone"]["device"], "App(主)")
        self.assertEqual(by_device["browser"]["device"], "Web(从)")
        self.assertEqual(by_device["phone"]["uid"], uid)
        self.assertEqual(len(self.get(f"/connz?uid={uid}&limit=1")["connections"]), 1)
        self.assertEqual(self.get(f"/connz?uid={uid}&offset=2")["connections"], [])
        self.assertEqual(self.error_of_get("/connz?node_id=54321"), "节点不存在！")

    def test_kick_says_why_and_closes(self):
        uid = self.name("ann")
        client = self.login(uid)
        (conn_id,) = self.id_of(uid)
        self.assertEqual(self.post("/conn/kick", {"uid": uid, "conn_id": conn_id}), OK)
        frame = client.read(DISCONNECT)
        self.assertEqual((frame.reason, frame.text), (12, "server kick"))
        with self.assertRaises(Closed):
            client.read()
        self.assertEqual(self.id_of(uid), [])
        self.assertEqual(self.post("/conn/kick", {"uid": uid, "conn_id": conn_id}), OK)

    def test_remove_closes_without_a_word(self):
        uid = self.name("ann")
        client, other = self.login(uid, device_id="a"), self.login(uid, device_id="b")
        for each in self.get(f"/connz?uid={uid}")["connections"]:
            if each["device_id"] == "a":
                self.assertEqual(self.post("/conn/remove", {"uid": uid, "conn_id": each["id"]}), OK)
        self.assertEqual(client.read_to_end(), [])
        other.ping()

    def test_refusals(self):
        self.assertEqual(self.error("/conn/kick", {"uid": "u"}), "conn_id is 0")
        self.assertEqual(self.error("/conn/remove", {"uid": "u", "op_node_id": 54321}), "node not found")
        self.assertEqual(self.post("/conn/kick", {"uid": "u", "conn_id": 77}), OK)


if __name__ == "__main__":
    unittest.main()
