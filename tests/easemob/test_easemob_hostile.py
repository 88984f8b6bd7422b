# SPDX-License-Identifier: Apache-2.0
"""Requests that no app sends: every answer is JSON, and the server goes on."""

import json

from easemob_case import APP, EasemobCase, PATIENCE_S


class Hostile(EasemobCase):
    def test_user_ids(self):
        for odd in ("..%2f", "..%2f..%2fetc", "%2e%2e", "a%2fb", "%00", "%ff", "a" * 65, "a%20b", "%E5%9B%BE", "@", "%23"):
            answer = self.call("GET", f"/users/{odd}", token=self.app_token)
            self.assertIn(answer.status, (400, 404), odd)
            self.assertIsNotNone(answer.body, odd)
        self.refused(404, "GET", "/users/", token=self.app_token)
        name, token = self.user("alice")
        self.assertEqual(self.ok("GET", f"/users/{name.upper()}", token=token)["entities"][0]["username"], name)

    def test_names_that_are_registered(self):
        for odd in ("", " ", "a b", "a/b", "../x", "a@b", "a#b", "\x00", "\u56fe", "____system", "____manager"):
            error, text = self.refused(400, "POST", "/users", {"username": odd, "password": "p"})
            self.assertEqual((error, text), ("illegal_argument", f"username [{odd}] is not legal"))
        error, text = self.refused(400, "POST", "/users", {"username": "a" * 65, "password": "p"})
        self.assertEqual(text, "USERNAME_TOO_LONG")

    def test_bodies(self):
        name, token = self.user("alice")
        bodies = [
            b"",
            b"{",
            b"null",
            b"[]",
            b"7",
            b'"text"',
            b"\xff\xfe",
            b"[" * 100_000,
            b'{"a":' * 100_000,
            b'{"username":["x"],"usernames":{"a":1},"newpassword":{},"queue":7,"to":"x","body":[]}',
            json.dumps({"username": "x" * 1_000_000}).encode(),
        ]
        paths = [
            ("POST", "/token"),
            ("POST", "/users"),
            ("PUT", f"/users/{name}/password"),
            ("POST", "/users/batch/status"),
            ("POST", "/messages/users"),
            ("POST", "/messages/chatgroups"),
            ("POST", f"/users/{name}/messageroaming"),
            ("POST", "/chatfiles"),
        ]
        for method, path in paths:
            for body in bodies:
                answer = self.ask(method, APP + path, body, {"Authorization": f"Bearer {self.app_token}"})
                self.assertIsNotNone(answer.body, (path, body[:40]))
                self.assertLess(answer.status, 500, (path, body[:40], answer))
        self.assert_serves()

    def test_ten_megabytes_of_json(self):
        body = b'{"grant_type":"password","username":"' + b"x" * 10_000_000 + b'"}'
        answer = self.ask("POST", APP + "/token", body)
        self.assertIn(answer.status, (400, 404, 413))
        self.assertIsNotNone(answer.body)
        self.assert_serves()

    def test_tokens(self):
        name, token = self.user("alice")
        forged = [
            "x",
            "YWMt",
            "YWMt" + "A" * 100,
            "dt-",
            "dt-AAAA",
            token[:-4] + "AAAA",
            token[:20] + ("A" if token[20] != "A" else "B") + token[21:],
            "a" * 8000,
        ]
        for one in forged:
            answer = self.call("GET", f"/users/{name}", token=one)
            self.assertEqual(answer.status, 401, one[:40])
        for header in ("", "Bearer", "Bearer ", "Basic " + token, token):
            answer = self.ask("GET", f"{APP}/users/{name}", headers={"Authorization": header})
            self.assertEqual(answer.status, 401, header[:40])
        self.ok("GET", f"/users/{name}", token=token)

    def test_methods_in_any_case_and_queries_as_the_sdk_writes_them(self):
        name, token = self.user_with_password("alice")
        connection = self.raw()
        body = b'{"grant_type":"password","username":"%s","password":"pw"}' % name.encode()
        connection.sendall(
            b"Post " + APP.encode() + b"/token?&a=null&&_v=1 HTTP/1.1\r\nHost: x\r\nConnection: close\r\n"
            b"Content-Length: %d\r\n\r\n%s" % (len(body), body)
        )
        connection.settimeout(PATIENCE_S)
        answer = b""
        while more := connection.recv(65536):
            answer += more
        self.assertTrue(answer.startswith(b"HTTP/1.1 200"), answer)

    def test_preflights(self):
        for path in ("/token", "/users", "/chatfiles", "/no/such/path"):
            answer = self.ask("OPTIONS", APP + path, headers={
                "Origin": "http://app.test",
                "Access-Control-Request-Method": "POST",
                "Access-Control-Request-Headers": "authorization,restrict-access",
            })
            self.assertIn(answer.status, (200, 204))
            for name in ("authorization", "content-type", "restrict-access", "share-secret", "x-requested-with"):
                self.assertIn(name, answer.headers["Access-Control-Allow-Headers"].lower())

    def test_beginnings_that_look_like_the_socket(self):
        for head in (b"GET /webs", b"GET /websocketx HTTP/1.1\r\nHost: x\r\n\r\n", b"POST /websocket HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n"):
            connection = self.raw()
            connection.sendall(head)
            if head.endswith(b"\r\n\r\n"):
                self.assertTrue(connection.recv(65536).startswith(b"HTTP/1.1 404"), head)
        self.assert_serves()
