# SPDX-License-Identifier: Apache-2.0
"""Tokens, users, devices (easemob-rest 3.1, 4.1, 4.2)."""

import base64
import hashlib
import json
import time
import unittest

from easemob_case import APP, EasemobCase


class Tokens(EasemobCase):
    def test_a_user_logs_in_as_the_sdk_does(self):
        name = self.name("alice")
        registered = self.ok("POST", "/users", {"username": name, "password": "pw", "nickname": ""})
        self.assertEqual(registered["entities"][0]["username"], name)
        grant = {"grant_type": "password", "username": name, "password": "pw", "timestamp": 1}
        answer = self.ok("POST", "/token", grant)
        self.assertEqual(answer["expires_in"], 5184000)
        self.assertEqual(answer["user"]["username"], name)
        self.assertTrue(answer["user"]["activated"])
        token = answer["access_token"]
        self.assertEqual(self.ok("GET", f"/users/{name}/resources?_v=1", token=token)["data"], [])
        expires = self.ok("GET", f"/sdk/users/{name}/token/expires", token=token)["expire_timestamp"]
        self.assertAlmostEqual(expires / 1000, time.time() + 5184000, delta=120)

    def test_wrong_credentials_are_told_in_the_sdks_words(self):
        name, _ = self.user_with_password("alice")
        grant = {"grant_type": "password", "username": name, "password": "no"}
        self.assertEqual(self.refused(400, "POST", "/token", grant), ("invalid_grant", "invalid password"))
        grant["username"] = self.name("nobody")
        self.assertEqual(self.refused(404, "POST", "/token", grant), ("invalid_grant", "user not found"))
        grant = {"grant_type": "client_credentials", "client_id": "x", "client_secret": "x"}
        self.assertEqual(
            self.refused(400, "POST", "/token", grant), ("invalid_grant", "client_id does not match")
        )

    def test_the_apps_back_end_makes_tokens_of_its_own(self):
        name, _ = self.user_with_password("alice")
        now, ttl = int(time.time()), 600
        text = f"idfenshen#demo{name}{now}{ttl}secret"
        fields = {
            "signature": hashlib.sha256(text.encode()).hexdigest(),
            "appkey": "fenshen#demo",
            "userId": name,
            "curTime": now,
            "ttl": ttl,
        }
        token = base64.urlsafe_b64encode(b"dt-" + json.dumps(fields).encode()).decode()
        self.ok("GET", f"/users/{name}/resources", token=token)
        fields["ttl"] = ttl + 1
        forged = base64.urlsafe_b64encode(b"dt-" + json.dumps(fields).encode()).decode()
        self.refused(401, "GET", f"/users/{name}/resources", token=forged)

    def test_tokens_live_on_when_the_server_starts_again(self):
        name, token = self.user_with_password("alice")
        self.server.stop()
        self.server.start()
        self.ok("GET", f"/users/{name}", token=token)
        self.password_token(name)

    def test_each_kind_of_token_opens_its_own_doors(self):
        alice, token = self.user_with_password("alice")
        bob, _ = self.user_with_password("bob")
        self.assertEqual(
            self.refused(401, "GET", f"/users/{bob}/resources", token=token),
            ("auth_bad_access_token", "Unable to authenticate"),
        )
        self.assertEqual(
            self.refused(401, "GET", f"/users/{alice}/disconnect", token=token)[0], "auth_bad_access_token"
        )
        self.assertEqual(
            self.refused(401, "GET", f"/users/{alice}/resources"),
            ("unauthorized", "Unable to authenticate (OAuth)"),
        )
        self.ok("GET", f"/users/{bob}/resources", token=self.app_token)


class Users(EasemobCase):
    def test_what_is_done_to_a_user(self):
        name, token = self.user_with_password("alice")
        self.ok("PUT", f"/users/{name}/password", {"newpassword": "new"}, self.app_token)
        self.refused(401, "GET", f"/users/{name}", token=token)
        token = self.password_token(name, "new")
        self.ok("POST", f"/users/{name}/deactivate", token=self.app_token)
        grant = {"grant_type": "password", "username": name, "password": "new"}
        self.assertEqual(self.refused(400, "POST", "/token", grant)[1], "user not activated")
        self.ok("POST", f"/users/{name}/activate", token=self.app_token)
        self.ok("GET", f"/users/{name}", token=token)
        self.ok("DELETE", f"/users/{name}", token=self.app_token)
        self.assertEqual(
            self.refused(404, "GET", f"/users/{name}", token=self.app_token)[0], "service_resource_not_found"
        )
        self.refused(401, "GET", f"/users/{name}", token=token)

    def test_both_sides_are_one_account(self):
        name = self.name("ann")
        self.server.token(name, 1, "wukong-token")
        taken = self.refused(400, "POST", "/users", {"username": name, "password": "pw"})
        self.assertEqual(taken[0], "duplicate_unique_property_exists")
        self.ok("POST", "/users", {"username": name, "password": "pw"}, self.app_token)
        self.password_token(name)
        # And it is of no use on the other side.
        self.assertEqual(self.server.post("/user/onlinestatus", [name]), [])

    def test_status(self):
        name, _ = self.user_with_password("alice")
        other = self.name("nobody")
        self.assertEqual(self.ok("GET", f"/users/{name}/status", token=self.app_token)["data"], {name: "offline"})
        answer = self.ok("POST", "/users/batch/status", {"usernames": [name, other]}, self.app_token)
        self.assertEqual(answer["data"], [{name: "offline"}, {other: "offline"}])

    def test_all_users_are_listed(self):
        names = {self.user_with_password(f"u{i}")[0] for i in range(5)}
        seen, cursor = set(), ""
        while True:
            page = self.ok("GET", f"/users?limit=2&cursor={cursor}", token=self.app_token)
            seen |= {user["username"] for user in page["entities"]}
            cursor = page.get("cursor", "")
            if not cursor:
                break
        self.assertLessEqual(names, seen)


class Closed(EasemobCase):
    overrides = {"easemob": {"port": "any", "app_key": "acme#chat", "open_registration": False}}

    def test_strangers_stay_outside(self):
        answer = self.ask("POST", "/acme/chat/users", b'{"username":"eve","password":"pw"}')
        self.assertEqual(answer.status, 401)
        self.assertEqual(
            answer.error, ("unauthorized", "Open registration doesn't allow, so register user need token")
        )

    def test_without_client_credentials_there_are_no_app_tokens(self):
        grant = b'{"grant_type":"client_credentials","client_id":"id","client_secret":"secret"}'
        answer = self.ask("POST", "/acme/chat/token", grant)
        self.assertEqual((answer.status, answer.error[0]), (400, "invalid_grant"))

    def test_another_app_is_unknown(self):
        for path in (APP + "/users", "/acme/other/users", "/acme", "/"):
            answer = self.ask("GET", path)
            self.assertEqual((answer.status, answer.error[0]), (404, "organization_application_not_found"))


if __name__ == "__main__":
    unittest.main()
