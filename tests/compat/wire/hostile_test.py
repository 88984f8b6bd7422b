# SPDX-License-Identifier: Apache-2.0
"""Garbage, silence, connections that are half open or end without a word (wukong-wire 5.1, 5.2)."""

import random
import socket
import time
import unittest

from wire_base import HELLO, WireTest
from server import PATIENCE_S
from wkproto import (
    GROUP,
    PERSON,
    PING_FRAME,
    RECV,
    SENDACK,
    Closed,
    connect_frame,
    send_frame,
)


class Garbage(WireTest):
    def test_first_bytes_that_are_no_connect(self):
        openings = {
            "a PING": PING_FRAME,
            "a SEND": send_frame(1, "n", "x", PERSON, HELLO),
            "an HTTP request": b"GET / HTTP/1.1\r\nHost: x\r\n\r\n",
            "a TLS hello": bytes.fromhex("1603010200010001fc0303") + bytes(200),
            "a PROXY line nobody asked for": b"PROXY TCP4 1.2.3.4 5.6.7.8 1 2\r\n",
            "zeros": bytes(100),
            "ones": b"\xff" * 100,
            "JSON that is none": b'{"method":"connect",,}',
            "JSON of another method": b'{"id":"1","method":"ping"}',
            "a JSON array": b'[{"id":"1","method":"connect"}]',
            "deep JSON": b'{"a":' * 100_000,
        }
        for what, data in openings.items():
            with self.subTest(what=what):
                client = self.open()
                try:
                    client.write(data)
                except Closed:
                    continue
                self.assertNotIn(b"recv", self.everything(client))
        self.assert_serves()

    @staticmethod
    def everything(client):
        client.socket.settimeout(PATIENCE_S)
        data = b""
        try:
            while more := client.socket.recv(65536):
                data += more
        except ConnectionResetError:
            pass
        return data

    def test_random_bytes(self):
        dice = random.Random(20240615)
        for _ in range(200):
            client = self.open()
            data = dice.randbytes(dice.randrange(1, 400))
            try:
                client.write(data)
                client.socket.shutdown(socket.SHUT_WR)
                self.everything(client)
            except (Closed, OSError):
                pass
            client.close()
        self.assert_serves()

    def test_a_good_login_with_random_damage(self):
        dice = random.Random(7)
        uid = self.name("u")
        data = (
            connect_frame(uid, token=self.token(uid))
            + send_frame(1, "n", "x", PERSON, HELLO)
            + PING_FRAME
        )
        for _ in range(150):  # fewer refusals than the server takes from one address in a minute
            damaged = bytearray(data)
            for _ in range(dice.randrange(1, 4)):
                damaged[dice.randrange(len(damaged))] = dice.randrange(256)
            client = self.open()
            try:
                client.write(bytes(damaged))
                client.socket.shutdown(socket.SHUT_WR)
                self.everything(client)
            except (Closed, OSError):
                pass
            client.close()
        self.assert_serves()


class Silence(WireTest):
    def assert_closed_after_the_limit(self, client, since):
        self.assert_closed_silently(client, within_s=PATIENCE_S)
        self.assertGreater(time.monotonic() - since, 1.5)

    def test_a_silent_connection_is_closed_and_a_logged_in_one_is_not(self):
        patient = self.login("u")
        opened = time.monotonic()
        self.assert_closed_after_the_limit(self.open(), opened)
        patient.ping()

    def test_half_a_connect_is_closed(self):
        uid = self.name("u")
        data = connect_frame(uid, token=self.token(uid))
        client = self.open()
        written = time.monotonic()
        client.write(data[: len(data) // 2])
        self.assert_closed_after_the_limit(client, written)

    def test_a_trickle_is_closed(self):
        data = connect_frame(self.name("u"), token="t" * 2000)
        client = self.open()
        opened = time.monotonic()
        for index in range(len(data)):
            client.write(data[index : index + 1])
            try:
                client.read(within_s=0.25)  # the pace of the trickle
            except TimeoutError:
                self.assertLess(
                    time.monotonic() - opened, 25, "a trickle must not hold a connection"
                )
            except Closed:
                return
        self.fail("the whole CONNECT was waited for")

    def test_writing_ends_before_the_login(self):
        client = self.open()
        client.socket.shutdown(socket.SHUT_WR)
        self.assert_closed_silently(client)

    def test_writing_ends_after_the_login(self):
        client, peer = self.login("u"), self.name("peer")
        client.send(peer, PERSON, HELLO, "last words")
        client.socket.shutdown(socket.SHUT_WR)
        client.read_to_end()
        uid = self.name("u")
        self.server.wait("the last words", lambda: len(self.server.history(uid, peer)) == 1)
        self.server.wait("offline", lambda: self.server.post("/user/onlinestatus", [uid]) == [])

    def test_machines_that_lose_their_power(self):
        uid = self.name("u")
        token = self.token(uid)
        clients = [
            self.open().login(uid, token=token, device_id=f"d{count}") for count in range(20)
        ]
        for client in clients[::2]:
            client.send("x", PERSON, HELLO, f"n-{id(client)}")
        for client in clients:
            client.vanish()
        self.server.wait("all offline", lambda: self.server.post("/user/onlinestatus", [uid]) == [])
        self.assert_serves()

    def test_a_reader_that_vanishes_harms_nobody(self):
        alice, carol = self.login("alice"), self.login("carol")
        bob = self.login("bob")
        room = self.name("room")
        self.server.make_group(room, [self.name(who) for who in ("alice", "bob", "carol")])
        for count in range(300):
            alice.send(room, GROUP, HELLO, f"n{count}")
            if count == 150:
                bob.vanish()
        self.assertEqual([alice.read(SENDACK).reason for _ in range(300)], [1] * 300)
        self.assertEqual([carol.read(RECV).seq for _ in range(300)], list(range(1, 301)))


if __name__ == "__main__":
    unittest.main(verbosity=2)
