# SPDX-License-Identifier: Apache-2.0
"""What the tests of the HTTP API share: one server a class, requests as an app's back end makes
them, and requests byte by byte."""

import base64
import http.client
import json
import pathlib
import socket
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
from server import PATIENCE_S, Server  # noqa: E402
from wkproto import GROUP, PERSON, Client  # noqa: E402

OK = {"status": 200}
NOT_FOUND = {"status": 404}
HELLO = base64.b64encode(b'{"type":1,"content":"hello"}').decode("ascii")
TEMP = 8

__all__ = ["GROUP", "HELLO", "HttpCase", "NOT_FOUND", "OK", "PATIENCE_S", "PERSON", "Server", "TEMP"]


class HttpCase(unittest.TestCase):
    """Tests share a server; each has accounts and channels of its own (`name`)."""

    overrides = {"wukong": {"encryption": False}}

    @classmethod
    def setUpClass(cls):
        cls.server = Server(**cls.overrides)
        cls.addClassCleanup(cls.server.close)
        cls.server.start()

    @classmethod
    def tearDownClass(cls):
        cls.server.stop()

    def name(self, who):
        return f"{who}-{self.id().rsplit('.', 1)[1].removeprefix('test_')}"

    # Requests

    def ask(self, method, target, body=None, headers=None):
        """Status, headers and body as they are; `body` is bytes."""
        connection = http.client.HTTPConnection("127.0.0.1", self.server.addresses["api"], timeout=PATIENCE_S)
        try:
            connection.request(method, target, body=body, headers=headers or {})
            response = connection.getresponse()
            return response.status, response.headers, response.read()
        finally:
            connection.close()

    def get(self, target):
        status, _, body = self.ask("GET", target)
        self.assertEqual(status, 200, (target, body))
        return json.loads(body)

    def post(self, path, body):
        status, headers, text = self.ask("POST", path, json.dumps(body).encode())
        self.assertEqual(status, 200, (path, body, text))
        self.assertEqual(headers["Content-Type"], "application/json; charset=utf-8")
        return json.loads(text)

    def error(self, path, body):
        """The text of ERR: HTTP 400 with {"msg", "status": 400}."""
        raw = body if isinstance(body, bytes) else json.dumps(body).encode()
        status, _, text = self.ask("POST", path, raw)
        self.assertEqual(status, 400, (path, raw[:200], text))
        answer = json.loads(text)
        self.assertEqual(answer["status"], 400)
        self.assertEqual(set(answer), {"msg", "status"})
        self.assertTrue(answer["msg"])
        return answer["msg"]

    def error_of_get(self, target):
        status, _, text = self.ask("GET", target)
        self.assertEqual(status, 400, (target, text))
        return json.loads(text)["msg"]

    # What an app does

    def send(self, channel_id, channel_type=PERSON, sender="", **more):
        body = {"channel_id": channel_id, "channel_type": channel_type, "payload": HELLO, **more}
        if sender:
            body["from_uid"] = sender
        answer = self.post("/message/send", body)
        self.assertEqual(answer["status"], 200)
        return answer["data"]

    def command(self, channel_id, channel_type=GROUP, sender=""):
        return self.send(channel_id, channel_type, sender, header={"sync_once": 1})

    def group(self, who, *subscribers, **more):
        body = {"channel_id": who, "channel_type": GROUP, "subscribers": subscribers, **more}
        self.assertEqual(self.post("/channel", body), OK)
        return who

    def page(self, reader, channel_id, channel_type, start=0, end=0, limit=100, mode=0):
        return self.post("/channel/messagesync", {
            "login_uid": reader,
            "channel_id": channel_id,
            "channel_type": channel_type,
            "start_message_seq": start,
            "end_message_seq": end,
            "limit": limit,
            "pull_mode": mode,
        })

    def seqs(self, *args, **kwargs):
        return [message["message_seq"] for message in self.page(*args, **kwargs)["messages"]]

    def conversations(self, uid, **more):
        return self.post("/conversation/sync", {"uid": uid, "msg_count": 100, **more})

    def channels_of(self, uid):
        rows = self.post("/conversation/channels", {"uid": uid})
        return sorted((row["channel_id"], row["channel_type"]) for row in rows)

    # Devices

    def client(self):
        client = Client(self.server.addresses["tcp"], patience_s=PATIENCE_S)
        self.addCleanup(client.close)
        return client

    def login(self, uid, flag=0, level=0, device_id="d"):
        token = self.server.token(uid, flag, f"secret-{uid}-{flag}", level)
        return self.client().login(uid, token=token, flag=flag, device_id=device_id)

    def send_reason(self, client, channel_id, channel_type):
        self.numbers = getattr(self, "numbers", 0) + 1
        return client.send_acked(channel_id, channel_type, b"x", f"n-{id(client)}-{self.numbers}").reason

    # Bytes

    def raw(self):
        connection = socket.create_connection(("127.0.0.1", self.server.addresses["api"]), timeout=PATIENCE_S)
        self.addCleanup(connection.close)
        return connection

    def assert_serves(self):
        self.assertEqual(self.get("/health"), {"status": "ok"})
