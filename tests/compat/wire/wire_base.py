# SPDX-License-Identifier: Apache-2.0
"""What the tests of this folder share: one server a class of tests, and clients to it."""

import pathlib
import sys
import time
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / "support"))
from server import PATIENCE_S, Server
from wkproto import PERSON, Client

HELLO = b'{"type":1,"content":"hello"}'


class WireTest(unittest.TestCase):
    """One server for all tests of a class; each test has accounts of its own."""

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

    def token(self, uid, flag=0, level=0):
        return self.server.token(uid, flag, f"secret-of-{uid}-{flag}", level)

    def open(self, **more):
        client = Client(self.server.addresses["tcp"], patience_s=PATIENCE_S, **more)
        self.addCleanup(client.close)
        return client

    def login(self, who, *, flag=0, level=0, version=5, **more):
        uid = self.name(who)
        token = self.token(
            uid, flag, level
        )  # ahead of the connection, which may not stay silent for long
        return self.open().login(uid, token=token, flag=flag, version=version, **more)

    def assert_serves(self):
        """The server is unharmed: somebody logs in, and a message goes round."""
        token = self.token("probe")
        probe = self.open().login("probe", token=token, device_id="probe")
        self.assertEqual(
            probe.send_acked("nobody", PERSON, HELLO, f"n-{time.monotonic_ns()}").reason, 1
        )
        probe.close()

    def assert_closed_silently(self, client, within_s=PATIENCE_S):
        self.assertEqual(client.read_to_end(within_s), [])
