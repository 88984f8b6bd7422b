# SPDX-License-Identifier: Apache-2.0
"""What the tests of the Easemob-compatible REST API share: one server a class, an app with
credentials, users of each test's own."""

import http.client
import json
import pathlib
import socket
import sys
import unittest
import uuid

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
from server import PATIENCE_S, Server  # noqa: E402

__all__ = ["APP", "Answer", "EasemobCase", "PATIENCE_S"]

APP = "/fenshen/demo"


class Answer:
    def __init__(self, status, headers, raw):
        self.status = status
        self.headers = headers
        self.raw = raw
        is_json = headers.get("Content-Type", "").startswith("application/json")
        self.body = json.loads(raw) if is_json and raw else None

    @property
    def error(self):
        return self.body.get("error"), self.body.get("error_description")

    def __repr__(self):
        return f"{self.status} {self.raw[:400]!r}"


class EasemobCase(unittest.TestCase):
    """Tests share a server; each has users of its own (`name`)."""

    overrides = {"easemob": {"port": "any", "client_id": "id", "client_secret": "secret"}}

    @classmethod
    def setUpClass(cls):
        cls.server = Server(**cls.overrides)
        cls.addClassCleanup(cls.server.close)
        cls.server.start()
        cls.tokens = {}

    @classmethod
    def tearDownClass(cls):
        cls.server.stop()

    @property
    def port(self):
        return self.server.addresses["easemob"]

    def name(self, who):
        """At most 64 bytes of lower case."""
        return f"{who}-{self.id().rsplit('.', 1)[1].removeprefix('test_')}"[:64]

    # Requests

    def ask(self, method, target, body=None, headers=None):
        """Any target; `body` is bytes."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE_S)
        try:
            connection.request(method, target, body=body, headers=headers or {})
            response = connection.getresponse()
            answer = Answer(response.status, response.headers, response.read())
        finally:
            connection.close()
        # Else a browser's SDK sees nothing of it, whatever it is.
        self.assertEqual(answer.headers["Access-Control-Allow-Origin"], "*", (method, target))
        return answer

    def call(self, method, path, body=None, token=None, headers=None):
        """A call of the app's API; `body` is JSON."""
        sent = dict(headers or {})
        raw = None
        if body is not None:
            raw = json.dumps(body).encode()
            sent["Content-Type"] = "application/json"
        if token:
            sent["Authorization"] = f"Bearer {token}"
        return self.ask(method, APP + path, raw, sent)

    def ok(self, *args, **kwargs):
        answer = self.call(*args, **kwargs)
        self.assertEqual(answer.status, 200, (args, answer))
        return answer.body

    def refused(self, status, *args, **kwargs):
        answer = self.call(*args, **kwargs)
        self.assertEqual(answer.status, status, (args, answer))
        for member in ("error", "exception", "error_description", "timestamp", "duration"):
            self.assertIn(member, answer.body)
        return answer.error

    # The app and its users

    @property
    def app_token(self):
        if "app" not in self.tokens:
            grant = {"grant_type": "client_credentials", "client_id": "id", "client_secret": "secret"}
            self.tokens["app"] = self.ok("POST", "/token", grant)["access_token"]
        return self.tokens["app"]

    def password_token(self, name, password="pw"):
        grant = {"grant_type": "password", "username": name, "password": password, "timestamp": 1}
        return self.ok("POST", "/token", grant)["access_token"]

    def user(self, who):
        """A user without a password: to make one takes the server a while. Their name and token."""
        name = self.name(who)
        grant = {"grant_type": "inherit", "username": name, "autoCreateUser": True}
        return name, self.ok("POST", "/token", grant, self.app_token)["access_token"]

    def user_with_password(self, who):
        """The password is "pw"."""
        name = self.name(who)
        self.ok("POST", "/users", {"username": name, "password": "pw"}, self.app_token)
        return name, self.password_token(name)

    # What the tests of groups and conversations begin with

    def group(self, token, owner, members=(), **settings):
        """A public group that everybody may enter, as the SDK makes one; its id."""
        body = {
            "owner": owner,
            "groupname": "tea",
            "desc": "at five",
            "members": list(members),
            "public": True,
            "approval": False,
            "allowinvites": False,
            "invite_need_confirm": False,
            "maxusers": 200,
            **settings,
        }
        return self.ok("POST", "/chatgroups?resource=web_1", body, token)["data"]["groupid"]

    def befriend(self, one, other):
        self.ok("POST", f"/users/{one}/contacts/users/{other}", token=self.app_token)

    def say(self, sender, to, text, kind="users"):
        """A text from the app's back end; its id."""
        body = {"from": sender, "to": [to], "type": "txt", "body": {"msg": text}}
        return self.ok("POST", f"/messages/{kind}", body, self.app_token)["data"][to]

    def conversations(self, user, token, more=""):
        """V1, by the other side's id."""
        path = f"/sdk/user/{user}/user_channels/list?&limit=20&cursor=&need_mark=true{more}&_v=1"
        answer = self.ok("GET", path, token=token)["data"]
        self.assertEqual(answer["cursor"], "")
        return {entry["session_to"]: entry for entry in answer["channel_infos"]}

    def history(self, user, token, queue):
        """How many messages M1 has."""
        body = {"queue": queue, "start": -1, "end": -1, "pull_number": 50, "is_positive": False, "msgType": ""}
        return len(self.ok("POST", f"/users/{user}/messageroaming", body, token)["data"]["msgs"])

    # Files

    def upload(self, content, token, filename="a.png", content_type="image/png", headers=None):
        boundary = uuid.uuid4().hex
        form = (
            f'--{boundary}\r\nContent-Disposition: form-data; name="file"; filename="{filename}"\r\n'
            f"Content-Type: {content_type}\r\n\r\n"
        ).encode() + content + f"\r\n--{boundary}--\r\n".encode()
        sent = {
            "Content-Type": f"multipart/form-data; boundary={boundary}",
            "restrict-access": "true",
            "Authorization": f"Bearer {token}",
            **(headers or {}),
        }
        return self.ask("POST", APP + "/chatfiles?chat-type=CHAT&chat-target=bob", form, sent)

    # Bytes

    def raw(self):
        connection = socket.create_connection(("127.0.0.1", self.port), timeout=PATIENCE_S)
        self.addCleanup(connection.close)
        return connection

    def assert_serves(self):
        self.assertEqual(self.call("POST", "/token", {}).status, 400)
