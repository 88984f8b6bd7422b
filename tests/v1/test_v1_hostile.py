# SPDX-License-Identifier: Apache-2.0
"""Whatever is sent to /v1/, the answer is a clear problem or right, and nothing is half done."""

import http.client
import json
import unittest

from v1_case import PATIENCE_S, V1Case, account

# Method, path behind the account (or from the root), a body that is right.
ROUTES = (
    ("POST", "@/explain-login", {"class": 1}),
    ("POST", "@/end", {"class": 1}),
    ("PUT", "@/policy", {"policy": {}}),
    ("PUT", "/v1/policy", {"version": 1, "policy": {}}),
    ("POST", "/v1/policy/dry-run", {"policy": {}}),
)
BODILESS = (
    ("GET", "@"), ("GET", "@/devices"), ("GET", "@/logins"), ("GET", "@/explain-login?class=1"), ("GET", "@/policy"),
    ("DELETE", "@/policy"), ("DELETE", "@/devices/d1?class=1"), ("POST", "@/ban"), ("POST", "@/unban"),
    ("GET", "/v1/policy"), ("GET", "/v1/policy/presets"), ("GET", "/v1/policy/history"), ("GET", "/v1/openapi.json"),
)
FIELDS = ("class device_id token all revoke reason policy expires_at version apply preset single_device default "
          "classes groups limit over name").split()
VALUES = ("null", "true", "-1", "0", "1", "255", "256", "2147483648", "9223372036854775808", "18446744073709551616",
          "1e400", "1.5", "-0.0", '""', '"@"', '"\\u0000"', '"____system"', "[]", "[null]", '["a"]', "[[]]", "[{}]",
          "{}", '{"1":{}}')


class HostileCase(V1Case):
    def setUp(self):
        self.uid = self.name("ann")
        self.token_of(self.uid, 1)

    def path(self, path):
        return path.replace("@", account(self.uid), 1)

    def answer(self, method, path, body):
        """Any answer that the contract knows, judged; the server must not fault."""
        sent = {"Content-Type": "application/json", **self.headers}
        status, headers, text = self.ask(method, self.path(path), body, sent)
        self.assertIn(status, (200, 204, 400, 404, 409, 413), (method, path, body and body[:200], text[:500]))
        return status, self.judge(method, self.path(path), status, headers["Content-Type"], text)

    def assert_unharmed(self):
        self.assertEqual(self.explain(self.uid, 1)["uid"], self.uid)
        self.assertEqual(self.get_json("/health"), {"status": "ok"})


class BodiesTest(HostileCase):
    def test_bodies_that_are_no_objects(self):
        for method, path, _ in ROUTES:
            for body in (b"", b" ", b"null", b"true", b"5", b'"text"', b"[]", b"[{}]", b"{", b'{"class":', b"{}x",
                         b"{}{}", b"\xff\xfe", b'{"class":1,"device_id":"\xc3\x28"}',
                         b'{"class":1,"device_id":"\\ud800"}', b"\0",
                         b'{"class":01}', b"{'class':1}", b'{"class":1,}', b"\xef\xbb\xbf{}"):
                status, _ = self.answer(method, path, body)
                self.assertEqual(status, 400, (method, path, body))
        self.assert_unharmed()

    def test_an_unknown_field_is_named(self):
        for method, path, body in ROUTES:
            answer = self.problem(method, self.path(path), {**body, "colour": 1})
            self.assertIn("colour", answer["detail"], (method, path))
            # Names count as they are written.
            name = next(iter(body))
            status, _ = self.answer(method, path, json.dumps({**body, name.upper(): body[name]}).encode())
            self.assertEqual(status, 400)

    def test_an_unknown_field_with_a_hostile_name(self):
        for method, path, body in ROUTES:
            for name in ("", "x" * 10_000, '"\\\n', "\u0000", "</script>", "🔒"):
                status, _ = self.answer(method, path, json.dumps({**body, name: 1}).encode())
                self.assertEqual(status, 400)

    def test_a_field_that_is_there_twice_is_no_fault(self):
        for method, path, body in ROUTES:
            text = json.dumps(body)
            self.answer(method, path, (text[:-1] + "," + text[1:]).encode())
        self.assert_unharmed()

    def test_fields_of_every_wrong_type(self):
        for method, path, _ in ROUTES:
            for value in VALUES:
                for field in FIELDS:
                    self.answer(method, path, f'{{"{field}":{value}}}'.encode())
                self.answer(method, path, ("{" + ",".join(f'"{field}":{value}' for field in FIELDS) + "}").encode())
        self.assert_unharmed()

    def test_classes_out_of_range(self):
        for value in ("-1", "256", "1.5", "1e2", '"1"', "true", "null", "[1]", "18446744073709551617"):
            for path in ("@/explain-login", "@/end"):
                status, answer = self.answer("POST", path, f'{{"class":{value}}}'.encode())
                if (path, value) != ("@/explain-login", "1e2") and value != "1e2":  # 100, for whoever reads it so
                    self.assertEqual(status, 400, (path, value, answer))
        for value in ("-1", "256", "1.5", "x", "", "+1", "%201", "1%00", "0x1", "9" * 1000):
            self.problem("GET", account(self.uid, f"/explain-login?class={value}"))
        self.problem("GET", account(self.uid, "/explain-login"))

    def test_long_texts(self):
        for length in (600, 70_000, 1 << 20):
            for body in ({"class": 1, "device_id": "d" * length}, {"class": 1, "token": "t" * length}):
                status, _ = self.answer("POST", "@/explain-login", json.dumps(body).encode())
                self.assertIn(status, (200, 400))

    def test_deeply_nested(self):
        for method, path, _ in ROUTES:
            for body in (b"[" * 200_000, b'{"policy":' * 200_000, b"[" * 200_000 + b"]" * 200_000,
                         b'{"policy":{"groups":' + b"[" * 200_000 + b"]" * 200_000 + b"}}",
                         b'{"class":1,"x":' + b"[" * 5000 + b"]" * 5000 + b"}"):
                status, _ = self.answer(method, path, body)
                self.assertEqual(status, 400)
        self.assert_unharmed()

    def test_ten_megabytes(self):
        filler = b" " * (10 << 20)
        for method, path, body in ROUTES:
            status, _ = self.answer(method, path, json.dumps(body).encode() + filler)
            self.assertEqual(status, 413)
            status, _ = self.answer(method, path, b'{"reason":"' + b"x" * (9 << 20) + b'"}')
            self.assertIn(status, (400, 413))
        groups = [{"name": f"g{index}", "classes": [index % 256], "limit": 1} for index in range(100_000)]
        status, _ = self.answer("POST", "/v1/policy/dry-run", json.dumps({"policy": {"groups": groups}}).encode())
        self.assertIn(status, (400, 413))
        self.assert_unharmed()


class PathsTest(HostileCase):
    def test_wrong_methods(self):
        known = {}
        for method, path, *_ in (*ROUTES, *BODILESS):
            known.setdefault(path.partition("?")[0], set()).add(method)
        for path, methods in known.items():
            for method in {"GET", "POST", "PUT", "DELETE", "PATCH"} - methods:
                body = None if method == "GET" else b"{}"
                status, headers, text = self.ask(method, self.path(path), body, self.headers)
                self.assertEqual(status, 405, (method, path, text))
                self.judge(method, self.path(path), status, headers["Content-Type"], text)
                allowed = {one.strip() for one in (headers["Allow"] or "").split(",")}
                self.assertLessEqual(methods, allowed, (method, path))

    def test_paths_that_are_not(self):
        for path in ("/v1", "/v1/", "/v1/nothing", "/v1/accounts", "/v1/accounts/", "/v1/accounts//devices",
                     "@/nothing", "@/devices/", "@/devices/d1/x", "/v1/policy/", "/v1/policy/nothing", "/V1/policy",
                     "/v1/../v1/nothing"):
            status, headers, text = self.ask("GET", self.path(path), None, self.headers)
            self.assertIn(status, (400, 404, 405), (path, text))

    def test_names_that_are_no_names(self):
        for name in ("%FF", "%zz", "%", "%00", "%0A", "%C3%28", "x" * 5000):
            status, headers, text = self.ask("GET", f"/v1/accounts/{name}/devices", None, self.headers)
            self.assertIn(status, (400, 404, 414), (name, text))
        self.assert_unharmed()

    def test_unknown_account(self):
        nobody = self.name("nobody")
        self.uid = nobody
        for method, path, *body in (*ROUTES, *BODILESS):
            if not path.startswith("@") or "explain-login" in path:
                continue
            answer = self.problem(method, self.path(path), body[0] if body else None, 404)
            self.assertIn(nobody, answer["detail"], (method, path))
        self.assertEqual(self.explain(nobody, 1)["why"], "unknown_account")


class GuardTest(HostileCase):
    overrides = {"wukong": {"encryption": False}, "api": {"token": "the key of the API"}}
    headers = {"token": "the key of the API"}

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.fingerprints["the key of the API"] = "api.token"

    def setUp(self):
        self.uid = self.name("ann")
        body = {"uid": self.uid, "token": "t", "device_flag": 1}
        status, _, _ = self.ask("POST", "/user/token", json.dumps(body).encode(), self.headers)
        self.assertEqual(status, 200)

    def test_without_the_token_nothing_is_told(self):
        for method, path, *body in (*ROUTES, *BODILESS):
            raw = json.dumps(body[0]).encode() if body else None
            for headers in ({}, {"token": ""}, {"token": "a guess"}, {"token": "the key of the API "[:-2]},
                            {"Authorization": "Bearer a guess"}, {"Authorization": "the key of the API"},
                            {"Authorization": "Basic the key of the API"}, {"Authorization": "Bearer "}):
                status, answered, text = self.ask(method, self.path(path), raw, headers)
                self.assertEqual(status, 401, (method, path, headers, text))
                self.judge(method, self.path(path), status, answered["Content-Type"], text)
                self.assertNotIn(self.uid.encode(), text)
        self.assertEqual(self.ask("GET", "/v1/nothing")[0], 401)

    def test_with_it_all_is_as_ever(self):
        for headers in ({"token": "the key of the API"}, {"Authorization": "Bearer the key of the API"}):
            for method, path in (("GET", "@/devices"), ("GET", "/v1/policy"), ("GET", "/v1/openapi.json"),
                                 ("GET", "@/explain-login?class=1")):
                status, answered, text = self.ask(method, self.path(path), None, headers)
                self.assertEqual(status, 200, (path, text))
                self.judge(method, self.path(path), status, answered["Content-Type"], text)

    def test_a_change_without_the_token_changes_nothing(self):
        single = {"version": self.policy_version(), "policy": {"single_device": True}}
        for method, path, body in (("POST", "@/ban", {}), ("PUT", "/v1/policy", single)):
            self.assertEqual(self.ask(method, self.path(path), json.dumps(body).encode())[0], 401)
        self.assertEqual(self.explain(self.uid, 1)["why"], "ok")
        self.assertIs(self.api("GET", "/v1/policy")["policy"]["single_device"], False)


class PipelineTest(HostileCase):
    def test_one_connection_for_many(self):
        connection = http.client.HTTPConnection("127.0.0.1", self.server.addresses["api"], timeout=PATIENCE_S)
        self.addCleanup(connection.close)
        for method, path, body in ROUTES:
            for sent, wanted in ((b"{", (400,)), (json.dumps(body).encode(), (200, 204, 409))):
                connection.request(method, self.path(path), body=sent)
                response = connection.getresponse()
                text = response.read()
                self.assertIn(response.status, wanted, (method, path, text))
        self.put_policy({})


if __name__ == "__main__":
    unittest.main()
