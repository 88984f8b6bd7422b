# SPDX-License-Identifier: Apache-2.0
"""WebSocket over TLS: login, heartbeat, and a certificate that is read again on SIGHUP (wukong-wire 6.1)."""

import pathlib
import signal
import socket
import ssl
import subprocess
import tempfile
import unittest

from wire_base import PATIENCE_S, Server, WireTest
from websocket_test import UPGRADE, masked
from wkproto import PING_FRAME, connect_frame


def make_certificate(folder, name):
    """A fresh self-signed certificate with its key, in place of those that are there."""
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1"]
        + ["-nodes", "-days", "2", "-subj", f"/CN={name}"]
        + ["-keyout", folder / "key.pem", "-out", folder / "cert.pem"],
        check=True,
        capture_output=True,
    )


class Tls(WireTest):
    @classmethod
    def setUpClass(cls):
        folder = tempfile.TemporaryDirectory(prefix="fenshen-tls-")
        cls.addClassCleanup(folder.cleanup)
        cls.folder = pathlib.Path(folder.name)
        make_certificate(cls.folder, "first")
        cls.server = Server(
            wukong={"encryption": False, "wss_port": "any"},
            tls={
                "cert": str(cls.folder / "cert.pem"),
                "key": str(cls.folder / "key.pem"),
            },
        )
        cls.addClassCleanup(cls.server.close)
        cls.server.start()

    def connect(self):
        context = ssl.create_default_context()
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE  # the certificate is looked at, not believed
        plain = socket.create_connection(
            ("127.0.0.1", self.server.addresses["wss"]), timeout=PATIENCE_S
        )
        peer = context.wrap_socket(plain)
        self.addCleanup(peer.close)
        return peer

    def certificate(self):
        peer = self.connect()
        shown = peer.getpeercert(binary_form=True)
        peer.close()
        return shown

    @staticmethod
    def read_exactly(peer, count):
        data = b""
        while len(data) < count:
            more = peer.recv(count - len(data))
            if not more:
                raise AssertionError(f"the server closed after {data!r}")
            data += more
        return data

    def test_login_and_heartbeat(self):
        uid = self.name("ann")
        token = self.token(uid)
        peer = self.connect()
        peer.sendall(UPGRADE)
        answer = b""
        while not answer.endswith(b"\r\n\r\n"):
            answer += self.read_exactly(peer, 1)
        self.assertIn(b"101 Switching Protocols", answer)
        peer.sendall(masked(2, connect_frame(uid=uid, token=token, device_id="d")))
        head = self.read_exactly(peer, 2)
        connack = self.read_exactly(peer, head[1])
        self.assertEqual(connack[0] >> 4, 2)
        peer.sendall(masked(2, PING_FRAME))
        self.assertEqual(self.read_exactly(peer, 3), b"\x82\x01\x80")

    def test_a_new_certificate_is_shown_after_sighup(self):
        first = self.certificate()
        make_certificate(self.folder, "second")
        self.assertEqual(self.certificate(), first)
        self.server.process.send_signal(signal.SIGHUP)
        self.server.wait("the new certificate", lambda: self.certificate() != first)

    def test_garbage_harms_nobody(self):
        for garbage in (b"GET / HTTP/1.1\r\n\r\n", b"\x16\x03\x01\xff\xff" + b"x" * 500, b"\x00"):
            with socket.create_connection(
                ("127.0.0.1", self.server.addresses["wss"]), timeout=PATIENCE_S
            ) as peer:
                peer.sendall(garbage)
        self.assert_serves()


if __name__ == "__main__":
    unittest.main()
