# SPDX-License-Identifier: Apache-2.0
"""The verbs that ask a running server, run as a person would run them (v1-api "The command line")."""

import json
import os
import subprocess
import unittest

from v1_case import Server, V1Case  # noqa: E402
from server import binary  # noqa: E402


def _fenshen(server, *arguments, given=None, token=None):
    """Runs a verb against `server`; answers its exit code, output and errors."""
    environment = {**os.environ, "NO_COLOR": "1", "COLUMNS": "120"}
    environment.pop("FENSHEN_API_TOKEN", None)
    if token:
        environment["FENSHEN_API_TOKEN"] = token
    done = subprocess.run(
        [binary(), *arguments, "--api", f"http://127.0.0.1:{server.addresses['api']}"],
        input=given, text=True, capture_output=True, env=environment, timeout=60)
    return done.returncode, done.stdout, done.stderr


class VerbsCase(V1Case):
    def run_verb(self, *arguments, given=None, code=0):
        got, out, err = _fenshen(self.server, *arguments, given=given)
        self.assertEqual(got, code, (arguments, out, err))
        self.assertNotIn("\x1b", out)
        return out if code in (0, 3) else err

    def json_of(self, *arguments, **options):
        return json.loads(self.run_verb(*arguments, "--json", **options))


class VerbsTest(VerbsCase):
    def test_explain_login_says_what_the_api_says(self):
        uid = self.name("ann")
        self.token_of(uid, 0)
        self.assertEqual(self.json_of("explain-login", uid, "--class", "1", code=3), self.explain(uid, 1))
        text = self.run_verb("explain-login", uid, "--class", "1", code=3)
        self.assertIn("asked for class 1 (web); tokens are registered for class 0 (app) only", text)
        self.assertIn("curl", text)
        self.assertIn("/user/token", text)
        self.run_verb("explain-login", uid, "--class", "0")

    def test_a_token_is_read_from_standard_input(self):
        uid = self.name("ann")
        made = self.run_verb("token", "set", uid, "--class", "5", "--level", "main").split()[0]
        self.run_verb("explain-login", uid, "--class", "5", "--token-stdin", given=made + "\n")
        wrong = self.json_of("explain-login", uid, "--class", "5", "--token-stdin", given="another\n", code=3)
        self.assertEqual(wrong["why"], "wrong_token")
        self.run_verb("token", "set", uid, "--class", "1", "--token-stdin", given="chosen-by-hand\n")
        self.run_verb("explain-login", uid, "--class", "1", "--token-stdin", given="chosen-by-hand\n")
        self.run_verb("token", "revoke", uid, "--class", "1")
        gone = self.json_of("explain-login", uid, "--class", "1", code=3)
        self.assertEqual(gone["why"], "token_revoked")

    def test_devices_and_their_history(self):
        uid = self.name("ann")
        phone = self.device(uid, 5, "phone-1")
        self.device(uid, 1, "tab-1")
        self.assertEqual(self.json_of("devices", uid)["devices"], self.devices(uid)["devices"])
        table = self.run_verb("devices", uid)
        self.assertIn("5 (ios)", table)
        self.assertIn("phone-1", table)
        self.assertIn("127.0.0.1", table)
        self.assertIn("login", self.run_verb("devices", uid, "--history"))
        phone.ping()

    def test_kick_ends_what_is_named(self):
        uid = self.name("ann")
        tab = self.device(uid, 1, "tab")
        phone = self.device(uid, 5, "phone")
        ended = self.json_of("kick", uid, "--class", "1")["ended"]
        self.assertEqual([(one["class"], one["device_id"]) for one in ended], [(1, "tab")])
        self.assert_told(tab)
        phone.ping()
        self.run_verb("kick", uid, "--all", "--revoke", "--reason", "Lost and found.")
        self.assert_told(phone, "Lost and found.")
        self.assertEqual(self.explain(uid, 5)["why"], "token_revoked")

    def test_ban_and_unban(self):
        uid = self.name("ann")
        tab = self.device(uid, 1, "tab")
        self.run_verb("ban", uid)
        self.assert_told(tab)
        self.assertEqual(self.explain(uid, 1)["why"], "banned")
        self.run_verb("unban", uid)
        self.assertEqual(self.explain(uid, 1)["why"], "ok")

    def test_what_is_wrong_is_said_in_a_line(self):
        for arguments, code in (
            (("devices", self.name("nobody")), 1),
            (("kick", self.name("nobody"), "--all"), 1),
            (("kick", "ann"), 2),
            (("explain-login", "ann"), 2),
            (("explain-login", "ann", "--class", "256"), 2),
        ):
            err = self.run_verb(*arguments, code=code)
            self.assertTrue(err.strip(), arguments)
            if code == 1:
                self.assertEqual(len(err.strip().splitlines()), 1, err)


class PolicyVerbsTest(VerbsCase):
    def test_set_dry_run_and_show(self):
        uid = self.name("ann")
        tabs = [self.device(uid, 1, f"tab-{index}") for index in range(3)]
        policy = json.dumps({"classes": {"1": {"limit": 2}}})
        tried = self.json_of("policy", "dry-run", "-", given=policy)
        self.assertEqual([(one["uid"], one["device_id"]) for one in tried["would_end"]], [(uid, "tab-0")])
        self.run_verb("policy", "set", "-", "--apply", "now", given=policy)
        self.assert_told(tabs[0])
        for tab in tabs[1:]:
            tab.ping()
        self.assertEqual(self.json_of("policy", "show"), self.api("GET", "/v1/policy"))
        self.assertIn("2 online at once", self.run_verb("policy", "show"))
        self.assertIn("wechat", self.run_verb("policy", "presets"))
        stale = self.run_verb("policy", "set", "-", "--version", "0", given=policy, code=1)
        self.assertEqual(len(stale.strip().splitlines()), 1, stale)
        self.run_verb("policy", "set", "-", given="{}")


class GuardedTest(unittest.TestCase):
    def test_the_token_comes_from_the_environment(self):
        server = Server(api={"port": "any", "token": "a-secret-of-ours"}).start()
        try:
            code, _, err = _fenshen(server, "policy", "show")
            self.assertEqual(code, 1)
            self.assertEqual(len(err.strip().splitlines()), 1, err)
            self.assertIn("FENSHEN_API_TOKEN", err)
            code, out, _ = _fenshen(server, "policy", "show", token="a-secret-of-ours")
            self.assertEqual(code, 0)
            self.assertNotIn("a-secret-of-ours", out)
        finally:
            server.close()

    def test_nobody_there(self):
        server = Server().start()
        server.stop()
        self.addCleanup(server.close)
        code, _, err = _fenshen(server, "devices", "ann")
        self.assertEqual(code, 1)
        self.assertIn("is the server running", err)


if __name__ == "__main__":
    unittest.main()
