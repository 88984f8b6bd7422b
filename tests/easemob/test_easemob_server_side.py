# SPDX-License-Identifier: Apache-2.0
"""What an app's back end does: its tokens, users, devices, messages (easemob-rest 4.1 to 4.3)."""

import time
import unittest

from easemob_case import PATIENCE_S, EasemobCase


class AppTokens(EasemobCase):
    def grant(self, **fields):
        return {"grant_type": "client_credentials", "client_id": "id", "client_secret": "secret", **fields}

    def test_granted(self):
        answer = self.ok("POST", "/token", self.grant(ttl=600))
        self.assertEqual(answer["expires_in"], 600)
        self.assertRegex(answer["application"], "^[0-9a-f-]{36}$")
        self.ok("GET", "/users", token=answer["access_token"])
        for_ever = self.ok("POST", "/token", self.grant(ttl=0))["access_token"]
        self.ok("GET", "/users", token=for_ever)

    def test_what_is_missing_or_wrong(self):
        for change, expected in (
            ({"client_id": ""}, ("illegal_argument", "client_id must be provided.")),
            ({"client_id": None}, ("illegal_argument", "client_id must be provided.")),
            ({"client_secret": ""}, ("illegal_argument", "client_secret must be provided")),
            ({"client_id": "x"}, ("invalid_grant", "client_id does not match")),
            ({"client_secret": "x"}, ("invalid_grant", "client_secret does not match")),
        ):
            self.assertEqual(self.refused(400, "POST", "/token", self.grant(**change)), expected)
        for ttl in (-1, "x", 10**18):
            self.refused(400, "POST", "/token", self.grant(ttl=ttl))
        self.refused(400, "POST", "/token", {"grant_type": "magic"})

    def test_it_ends(self):
        token = self.ok("POST", "/token", self.grant(ttl=1))["access_token"]
        deadline = time.monotonic() + PATIENCE_S
        while (answer := self.call("GET", "/users", token=token)).status == 200:
            self.assertLess(time.monotonic(), deadline)
        self.assertEqual(
            (answer.status, answer.error), (401, ("unauthorized", "Unable to authenticate due to expired access token"))
        )

    def test_it_gives_users_their_tokens(self):
        name = self.name("alice")
        grant = {"grant_type": "inherit", "username": name, "autoCreateUser": False, "ttl": 600}
        self.assertEqual(
            self.refused(404, "POST", "/token", grant, self.app_token), ("invalid_grant", "user not found")
        )
        grant["autoCreateUser"] = True
        answer = self.ok("POST", "/token", grant, self.app_token)
        self.assertEqual(answer["expires_in"], 600)
        user = answer["user"]
        self.assertEqual((user["type"], user["username"], user["activated"]), ("user", name, True))
        self.assertEqual(user["uuid"], self.ok("GET", f"/users/{name}", token=answer["access_token"])["entities"][0]["uuid"])
        grant["ttl"] = 0
        self.ok("GET", f"/users/{name}", token=self.ok("POST", "/token", grant, self.app_token)["access_token"])
        del grant["username"]
        self.assertEqual(
            self.refused(404, "POST", "/token", grant, self.app_token), ("entity_not_found", "User null not found")
        )
        grant["username"] = name
        self.refused(401, "POST", "/token", grant)
        self.refused(401, "POST", "/token", grant, answer["access_token"])
        self.ok("POST", f"/users/{name}/deactivate", token=self.app_token)
        self.assertEqual(
            self.refused(400, "POST", "/token", grant, self.app_token), ("invalid_grant", "user not activated")
        )


class Users(EasemobCase):
    def test_registered(self):
        name = self.name("alice")
        body = {"username": name.upper(), "password": "pw", "nickname": "Alice"}
        (user,) = self.ok("POST", "/users", body, self.app_token)["entities"]
        self.assertEqual((user["type"], user["username"], user["activated"], user["nickname"]), ("user", name, True, "Alice"))
        for member in ("uuid", "created", "modified"):
            self.assertIn(member, user)
        (again,) = self.ok("GET", f"/users/{name}", token=self.app_token)["entities"]
        self.assertEqual(again, user)
        error, text = self.refused(400, "POST", "/users", body, self.app_token)
        self.assertEqual(error, "duplicate_unique_property_exists")
        self.assertIn(f"Entity user requires that property named username be unique, value of {name} exists", text)

    def test_what_cannot_be_registered(self):
        name = self.name("alice")
        for body, text in (
            ({"username": name}, "password or pin must provided"),
            ({"username": name, "password": ""}, "password or pin must provided"),
            ({"username": name, "password": "pw", "nickname": "\u8336" * 101}, "NICKNAME_TOO_LONG"),
            ({"username": name + " x", "password": "pw"}, f"username [{name} x] is not legal"),
            ({"password": "pw"}, "username [] is not legal"),
        ):
            self.assertEqual(self.refused(400, "POST", "/users", body, self.app_token), ("illegal_argument", text))
        self.refused(404, "GET", f"/users/{name}", token=self.app_token)
        self.ok("POST", "/users", {"username": name, "password": "pw", "nickname": "\u8336" * 100}, self.app_token)

    def test_registered_together(self):
        taken, _ = self.user("taken")
        names = [self.name(f"u{i}") for i in range(3)]
        body = [{"username": name, "password": "pw"} for name in [*names, taken]]
        answer = self.ok("POST", "/users", body, self.app_token)
        self.assertEqual([user["username"] for user in answer["entities"]], names)
        self.assertEqual(answer["data"], [{"username": taken, "registerUserFailReason": f"the {taken} already exists"}])
        self.refused(400, "POST", "/users", [{"username": f"v{i}", "password": "pw"} for i in range(61)], self.app_token)
        self.refused(404, "GET", "/users/v0", token=self.app_token)
        self.refused(400, "POST", "/users", [], self.app_token)

    def test_passwords(self):
        name, _ = self.user_with_password("alice")
        path = f"/users/{name}/password"
        self.assertEqual(self.refused(400, "PUT", path, {}, self.app_token)[1], "newpassword is required")
        self.refused(400, "PUT", path, {"newpassword": "x" * 65}, self.app_token)
        nobody = f"/users/{self.name('nobody')}/password"
        self.assertEqual(self.refused(404, "PUT", nobody, {"newpassword": "x"}, self.app_token)[0], "entity_not_found")
        self.password_token(name)
        self.ok("POST", path, {"newpassword": "new"}, self.app_token)
        self.password_token(name, "new")

    def test_bans(self):
        name, _ = self.user("alice")
        answer = self.ok("POST", f"/users/{name}/deactivate", token=self.app_token)
        self.assertEqual((answer["action"], answer["entities"][0]["activated"]), ("Deactivate user", False))
        self.assertIs(self.ok("GET", f"/users/{name}", token=self.app_token)["entities"][0]["activated"], False)
        answer = self.ok("POST", f"/users/{name}/activate", token=self.app_token)
        self.assertEqual((answer["action"], answer["entities"][0]["activated"]), ("activate user", True))

    def test_who_goes_takes_their_groups_along(self):
        (ann, token), (bob, bob_token) = self.user("ann"), self.user("bob")
        own, other = self.group(token, ann, [bob]), self.group(bob_token, bob, [ann])
        (gone,) = self.ok("DELETE", f"/users/{ann}", token=self.app_token)["entities"]
        self.assertEqual(gone["username"], ann)
        self.assertEqual(self.refused(404, "GET", f"/chatgroups/{own}", token=bob_token)[0], "resource_not_found")
        (details,) = self.ok("GET", f"/chatgroups/{other}", token=bob_token)["data"]
        self.assertEqual(details["affiliations_count"], 1)

    def test_states(self):
        names = [f"u{i}" for i in range(101)]
        text = "request body exceeds maximum limit, maximum limit is 100"
        self.assertEqual(self.refused(400, "POST", "/users/batch/status", {"usernames": names}, self.app_token)[1], text)
        data = self.ok("POST", "/users/batch/status", {"usernames": names[:100]}, self.app_token)["data"]
        self.assertEqual(data[7], {"u7": "offline"})
        self.refused(404, "GET", f"/users/{self.name('nobody')}/status", token=self.app_token)

    def test_devices_of_who_has_none(self):
        name, token = self.user("alice")
        for by in (token, self.app_token):
            answer = self.ok("GET", f"/users/{name}/resources", token=by)
            self.assertEqual((answer["data"], answer["entities"]), ([], []))
        self.assertIsInstance(self.ok("GET", f"/users/{name}/disconnect", token=self.app_token)["data"]["result"], bool)
        self.assertIs(self.ok("DELETE", f"/users/{name}/disconnect/web_1", token=self.app_token)["data"]["result"], False)
        nobody = self.name("nobody")
        for method, path in (("GET", "resources"), ("GET", "disconnect"), ("DELETE", "disconnect/web_1")):
            error = self.refused(404, method, f"/users/{nobody}/{path}", token=self.app_token)
            self.assertEqual(error, ("service_resource_not_found", "Service resource not found"))


class Messages(EasemobCase):
    def setUp(self):
        (self.ann, self.token), (self.bob, _) = self.user("ann"), self.user("bob")

    def body(self, **change):
        body = {"from": self.bob, "to": [self.ann], "type": "txt", "body": {"msg": "hi"}, **change}
        return {name: value for name, value in body.items() if value is not None}

    def test_sent_to_several(self):
        data = self.ok("POST", "/messages/users", self.body(to=[self.ann, self.bob]), self.app_token)["data"]
        self.assertEqual(set(data), {self.ann, self.bob})
        for message in data.values():
            self.assertRegex(message, "^[0-9]+$")
        groups = [self.group(self.token, self.ann, [self.bob]) for _ in range(3)]
        data = self.ok("POST", "/messages/chatgroups", self.body(to=groups), self.app_token)["data"]
        self.assertEqual(set(data), set(groups))

    def test_of_every_kind(self):
        file = {"url": "http://a/b", "secret": "s", "filename": "f"}
        for kind, body in (
            ("txt", {"msg": "\u8336"}),
            ("img", {**file, "size": {"width": 1, "height": 2}}),
            ("audio", {**file, "length": 3}),
            ("video", {**file, "thumb": "http://a/c", "thumb_secret": "t", "length": 3, "file_length": 4}),
            ("file", file),
            ("loc", {"lat": 1.5, "lng": 2.5, "addr": "x"}),
            ("cmd", {"action": "go"}),
            ("custom", {"customEvent": "a-b_c/d.e", "customExts": {"k": "v"}}),
        ):
            sent = self.body(type=kind, body=body, ext={"a": 1, "b": {"c": [True, None]}})
            self.ok("POST", "/messages/users", sent, self.app_token)

    def test_without_a_sender_it_is_the_admin(self):
        self.ok("POST", "/messages/users", self.body(**{"from": None}), self.app_token)
        self.assertEqual(list(self.conversations(self.ann, self.token)), ["admin"])

    def test_what_cannot_be_sent(self):
        many = [f"u{i}" for i in range(601)]
        for change, text, code in (
            ({"from": ""}, "param from can't be empty", None),
            ({"to": None}, "param to can't be empty", None),
            ({"to": []}, "param to can't be empty", None),
            ({"type": None}, "param type can't be empty", None),
            ({"body": None}, "param body can't be empty", None),
            ({"ext": "x"}, "param ext must be JSONObject", None),
            ({"to": many}, "params to's size can't exceed limit 600", None),
            ({"body": {"msg": "x" * 5200}}, "message is too large", 14007),
        ):
            answer = self.call("POST", "/messages/users", self.body(**change), self.app_token)
            self.assertEqual((answer.status, answer.error), (400, ("message_send_error", text)), change)
            self.assertEqual(answer.body.get("error_code"), code)
        for change in (
            {"type": "smell"}, {"body": {}}, {"body": []}, {"type": "img", "body": {}}, {"to": ["a b"]},
            {"type": "custom", "body": {"customEvent": "a b"}}, {"from": "a b"},
        ):
            self.assertEqual(self.refused(400, "POST", "/messages/users", self.body(**change), self.app_token)[0], "message_send_error")
        four = [str(i) for i in range(4)]
        self.refused(400, "POST", "/messages/chatgroups", self.body(to=four), self.app_token)
        self.assertEqual(self.conversations(self.ann, self.token), {})

    def test_taken_back(self):
        group = self.group(self.token, self.ann, [self.bob])
        for to, kind, queue in ((self.ann, "chat", f"{self.bob}@easemob.com"), (group, "groupchat", f"{group}@conference.easemob.com")):
            message = self.say(self.bob, to, "oops", "users" if kind == "chat" else "chatgroups")
            body = {"msg_id": message, "to": to, "chat_type": kind, "from": self.bob, "force": True}
            self.assertEqual(self.history(self.ann, self.token, queue), 1)
            answer = self.ok("POST", "/messages/msg_recall", body, self.app_token)["data"]
            self.assertEqual(
                answer, {"recalled": "yes", "chattype": kind, "from": self.bob, "to": to, "msg_id": message}
            )
            self.assertEqual(self.history(self.ann, self.token, queue), 0)
        # Who is not named is the admin.
        message = self.ok("POST", "/messages/users", self.body(**{"from": None}), self.app_token)["data"][self.ann]
        body = {"msg_id": message, "to": self.ann, "chat_type": "chat"}
        self.ok("POST", "/messages/recall", body, self.app_token)

    def test_what_cannot_be_taken_back(self):
        message = self.say(self.bob, self.ann, "hi")
        whole = {"msg_id": message, "to": self.ann, "chat_type": "chat", "from": self.bob}
        for name in ("msg_id", "to", "chat_type"):
            self.assertEqual(
                self.refused(400, "POST", "/messages/msg_recall", {**whole, name: ""}, self.app_token),
                ("message_recall_error", f"param {name} can't be empty"),
            )
        for change in ({"msg_id": "1"}, {"msg_id": "x"}, {"to": "a b"}, {"chat_type": "sofa"}):
            answer = self.call("POST", "/messages/msg_recall", {**whole, **change}, self.app_token)
            self.assertIn(answer.status, (400, 403), change)
            self.assertEqual(answer.error[0], "message_recall_error", change)
        self.assertEqual(self.history(self.ann, self.token, f"{self.bob}@easemob.com"), 1)


if __name__ == "__main__":
    unittest.main()
