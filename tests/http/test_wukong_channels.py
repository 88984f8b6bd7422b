# SPDX-License-Identifier: Apache-2.0
"""wukong-http 7 and wukong-semantics 3: channels, members, deny and allow lists, and what they
mean to those who send."""

import unittest

from http_case import GROUP, HELLO, OK, PERSON, TEMP, HttpCase
from wkproto import RECV

SUCCESS, NOT_A_MEMBER, DENIED, NOT_ALLOWED, BANNED, DISBANDED, MUTED = 1, 3, 4, 13, 19, 24, 25


class DescriptionTest(HttpCase):
    def setUp(self):
        self.channel = self.name("g")
        self.body = {"channel_id": self.channel, "channel_type": GROUP}

    def test_refusals(self):
        for body, text in (
            ({"channel_type": GROUP}, "频道ID不能为空！"),
            ({"channel_id": " ", "channel_type": GROUP}, "频道ID不能为空！"),
            ({"channel_id": self.channel}, "频道类型错误！"),
            ({"channel_id": "g@1", "channel_type": GROUP}, "频道ID不能包含特殊字符！"),
            ({"channel_id": "u", "channel_type": PERSON, "subscribers": ["x"]}, "不支持个人频道添加订阅者！"),
        ):
            self.assertEqual(self.error("/channel", body), text, body)
        for field, value in (("channel_type", 256), ("ban", True), ("ban", "1"), ("subscribers", "ann"),
                             ("subscribers", [1]), ("channel_id", 5)):
            self.error("/channel", {**self.body, field: value})

    def test_nothing_is_half_done(self):
        ann = self.login(self.name("ann"))
        self.error("/channel", {**self.body, "subscribers": [self.name("ann"), 5]})
        self.assertEqual(self.send_reason(ann, self.channel, GROUP), NOT_A_MEMBER)

    def test_flags_are_overwritten_all_together(self):
        ann = self.login(self.name("ann"))
        self.group(self.channel, self.name("ann"), ban=1)
        self.assertEqual(self.send_reason(ann, self.channel, GROUP), BANNED)
        self.assertEqual(self.post("/channel", self.body), OK)
        self.assertEqual(self.send_reason(ann, self.channel, GROUP), SUCCESS)
        self.assertEqual(self.post("/channel/info", {**self.body, "disband": 1}), OK)
        self.assertEqual(self.send_reason(ann, self.channel, GROUP), DISBANDED)
        self.assertEqual(self.post("/channel/info", {**self.body, "large": 1, "allow_stranger": 1}), OK)
        self.assertEqual(self.send_reason(ann, self.channel, GROUP), SUCCESS)

    def test_reset_and_blank_members(self):
        ann, bob = self.login(self.name("ann")), self.login(self.name("bob"))
        self.group(self.channel, self.name("ann"), "", " ")
        self.group(self.channel, self.name("bob"))
        self.assertEqual(self.send_reason(ann, self.channel, GROUP), SUCCESS)
        self.group(self.channel, self.name("bob"), reset=1)
        self.assertEqual(self.send_reason(ann, self.channel, GROUP), NOT_A_MEMBER)
        self.assertEqual(self.send_reason(bob, self.channel, GROUP), SUCCESS)

    def test_delete_disbands_and_keeps_history(self):
        ann = self.login(self.name("ann"))
        self.group(self.channel, self.name("ann"))
        self.assertEqual(self.send_reason(ann, self.channel, GROUP), SUCCESS)
        for _ in range(2):
            self.assertEqual(self.post("/channel/delete", self.body), OK)
        self.assertEqual(self.send_reason(ann, self.channel, GROUP), DISBANDED)
        self.assertEqual(self.seqs(self.name("ann"), self.channel, GROUP), [1])
        self.assertEqual(self.error("/channel/delete", {"channel_id": "u", "channel_type": PERSON}),
                         "个人频道不支持添加订阅者！")

    def test_delete_leaves_what_was_never_described(self):
        self.assertEqual(self.post("/channel/delete", self.body), OK)
        ann = self.login(self.name("ann"))
        self.post("/channel/subscriber_add", {**self.body, "subscribers": [self.name("ann")]})
        self.assertEqual(self.send_reason(ann, self.channel, GROUP), SUCCESS)

    def test_send_ban_mutes_an_account(self):
        uid = self.name("ann")
        ann = self.login(uid)
        info = {"channel_id": uid, "channel_type": PERSON}
        self.post("/channel/info", {**info, "send_ban": 1})
        self.assertEqual(self.send_reason(ann, self.name("bob"), PERSON), MUTED)
        again = self.login(uid, flag=1)
        self.assertEqual(self.send_reason(again, self.name("bob"), PERSON), MUTED)
        self.post("/channel/info", info)
        self.assertEqual(self.send_reason(ann, self.name("bob"), PERSON), SUCCESS)

    def test_types_that_anybody_may_write_to(self):
        ann = self.login(self.name("ann"))
        for channel_type, reason in ((3, 1), (6, 1), (2, 3), (4, 3), (5, 3), (7, 3), (9, 3), (12, 3)):
            self.assertEqual(self.send_reason(ann, f"{self.channel}-{channel_type}", channel_type), reason)


class SubscribersTest(HttpCase):
    def setUp(self):
        self.channel = self.name("g")
        self.body = {"channel_id": self.channel, "channel_type": GROUP}

    def add(self, *uids, **more):
        return self.post("/channel/subscriber_add", {**self.body, "subscribers": uids, **more})

    def test_refusals(self):
        for path in ("/channel/subscriber_add", "/channel/subscriber_remove"):
            for body, text in (
                ({"channel_type": GROUP, "subscribers": ["a"]}, "频道ID不能为空！"),
                ({"channel_id": "g#", "channel_type": GROUP, "subscribers": ["a"]}, "频道ID不能包含特殊字符！"),
                (self.body, "订阅者不能为空！"),
                ({**self.body, "subscribers": ["", " "]}, "订阅者不能为空！"),
                ({**self.body, "channel_type": PERSON, "subscribers": ["a"]}, "个人频道不支持添加订阅者！"),
            ):
                self.assertEqual(self.error(path, body), text, (path, body))
        self.assertEqual(self.error("/channel/subscriber_add",
                                    {**self.body, "subscribers": ["a"], "temp_subscriber": 1}),
                         "新版本临时订阅者已不支持！")
        for body, text in (
            ({"channel_type": GROUP}, "channel_id不能为空！"),
            ({"channel_id": self.channel}, "频道类型不能为0！"),
            ({"channel_id": self.channel, "channel_type": PERSON}, "个人频道不支持此操作！"),
        ):
            self.assertEqual(self.error("/channel/subscriber_remove_all", body), text)

    def test_without_a_type_it_is_a_group(self):
        ann = self.login(self.name("ann"))
        self.assertEqual(self.post("/channel/subscriber_add",
                                   {"channel_id": self.channel, "subscribers": [self.name("ann")]}), OK)
        self.assertEqual(self.send_reason(ann, self.channel, GROUP), SUCCESS)

    def test_members_come_and_go_at_once(self):
        ann, bob = self.login(self.name("ann")), self.login(self.name("bob"))
        self.assertEqual(self.add(self.name("ann"), self.name("bob")), OK)
        self.assertEqual(self.add(self.name("ann")), OK)
        self.assertEqual(self.send_reason(ann, self.channel, GROUP), SUCCESS)
        self.assertEqual(bob.read(RECV).channel_id, self.channel)
        self.assertEqual(self.post("/channel/subscriber_remove",
                                   {**self.body, "subscribers": [self.name("bob"), "nobody"]}), OK)
        self.assertEqual(self.send_reason(bob, self.channel, GROUP), NOT_A_MEMBER)
        self.assertEqual(self.post("/channel/subscriber_remove_all", self.body), OK)
        self.assertEqual(self.send_reason(ann, self.channel, GROUP), NOT_A_MEMBER)

    def test_a_new_member_has_nothing_unread_and_an_old_one_has_read_all(self):
        ann, bob = self.name("ann"), self.name("bob")
        self.add(ann)
        for _ in range(5):
            self.send(self.channel, GROUP, ann)
        self.add(bob)
        (conversation,) = self.conversations(bob)
        self.assertEqual((conversation["unread"], conversation["last_msg_seq"]), (0, 5))
        self.send(self.channel, GROUP, ann)
        self.assertEqual(self.conversations(bob)[0]["unread"], 1)
        self.add(bob)
        self.assertEqual(self.conversations(bob)[0]["unread"], 0)
        # History is not hidden from who comes late.
        self.assertEqual(self.seqs(bob, self.channel, GROUP), [1, 2, 3, 4, 5, 6])

    def test_who_leaves_loses_the_conversation_who_is_swept_out_keeps_it(self):
        ann, bob = self.name("ann"), self.name("bob")
        self.add(ann, bob)
        self.assertEqual(self.channels_of(ann), [(self.channel, GROUP)])
        self.post("/channel/subscriber_remove", {**self.body, "subscribers": [ann]})
        self.assertEqual(self.channels_of(ann), [])
        self.post("/channel/subscriber_remove_all", self.body)
        self.assertEqual(self.channels_of(bob), [(self.channel, GROUP)])
        self.add(ann, reset=1)
        self.assertEqual(self.channels_of(bob), [(self.channel, GROUP)])

    def test_live_channels_make_no_conversation(self):
        self.post("/channel/subscriber_add", {**self.body, "channel_type": 9, "subscribers": [self.name("ann")]})
        self.assertEqual(self.channels_of(self.name("ann")), [])

    def test_temporary_channel(self):
        for body, text in (
            ({"uids": ["a"]}, "channel_id不能为空！"),
            ({"channel_id": "t&", "uids": ["a"]}, "频道ID不能包含特殊字符！"),
            ({"channel_id": "t"}, "uids不能为空！"),
        ):
            self.assertEqual(self.error("/tmpchannel/subscriber_set", body), text)
        ann = self.login(self.name("ann"))
        self.assertEqual(self.post("/tmpchannel/subscriber_set",
                                   {"channel_id": self.channel, "uids": [self.name("ann")]}), OK)
        self.send(self.channel, TEMP)
        received = ann.read(RECV)
        self.assertEqual((received.channel_id, received.channel_type), (self.channel, TEMP))
        self.assertEqual(self.channels_of(self.name("ann")), [])


class ListsTest(HttpCase):
    def setUp(self):
        self.channel, self.ann, self.bob = self.name("g"), self.name("ann"), self.name("bob")
        self.body = {"channel_id": self.channel, "channel_type": GROUP}
        self.group(self.channel, self.ann, self.bob)

    def change(self, verb, *uids):
        self.assertEqual(self.post(f"/channel/{verb}", {**self.body, "uids": uids}), OK)

    def reasons(self):
        return tuple(self.send_reason(client, self.channel, GROUP) for client in self.clients)

    def test_refusals(self):
        for path in ("blacklist_add", "blacklist_remove", "whitelist_add", "whitelist_remove"):
            path = f"/channel/{path}"
            self.assertEqual(self.error(path, {"channel_type": 2, "uids": ["a"]}), "channel_id不能为空！")
            self.assertEqual(self.error(path, {"channel_id": "g", "uids": ["a"]}), "频道类型不能为0！")
            self.assertEqual(self.error(path, {**self.body, "uids": [" "]}), "uids不能为空！")
            self.error(path, {**self.body, "uids": "a"})
        self.assertEqual(self.error("/channel/blacklist_set", {"uids": ["a"]}), "频道ID不能为空！")
        self.assertEqual(self.error("/channel/whitelist_add",
                                    {"channel_id": "g@", "channel_type": 2, "uids": ["a"]}),
                         "频道ID不能包含特殊字符！")

    def test_deny_list(self):
        self.clients = self.login(self.ann), self.login(self.bob)
        self.change("blacklist_add", self.ann)
        self.assertEqual(self.reasons(), (DENIED, SUCCESS))
        # Denied is not deaf.
        self.assertEqual(self.clients[0].read(RECV).from_uid, self.bob)
        self.assertEqual(self.channels_of(self.ann), [])
        self.change("blacklist_remove", self.ann)
        self.assertEqual(self.channels_of(self.ann), [(self.channel, GROUP)])
        self.assertEqual(self.reasons(), (SUCCESS, SUCCESS))
        self.change("blacklist_set", self.ann)
        self.change("blacklist_set", self.bob)
        self.assertEqual(self.reasons(), (SUCCESS, DENIED))
        self.change("blacklist_set")
        self.assertEqual(self.reasons(), (SUCCESS, SUCCESS))
        self.change("blacklist_add", self.ann, self.bob)
        self.assertEqual(self.post("/channel/blacklist_remove_all", self.body), OK)
        self.assertEqual(self.reasons(), (SUCCESS, SUCCESS))

    def test_allow_list(self):
        self.clients = self.login(self.ann), self.login(self.bob)
        target = f"/channel/whitelist?channel_id={self.channel}&channel_type=2"
        self.assertEqual(self.get(target), [])
        self.change("whitelist_add", self.ann, "")
        self.assertEqual(self.reasons(), (SUCCESS, NOT_ALLOWED))
        (entry,) = self.get(target)
        self.assertEqual(entry["uid"], self.ann)
        self.assertIsInstance(entry["id"], int)
        self.change("whitelist_set", self.bob)
        self.assertEqual(self.reasons(), (NOT_ALLOWED, SUCCESS))
        self.change("whitelist_add", self.ann)
        self.change("whitelist_remove", self.bob)
        self.assertEqual(self.reasons(), (SUCCESS, NOT_ALLOWED))
        self.assertEqual(self.post("/channel/whitelist_remove_all", self.body), OK)
        self.assertEqual(self.reasons(), (SUCCESS, SUCCESS))

    def test_deny_beats_member_beats_allow(self):
        eve = self.login(self.name("eve"))
        self.change("whitelist_add", self.ann)
        self.assertEqual(self.send_reason(eve, self.channel, GROUP), NOT_A_MEMBER)
        self.change("blacklist_add", self.name("eve"))
        self.assertEqual(self.send_reason(eve, self.channel, GROUP), DENIED)

    def test_a_persons_lists_are_about_who_writes_to_it(self):
        ann = self.login(self.ann)
        to_bob = {"channel_id": self.bob, "channel_type": PERSON, "uids": [self.ann]}
        self.assertEqual(self.post("/channel/blacklist_add", to_bob), OK)
        self.assertEqual(self.send_reason(ann, self.bob, PERSON), DENIED)
        # The other direction is free, and so is the app's back end.
        self.assertEqual(self.send_reason(self.login(self.bob), self.ann, PERSON), SUCCESS)
        self.assertEqual(self.send(self.bob, PERSON, self.ann)["message_seq"], 2)
        self.assertEqual(self.post("/channel/blacklist_remove", to_bob), OK)
        self.assertEqual(self.send_reason(ann, self.bob, PERSON), SUCCESS)

    def test_to_become_friends(self):
        zoe = self.name("zoe")
        self.post("/channel/whitelist_add", {"channel_id": self.bob, "channel_type": PERSON, "uids": [zoe]})
        self.assertEqual([kind for _, kind in self.channels_of(zoe)], [PERSON])
        self.assertEqual(self.get(f"/channel/whitelist?channel_id={self.bob}&channel_type=1")[0]["uid"], zoe)


class FriendsOnlyTest(HttpCase):
    overrides = {"wukong": {"encryption": False, "whitelist_off_of_person": False}}

    def test_strangers_may_not_write(self):
        ann, bob = self.name("ann"), self.name("bob")
        client = self.login(ann)
        self.assertEqual(self.send_reason(client, bob, PERSON), NOT_ALLOWED)
        self.post("/channel/whitelist_add", {"channel_id": bob, "channel_type": PERSON, "uids": [ann]})
        self.assertEqual(self.send_reason(client, bob, PERSON), SUCCESS)
        self.assertEqual(self.post("/message/send", {"from_uid": bob, "channel_id": ann, "channel_type": 1,
                                                     "payload": HELLO})["data"]["message_seq"], 2)


if __name__ == "__main__":
    unittest.main()
