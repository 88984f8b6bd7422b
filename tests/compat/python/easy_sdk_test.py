# SPDX-License-Identifier: Apache-2.0
"""The unmodified wukong-easy-sdk (JSON-RPC over WebSocket) against the real binary."""

import asyncio
import logging
import re
import time
import unittest

from person import Person, Relay
from server import Server
from wkproto import GROUP, NO_PERSIST, PERSON, RECV, Client
from wukong_easy_sdk import (
    ErrorCode,
    ReasonCode,
    WKIMDeviceFlag,
    WKIMError,
    WKIMEvent,
    WKIMOptions,
)

logging.getLogger("asyncio").setLevel(logging.ERROR)  # unittest has it report slow callbacks
EAGER = WKIMOptions(reconnect_delay=0.05, max_reconnect_delay=0.2, max_reconnect_attempts=500)


class EasySdk(unittest.IsolatedAsyncioTestCase):
    async def asyncSetUp(self):
        # The binary clients of these tests speak in clear; JSON sessions are never encrypted. A machine
        # that builds at the same time may hold a client up for longer than the default 2 s.
        self.server = Server(
            wukong={"encryption": False, "first_packet_max": "1m", "login_max": "1m"}
        )
        self.addCleanup(self.server.close)
        self.server.start()
        self.people = []
        self.secrets = []

    async def asyncTearDown(self):
        for person in self.people:
            await person.im.destroy()
        await asyncio.to_thread(self.server.stop)
        for secret in self.secrets:
            self.assertNotIn(secret, self.server.log(), "a token in the log")

    def token(self, uid, flag=2, level=0):
        token = f"token-{uid}-{flag}-{len(self.secrets)}-{time.monotonic_ns()}"
        self.secrets.append(token)
        return self.server.token(uid, flag, token, level)

    def person(self, uid, token, **more):
        person = Person(self.server, uid, token, **more)
        self.people.append(person)
        return person

    async def login(self, uid, **more):
        flag = int(more.get("device_flag", 2))
        person = self.person(uid, self.token(uid, flag), **more)
        await person.connect()
        return person

    async def refused(self, person):
        with self.assertRaises(WKIMError) as caught:
            await person.im.connect()
        self.assertFalse(person.im.is_connected)
        await person.until_count(WKIMEvent.ERROR, 1)
        self.assertEqual(person.of(WKIMEvent.RECONNECTING), [])
        return caught.exception.code

    def binary(self, uid, flag=4, **more):
        token = self.token(uid, flag)  # ahead of the connection, which may not stay silent for long
        client = Client(self.server.addresses["tcp"])
        self.addCleanup(client.close)
        return client.login(uid, flag=flag, token=token, **more)

    # Logging in.

    async def test_login_as_class_2(self):
        alice = self.person("alice", self.token("alice"))
        result = await alice.im.connect()
        self.assertEqual(result["reasonCode"], ReasonCode.SUCCESS)
        self.assertIs(type(result["timeDiff"]), int)
        self.assertLess(abs(result["timeDiff"]), 60_000)
        self.assertIs(type(result["nodeId"]), int)
        self.assertEqual(result["serverVersion"], 5)
        online = self.server.post("/user/onlinestatus", ["alice"])
        self.assertEqual(online, [{"uid": "alice", "device_flag": 2, "online": 1}])

    async def test_all_three_classes_of_the_sdk_at_once(self):
        people = [await self.login("alice", device_flag=flag) for flag in WKIMDeviceFlag]
        bob = await self.login("bob")
        await bob.send("to all", "alice")
        for person in people:
            await person.until_text("to all")
            self.assertEqual(person.of(WKIMEvent.DISCONNECT), [])

    async def test_a_token_of_another_class_is_refused_at_once(self):
        token = self.token("newcomer", flag=0)
        person = self.person("newcomer", token)
        asked = time.monotonic()
        self.assertEqual(await self.refused(person), ReasonCode.AUTH_FAIL)
        self.assertLess(time.monotonic() - asked, 5.0)  # far below the SDK's own time-out of 10 s
        self.server.log_line(
            "what mends it", "newcomer", r"class\D{0,20}\b2\b", r"class\D{0,20}\b0\b", "/user/token"
        )

    async def test_a_wrong_token_and_a_ban_are_told_apart(self):
        token = self.token("alice")
        self.assertEqual(
            await self.refused(self.person("alice", token + "x")), ReasonCode.AUTH_FAIL
        )
        self.server.post("/channel/info", {"channel_id": "alice", "channel_type": 1, "ban": 1})
        self.assertEqual(await self.refused(self.person("alice", token)), ReasonCode.BAN)
        self.server.post("/channel/info", {"channel_id": "alice", "channel_type": 1, "ban": 0})
        await self.person("alice", token).im.connect()

    async def test_a_second_main_device_ends_the_first_for_good(self):
        token = self.token("alice", level=1)
        first = self.person("alice", token, options=EAGER)
        await first.im.connect()
        second = self.person("alice", token)
        await second.im.connect()
        await first.until_count(WKIMEvent.ERROR, 1)
        self.assertEqual(first.of(WKIMEvent.DISCONNECT), [{"reasonCode": ReasonCode.CONNECT_KICK}])
        self.assertEqual(first.of(WKIMEvent.ERROR)[0].code, ReasonCode.CONNECT_KICK)
        bob = await self.login("bob")
        await bob.send("who is it?", "alice")
        await second.until_text("who is it?")
        self.assertFalse(first.im.is_connected)
        self.assertEqual(first.of(WKIMEvent.RECONNECTING), [])
        self.assertEqual(first.messages, [])

    async def test_device_quit_ends_the_login(self):
        alice = await self.login("alice", options=EAGER)
        self.server.post("/user/device_quit", {"uid": "alice", "device_flag": -1})
        await alice.until_count(WKIMEvent.ERROR, 1)
        self.assertEqual(alice.of(WKIMEvent.ERROR)[0].code, ReasonCode.CONNECT_KICK)
        self.assertEqual(alice.of(WKIMEvent.RECONNECTING), [])

    # Chatting.

    async def test_chat_with_another_python_client(self):
        alice = await self.login("alice")
        tab = await self.login("alice", device_flag=WKIMDeviceFlag.WEB)
        bob = await self.login("bob")
        ack = await alice.send("hello from Python", "bob")
        self.assertEqual((ack["messageSeq"], ack["reasonCode"]), (1, 1))
        message = await bob.until_text("hello from Python")
        self.assertEqual(message["messageId"], ack["messageId"])
        self.assertEqual(
            (message["fromUid"], message["channelId"], message["channelType"]),
            ("alice", "alice", 1),
        )
        self.assertIs(message["header"].get("redDot"), True)
        self.assertLess(abs(message["timestamp"] - time.time()), 60)
        copy = await tab.until_text("hello from Python")
        self.assertEqual((copy["fromUid"], copy["channelId"]), ("alice", "bob"))
        self.assertFalse(copy["header"].get("redDot", False))
        await bob.send("hello yourself", "alice")
        await alice.until_text("hello yourself")
        self.assertEqual(alice.texts, ["hello yourself"])  # and nothing of its own

    async def test_chat_with_a_binary_client(self):
        alice = await self.login("alice")
        bob = self.binary("bob")
        ack = await alice.send("你好", "bob")
        message = await asyncio.to_thread(bob.read, RECV)
        self.assertEqual(message.payload.decode("utf-8"), '{"type":1,"content":"你好"}')
        self.assertEqual(
            (message.from_uid, message.channel_id, str(message.message_id)),
            ("alice", "alice", ack["messageId"]),
        )
        answer = '{"type":1,"content":"收到 👍"}'.encode()
        sent = await asyncio.to_thread(bob.send_acked, "alice", PERSON, answer, "from-binary-1")
        self.assertEqual((sent.reason, sent.seq), (1, 2))
        message = await alice.until_text("收到 👍")
        self.assertEqual((message["clientMsgNo"], message["messageSeq"]), ("from-binary-1", 2))
        self.assertEqual(message["messageId"], str(sent.message_id))

    async def test_group(self):
        self.server.make_group("tea", ["alice", "bob", "carol"])
        alice, bob = await self.login("alice"), await self.login("bob")
        carol = self.binary("carol", flag=77)
        ack = await alice.send("tea?", "tea", GROUP)
        self.assertEqual(ack["messageSeq"], 1)
        message = await bob.until_text("tea?")
        self.assertEqual(
            (message["channelId"], message["channelType"], message["fromUid"]), ("tea", 2, "alice")
        )
        seen = await asyncio.to_thread(carol.read, RECV)
        self.assertEqual((seen.channel_id, seen.from_uid, seen.seq), ("tea", "alice", 1))
        dave = await self.login("dave")
        with self.assertRaises(WKIMError) as caught:
            await dave.send("me too", "tea", GROUP)
        self.assertEqual(caught.exception.code, ReasonCode.SUBSCRIBER_NOT_EXIST)
        self.server.post(
            "/channel/subscriber_add",
            {"channel_id": "tea", "channel_type": 2, "subscribers": ["dave"]},
        )
        self.assertEqual((await dave.send("thanks", "tea", GROUP))["messageSeq"], 2)
        await alice.until_text("thanks")

    async def test_a_refused_send_says_why_and_costs_no_connection(self):
        alice = await self.login("alice")
        self.server.post(
            "/channel/blacklist_add", {"channel_id": "bob", "channel_type": 1, "uids": ["alice"]}
        )
        with self.assertRaises(WKIMError) as caught:
            await alice.send("denied", "bob")
        self.assertEqual(caught.exception.code, ReasonCode.IN_BLACKLIST)
        self.server.post(
            "/channel/blacklist_remove", {"channel_id": "bob", "channel_type": 1, "uids": ["alice"]}
        )
        self.assertEqual((await alice.send("allowed", "bob"))["messageSeq"], 1)

    async def test_the_system_account_has_a_name(self):
        alice = await self.login("alice")
        self.server.api_send(None, "alice", b'{"type":1,"content":"maintenance"}')
        message = await alice.until_text("maintenance")
        self.assertEqual((message["fromUid"], message["channelId"]), ("____system", "____system"))
        self.assertTrue(alice.im.is_connected)

    async def test_payloads_of_any_kind(self):
        alice, bob = await self.login("alice"), await self.login("bob")
        payloads = [
            {"type": 1, "content": ""},
            {},
            [],
            [1, 2.5, None, True, "文"],
            {"type": 1, "content": '\u0000\u001f\u2028 "quoted" \\ </script>'},
            {"type": 1, "content": "👩‍👩‍👧‍👦" * 100, "big": 2**63 - 1},
            {"type": 1, "content": "x" * 30_000},
            {"type": 1, "content": "长" * 10_240},
            {"type": 1, "content": "the end"},
        ]
        for payload in payloads:
            await alice.im.send("bob", PERSON, payload)
        await bob.until_count(WKIMEvent.MESSAGE, len(payloads))
        self.assertEqual([message["payload"] for message in bob.messages], payloads)

    async def test_flags_and_topic_travel(self):
        alice, bob = await self.login("alice"), await self.login("bob")
        ack = await alice.send("fleeting", "bob", header={"noPersist": True, "redDot": False})
        self.assertEqual(ack["messageSeq"], 0)
        message = await bob.until_text("fleeting")
        self.assertEqual(message["header"].get("noPersist"), True)
        self.assertFalse(message["header"].get("redDot", False))
        await alice.send(
            "on topic", "bob", setting={"topic": True, "receipt": True}, topic="weather"
        )
        message = await bob.until_text("on topic")
        self.assertEqual(message.get("topic"), "weather")
        self.assertEqual(message["setting"].get("receipt"), True)
        self.assertEqual([one["message_seq"] for one in self.server.history("alice", "bob")], [1])

    async def test_the_same_client_msg_no_gets_the_first_outcome(self):
        alice, bob = await self.login("alice"), await self.login("bob")
        first = await alice.send("once", "bob", client_msg_no="n-1")
        again = await alice.send("once", "bob", client_msg_no="n-1")
        self.assertEqual((again["messageId"], again["messageSeq"]), (first["messageId"], 1))
        await alice.send("then", "bob")
        await bob.until_text("then")
        self.assertEqual(bob.texts, ["once", "then"])

    async def test_two_hundred_at_once_arrive_in_order_and_once(self):
        alice, bob = await self.login("alice"), await self.login("bob")
        carol = self.binary("carol")
        self.server.make_group("row", ["alice", "bob", "carol"])
        texts = [f"number {index}" for index in range(200)]
        acks = await asyncio.gather(*(alice.send(text, "row", GROUP) for text in texts))
        self.assertEqual([ack["messageSeq"] for ack in acks], list(range(1, 201)))
        await alice.send("done", "row", GROUP)
        await bob.until_text("done")
        self.assertEqual(bob.texts, [*texts, "done"])
        seqs = []
        while not seqs or seqs[-1] < 201:
            seqs.append((await asyncio.to_thread(carol.read, RECV)).seq)
        self.assertEqual(seqs, list(range(1, 202)))

    async def test_one_error_does_not_end_the_session(self):
        alice = await self.login("alice")
        with self.assertRaises(WKIMError):
            await alice.send("to a reserved name", "a@b")
        with self.assertRaises(WKIMError):
            await alice.send("to no such type", "bob", 200)
        self.assertEqual((await alice.send("fine", "bob"))["reasonCode"], 1)

    # Staying, and coming back.

    async def test_heartbeat(self):
        async with Relay(self.server) as relay:
            options = WKIMOptions(ping_interval=0.05, pong_timeout=10)
            alice = await self.login("alice", url=relay.url, options=options)
            pong = re.compile(rb'"result"\s*:\s*\{\s*\}')
            await asyncio.to_thread(
                self.server.wait,
                "ten pongs",
                lambda: len(pong.findall(bytes(relay.downstream))) >= 10,
            )
            await alice.im.ping()
            self.assertTrue(alice.im.is_connected)
            self.assertEqual(alice.of(WKIMEvent.ERROR), [])

    async def come_back_after(self, end):
        async with Relay(self.server) as relay:
            alice = await self.login("alice", url=relay.url, options=EAGER)
            bob = await self.login("bob", url=relay.url, options=EAGER)
            acked = []
            for index in range(20):
                acked.append(await alice.send(f"before {index}", "bob"))
            await bob.until_text("before 19")
            relay.open = False
            await asyncio.to_thread(end)
            await alice.until_count(WKIMEvent.DISCONNECT, 1)
            await bob.until_count(WKIMEvent.DISCONNECT, 1)
            await asyncio.to_thread(self.server.start)
            away = self.server.api_send(
                "alice", "bob", b'{"type":1,"content":"while you were away"}'
            )
            relay.open = True
            await alice.until_count(WKIMEvent.CONNECT, 2)
            await bob.until_count(WKIMEvent.CONNECT, 2)
            self.assertEqual(
                alice.of(WKIMEvent.DISCONNECT)[0]["reasonCode"], ErrorCode.CONNECTION_LOST
            )
            after = await alice.send("after", "bob")
            self.assertEqual(after["messageSeq"], 22)
            await bob.until_text("after")
            history = self.server.history("bob", "alice")
            self.assertEqual([one["message_seq"] for one in history], list(range(1, 23)))
            for ack in acked:
                stored = history[ack["messageSeq"] - 1]
                self.assertEqual(stored["message_idstr"], ack["messageId"])
            self.assertEqual(history[20]["message_idstr"], str(away["message_id"]))
            conversation = self.server.conversation("bob", "alice")
            self.assertEqual((conversation["unread"], conversation["last_msg_seq"]), (22, 22))

    async def test_back_after_a_kill(self):
        await self.come_back_after(self.server.kill)

    async def test_back_after_a_stop(self):
        await self.come_back_after(self.server.stop)

    async def test_a_binary_client_of_the_same_account_is_another_device(self):
        alice = await self.login("alice")
        phone = self.binary("alice", flag=0)
        bob = await self.login("bob")
        await bob.send("both", "alice")
        await alice.until_text("both")
        await asyncio.to_thread(phone.read, RECV)
        await asyncio.to_thread(
            phone.send_acked, "bob", PERSON, b'{"type":1,"content":"from the phone"}', "p-1"
        )
        copy = await alice.until_text("from the phone")
        self.assertEqual((copy["channelId"], copy["header"].get("redDot", False)), ("bob", False))
        sent = await asyncio.to_thread(
            phone.send_acked, "bob", PERSON, b'{"type":1}', "p-2", flags=NO_PERSIST
        )
        self.assertEqual((sent.seq, sent.flags), (0, NO_PERSIST))


if __name__ == "__main__":
    unittest.main(verbosity=2)
