# SPDX-License-Identifier: Apache-2.0
"""Devices beside each other, layouts by version, the same message again (wukong-wire 5.6-5.11)."""

import unittest

from wire_base import HELLO, WireTest
from wkproto import (
    DISCONNECT,
    DUP,
    GROUP,
    NO_PERSIST,
    PERSON,
    RECV,
    RED_DOT,
    SENDACK,
    SYNC_ONCE,
    send_frame,
)


class Sessions(WireTest):
    def test_the_same_device_takes_its_own_place(self):
        for level in (0, 1):
            with self.subTest(level=level):
                uid = self.name(f"u{level}")
                token = self.token(uid, level=level)
                old = self.open().login(uid, token=token, device_id="phone")
                new = self.open().login(uid, token=token, device_id="phone")
                self.assert_closed_silently(old)
                new.ping()

    def test_a_main_device_ends_another(self):
        uid = self.name("u")
        token = self.token(uid, level=1)
        old = self.open().login(uid, token=token, device_id="one")
        new = self.open().login(uid, token=token, device_id="two")
        told = old.read()
        self.assertEqual((told.kind, told.reason), (DISCONNECT, 12))
        self.assertRegex(
            told.text,
            r"^login in other device: two of class 0 \(app\), 20.*Z, "
            r"main device alone in class 0$",
        )
        self.assert_closed_silently(old, within_s=10)
        new.ping()
        self.assertEqual(new.unread, [])

    def test_secondary_devices_live_side_by_side(self):
        uid = self.name("u")
        token = self.token(uid)
        clients = [
            self.open().login(uid, token=token, device_id=f"d{count}") for count in range(10)
        ]
        for client in clients:
            client.ping()

    def test_a_main_device_ends_secondary_ones_of_its_class_only(self):
        uid = self.name("u")
        token, web_token = self.token(uid, flag=0), self.token(uid, flag=1)
        secondary = [
            self.open().login(uid, token=token, device_id=f"d{count}") for count in range(3)
        ]
        web = self.open().login(uid, token=web_token, flag=1, device_id="web")
        # Registering a main token ends what is online in the class, so the level changes by the login.
        self.server.token(uid, 0, token, 1)
        for client in secondary:
            told = client.read(DISCONNECT)
            self.assertEqual(told.reason, 12)
            self.assertRegex(told.text, r"^账号在其他设备上登录: new token for class 0 \(app\), 20")
        main = self.open().login(uid, token=token, device_id="main")
        for client in secondary:
            self.assert_closed_silently(client)
        web.ping()
        main.ping()

    def test_device_quit_tells_and_closes(self):
        uid = self.name("u")
        tokens = {flag: self.token(uid, flag) for flag in (0, 2, 200)}
        clients = {
            flag: self.open().login(uid, token=token, flag=flag) for flag, token in tokens.items()
        }
        self.server.post("/user/device_quit", {"uid": uid, "device_flag": 200})
        told = clients[200].read()
        self.assertEqual((told.kind, told.reason, told.text), (DISCONNECT, 12, ""))
        self.assert_closed_silently(clients[200], within_s=10)
        clients[0].ping()
        self.server.post("/user/device_quit", {"uid": uid, "device_flag": -1})
        for flag in (0, 2):
            self.assertEqual(clients[flag].read(DISCONNECT).reason, 12)
            self.assert_closed_silently(clients[flag], within_s=10)

    def test_layouts_follow_the_readers_version(self):
        alice = self.login("alice")
        readers = {version: self.open() for version in (1, 2, 3, 4, 5, 6)}
        uid = self.name("bob")
        token = self.token(uid)
        for version, reader in readers.items():
            reader.login(uid, token=token, version=version, device_id=f"v{version}")
        sent = alice.send_acked(
            uid, PERSON, HELLO, "n-1", setting=0x80 | 0x08 | 0x02 | 0x04, topic="主题", expire=3600
        )
        self.assertEqual((sent.reason, sent.seq), (1, 1))
        for version, reader in readers.items():
            with self.subTest(version=version):
                message = reader.read(RECV)
                self.assertEqual(
                    (message.payload, message.client_msg_no, message.seq), (HELLO, "n-1", 1)
                )
                self.assertEqual(message.message_id, sent.message_id)
                self.assertEqual(message.topic, "主题")
                self.assertEqual(message.expire, 3600 if version >= 3 else None)
                if version < 5:
                    self.assertEqual(message.setting & 0x02, 0, "they would look for stream fields")
                if version < 4:
                    self.assertEqual(message.setting & 0x04, 0, "their stream bit")
                self.assertEqual(message.setting & 0x88, 0x88)
        old = self.login("old", version=2)
        self.assertEqual(old.send_acked(self.name("alice"), PERSON, HELLO, "from-v2").reason, 1)
        self.assertEqual(alice.read(RECV).payload, HELLO)

    def test_sendack_echoes_the_flags(self):
        alice, bob = self.login("alice"), self.login("bob")
        uid = self.name("bob")
        for count, flags in enumerate(
            (0, RED_DOT, SYNC_ONCE, DUP, NO_PERSIST, NO_PERSIST | SYNC_ONCE, RED_DOT | DUP)
        ):
            answer = alice.send_acked(uid, PERSON, HELLO, f"n{count}", flags=flags)
            self.assertEqual((answer.reason, answer.flags), (1, flags))
            self.assertEqual(answer.seq == 0, bool(flags & NO_PERSIST))
            message = bob.read(RECV)
            self.assertEqual(message.flags & ~DUP, flags & ~DUP)
            self.assertEqual(message.seq, answer.seq)

    def test_the_same_number_again_gets_the_first_outcome(self):
        alice, bob = self.login("alice"), self.login("bob")
        uid = self.name("bob")
        first = alice.send_acked(uid, PERSON, HELLO, "n-1")
        second = alice.send_acked(uid, PERSON, HELLO, "n-2")
        again = alice.send_acked(uid, PERSON, HELLO, "n-1", flags=RED_DOT | DUP)
        self.assertEqual(
            (again.message_id, again.seq, again.reason), (first.message_id, first.seq, 1)
        )
        alice.vanish()
        back = self.login("alice", device_id="another")
        for number, sent in (("n-2", second), ("n-1", first)):
            again = back.send_acked(uid, PERSON, HELLO, number)
            self.assertEqual(
                (again.message_id, again.seq, again.reason), (sent.message_id, sent.seq, 1)
            )
        end = back.send_acked(uid, PERSON, HELLO, "n-3")
        self.assertEqual(end.seq, 3)
        self.assertEqual([bob.read(RECV).seq for _ in range(3)], [1, 2, 3])
        self.assertEqual(bob.unread, [])

    def test_a_refusal_is_not_remembered(self):
        alice = self.login("alice")
        room = self.name("room")
        self.assertEqual(alice.send_acked(room, GROUP, HELLO, "n-1").reason, 3)
        self.server.make_group(room, [self.name("alice")])
        answer = alice.send_acked(room, GROUP, HELLO, "n-1")
        self.assertEqual((answer.reason, answer.seq), (1, 1))

    def test_channel_ids_that_no_client_may_use(self):
        alice = self.login("alice")
        for channel_id in ("", "a@b", "a#b", "a&b", "x____cmd"):
            for channel_type in (PERSON, GROUP):
                answer = alice.send_acked(
                    channel_id, channel_type, HELLO, f"n-{channel_id}-{channel_type}"
                )
                self.assertNotEqual(answer.reason, 1)
                self.assertEqual(answer.seq, 0)
        alice.ping()

    def test_to_oneself_once_to_each_other_device(self):
        one = self.login("u", device_id="one")
        two = self.login("u", device_id="two")
        uid = self.name("u")
        self.assertEqual(one.send_acked(uid, PERSON, HELLO, "note").seq, 1)
        one.send_acked(uid, PERSON, b"{}", "end")
        self.assertEqual([two.read(RECV).client_msg_no for _ in range(2)], ["note", "end"])
        two.ping()
        one.ping()
        self.assertEqual((one.unread, two.unread), ([], []))

    def test_a_sender_that_never_waits_gets_every_answer(self):
        alice, peer = self.login("alice"), self.name("peer")
        payload = b"x" * 1024
        data = b"".join(
            send_frame(count, f"n{count}", peer, PERSON, payload) for count in range(1, 3001)
        )
        alice.socket.setblocking(False)
        written = 0
        answers = []
        while written < len(data):  # writes as much as it can before it reads anything
            try:
                written += alice.socket.send(data[written : written + 262_144])
            except BlockingIOError:
                answers.append(alice.read(SENDACK))
                alice.socket.setblocking(False)
        while len(answers) < 3000:
            answers.append(alice.read(SENDACK))
        self.assertEqual([one.client_seq for one in answers], list(range(1, 3001)))
        self.assertEqual([one.seq for one in answers], list(range(1, 3001)))

    def test_a_reader_that_never_reads_is_closed_and_others_are_not(self):
        alice, carol = self.login("alice"), self.login("carol")
        bob, room = self.login("bob"), self.name("room")
        uids = [self.name(who) for who in ("alice", "bob", "carol")]
        self.server.make_group(room, uids)
        payload = b"x" * 200_000

        def bob_is_gone():
            return not self.server.post("/user/onlinestatus", [uids[1]])

        sent = 0
        while not (sent % 10 == 0 and sent > 0 and bob_is_gone()):
            self.assertLess(sent, 2000, "400 MB wait for a reader that doesn't read")
            self.assertEqual(
                alice.send_acked(room, GROUP, payload, f"n{sent}", flags=NO_PERSIST).reason, 1
            )
            self.assertEqual(carol.read(RECV).client_msg_no, f"n{sent}")
            sent += 1
        alice.ping()
        carol.ping()
        bob.close()


if __name__ == "__main__":
    unittest.main(verbosity=2)
