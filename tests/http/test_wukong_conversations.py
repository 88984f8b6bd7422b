# SPDX-License-Identifier: Apache-2.0
"""wukong-http 12 and wukong-semantics 5: the conversation list, unread, deletion."""

import unittest

from http_case import GROUP, OK, PERSON, HttpCase


class ConversationsTest(HttpCase):
    def setUp(self):
        self.ann, self.bob = self.name("ann"), self.name("bob")

    def say(self, sender, to, channel_type=PERSON, count=1):
        for _ in range(count):
            self.send(to, channel_type, sender)

    def of(self, uid, peer, **more):
        found = [each for each in self.conversations(uid, **more) if each["channel_id"] == peer]
        return found[0] if found else None

    def mark(self, verb, uid, peer, channel_type=PERSON, **more):
        body = {"uid": uid, "channel_id": peer, "channel_type": channel_type, **more}
        self.assertEqual(self.post(f"/conversations/{verb}", body), OK)

    def test_shape(self):
        number = self.send(self.bob, PERSON, self.ann)["client_msg_no"]
        (one,) = self.conversations(self.bob)
        (recent,) = one.pop("recents")
        timestamp = recent["timestamp"]
        self.assertEqual(one, {
            "channel_id": self.ann, "channel_type": PERSON, "unread": 1, "timestamp": timestamp,
            "last_msg_seq": 1, "last_client_msg_no": number, "offset_msg_seq": 0, "readed_to_msg_seq": 0,
            "version": timestamp * 10**9,
        })
        self.assertEqual((recent["from_uid"], recent["message_seq"]), (self.ann, 1))

    def test_unread_arithmetic(self):
        # wukong-semantics 5.3, its three examples
        self.say(self.ann, self.bob, count=4)
        self.mark("clearUnread", self.bob, self.ann)
        self.say(self.ann, self.bob, count=2)
        self.say(self.bob, self.ann)
        self.say(self.ann, self.bob, count=3)
        one = self.of(self.bob, self.ann)
        self.assertEqual((one["last_msg_seq"], one["unread"], one["readed_to_msg_seq"]), (10, 3, 7))
        self.mark("setUnread", self.bob, self.ann, unread=2)
        one = self.of(self.bob, self.ann)
        self.assertEqual((one["unread"], one["readed_to_msg_seq"]), (2, 8))
        self.say(self.bob, self.ann)
        one = self.of(self.bob, self.ann)
        self.assertEqual((one["unread"], one["readed_to_msg_seq"]), (0, 11))
        self.assertEqual(self.of(self.ann, self.bob)["unread"], 1)

    def test_recents_are_the_newest_newest_first(self):
        self.say(self.ann, self.bob, count=5)
        one = self.of(self.bob, self.ann, msg_count=2)
        self.assertEqual([each["message_seq"] for each in one["recents"]], [5, 4])
        self.assertEqual(one["unread"], 5)

    def test_message_count_at_its_ends(self):
        self.say(self.ann, self.bob)
        for count in (0, -1, -(2**63)):
            self.assertEqual(self.conversations(self.bob, msg_count=count), [])
        for count in (2**31 - 1, 2**31, 2**32, 2**63 - 1):
            self.assertEqual(len(self.of(self.bob, self.ann, msg_count=count)["recents"]), 1)
        for count in (2**63, "1", 1.5, True):
            self.error("/conversation/sync", {"uid": self.bob, "msg_count": count})

    def test_what_the_client_has(self):
        eve = self.name("eve")
        self.say(self.ann, self.bob)
        self.say(eve, self.bob)
        self.mark("clearUnread", self.bob, self.ann)
        ids = lambda **more: sorted(each["channel_id"] for each in self.conversations(self.bob, **more))
        self.assertEqual(ids(), sorted([self.ann, eve]))
        self.assertEqual(ids(version=1), [eve])
        self.assertEqual(ids(only_unread=1), [eve])
        self.assertEqual(ids(version=1, last_msg_seqs=f"{eve}:1:1"), [])
        self.assertEqual(ids(last_msg_seqs=f"{self.ann}:1:1|{eve}:1:1"), [])
        self.assertEqual(ids(last_msg_seqs=f"garbage|{eve}:1|::|a:b:c|{eve}:1:1"), [self.ann])
        self.say(self.ann, self.bob)
        one = self.of(self.bob, self.ann, version=1, last_msg_seqs=f"{self.ann}:1:1")
        self.assertEqual([each["message_seq"] for each in one["recents"]], [2])

    def test_types_left_out(self):
        group = self.group(self.name("g"), self.bob)
        self.say(self.ann, self.bob)
        self.say(self.ann, group, GROUP)
        self.assertIsNone(self.of(self.bob, group, exclude_channel_types=[GROUP]))
        self.assertIsNotNone(self.of(self.bob, self.ann, exclude_channel_types=[GROUP]))
        self.assertIsNotNone(self.of(self.bob, group, exclude_channel_types=[GROUP], last_msg_seqs=f"{group}:2:0"))
        self.error("/conversation/sync", {"uid": self.bob, "exclude_channel_types": [256]})

    def test_pages(self):
        for i in range(5):
            self.say(self.name(f"u{i}"), self.bob)
        seen = []
        for page in (1, 2, 3):
            seen += [each["channel_id"] for each in self.conversations(self.bob, page=page, page_size=2)]
        self.assertEqual(sorted(seen), sorted(self.name(f"u{i}") for i in range(5)))
        for page in (4, 10**6, 2**63 - 1):
            self.assertEqual(self.conversations(self.bob, page=page, page_size=2), [])
        for size in (0, -1, 501, 2**63 - 1):
            self.assertEqual(len(self.conversations(self.bob, page=1, page_size=size)), 5)

    def test_nobody_and_the_system(self):
        self.assertEqual(self.conversations(""), [])
        self.assertEqual(self.conversations(self.bob), [])
        self.send(self.bob)
        self.assertEqual(self.conversations(self.bob), [])

    def test_group_messages_reach_members_lists(self):
        group = self.group(self.name("g"), self.ann, self.bob)
        self.assertEqual(self.conversations(self.bob), [])  # a member, but nothing to show
        self.say(self.ann, group, GROUP)
        self.assertEqual(self.of(self.bob, group)["unread"], 1)
        self.assertEqual(self.of(self.ann, group)["unread"], 0)

    def test_by_channels(self):
        self.say(self.ann, self.bob, count=20)
        nothing = {"channel_id": self.name("nothing"), "channel_type": GROUP}
        body = {"uid": self.bob, "channels": [nothing, {"channel_id": self.ann, "channel_type": PERSON}]}
        empty, full = self.post("/conversation/syncByChannels", body)
        self.assertEqual((empty["channel_id"], empty["unread"], empty["last_msg_seq"]), (nothing["channel_id"], 0, 0))
        self.assertIn(empty["recents"], ([], None))
        self.assertEqual((full["unread"], len(full["recents"])), (20, 15))
        self.mark("delete", self.bob, self.ann)
        full = self.post("/conversation/syncByChannels", {**body, "msg_count": 3})[1]
        self.assertEqual([each["message_seq"] for each in full["recents"]], [20, 19, 18])
        self.assertEqual(self.error("/conversation/syncByChannels", {"channels": [nothing]}), "uid cannot be empty")
        self.assertEqual(self.error("/conversation/syncByChannels", {"uid": "u"}), "channels cannot be empty")

    def test_channels_by_their_stored_names(self):
        self.say("alice", "bob")
        self.assertIn(("bob@alice", PERSON), self.channels_of("alice"))
        self.assertIn(("bob@alice", PERSON), self.channels_of("bob"))

    def test_unread_goes_down_never_up(self):
        self.say(self.ann, self.bob, count=5)
        for unread, expected in ((99, 1), (3, 1), (0, 0), (4, 0)):
            self.mark("setUnread", self.bob, self.ann, unread=unread)
            self.assertEqual(self.of(self.bob, self.ann)["unread"], expected, unread)

    def test_unread_of_a_channel_without_messages(self):
        self.mark("setUnread", self.bob, self.ann, unread=2**31)
        self.say(self.ann, self.bob)
        self.assertEqual(self.of(self.bob, self.ann)["unread"], 1)

    def test_deleted_until_something_new(self):
        self.say(self.ann, self.bob, count=2)
        self.mark("delete", self.bob, self.ann)
        self.assertEqual(self.conversations(self.bob), [])
        self.assertEqual(self.seqs(self.bob, self.ann, PERSON), [1, 2])
        self.assertIsNotNone(self.of(self.ann, self.bob))
        self.say(self.ann, self.bob)
        one = self.of(self.bob, self.ann)
        self.assertEqual([each["message_seq"] for each in one["recents"]], [3])

    def test_marks_refuse(self):
        for verb, text in (("clearUnread", "uid cannot be empty"), ("setUnread", "UID cannot be empty"),
                           ("delete", "Uid cannot be empty")):
            path = f"/conversations/{verb}"
            self.assertEqual(self.error(path, {"channel_id": "g", "channel_type": 2}), text)
            for body in ({"uid": "u", "channel_type": 2}, {"uid": "u", "channel_id": "g"}):
                self.assertEqual(self.error(path, body), "channel_id or channel_type cannot be empty")


if __name__ == "__main__":
    unittest.main()
