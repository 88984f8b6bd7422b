# SPDX-License-Identifier: Apache-2.0
"""Every call with every kind of token, id and body: the documented error, and nothing kept
(easemob-rest 1.1, 1.3, 2.2)."""

import base64
import hashlib
import json
import time
import unittest

from easemob_case import APP, EasemobCase, PATIENCE_S

# Of the app alone; {u} a user, {g} a group, {t} a thread.
APP_ONLY = """
GET /users
DELETE /users/{u}
PUT /users/{u}/password
POST /users/{u}/password
POST /users/{u}/deactivate
POST /users/{u}/activate
GET /users/{u}/status
POST /users/batch/status
GET /users/{u}/disconnect
DELETE /users/{u}/disconnect/web_1
POST /messages/users
POST /messages/chatgroups
POST /messages/msg_recall
POST /users/{u}/contacts/users/peer
DELETE /rest/message/roaming/chat/user/{u}
DELETE /rest/message/roaming/group/user/{u}/time
POST /rest/message/roaming/group/user/{u}/time
POST /rest/message/roaming/user/{u}/delete/all
POST /chatgroups/{g}/users
POST /chatgroups/{g}/users/{u}
GET /metadata/user/capacity
DELETE /metadata/user/{u}
"""
# Of the user and the app.
OWN = """
GET /users/{u}
GET /users/{u}/resources
GET /sdk/users/{u}/token/expires
PUT /metadata/user/{u}
POST /users/{u}/contacts/apply
POST /users/{u}/contacts/accept/users/peer
POST /users/{u}/contacts/decline/users/peer
DELETE /users/{u}/contacts/users/peer
PUT /users/{u}/contacts/users/peer
GET /users/{u}/contacts/users
GET /users/{u}/contacts
POST /sdk/user/{u}/blocks
DELETE /sdk/user/{u}/blocks
GET /users/{u}/blocks/users
GET /sdk/user/{u}/user_channels/list
GET /sdk/user/{u}/user_channels/mark/search
GET /users/{u}/user_channels
GET /users/{u}/user_channels/page
DELETE /user/{u}/user_channel
POST /sdk/user/{u}/user_channel/top
DELETE /sdk/user/{u}/user_channel/top
POST /sdk/user/{u}/user_channels/mark
DELETE /sdk/user/{u}/user_channels/mark
POST /users/{u}/messageroaming
DELETE /sdk/message/roaming/chat/user/{u}
DELETE /sdk/message/roaming/chat/user/{u}/time
POST /sdk/message/roaming/user/{u}/delete/all
POST /sdk/user/{u}/user_channel/pin
DELETE /sdk/user/{u}/user_channel/pin
GET /sdk/user/{u}/user_channel/pin
POST /reaction/user/{u}
DELETE /reaction/user/{u}
GET /reaction/user/{u}
GET /reaction/user/{u}/detail
GET /users/{u}/joined_chatgroups
GET /chatgroups/user/{u}
PUT /users/{u}/notification/user/{u}
GET /users/{u}/notification/user/{u}
GET /users/{u}/notification
GET /users/{u}/notification/mute/type
POST /thread/{t}/user/{u}/join
DELETE /thread/{t}/user/{u}/quit
GET /threads/chatgroups/{g}/user/{u}
GET /threads/user/{u}
"""
# Of anybody who has a token; what they may do is looked at then.
ANYBODY = """
POST /metadata/user/get
POST /chatgroups
GET /chatgroups/{g}
PUT /chatgroups/{g}
DELETE /chatgroups/{g}
DELETE /chatgroups/{g}/quit
POST /chatgroups/{g}/invite
POST /chatgroups/{g}/apply
POST /chatgroups/{g}/apply_verify
POST /chatgroups/{g}/invite_verify
GET /publicchatgroups
POST /chatgroups/{g}/shield
DELETE /chatgroups/{g}/shield
GET /chatgroups/{g}/announcement
POST /chatgroups/{g}/announcement
GET /chatgroups/{g}/users
DELETE /chatgroups/{g}/users/{u}
GET /chatgroups/{g}/admin
POST /chatgroups/{g}/admin
DELETE /chatgroups/{g}/admin/{u}
GET /chatgroups/{g}/mute
POST /chatgroups/{g}/mute
DELETE /chatgroups/{g}/mute/{u}
GET /sdk/chatgroups/{g}/mute/{u}
POST /chatgroups/{g}/ban
DELETE /chatgroups/{g}/ban
GET /chatgroups/{g}/blocks/users
POST /chatgroups/{g}/blocks/users
POST /chatgroups/{g}/blocks/users/{u}
DELETE /chatgroups/{g}/blocks/users/{u}
GET /chatgroups/{g}/white/users
POST /chatgroups/{g}/white/users
DELETE /chatgroups/{g}/white/users/{u}
GET /chatgroups/{g}/white/users/{u}
GET /chatgroups/{g}/acks/77
PUT /sdk/metadata/chatgroup/{g}/user/{u}
POST /sdk/metadata/chatgroup/{g}/get
POST /thread
GET /thread/{t}
PUT /thread/{t}
DELETE /thread/{t}
GET /thread/{t}/users
DELETE /thread/{t}/users/{u}
GET /threads/chatgroups/{g}
POST /thread/message
POST /chatfiles
"""
# Calls that read a body, and cannot do without.
WITH_BODY = """
POST /token
POST /users
PUT /users/{u}/password
POST /users/batch/status
POST /messages/users
POST /messages/chatgroups
POST /users/{u}/messageroaming
PUT /metadata/user/{u}
POST /metadata/user/get
POST /users/{u}/contacts/apply
POST /sdk/user/{u}/blocks
DELETE /sdk/user/{u}/blocks
DELETE /user/{u}/user_channel
POST /sdk/user/{u}/user_channel/top
POST /sdk/user/{u}/user_channels/mark
DELETE /sdk/user/{u}/user_channels/mark
POST /sdk/user/{u}/user_channel/pin
POST /reaction/user/{u}
PUT /users/{u}/notification/user/{u}
POST /chatgroups
POST /chatgroups/{g}/invite
POST /chatgroups/{g}/apply_verify
POST /chatgroups/{g}/admin
POST /chatgroups/{g}/mute
POST /chatgroups/{g}/blocks/users
POST /chatgroups/{g}/white/users
PUT /sdk/metadata/chatgroup/{g}/user/{u}
POST /sdk/metadata/chatgroup/{g}/get
POST /thread
PUT /thread/{t}
POST /thread/message
POST /chatfiles
"""

# Refused before anybody looks for a user or a group.
BAD_PATHS = ("..%2f", "%2e%2e", "%00", "%ff")

CORRUPT = ("auth_bad_access_token", "Unable to authenticate due to corrupt access token")
NOT_THIS = ("auth_bad_access_token", "Unable to authenticate")
NO_LOGIN = ("unauthorized", "Unable to authenticate (OAuth)")
NO_APP_LOGIN = ("unauthorized", "Unable to authenticate due to expired access token")


def calls(table, **names):
    for line in table.split("\n"):
        if line:
            method, path = line.format(**names).split(" ")
            yield method, path


class Access(EasemobCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        case = cls("test_every_door_is_shut_without_a_token")
        cls.ann, cls.token = case.user("ann")
        cls.bob, cls.bob_token = case.user("bob")
        group = case.group(cls.token, cls.ann)
        message = case.say(cls.ann, group, "x", "chatgroups")
        body = {"name": "t", "msg_id": message, "group_id": group, "owner": cls.ann}
        thread = case.ok("POST", "/thread", body, cls.token)["data"]["thread_id"]
        cls.names = {"u": cls.ann, "g": group, "t": thread}

    def state(self):
        """What of the account can be read, but for times."""
        paths = [
            "/users/{u}", "/users/{u}/contacts/users?needReturnRemark=true", "/users/{u}/blocks/users",
            "/sdk/user/{u}/user_channels/list?needEmptySession=true", "/users/{u}/notification/user/{u}",
            "/metadata/user/{u}", "/users/{u}/joined_chatgroups", "/chatgroups/{g}", "/chatgroups/{g}/users",
            "/chatgroups/{g}/mute", "/chatgroups/{g}/blocks/users", "/threads/chatgroups/{g}", "/publicchatgroups",
        ]
        answers = [self.ok("GET", path.format(**self.names), token=self.token) for path in paths]
        return [{key: answer.get(key) for key in ("entities", "data")} for answer in answers]

    def body_for(self, method, path):
        """With all that any call about groups and threads asks for."""
        if method == "PUT" and path.startswith("/chatgroups/"):
            return {"groupname": "x"}  # where other fields are refused
        return {
            "usernames": [self.bob],
            "newadmin": self.bob,
            "applicant": self.ann,
            "invitee": self.ann,
            "verifyResult": True,
            "announcement": "x",
            "mute_duration": -1,
            "metaData": {"a": "b"},
            "targets": [self.ann],
            "properties": [],
            "name": "x",
            "threadIds": [self.names["t"]],
        }

    def dynamic_token(self, user, made_at, ttl):
        text = f"idfenshen#demo{user}{made_at}{ttl}secret"
        signature = hashlib.sha256(text.encode()).hexdigest()
        fields = {"signature": signature, "appkey": "fenshen#demo", "userId": user, "curTime": made_at, "ttl": ttl}
        return base64.urlsafe_b64encode(b"dt-" + json.dumps(fields).encode()).decode()

    def test_every_door_is_shut_without_a_token(self):
        before = self.state()
        for table, expected in ((APP_ONLY, NO_APP_LOGIN), (OWN, NO_LOGIN), (ANYBODY, NO_LOGIN)):
            for method, path in calls(table, **self.names):
                self.assertEqual(self.refused(401, method, path), expected, (method, path))
        self.assertEqual(self.state(), before)

    def test_forged_and_expired_tokens(self):
        before = self.state()
        forged = self.token[:-6] + ("AAAAAA" if self.token[-6:] != "AAAAAA" else "BBBBBB")
        expired = self.dynamic_token(self.ann, int(time.time()) - 1000, 500)
        for method, path in calls(APP_ONLY + OWN + ANYBODY, **self.names):
            self.assertEqual(self.refused(401, method, path, token=forged), CORRUPT, (method, path))
            error, text = self.refused(401, method, path, token=expired)
            self.assertEqual((error, text.split(" (")[0].split(" due")[0]), ("unauthorized", "Unable to authenticate"))
        self.assertEqual(self.state(), before)

    def test_a_users_token_is_no_apps(self):
        before = self.state()
        for method, path in calls(APP_ONLY, **self.names):
            self.assertEqual(self.refused(401, method, path, token=self.token), NOT_THIS, (method, path))
        self.assertEqual(self.state(), before)

    def test_nor_is_it_another_users(self):
        before = self.state()
        for method, path in calls(OWN, **self.names):
            self.assertEqual(self.refused(401, method, path, token=self.bob_token), NOT_THIS, (method, path))
        self.assertEqual(self.state(), before)

    def test_who_is_no_member_changes_nothing(self):
        before = self.state()
        for method, path in calls(ANYBODY, **self.names):
            if "{g}" in path or method == "GET" or path in ("/chatgroups", "/chatfiles", "/metadata/user/get"):
                continue
            if path.endswith(("/apply", "/thread")):
                continue
            self.assertIn(self.call(method, path, self.body_for(method, path), self.bob_token).status, (401, 403, 404), (method, path))
        self.assertEqual(self.state(), before)

    def test_users_who_cannot_be(self):
        for odd in ("..%2f", "%2e%2e", "a%2fb", "%00", "%ff", "a" * 65, "a%20b", "%E5%9B%BE", "@", "*"):
            for method, path in calls(APP_ONLY + OWN, **{**self.names, "u": odd}):
                if odd not in path:
                    continue
                answer = self.call(method, path, {"usernames": [self.bob], "newpassword": "x"}, self.app_token)
                self.assertEqual(answer.status, 400 if odd in BAD_PATHS else 404, (method, path, answer))
                if answer.status == 404:
                    self.assertEqual(answer.error[0], "service_resource_not_found", (method, path))
        # As members of a group, and as peers.
        before = self.state()
        for odd in ("..%2f", "%00", "%ff", "a" * 65, "a%20b"):
            for path in ("/users/{u}", "/admin/{u}", "/mute/{u}", "/blocks/users/{u}", "/white/users/{u}"):
                answer = self.call("DELETE", f"/chatgroups/{self.names['g']}{path.format(u=odd)}", token=self.token)
                self.assertIn(answer.status, (400, 404), (path, odd, answer))
            for path in (f"/users/{self.ann}/contacts/accept/users/{odd}", f"/users/{self.ann}/contacts/users/{odd}"):
                status = self.call("POST", path, token=self.app_token).status
                self.assertEqual(status, 400 if odd in BAD_PATHS else 404, path)
        self.assertEqual(self.state(), before)

    def test_groups_and_threads_that_cannot_be(self):
        for odd in ("..%2f", "%00", "%ff", "x" * 5000, "a%20b", "0", "-1", "99999999999999999999999", "*"):
            for method, path in calls(APP_ONLY + ANYBODY, u=self.ann, g=odd, t=odd):
                if odd not in path or "/acks/" in path:
                    continue
                body = self.body_for(method, path)
                token = self.app_token if method + " " + path.replace(odd, "{g}").replace(self.ann, "{u}") in APP_ONLY else self.token
                answer = self.call(method, path, body, token)
                is_refused = odd in BAD_PATHS
                self.assertEqual(answer.status, 400 if is_refused else 404, (method, path[:80], answer))

    def test_capitals_are_folded(self):
        loud = self.bob.upper()
        self.ok("POST", f"/users/{self.ann.upper()}/contacts/users/{loud}", token=self.app_token)
        self.assertEqual(self.ok("GET", f"/users/{self.ann}/contacts/users", token=self.token)["data"], [self.bob])
        self.ok("DELETE", f"/users/{self.ann}/contacts/users/{loud}", token=self.token)
        self.assertEqual(self.ok("POST", f"/sdk/user/{self.ann}/blocks", {"usernames": [loud]}, self.token)["data"], [self.bob])
        self.ok("DELETE", f"/sdk/user/{self.ann}/blocks", {"usernames": [loud]}, self.token)
        group = f"/chatgroups/{self.names['g']}"
        self.ok("POST", f"{group}/users/{loud}", token=self.app_token)
        self.assertIs(self.ok("GET", f"/sdk{group}/mute/{loud}", token=self.token)["data"], False)
        self.assertEqual(self.ok("GET", f"{group}/white/users/{loud}", token=self.token)["data"]["member"], self.bob)
        self.ok("DELETE", f"{group}/users/{loud}", token=self.token)

    def test_bodies_that_are_none(self):
        before = self.state()
        bodies = [
            b"", b"{", b"null", b"[]", b"7", b'"text"', b"\xff\xfe", b"[" * 100_000, b'{"a":' * 100_000,
            b'{"a":[' * 10_000 + b"]}" * 10_000,
            b'{"username":["x"],"usernames":{"a":1},"newpassword":{},"queue":7,"to":{},"body":[],"channel":[],"type":{},'
            b'"mark":1,"targets":7,"properties":"x","name":[],"newadmin":{},"metaData":[],"applicant":7,"threadIds":{},'
            b'"grant_type":{},"owner":[],"from":1,"group_id":{},"msg_id":[],"pin_msg_id":{},"ignoreInterval":{}}',
        ]
        for method, path in calls(WITH_BODY, **self.names):
            token = self.token if path.startswith(("/chatgroups", "/thread", "/sdk/meta")) else self.app_token
            for body in bodies:
                headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
                answer = self.ask(method, APP + path, body, headers)
                self.assertIn(answer.status, (400, 403, 404, 413), (method, path, body[:60], answer))
                self.assertIn("error_description", answer.body, (method, path))
        self.assertEqual(self.state(), before)

    def test_ten_megabytes_for_every_call(self):
        body = b'{"usernames":["' + b"x" * 10_000_000 + b'"]}'
        before = self.state()
        for method, path in calls(WITH_BODY, **self.names):
            answer = self.ask(method, APP + path, body, {"Authorization": f"Bearer {self.app_token}"})
            self.assertIn(answer.status, (400, 403, 404, 413), (method, path, answer))
            self.assertIn("error_description", answer.body, (method, path))
        self.assertEqual(self.state(), before)

    def test_content_types_do_not_matter(self):
        headers = {"Authorization": f"Bearer {self.token}", "Content-Type": "text/plain"}
        body = json.dumps({"type": "AT"}).encode()
        path = f"{APP}/users/{self.ann}/notification/user/{self.bob}"
        self.assertEqual(self.ask("PUT", path, body, headers).status, 200)
        self.ok("PUT", f"/users/{self.ann}/notification/user/{self.bob}", {"type": "DEFAULT"}, self.token)

    def test_methods_that_are_not_there(self):
        for method, path in (("PATCH", "/users/{u}"), ("DELETE", "/token"), ("PUT", "/chatgroups/{g}/ban"), ("GET", "/messages/users")):
            self.assertEqual(self.refused(405, method, path.format(**self.names), token=self.app_token)[0], "method_not_allowed")
        self.assertEqual(self.refused(404, "GET", "/no/such/path", token=self.app_token)[0], "service_resource_not_found")

    def test_methods_in_any_case(self):
        connection = self.raw()
        connection.settimeout(PATIENCE_S)
        body = json.dumps({"mark": "mark_1", "targets": [{"to": self.bob, "type": "chat"}]}).encode()
        for method in (b"Post", b"Delete"):
            target = f"{APP}/sdk/user/{self.ann}/user_channels/mark?resource=web_1".encode()
            head = b"%s %s HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer %s\r\nContent-Length: %d\r\n\r\n"
            connection.sendall(head % (method, target, self.token.encode(), len(body)) + body)
            answer = b""
            while not answer.endswith(b"}"):
                answer += connection.recv(65536)
            self.assertTrue(answer.startswith(b"HTTP/1.1 200"), answer)

    def test_what_answers_have_around_them(self):
        answer = self.ok("GET", f"/chatgroups/{self.names['g']}?_v=1&&x=null", token=self.token)
        self.assertEqual(
            (answer["action"], answer["organization"], answer["applicationName"], answer["path"]),
            ("get", "fenshen", "demo", f"/chatgroups/{self.names['g']}"),
        )
        self.assertEqual(answer["uri"], f"http://127.0.0.1:{self.port}{APP}/chatgroups/{self.names['g']}")
        self.assertRegex(answer["application"], "^[0-9a-f-]{36}$")
        self.assertAlmostEqual(answer["timestamp"] / 1000, time.time(), delta=60)
        self.assertGreaterEqual(answer["duration"], 0)
        self.assertNotIn("type", answer)


class Off(EasemobCase):
    """Services that are not there say so in the words that the SDK knows (2.3)."""

    def test_presence_and_reports(self):
        ann, token = self.user("ann")
        for method, path, body in (
            ("POST", f"/users/{ann}/presence/web_1/1", {"ext": "busy"}),
            ("POST", f"/users/{ann}/presence/3600", {"usernames": ["bob"]}),
            ("POST", f"/users/{ann}/presence", {"usernames": ["bob"]}),
            ("DELETE", f"/users/{ann}/presence", ["bob"]),
            ("GET", f"/users/{ann}/presence/sublist?pageNum=1&pageSize=10", None),
        ):
            answer = self.call(method, path, body, token)
            self.assertEqual((answer.status, answer.body["result"]), (400, "the app not open presence"), path)
        body = {"username": ann, "reportType": "x", "reportReason": "y"}
        error, text = self.refused(403, "POST", f"/user/{ann}/moderation/report/message/77", body, token)
        self.assertIn("message report not open", text)

    def test_chat_rooms(self):
        ann, token = self.user("ann")
        self.assertEqual(self.ok("GET", "/chatrooms?pagenum=1&pagesize=20", token=token)["data"], [])
        self.assertEqual(self.refused(404, "GET", "/chatrooms/77", token=token)[1], "grpID 77 does not exist!")


if __name__ == "__main__":
    unittest.main()
