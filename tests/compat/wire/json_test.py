# SPDX-License-Identifier: Apache-2.0
"""JSON-RPC back to back over TCP (wukong-wire 7)."""

import json
import time
import unittest

from wire_base import WireTest
from server import PATIENCE_S
from wkproto import PERSON, RECV, RED_DOT, Closed


class JsonOverTcp(WireTest):
    def setUp(self):
        self.client = self.open()
        self.text = ""

    def say(self, **message):
        self.client.write(json.dumps(message).encode())

    def hear(self):
        """The next JSON object; they come back to back, without anything between."""
        decoder = json.JSONDecoder()
        deadline = time.monotonic() + PATIENCE_S
        while True:
            self.text = self.text.lstrip()
            try:
                value, end = decoder.raw_decode(self.text)
                self.text = self.text[end:]
                return value
            except json.JSONDecodeError:
                pass
            self.client.socket.settimeout(max(deadline - time.monotonic(), 0.001))
            data = self.client.socket.recv(65536)
            if not data:
                raise Closed
            self.text += data.decode("utf-8")

    def params(self, uid, **more):
        return {"uid": uid, "token": self.token(uid, 1), "deviceFlag": 1, "deviceId": "j", **more}

    def test_refused(self):
        self.say(
            id="c", method="connect", params={"uid": self.name("u"), "token": "x", "deviceFlag": 1}
        )
        answer = self.hear()
        self.assertEqual((answer["id"], answer["error"]["code"]), ("c", 2))
        self.assertNotIn("result", answer)
        with self.assertRaises(Closed):
            self.hear()

    def test_connected_pinged_and_sent(self):
        uid, peer = self.name("u"), self.name("peer")
        reader = self.login("peer")
        self.say(
            jsonrpc="2.0", id="c-1", method="connect", params=self.params(uid, clientTimestamp=1)
        )
        answer = self.hear()
        self.assertEqual(answer["id"], "c-1")
        self.assertEqual(answer["result"]["reasonCode"], 1)
        self.assertIsInstance(answer["result"]["timeDiff"], int)
        self.say(id="p", method="ping")
        self.assertEqual(self.hear(), {"jsonrpc": "2.0", "id": "p", "result": {}})
        self.say(id=7, method="ping", params={})
        self.assertEqual(self.hear()["id"], 7)
        params = {
            "channelId": peer,
            "channelType": 1,
            "clientMsgNo": "j-1",
            "payload": "eyJhIjoxfQ==",
            "header": {"redDot": True},
        }
        self.say(id="s", method="send", params=params)
        sent = self.hear()["result"]
        self.assertEqual(
            (sent["messageSeq"], sent["reasonCode"], sent["header"]), (1, 1, {"redDot": True})
        )
        self.assertIsInstance(sent["messageId"], str)
        message = reader.read(RECV)
        self.assertEqual(
            (message.payload, message.flags, str(message.message_id)),
            (b'{"a":1}', RED_DOT, sent["messageId"]),
        )
        reader.send_acked(uid, PERSON, b"", "empty", flags=0)
        heard = self.hear()
        self.assertEqual(heard["method"], "recv")
        self.assertNotIn("id", heard)
        self.assertEqual(heard["params"]["header"], {})
        self.assertEqual((heard["params"]["fromUid"], heard["params"]["messageSeq"]), (peer, 2))
        self.say(
            method="recvack", params={"messageId": heard["params"]["messageId"], "messageSeq": 2}
        )
        self.say(
            id="r", method="send", params={"channelId": "no-group", "channelType": 2, "payload": ""}
        )
        refused = self.hear()
        self.assertEqual((refused["result"]["reasonCode"], refused["result"]["messageSeq"]), (3, 0))

    def test_texts_cut_anywhere_and_many_at_once(self):
        uid = self.name("名")
        hello = json.dumps(
            {"id": "c", "method": "connect", "params": self.params(uid)}, ensure_ascii=False
        ).encode()
        pings = [
            json.dumps({"id": f'{{["{count}', "method": "ping"}).encode() for count in range(20)
        ]
        data = b" \r\n\t" + hello + b"\n " + b"".join(pings)
        for index in range(len(data)):
            self.client.write(data[index : index + 1])
        self.assertEqual(self.hear()["result"]["reasonCode"], 1)
        self.assertEqual(
            [self.hear()["id"] for _ in pings], [f'{{["{count}' for count in range(20)]
        )
        self.client.write(b"".join(pings))
        self.assertEqual(
            [self.hear()["id"] for _ in pings], [f'{{["{count}' for count in range(20)]
        )

    def test_a_bad_text_is_answered_and_the_next_is_heard(self):
        self.say(id="c", method="connect", params=self.params(self.name("u")))
        self.assertEqual(self.hear()["result"]["reasonCode"], 1)
        for bad in (
            {"id": "b", "method": "no such method"},
            {"id": "b", "method": "send", "params": {"channelId": 1}},
        ):
            self.say(**bad)
            answer = self.hear()
            self.assertEqual(answer["id"], "b")
            self.assertIn("error", answer)
        self.say(id="p", method="ping")
        self.assertEqual(self.hear()["id"], "p")

    def test_snake_case_and_an_object_as_payload(self):
        reader = self.login("peer")
        uid = self.name("u")
        self.say(
            id="c",
            method="connect",
            params={"uid": uid, "token": self.token(uid, 1), "device_flag": 1, "device_id": "a"},
        )
        self.assertEqual(self.hear()["result"]["reasonCode"], 1)
        params = {
            "channel_id": self.name("peer"),
            "channel_type": 1,
            "client_msg_no": "s-1",
            "payload": {"type": 1},
        }
        self.say(id="s", method="send", params=params)
        self.assertEqual(self.hear()["result"]["reasonCode"], 1)
        message = reader.read(RECV)
        self.assertEqual((json.loads(message.payload), message.client_msg_no), ({"type": 1}, "s-1"))

    def test_kicked(self):
        uid = self.name("u")
        self.say(id="c", method="connect", params=self.params(uid))
        self.hear()
        self.server.post("/user/device_quit", {"uid": uid, "device_flag": 1})
        told = self.hear()
        self.assertEqual((told["method"], told["params"]["reasonCode"]), ("disconnect", 12))
        with self.assertRaises(Closed):
            self.hear()


if __name__ == "__main__":
    unittest.main(verbosity=2)
