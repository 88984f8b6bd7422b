# SPDX-License-Identifier: Apache-2.0
"""What was answered with 200 is there after the server was killed."""

import unittest

from http_case import GROUP, OK, PERSON, HttpCase


class RestartTest(HttpCase):
    def test_everything_acknowledged_is_there(self):
        ann, bob, eve = "ann", "bob", "eve"
        self.server.token(ann, 0, "secret", 1)
        self.server.token(ann, 7, "revoked")
        self.post("/user/device_quit", {"uid": ann, "device_flag": 7})
        self.post("/user/systemuids_add", {"uids": ["sys"]})
        self.post("/user/systemuids_add_to_cache", {"uids": ["cached"]})
        self.group("g", ann, bob)
        self.group("banned", ann, ban=1)
        self.post("/channel/blacklist_add", {"channel_id": "g", "channel_type": GROUP, "uids": [eve]})
        self.post("/channel/whitelist_add", {"channel_id": "g", "channel_type": GROUP, "uids": [ann]})
        self.post("/channel/blacklist_add", {"channel_id": bob, "channel_type": PERSON, "uids": [ann]})
        for _ in range(3):
            self.send(bob, PERSON, ann)
        numbered = self.send("g", GROUP, ann, client_msg_no="once", header={"red_dot": 1}, expire=60)
        self.post("/conversations/setUnread", {"uid": bob, "channel_id": ann, "channel_type": 1, "unread": 1})
        self.command("g")
        self.command("g")
        self.post("/message/sync", {"uid": ann, "limit": 1})
        self.post("/message/syncack", {"uid": ann, "last_message_seq": 1})
        before = self.picture()

        self.server.kill()
        self.server.start()
        self.assertEqual(self.picture(), before)
        self.assertEqual(self.get("/user/systemuids"), ["sys"])
        self.assertEqual([each["message_seq"] for each in self.post("/message/sync", {"uid": ann})], [2])
        # Numbers go on where they were, and what was said is not said again.
        self.assertEqual(self.send("g", GROUP, ann, client_msg_no="once"), numbered)
        self.assertEqual(self.send("g", GROUP, ann)["message_seq"], 2)

        self.assertEqual(self.client().connect(ann, token="revoked", flag=7).reason, 2)
        client = self.client().login(ann, token="secret", flag=0)
        self.assertEqual(self.send_reason(client, "banned", GROUP), 19)
        self.assertEqual(self.send_reason(client, bob, PERSON), 4)
        self.assertEqual(self.send_reason(client, "g", GROUP), 1)
        self.assertEqual(self.send_reason(self.login(bob), "g", GROUP), 13)
        self.assertEqual(self.send_reason(self.login(eve), "g", GROUP), 4)

    def picture(self):
        """All that the API shows of it."""
        return {
            "history": [self.page("ann", "bob", PERSON), self.page("ann", "g", GROUP)],
            "conversations": [self.conversations(uid) for uid in ("ann", "bob")],
            "channels": [self.channels_of(uid) for uid in ("ann", "bob")],
            "allow": self.get("/channel/whitelist?channel_id=g&channel_type=2"),
        }

    def test_after_a_clean_stop_too(self):
        self.assertEqual(self.post("/user/token", {"uid": "zoe", "token": "t"}), OK)
        self.send("zoe", PERSON, "max")
        self.server.stop()
        self.server.start()
        self.assertEqual(self.client().connect("zoe", token="t", flag=0).reason, 1)
        self.assertEqual(self.seqs("zoe", "max", PERSON), [1])


if __name__ == "__main__":
    unittest.main()
