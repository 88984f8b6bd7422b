# SPDX-License-Identifier: Apache-2.0
"""wukong-http 2.4, 8, 9, 11: sending, history, look-ups, commands."""

import base64
import re
import time
import unittest

from http_case import GROUP, HELLO, NOT_FOUND, OK, PERSON, TEMP, HttpCase
from wkproto import RECV


class SendTest(HttpCase):
    def setUp(self):
        self.ann, self.bob = self.name("ann"), self.name("bob")
        self.body = {"from_uid": self.ann, "channel_id": self.bob, "channel_type": PERSON, "payload": HELLO}

    def history(self):
        return self.page(self.ann, self.bob, PERSON)["messages"]

    def test_the_answer(self):
        before = int(time.time())
        answer = self.post("/message/send", {**self.body, "client_msg_no": "no-1", "header": {"red_dot": 1}})
        self.assertEqual(answer["status"], 200)
        data = answer["data"]
        self.assertEqual((data["client_msg_no"], data["message_seq"]), ("no-1", 1))
        (message,) = self.history()
        self.assertLessEqual(before, message.pop("timestamp"))
        self.assertEqual(message, {
            "header": {"no_persist": 0, "red_dot": 1, "sync_once": 0},
            "setting": 0,
            "message_id": data["message_id"],
            "message_idstr": str(data["message_id"]),
            "client_msg_no": "no-1",
            "message_seq": 1,
            "from_uid": self.ann,
            "channel_id": self.bob,
            "channel_type": PERSON,
            "expire": 0,
            "payload": HELLO,
        })

    def test_a_number_is_made_up(self):
        first, second = (self.post("/message/send", self.body)["data"] for _ in range(2))
        self.assertTrue(re.fullmatch("[0-9a-f]{32}0", first["client_msg_no"]), first)
        self.assertNotEqual(first["client_msg_no"], second["client_msg_no"])
        self.assertLess(first["message_id"], second["message_id"])
        self.assertEqual(self.seqs(self.ann, self.bob, PERSON), [1, 2])

    def test_the_same_number_is_the_same_message(self):
        first, again = (self.post("/message/send", {**self.body, "client_msg_no": "same"}) for _ in range(2))
        self.assertEqual(first, again)
        self.assertEqual(len(self.history()), 1)

    def test_what_is_kept_of_it(self):
        self.post("/message/send", {**self.body, "is_stream": 1, "setting": 255, "expire": 4294967295,
                                    "topic": "t", "device_id": "d", "stream_no": "s"})
        (message,) = self.history()
        self.assertEqual((message["setting"], message["expire"]), (2, 4294967295))
        self.assertNotIn("topic", message)

    def test_everybodys_devices_get_it(self):
        clients = [self.login(self.ann), self.login(self.bob), self.login(self.bob, flag=1)]
        self.post("/message/send", self.body)
        for client, channel_id in zip(clients, (self.bob, self.ann, self.ann)):
            received = client.read(RECV)
            self.assertEqual((received.from_uid, received.channel_id), (self.ann, channel_id))
            self.assertEqual(received.payload, base64.b64decode(HELLO))

    def test_without_a_sender_it_is_the_system(self):
        client = self.login(self.bob)
        self.send(self.bob)
        self.assertEqual(client.read(RECV).from_uid, "")
        (message,) = self.page("____system", self.bob, PERSON)["messages"]
        self.assertEqual(message["from_uid"], "")

    def test_not_persisted(self):
        client = self.login(self.bob)
        data = self.send(self.bob, PERSON, self.ann, header={"no_persist": 1})
        self.assertEqual(data["message_seq"], 0)
        self.assertEqual(client.read(RECV).seq, 0)
        self.assertEqual(self.history(), [])

    def test_refusals(self):
        neither = "无法处理发送消息请求！"
        without = lambda *names: {key: value for key, value in self.body.items() if key not in names}
        for body, text in (
            (without("payload"), "payload不能为空！"),
            ({**self.body, "payload": ""}, "payload不能为空！"),
            (without("channel_id"), neither),
            ({**without("channel_id"), "subscribers": [self.bob]}, neither),
            ({**self.body, "subscribers": [self.bob], "header": {"sync_once": 1}}, neither),
            ({**self.body, "channel_id": "a@b"}, "频道ID不合法！"),
        ):
            self.assertEqual(self.error("/message/send", body), text, body)
        for field, value in (
            ("channel_type", 0), ("channel_type", 256), ("channel_type", "1"), ("payload", "not base64"),
            ("payload", "eA"), ("payload", 5), ("expire", -1), ("expire", 4294967296), ("header", []),
            ("header", {"red_dot": True}), ("from_uid", "a@b"), ("from_uid", 7), ("client_msg_no", 5),
        ):
            self.error("/message/send", {**self.body, field: value})
        self.assertEqual(self.history(), [])

    def test_a_banned_channel_swallows_it(self):
        group = self.name("g")
        for flag in ("ban", "disband"):
            self.post("/channel/info", {"channel_id": group, "channel_type": GROUP, flag: 1})
            data = self.send(group, GROUP, self.ann)
            self.assertGreater(data["message_id"], 0)
        self.assertEqual(self.seqs(self.ann, group, GROUP), [])

    def test_no_member_is_needed(self):
        group = self.group(self.name("g"), self.bob)
        client = self.login(self.bob)
        self.assertEqual(self.send(group, GROUP, "stranger")["message_seq"], 1)
        self.assertEqual(client.read(RECV).from_uid, "stranger")

    def test_batch(self):
        uids = [self.name(f"u{i}") for i in range(300)]
        answer = self.post("/message/sendbatch", {"from_uid": self.ann, "subscribers": [*uids, "bad@uid", ""],
                                                  "payload": HELLO, "header": {"red_dot": 1}})
        self.assertEqual(set(answer), {"fail_uids", "reason"})
        self.assertEqual(answer["fail_uids"], ["bad@uid"])
        self.assertEqual(len(answer["reason"]), 1)
        for uid in (uids[0], uids[-1]):
            (message,) = self.page(uid, self.ann, PERSON)["messages"]
            self.assertEqual((message["from_uid"], message["channel_id"]), (self.ann, uid))
        for body, text in (
            ({}, "from_uid不能为空！"),
            ({"from_uid": self.ann}, "subscribers不能为空！"),
            ({"from_uid": self.ann, "subscribers": ["b"]}, "payload不能为空！"),
        ):
            self.assertEqual(self.error("/message/sendbatch", body), text)


class HistoryTest(HttpCase):
    def test_the_acceptance_table(self):
        ann, group = self.name("ann"), self.name("g")
        for _ in range(10):
            self.send(group, GROUP, ann)
        up, down = 1, 0
        for start, end, mode, seqs, more in (
            (0, 0, down, [8, 9, 10], 1),
            (0, 0, up, [8, 9, 10], 1),
            (7, 0, down, [5, 6, 7], 1),
            (7, 5, down, [6, 7], 0),
            (7, 1, down, [5, 6, 7], 1),
            (8, 0, up, [8, 9, 10], 1),
            (8, 10, up, [8, 9], 0),
            (0, 4, up, [1, 2, 3], 1),
            (0, 4, down, [], 0),
            (3, 7, down, [], 0),
            (2, 0, down, [1, 2], 0),
            (9, 99, up, [9, 10], 0),
            (11, 0, up, [], 0),
            (2**64 - 1, 0, up, [], 0),
        ):
            page = self.page(ann, group, GROUP, start, end, 3, mode)
            self.assertEqual([message["message_seq"] for message in page["messages"]], seqs, (start, end, mode))
            self.assertEqual((page["start_message_seq"], page["end_message_seq"]), (start, end))
            self.assertEqual(page["more"], more, (start, end, mode))

    def test_limits(self):
        ann, group = self.name("ann"), self.name("g")
        for _ in range(3):
            self.send(group, GROUP, ann)
        for limit, count in ((0, 0), (-1, 0), (-(2**63), 0), (10_000, 3), (2**63 - 1, 3), (2147483648, 3)):
            self.assertEqual(len(self.seqs(ann, group, GROUP, limit=limit)), count, limit)
        self.error("/channel/messagesync", {"login_uid": ann, "channel_id": group, "channel_type": 2,
                                            "limit": 2**63})

    def test_flags_are_real_on_every_message(self):
        ann, group = self.name("ann"), self.name("g")
        for _ in range(3):
            self.send(group, GROUP, ann, header={"red_dot": 1})
        for message in self.page(ann, group, GROUP)["messages"]:
            self.assertEqual(message["header"]["red_dot"], 1)
        last = self.get(f"/channel/last_message?channel_id={group}&channel_type=2")
        self.assertEqual(last["header"]["red_dot"], 1)

    def test_refusals(self):
        self.assertEqual(self.error("/channel/messagesync", {"channel_id": "g"}), "login_uid不能为空！")
        self.assertEqual(self.error("/channel/messagesync", {"login_uid": "u"}), "channel_id不能为空！")
        for field, value in (("start_message_seq", -1), ("end_message_seq", 2**64), ("limit", "3"),
                             ("pull_mode", "up"), ("channel_type", -1)):
            self.error("/channel/messagesync", {"login_uid": "u", "channel_id": "g", field: value})

    def test_an_empty_channel(self):
        self.assertEqual(self.page("u", self.name("g"), GROUP),
                         {"start_message_seq": 0, "end_message_seq": 0, "more": 0, "messages": []})
        query = f"channel_id={self.name('g')}&channel_type=2"
        self.assertEqual(self.get(f"/channel/max_message_seq?{query}"), {"message_seq": 0})
        self.assertEqual(self.get(f"/channel/last_message?{query}"), NOT_FOUND)

    def test_where_the_log_ends(self):
        # The uids and combined ids of wukong-semantics 17.
        self.send("u2", PERSON, "u1")
        self.send("测试2", PERSON, "测试1")
        for query in ("channel_id=u2&login_uid=u1", "channel_id=u1&login_uid=u2", "channel_id=u2%40u1",
                      "channel_id=%E6%B5%8B%E8%AF%951%40%E6%B5%8B%E8%AF%952"):
            self.assertEqual(self.get(f"/channel/max_message_seq?channel_type=1&{query}"), {"message_seq": 1})
        self.assertEqual(self.get("/channel/last_message?channel_type=1&channel_id=u1&login_uid=u2")["channel_id"],
                         "u2")
        self.error_of_get("/channel/max_message_seq?channel_type=1&channel_id=u2")
        self.error_of_get("/channel/max_message_seq?channel_type=2")
        self.error_of_get("/channel/max_message_seq?channel_type=x&channel_id=g")
        self.error_of_get("/channel/last_message?channel_type=1&channel_id=u2")


class LookUpTest(HttpCase):
    def setUp(self):
        self.ann, self.channel = self.name("ann"), self.name("g")
        self.no = lambda i: f"{self.channel}-{i}"
        self.ids = [self.send(self.channel, GROUP, self.ann, client_msg_no=self.no(i))["message_id"] for i in range(1, 6)]
        self.body = {"login_uid": self.ann, "channel_id": self.channel, "channel_type": GROUP}

    def find(self, **more):
        page = self.post("/messages", {**self.body, **more})
        self.assertEqual((page["start_message_seq"], page["end_message_seq"], page["more"]), (0, 0, 0))
        return [message["message_seq"] for message in page["messages"]]

    def test_many(self):
        self.assertEqual(self.find(), [])
        self.assertEqual(self.find(message_seqs=[4, 99, 2], message_ids=[self.ids[0], 12345],
                                   client_msg_nos=[self.no(5), "unknown", self.no(3)]), [4, 2, 1, 5, 3])
        self.assertEqual(self.find(message_seqs=[0, 2**32 - 1], message_ids=[-(2**63), 2**63 - 1]), [])
        self.assertEqual(self.find(channel_id="another", message_ids=self.ids), [])
        self.assertEqual(self.error("/messages", {"login_uid": "u"}), "channel_id不能为空！")
        self.assertEqual(self.error("/messages", {**self.body, "message_seqs": ["1"]}), "数据格式有误！")

    def test_one(self):
        one = lambda **more: self.post("/message", {**self.body, **more})
        self.assertEqual(one(message_id=self.ids[1])["message_seq"], 2)
        self.assertEqual(one(client_msg_no=self.no(3))["message_seq"], 3)
        self.assertEqual(one(client_msg_no="unknown"), NOT_FOUND)
        self.assertEqual(one(message_id=self.ids[1], channel_id="another"), NOT_FOUND)
        for body, text in (
            ({"channel_type": 2}, "channel_id不能为空！"),
            ({"channel_id": "g"}, "channel_type不能为0"),
            ({"channel_id": "g", "channel_type": 1}, "login_uid不能为空！"),
        ):
            self.assertEqual(self.error("/message", body), text)

    def test_by_client_number(self):
        path = "/message/byclientmsgno"
        query = f"{path}?channel_id={self.channel}&channel_type=2&client_msg_no="
        self.assertEqual(self.get(query + self.no(5))["message_seq"], 5)
        self.assertEqual(self.get(query + "unknown"), NOT_FOUND)
        self.assertEqual(self.error_of_get(path), "channel_id不能为空")
        self.assertEqual(self.error_of_get(f"{path}?channel_id=g"), "channel_type不能为0")
        self.assertEqual(self.error_of_get(f"{path}?channel_id=g&channel_type=2"), "client_msg_no不能为空")


class CommandTest(HttpCase):
    def setUp(self):
        self.ann, self.bob = self.name("ann"), self.name("bob")
        self.channel = self.group(self.name("g"), self.ann, self.bob)

    def sync(self, uid, **more):
        return self.post("/message/sync", {"uid": uid, **more})

    def ack(self, uid):
        return self.post("/message/syncack", {"uid": uid, "last_message_seq": 1})

    def test_once_an_account(self):
        for _ in range(2):
            self.command(self.channel)
        self.assertEqual(self.seqs(self.ann, self.channel, GROUP), [])
        waiting = self.sync(self.ann)
        self.assertEqual([(each["message_seq"], each["channel_id"]) for each in waiting],
                         [(1, f"{self.channel}____cmd"), (2, f"{self.channel}____cmd")])
        self.assertEqual(waiting[0]["header"]["sync_once"], 1)
        self.assertEqual(len(self.sync(self.ann)), 2)
        self.assertEqual(self.ack(self.ann), OK)
        self.assertEqual(self.sync(self.ann), [])
        self.assertEqual(self.ack(self.ann), OK)
        self.assertEqual(len(self.sync(self.bob)), 2)
        self.assertEqual(self.conversations(self.bob), [])

    def test_acknowledged_at_once_it_does_not_come_again(self):
        self.command(self.channel)
        self.assertEqual(len(self.sync(self.ann)), 1)
        self.ack(self.ann)
        self.assertEqual(self.sync(self.ann), [])

    def test_only_what_was_handed_out(self):
        for _ in range(3):
            self.command(self.channel)
        self.assertEqual(len(self.sync(self.ann, limit=2)), 2)
        self.ack(self.ann)
        self.assertEqual([each["message_seq"] for each in self.sync(self.ann)], [3])

    def test_online_it_shows_the_plain_channel(self):
        client = self.login(self.ann)
        self.command(self.channel)
        received = client.read(RECV)
        self.assertEqual((received.channel_id, received.flags & 4), (self.channel, 4))

    def test_a_banned_group_still_carries_them(self):
        self.post("/channel/info", {"channel_id": self.channel, "channel_type": GROUP, "ban": 1})
        self.command(self.channel)
        self.assertEqual(len(self.sync(self.ann)), 1)

    def test_between_persons_the_receiver_is_named(self):
        self.command(self.bob, PERSON, self.ann)
        (message,) = self.sync(self.bob)
        self.assertEqual((message["from_uid"], message["channel_id"]), (self.ann, self.bob))
        self.assertEqual(self.sync(self.ann), [])

    def test_to_listed_accounts(self):
        client = self.login("u1")
        answer = self.post("/message/send", {"header": {"sync_once": 1}, "subscribers": ["u1", "u2"],
                                             "payload": HELLO})
        self.assertEqual(answer, OK)
        channel_id = "17922244540036557902____cmd"  # wukong-semantics 17
        received = client.read(RECV)
        self.assertEqual((received.channel_id, received.channel_type), (channel_id, TEMP))
        (message,) = self.sync("u2")
        self.assertEqual((message["channel_id"], message["channel_type"]), (channel_id, TEMP))
        self.assertEqual(self.ack("u2"), OK)
        self.assertEqual(self.sync("u2"), [])

    def test_to_listed_accounts_that_are_online(self):
        client = self.login(self.ann)
        self.assertEqual(self.post("/message/send", {"header": {"sync_once": 1, "no_persist": 1},
                                                     "subscribers": [self.ann, "nobody"], "payload": HELLO}), OK)
        received = client.read(RECV)
        self.assertEqual((received.channel_id, received.channel_type), ("systemcmdonline", TEMP))
        self.assertEqual(self.sync("nobody"), [])

    def test_refusals(self):
        for path, body, text in (
            ("/message/sync", {}, "用户uid不能为空！"),
            ("/message/sync", {"uid": "u", "limit": -1}, "limit不能为负数！"),
            ("/message/syncack", {"last_message_seq": 1}, "用户UID不能为空！"),
            ("/message/syncack", {"uid": "u"}, "最后一次messageSeq不能为0！"),
        ):
            self.assertEqual(self.error(path, body), text)


if __name__ == "__main__":
    unittest.main()
