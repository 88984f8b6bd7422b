# SPDX-License-Identifier: Apache-2.0
"""Conversations, and what an account deletes of its history (easemob-rest 3.4, M2-M4, A43-A46)."""

import time
import unittest

from easemob_case import EasemobCase


class Conversations(EasemobCase):
    def setUp(self):
        (self.ann, self.token), (self.bob, self.bob_token) = self.user("ann"), self.user("bob")

    def test_listed_newest_first(self):
        group = self.group(self.token, self.ann, [self.bob])
        self.say(self.bob, self.ann, "one")
        self.say(self.bob, self.ann, "two")
        self.say(self.bob, group, "three", "chatgroups")
        listed = self.conversations(self.ann, self.token)
        self.assertEqual(set(listed), {group, self.bob})
        said_at = [one["meta"]["timestamp"] for one in listed.values()]
        self.assertEqual(said_at, sorted(said_at, reverse=True))
        one = listed[self.bob]
        self.assertEqual((one["session_type"], one["is_top"], one["unread_num"], one["marks"]), ("chat", False, 2, []))
        self.assertIn("update_top_status_time", one)
        self.assertNotEqual(listed[group]["session_type"], "chat")
        self.assertEqual(listed[group]["unread_num"], 1)
        # What one said oneself is not unread.
        self.assertEqual(self.conversations(self.bob, self.bob_token)[self.ann]["unread_num"], 0)

    def test_listed_in_pages(self):
        others = [self.user(f"u{i}")[0] for i in range(5)]
        for other in others:
            self.say(other, self.ann, "hi")
        seen, cursor, pages = [], "", 0
        while pages == 0 or cursor:
            query = f"?&limit=2&cursor={cursor}&need_mark=true&needEmptySession=false&_v=1"
            data = self.ok("GET", f"/sdk/user/{self.ann}/user_channels/list{query}", token=self.token)["data"]
            seen += [one["session_to"] for one in data["channel_infos"]]
            cursor, pages = data["cursor"], pages + 1
        self.assertEqual((sorted(seen), pages), (sorted(others), 3))
        data = self.ok("GET", f"/users/{self.ann}/user_channels/page?pageNum=2&pageSize=2", token=self.token)["data"]
        self.assertEqual(len(data["channel_infos"]), 2)

    def test_the_older_lists(self):
        group = self.group(self.token, self.ann, [self.bob])
        self.say(self.bob, self.ann, "one")
        self.say(self.bob, group, "three", "chatgroups")
        for path in ("user_channels", "user_channels/page?pageNum=1&pageSize=20"):
            infos = self.ok("GET", f"/users/{self.ann}/{path}", token=self.token)["data"]["channel_infos"]
            unread = {one["channel_id"]: one["unread_num"] for one in infos}
            self.assertEqual(
                unread,
                {f"fenshen#demo_{self.bob}@easemob.com": 1, f"fenshen#demo_{group}@conference.easemob.com": 1},
            )

    def test_pinned(self):
        path = f"/sdk/user/{self.ann}/user_channel/top"
        before = time.time() * 1000
        for to, kind in ((self.bob, "chat"), ("77", "groupChat")):
            answer = self.ok("POST", path + "?resource=web_1", {"type": kind, "to": to}, self.token)["data"]
            self.assertIs(answer["is_top"], True)
            self.assertAlmostEqual(answer["update_top_status_time"], before, delta=60_000)
        pinned = self.conversations(self.ann, self.token, "&is_top=true")
        self.assertEqual(set(pinned), {"77", self.bob})
        # The latest pin first; both may be of one millisecond.
        pinned_at = [one["update_top_status_time"] for one in pinned.values()]
        self.assertEqual(pinned_at, sorted(pinned_at, reverse=True))
        self.assertEqual(pinned["77"]["update_top_status_time"], answer["update_top_status_time"])
        answer = self.ok("DELETE", f"{path}?type=chat&to={self.bob}&resource=web_1", token=self.token)["data"]
        self.assertIs(answer["is_top"], False)
        self.assertEqual(list(self.conversations(self.ann, self.token, "&is_top=true")), ["77"])
        # It is nobody else's.
        self.assertEqual(self.conversations(self.bob, self.bob_token, "&is_top=true"), {})

    def test_no_more_than_fifty_pins(self):
        path = f"/sdk/user/{self.ann}/user_channel/top"
        for i in range(50):
            self.ok("POST", path, {"type": "groupChat", "to": str(1000 + i)}, self.token)
        text = self.refused(400, "POST", path, {"type": "groupChat", "to": "9"}, self.token)[1]
        self.assertEqual(text, "The quantity has exceeded the limit!")
        self.ok("POST", path, {"type": "groupChat", "to": "1007"}, self.token)

    def test_marked(self):
        path = f"/sdk/user/{self.ann}/user_channels/mark"
        targets = [{"to": self.bob, "type": "chat"}, {"to": "77", "type": "groupchat"}]
        for mark in ("mark_0", "mark_19"):
            answer = self.ok("POST", path + "?resource=web_1", {"mark": mark, "targets": targets}, self.token)
            self.assertEqual(answer["data"].get("ignore", []), [])
        for mark, expected in (("mark_19", {self.bob, "77"}), ("mark_1", set())):
            query = f"/search?&limit=10&cursor=&need_mark=true&mark={mark}&_v=1"
            infos = self.ok("GET", path + query, token=self.token)["data"]["channel_infos"]
            self.assertEqual({one["session_to"] for one in infos}, expected)
        self.assertEqual(self.conversations(self.ann, self.token)[self.bob]["marks"], ["mark_0", "mark_19"])
        self.ok("DELETE", path + "?resource=web_1", {"mark": "mark_0", "targets": targets[:1]}, self.token)
        listed = self.conversations(self.ann, self.token)
        self.assertEqual((listed[self.bob]["marks"], listed["77"]["marks"]), (["mark_19"], ["mark_0", "mark_19"]))

    def test_what_is_no_conversation(self):
        top, mark = f"/sdk/user/{self.ann}/user_channel/top", f"/sdk/user/{self.ann}/user_channels/mark"
        for to, kind in (("", "chat"), ("a b", "chat"), ("x" * 65, "chat"), ("7", ""), ("7", "sofa"), ("7" * 5000, "groupChat"), ("a b\n", "groupChat")):
            self.refused(400, "POST", top, {"type": kind, "to": to}, self.token)
            self.refused(400, "POST", mark, {"mark": "mark_1", "targets": [{"to": to, "type": kind}]}, self.token)
        self.refused(400, "DELETE", f"{top}?type=chat&to=undefined", token=self.token)
        good = [{"to": self.bob, "type": "chat"}]
        self.assertEqual(
            self.refused(400, "POST", mark, {"mark": "mark_20", "targets": good}, self.token)[1],
            "param mark illegal, please check it!",
        )
        self.assertEqual(
            self.refused(400, "POST", mark, {"targets": good}, self.token)[1], "param mark must be not empty, please check!"
        )
        many = [{"to": str(i), "type": "groupchat"} for i in range(21)]
        self.refused(400, "POST", mark, {"mark": "mark_1", "targets": many}, self.token)
        # Half a list is none.
        self.refused(400, "POST", mark, {"mark": "mark_1", "targets": good + [{"to": "", "type": "chat"}]}, self.token)
        self.assertEqual(self.conversations(self.ann, self.token), {})


class Deleting(EasemobCase):
    def setUp(self):
        (self.ann, self.token), (self.bob, self.bob_token) = self.user("ann"), self.user("bob")
        self.first = self.say(self.bob, self.ann, "one")
        self.second = self.say(self.bob, self.ann, "two")

    def seen(self, by="ann"):
        if by == "ann":
            return self.history(self.ann, self.token, f"{self.bob}@easemob.com")
        return self.history(self.bob, self.bob_token, f"{self.ann}@easemob.com")

    def test_a_conversation(self):
        body = {"channel": self.bob, "type": "chat", "delete_roam": False}
        answer = self.ok("DELETE", f"/user/{self.ann}/user_channel?resource=web_1", body, self.token)
        self.assertEqual(answer["data"], {"result": "ok"})
        self.assertEqual((self.conversations(self.ann, self.token), self.seen()), ({}, 2))
        self.say(self.bob, self.ann, "three")
        self.assertEqual(self.conversations(self.ann, self.token)[self.bob]["unread_num"], 1)
        self.ok("DELETE", f"/users/{self.ann}/user_channel", {**body, "delete_roam": True}, self.app_token)
        self.assertEqual((self.conversations(self.ann, self.token), self.seen()), ({}, 0))
        # The other side keeps everything.
        self.assertEqual((list(self.conversations(self.bob, self.bob_token)), self.seen("bob")), ([self.ann], 3))

    def test_what_a_conversations_deletion_needs(self):
        whole = {"channel": self.bob, "type": "chat", "delete_roam": False}
        path = f"/users/{self.ann}/user_channel"
        for name, text in (
            ("channel", "field channel cannot be null or empty"),
            ("type", "field type cannot be null or empty"),
            ("delete_roam", "field delete_roam cannot be null"),
        ):
            body = {key: value for key, value in whole.items() if key != name}
            self.assertEqual(self.refused(400, "DELETE", path, body, self.app_token), ("illegal_argument", text))
        self.assertEqual(list(self.conversations(self.ann, self.token)), [self.bob])

    def test_single_messages(self):
        path = f"/sdk/message/roaming/chat/user/{self.ann}?userId={self.bob}&resource=web_1&msgIdList="
        self.ok("DELETE", path + self.first, token=self.token)
        self.assertEqual((self.seen(), self.seen("bob")), (1, 2))
        for ids in ("", "x", f"{self.second},x", ",".join(str(i) for i in range(21))):
            self.refused(400, "DELETE", path + ids, token=self.token)
        self.assertEqual(self.seen(), 1)

    def test_single_messages_by_the_app(self):
        path = f"/rest/message/roaming/chat/user/{self.ann}?userId={self.bob}&isNotify=false&msgIdList="
        self.assertEqual(self.ok("DELETE", path + f"{self.first},{self.second}", token=self.app_token)["requestStatusCode"], "ok")
        self.assertEqual((self.seen(), self.seen("bob")), (0, 2))
        group = self.group(self.token, self.ann, [self.bob])
        message = self.say(self.bob, group, "three", "chatgroups")
        path = f"/rest/message/roaming/group/user/{self.ann}?groupId={group}&msgIdList="
        self.assertEqual(self.ok("DELETE", path + message, token=self.app_token)["requestStatusCode"], "ok")
        self.assertEqual(self.history(self.ann, self.token, f"{group}@conference.easemob.com"), 0)
        self.assertEqual(self.history(self.bob, self.bob_token, f"{group}@conference.easemob.com"), 1)
        self.ok("DELETE", path + ",".join(str(i) for i in range(1, 51)), token=self.app_token)
        for bad in ("", "x", ",".join(str(i) for i in range(1, 52))):
            self.assertEqual(self.refused(400, "DELETE", path + bad, token=self.app_token)[0], "param exception")
        self.assertEqual(
            self.refused(401, "DELETE", path + message, token=self.token), ("auth_bad_access_token", "Unable to authenticate")
        )

    def test_up_to_a_time(self):
        now = int(time.time() * 1000)
        path = f"/sdk/message/roaming/chat/user/{self.ann}/time?userId={self.bob}&delTime={{}}&&resource=web_1"
        self.ok("DELETE", path.format(now - 3_600_000), token=self.token)
        self.assertEqual(self.seen(), 2)
        self.ok("DELETE", path.format(now + 60_000), token=self.token)
        self.assertEqual((self.seen(), self.seen("bob")), (0, 2))
        for bad in ("", "null", "x"):
            self.refused(400, "DELETE", path.format(bad), token=self.token)

    def test_up_to_a_time_by_the_app(self):
        now = int(time.time() * 1000)
        for i, method in enumerate(("DELETE", "POST")):
            path = f"/rest/message/roaming/chat/user/{self.ann}/time?userId={self.bob}&delTime={now + 60_000}&isNotify=true"
            self.assertEqual(self.ok(method, path, token=self.app_token)["requestStatusCode"], "ok")
            self.assertEqual((self.seen(), self.seen("bob")), (0, 2 + i))
            self.say(self.bob, self.ann, "more")
            now = int(time.time() * 1000) - 60_000
            self.assertEqual(self.seen(), 1)
        self.assertEqual(
            self.refused(400, "DELETE", f"/rest/message/roaming/chat/user/{self.ann}/time?userId={self.bob}", token=self.app_token)[0],
            "param exception",
        )

    def test_everything(self):
        for path, by in (
            (f"/sdk/message/roaming/user/{self.ann}/delete/all?resource=web_1", self.token),
            (f"/rest/message/roaming/user/{self.ann}/delete/all", self.app_token),
        ):
            self.assertEqual(list(self.conversations(self.ann, self.token)), [self.bob])
            answer = self.ok("POST", path, token=by)
            self.assertEqual((self.conversations(self.ann, self.token), self.seen()), ({}, 0))
            self.say(self.bob, self.ann, "more")
        self.assertEqual(answer["requestStatusCode"], "ok")
        self.assertEqual(self.seen("bob"), 4)


if __name__ == "__main__":
    unittest.main()
