# SPDX-License-Identifier: Apache-2.0
"""WebSocket connections in pieces: refused handshakes, closes and faults, cut at every byte (wukong-wire 6.2)."""

import socket
import struct
import unittest

from wire_base import PATIENCE_S, WireTest
from wkproto import connect_frame

UPGRADE = (
    b"GET / HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    b"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n"
)


def masked(opcode, payload, final=True):
    head = bytes([(0x80 if final else 0) | opcode])
    if len(payload) < 126:
        head += bytes([0x80 | len(payload)])
    else:
        head += bytes([0x80 | 126]) + struct.pack(">H", len(payload))
    key = b"\x01\x02\x03\x04"
    return head + key + bytes(byte ^ key[i % 4] for i, byte in enumerate(payload))


class WebSockets(WireTest):
    def exchange(self, pieces):
        """Writes the pieces, each as a segment of its own; answers all that comes back until the end."""
        with socket.create_connection(
            ("127.0.0.1", self.server.addresses["ws"]), timeout=PATIENCE_S
        ) as peer:
            peer.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            answer = b""
            try:
                for piece in pieces:
                    peer.sendall(piece)
                peer.shutdown(socket.SHUT_WR)
            except OSError:
                pass  # the server has closed already: what it said still counts
            try:
                while more := peer.recv(65536):
                    answer += more
            except ConnectionResetError:
                pass
            return answer

    def test_a_request_without_upgrade_is_refused_however_it_is_cut(self):
        request = b"GET / HTTP/1.1\r\nHost: x\r\n\r\n"
        for cut in range(1, len(request)):
            with self.subTest(cut=cut):
                answer = self.exchange([request[:cut], request[cut:]])
                self.assertTrue(answer.startswith(b"HTTP/1.1 4"), answer)
        self.assert_serves()

    def test_a_close_is_answered_however_it_is_cut(self):
        close = masked(8, struct.pack(">H", 1000) + b"bye")
        for cut in range(len(close) + 1):
            with self.subTest(cut=cut):
                answer = self.exchange([UPGRADE, close[:cut], close[cut:]])
                self.assertIn(b"101 Switching Protocols", answer)
                self.assertIn(b"\x88\x02" + struct.pack(">H", 1000), answer)
        self.assert_serves()

    def test_faults_close_however_they_are_cut(self):
        faults = {
            "a reserved bit": b"\xf2" + masked(2, b"abc")[1:],
            "not masked": b"\x82\x03abc",
            "an unknown opcode": masked(3, b"abc"),
            "a fragmented ping": masked(9, b"abc", final=False),
            "broken UTF-8": masked(1, b"\xff\xfe\xff"),
        }
        for name, fault in faults.items():
            for cut in range(len(fault) + 1):
                with self.subTest(name, cut=cut):
                    answer = self.exchange([UPGRADE, fault[:cut], fault[cut:]])
                    self.assertIn(b"101 Switching Protocols", answer)
                    self.assertIn(b"\x88", answer[answer.index(b"\r\n\r\n") :])
        self.assert_serves()

    def test_a_login_in_fragments(self):
        uid = self.name("ann")
        frame = connect_frame(uid=uid, token=self.token(uid), device_id="d")
        first = masked(2, frame[:10], final=False)
        rest = masked(0, frame[10:])
        for cut in (1, 5, len(rest) - 1):
            answer = self.exchange([UPGRADE, first, rest[:cut], rest[cut:]])
            body = answer[answer.index(b"\r\n\r\n") + 4 :]
            self.assertEqual(body[0], 0x82)  # one binary message
            self.assertEqual(body[2] >> 4, 2)  # that is a CONNACK

    def test_a_name_that_nobody_can_have_is_refused_before_anything_is_kept(self):
        frame = connect_frame(uid="x" * 5000, token="t", device_id="d")
        answer = self.exchange([UPGRADE, masked(2, frame)])
        body = answer[answer.index(b"\r\n\r\n") + 4 :]
        self.assertEqual(body[2] >> 4, 2)


if __name__ == "__main__":
    unittest.main()
