# SPDX-License-Identifier: Apache-2.0
"""Who is refused, with which reason, in the layout of the version asked with (wukong-wire 5.2-5.6)."""

import time
import unittest

from wire_base import HELLO, WireTest
from wkproto import CONNACK, PERSON, connect_frame


class Refusals(WireTest):
    def refused(self, uid, **options):
        client = self.open()
        answer = client.connect(uid, **options)
        self.assertEqual(client.read_to_end(), [], "after the refusal comes the close")
        return answer

    def test_each_version_reads_its_own_refusal(self):
        # The reader of these tests fails on a missing field and on a byte too many.
        for version in (0, 1, 2, 3, 4, 5, 6, 255):
            with self.subTest(version=version):
                answer = self.refused(self.name("u"), token="none", version=version)
                self.assertEqual((answer.reason, answer.server_key, answer.salt), (2, "", ""))
                self.assertEqual(answer.server_version, min(version, 6) if version > 3 else None)

    def test_each_version_reads_its_own_success(self):
        uid = self.name("u")
        token = self.token(uid)
        for version in (0, 1, 2, 3, 4, 5, 6, 255):
            with self.subTest(version=version):
                now_ms = int(time.time() * 1000)
                client = self.open()
                answer = client.connect(
                    uid, token=token, version=version, device_id=f"d{version}", timestamp_ms=now_ms
                )
                self.assertEqual((answer.reason, answer.server_key, answer.salt), (1, "", ""))
                self.assertEqual(answer.server_version, min(version, 6) if version > 3 else None)
                self.assertLess(abs(answer.time_diff), 60_000)
                client.ping()

    def test_no_token_wrong_token_wrong_class(self):
        uid = self.name("u")
        token = self.token(uid, flag=0)
        self.assertEqual(self.refused(uid, token="").reason, 2)
        self.assertEqual(self.refused(uid, token=token + "x").reason, 2)
        self.assertEqual(self.refused(uid, token=token[:-1]).reason, 2)
        self.assertEqual(self.refused(uid, token=token, flag=1).reason, 2)
        self.assertEqual(self.refused(uid.upper(), token=token).reason, 2)
        self.server.log_line("the class", uid, r"\b1\b", "/user/token")

    def test_every_class_has_its_own_token(self):
        uid = self.name("u")
        tokens = {flag: self.token(uid, flag) for flag in (0, 1, 2, 3, 4, 77, 128, 255)}
        clients = {
            flag: self.open().login(uid, flag=flag, token=token) for flag, token in tokens.items()
        }
        online = self.server.post("/user/onlinestatus", [uid])
        self.assertEqual(sorted(one["device_flag"] for one in online), sorted(tokens))
        for client in clients.values():
            client.ping()

    def test_banned(self):
        uid = self.name("u")
        token = self.token(uid)
        self.server.post("/channel/info", {"channel_id": uid, "channel_type": 1, "ban": 1})
        self.assertEqual(self.refused(uid, token=token).reason, 19)

    def test_reserved_names(self):
        self.assertEqual(self.refused("____system", token="x").reason, 2)
        self.assertEqual(self.refused("____manager", token="x").reason, 2)
        uid = self.name("u")
        self.assertEqual(self.refused(uid, token=self.token(uid), device_id="____device").reason, 2)

    def test_impossible_names(self):
        for uid in ("", "   ", "a@b", "a#b", "a&b", b"\xff\xfe"):
            with self.subTest(uid=uid):
                client = self.open()
                client.write(connect_frame(uid, token="x"))
                frames = client.read_to_end()
                self.assertLessEqual(len(frames), 1)
                for answer in frames:
                    self.assertEqual(answer.kind, CONNACK)
                    self.assertNotEqual(answer.reason, 1)

    def test_nobody_is_told_before_the_refusal(self):
        uid = self.name("u")
        token = self.token(uid, level=1)
        first = self.open().login(uid, token=token, device_id="one")
        self.refused(uid, token="guess", device_id="two")
        first.ping()
        self.assertEqual(first.unread, [])


class EncryptedRefusals(WireTest):
    overrides = {}

    def test_client_keys(self):
        uid = self.name("u")
        token = self.token(uid)
        keys = {
            "": 21,
            "not base64!": 2,
            "AAAA": 2,
            "A" * 43 + "=": 2,  # 32 zero bytes: a point of low order
            "CQ" + "A" * 41 + "=": 1,  # the base point
            "CQ" + "A" * 42: 2,  # 33 bytes
        }
        for client_key, reason in keys.items():
            with self.subTest(client_key=client_key):
                client = self.open()
                answer = client.connect(
                    uid, token=token, client_key=client_key, device_id=client_key
                )
                self.assertEqual(answer.reason, reason)
                if reason == 1:
                    self.assertEqual((len(answer.server_key), len(answer.salt)), (44, 16))
                    self.assertRegex(answer.salt, r"^[0-9a-zA-Z]{16}$")
                    client.ping()
                else:
                    self.assertEqual(client.read_to_end(), [])

    def test_a_send_in_clear_is_answered_with_9(self):
        uid = self.name("u")
        token = self.token(uid)
        client = self.open().login(uid, token=token, client_key="CQ" + "A" * 41 + "=")
        for count, payload in enumerate((b"", HELLO, b"AAAA", b"QUJD" * 8), start=1):
            answer = client.send_acked("peer", PERSON, payload, f"n{count}")
            self.assertEqual((answer.reason, answer.seq), (9, 0))
            self.assertGreater(answer.message_id, 0)
        client.ping()


if __name__ == "__main__":
    unittest.main(verbosity=2)
