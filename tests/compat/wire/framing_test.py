# SPDX-License-Identifier: Apache-2.0
"""Frames cut anywhere, many in one segment, lengths and types that lie (wukong-wire 1)."""

import struct
import unittest

from wire_base import HELLO, WireTest
from wkproto import (
    CONNACK,
    CONNECT,
    PERSON,
    PING_FRAME,
    PONG,
    RECV,
    RECVACK,
    SEND,
    SENDACK,
    connect_frame,
    frame,
    send_frame,
    string,
    variable_length,
)

FRAME_BODY_MAX = 1 << 20


class Framing(WireTest):
    def test_a_connect_cut_at_every_byte(self):
        uid = self.name("u")
        data = connect_frame(uid, token=self.token(uid))
        for cut in range(1, len(data)):
            client = self.open()
            client.write(data[:cut])
            client.write(data[cut:])
            self.assertEqual(client.read(CONNACK).reason, 1, f"cut at {cut}")
            client.close()

    def test_a_session_written_byte_by_byte(self):
        uid, peer = self.name("u"), self.name("peer")
        client = self.open()
        data = connect_frame(uid, token=self.token(uid)) + PING_FRAME
        data += send_frame(7, "n-1", peer, PERSON, HELLO) + PING_FRAME
        for index in range(len(data)):
            client.write(data[index : index + 1])
        kinds = [client.read().kind for _ in range(4)]
        self.assertEqual(sorted(kinds), sorted([CONNACK, PONG, SENDACK, PONG]))
        self.assertEqual(kinds[0], CONNACK)
        self.assertEqual([one["payload"] for one in self.server.history(uid, peer)], [HELLO])

    def test_a_send_cut_at_every_byte(self):
        client, peer = self.login("u"), self.name("peer")
        size = len(send_frame(1, "n-000", peer, PERSON, HELLO))
        for cut in range(1, size):
            data = send_frame(cut, f"n-{cut:03}", peer, PERSON, HELLO)
            client.write(data[:cut])
            client.write(data[cut:])
            answer = client.read(SENDACK)
            self.assertEqual((answer.client_seq, answer.reason, answer.seq), (cut, 1, cut))

    def test_connect_and_more_in_one_segment(self):
        uid = self.name("u")
        token = self.token(uid)
        client = self.open()
        client.write(connect_frame(uid, token=token) + PING_FRAME)
        self.assertEqual([client.read().kind, client.read().kind], [CONNACK, PONG])
        other = self.open()
        sends = b"".join(send_frame(count, f"n{count}", "x", PERSON, HELLO) for count in (1, 2, 3))
        other.write(connect_frame(uid, token=token, device_id="other") + sends)
        self.assertEqual(other.read().kind, CONNACK)
        answers = [other.read(SENDACK) for _ in range(3)]
        self.assertEqual(
            [(one.client_seq, one.reason) for one in answers], [(1, 1), (2, 1), (3, 1)]
        )

    def test_what_follows_a_refused_connect_is_not_done(self):
        uid, peer = self.name("u"), self.name("peer")
        client = self.open()
        client.write(
            connect_frame(uid, token="none") + send_frame(1, "n", peer, PERSON, HELLO) + PING_FRAME
        )
        self.assertEqual([one.kind for one in client.read_to_end()], [CONNACK])
        self.assertEqual(self.server.history(uid, peer), [])

    def test_five_hundred_sends_in_one_segment(self):
        client, peer = self.login("u"), self.name("peer")
        client.write(
            b"".join(send_frame(count, f"n{count}", peer, PERSON, HELLO) for count in range(1, 501))
        )
        answers = [client.read(SENDACK) for _ in range(500)]
        self.assertEqual([one.client_seq for one in answers], list(range(1, 501)))
        self.assertEqual([one.seq for one in answers], list(range(1, 501)))

    def test_exactly_one_mebibyte_is_a_frame_and_one_byte_more_is_not(self):
        client, peer = self.login("u"), self.name("peer")
        empty_body = len(send_frame(1, "n", peer, PERSON, b"")) - 2
        payload = b"x" * (FRAME_BODY_MAX - empty_body)
        answer = client.send_acked(peer, PERSON, payload, "n")
        self.assertEqual(answer.kind, SENDACK)
        if answer.reason == 1:
            self.assertEqual(self.server.history(self.name("u"), peer)[0]["payload"], payload)
        client.ping()
        client.write(bytes([SEND << 4]) + variable_length(FRAME_BODY_MAX + 1))
        self.assert_closed_silently(client)

    def test_lengths_beyond_the_limit_close_before_their_body(self):
        for length in (
            b"\x81\x80\x40",
            b"\xff\xff\xff\x7f",
            b"\xff\xff\xff\xff",
            b"\x80\x80\x80\x80\x01",
        ):
            with self.subTest(length=length.hex(), logged_in=False):
                client = self.open()
                client.write(bytes([CONNECT << 4]) + length)
                self.assert_closed_silently(client, within_s=1.5)  # sooner than the 2 s of silence
            with self.subTest(length=length.hex(), logged_in=True):
                client = self.login("u", device_id=length.hex())
                client.write(bytes([SEND << 4]) + length)
                self.assert_closed_silently(client)

    def test_frames_of_no_type_close(self):
        for kind in (0, 13, 14, 15):
            for flags in (0, 0x0B):
                client = self.login("u", device_id=f"{kind}-{flags}")
                client.write(frame(kind, b"body", flags))
                self.assert_closed_silently(client)

    def test_bodies_that_lie_close(self):
        whole = connect_frame("u", token="t")[2:]
        bad_bodies = [
            whole[:-3],
            whole[:5],
            b"\x05",
            b"\x05\x00" + struct.pack(">h", -1) + whole[4:],
            b"\x05\x00" + struct.pack(">h", 32767) + b"short",
        ]
        for body in bad_bodies:
            with self.subTest(body=body.hex()):
                client = self.open()
                client.write(frame(CONNECT, body))
                self.assertEqual(
                    [one for one in client.read_to_end() if getattr(one, "reason", 0) == 1], []
                )

    def test_what_came_before_the_bad_frame_is_done(self):
        client, peer = self.login("u"), self.name("peer")
        client.write(send_frame(1, "n", peer, PERSON, HELLO) + frame(15, b"bad"))
        answers = client.read_to_end()
        self.assertEqual(
            [(one.kind, one.reason) for one in answers if one.kind == SENDACK], [(SENDACK, 1)]
        )
        self.assertEqual(len(self.server.history(self.name("u"), peer)), 1)

    def test_oddities_that_are_allowed(self):
        client = self.login("u")
        client.write(bytes([7 << 4 | 0x0F]))
        self.assertEqual(client.read().kind, PONG)
        client.write(
            bytes([RECVACK << 4, 0x80 | 16, 0x00]) + struct.pack(">qI", 1, 1) + b"more"
        )  # length not minimal
        for kind in (CONNECT, RECV, 9, 10, 12):  # nothing that a client says now; dropped
            client.write(ignored_frame(kind, self.name("u")))
            client.ping()
        self.assertEqual(client.unread, [])


def ignored_frame(kind, uid):
    if kind == CONNECT:
        return connect_frame(uid, token="again")
    if kind == RECV:
        body = b"\x00" + string("") + string("from") + string("to") + b"\x01" + struct.pack(">I", 0)
        return frame(RECV, body + string("n") + struct.pack(">qIi", 1, 1, 1) + b"payload")
    if kind == 9:
        return frame(9, b"\x0c" + string("bye"))
    if kind == 10:
        return frame(10, b"\x00" + string("s-1") + string("c") + b"\x02\x00" + string(""))
    return frame(12, string("e-1") + string("t") + struct.pack(">q", 0) + b"{}")


if __name__ == "__main__":
    unittest.main(verbosity=2)
