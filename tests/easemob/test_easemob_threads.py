# SPDX-License-Identifier: Apache-2.0
"""Threads of groups (easemob-rest 3.11, A93). The SDK goes by the numbers of the errors (2.3)."""

import unittest

from easemob_case import EasemobCase


class Threads(EasemobCase):
    def setUp(self):
        (self.ann, self.token), (self.bob, self.bob_token) = self.user("ann"), self.user("bob")
        self.cid, self.cid_token = self.user("cid")
        self.group_id = self.group(self.token, self.ann, [self.bob])
        self.message = self.say(self.bob, self.group_id, "who takes sugar?", "chatgroups")

    def request(self, **change):
        return {"name": "sugar", "msg_id": self.message, "group_id": self.group_id, "owner": self.ann, **change}

    def thread(self, **change):
        return self.ok("POST", "/thread?resource=web_1", self.request(**change), self.token)["data"]["thread_id"]

    def refusal(self, *args, **kwargs):
        """Status, error, text, number."""
        answer = self.call(*args, **kwargs)
        return answer.status, *answer.error, answer.body.get("error_code")

    def test_made_joined_named_left_and_gone(self):
        thread = self.thread()
        self.assertRegex(thread, "^[0-9]+$")
        answer = self.ok("POST", f"/thread/{thread}/user/{self.bob}/join?resource=web_1", token=self.bob_token)["data"]
        self.assertEqual(answer["status"], "ok")
        detail = answer["detail"]
        expected = {"id": thread, "name": "sugar", "owner": self.ann, "msgId": self.message, "groupId": self.group_id}
        self.assertEqual({name: detail[name] for name in expected}, expected)
        self.assertGreater(detail["created"], 0)
        detail = self.ok("GET", f"/thread/{thread}?_v=1", token=self.bob_token)["data"]
        self.assertEqual({name: detail[name] for name in expected}, expected)
        self.assertEqual(detail["affiliations_count"], 2)
        answer = self.ok("PUT", f"/thread/{thread}?resource=web_1", {"name": "milk"}, self.token)
        self.assertEqual(answer["data"]["name"], "milk")
        self.assertEqual(self.ok("GET", f"/thread/{thread}", token=self.bob_token)["data"]["name"], "milk")
        self.ok("DELETE", f"/thread/{thread}/user/{self.bob}/quit?resource=web_1", token=self.bob_token)
        data = self.ok("GET", f"/thread/{thread}/users?limit=20", token=self.token)["data"]
        self.assertEqual(data["affiliations"], [self.ann])
        self.ok("DELETE", f"/thread/{thread}?resource=web_1", token=self.token)
        gone = (404, "group_error", "thread not found.", 40011)
        self.assertEqual(self.refusal("GET", f"/thread/{thread}", token=self.token), gone)
        self.assertEqual(self.refusal("PUT", f"/thread/{thread}", {"name": "x"}, self.token), gone)
        self.assertEqual(self.refusal("DELETE", f"/thread/{thread}", token=self.token), gone)
        join = f"/thread/{thread}/user/{self.bob}/join"
        self.assertEqual(self.refusal("POST", join, token=self.bob_token), gone)
        # The message may have another one then.
        self.thread()

    def test_what_cannot_have_one(self):
        thread = self.thread()
        refusal = self.refusal("POST", "/thread", self.request(), self.token)
        self.assertEqual(refusal, (403, "group_error", "msg already create thread.not allow to create.", 40004))
        for message in ("1", str(int(self.message) + 1), self.say(self.bob, self.ann, "not in the group")):
            refusal = self.refusal("POST", "/thread", self.request(msg_id=message), self.token)
            self.assertEqual(refusal[:3], (404, "group_error", "msg not exist."), message)
        inner = self.say(self.bob, thread, "in the thread", "chatgroups")
        refusal = self.refusal("POST", "/thread", self.request(group_id=thread, msg_id=inner), self.token)
        self.assertEqual(refusal, (400, "group_error", "thread not nested.", 40009))
        refusal = self.refusal("POST", "/thread", self.request(owner=self.cid), self.cid_token)
        self.assertEqual(refusal, (404, "group_error", "user not in group.", 40012))
        refusal = self.refusal("POST", "/thread", self.request(group_id="1"), self.token)
        self.assertEqual(refusal[:3], (404, "resource_not_found", "grpID 1 does not exist!"))
        self.refused(401, "POST", "/thread", self.request(owner=self.bob), self.token)
        for change in ({"name": ""}, {"name": "x" * 65}, {"msg_id": "x"}, {"msg_id": ""}, {"group_id": ""}):
            self.refused(400, "POST", "/thread", self.request(**change), self.token)
        threads = self.ok("GET", f"/threads/chatgroups/{self.group_id}", token=self.token)["entities"]
        self.assertEqual([one["id"] for one in threads], [thread])

    def test_who_may(self):
        thread = self.thread(owner=self.ann)
        stranger = (404, "group_error", "user not in group.", 40012)
        self.assertEqual(self.refusal("GET", f"/thread/{thread}", token=self.cid_token), stranger)
        join = f"/thread/{thread}/user/{self.cid}/join"
        self.assertEqual(self.refusal("POST", join, token=self.cid_token), stranger)
        self.refused(401, "POST", join, token=self.bob_token)
        self.assertEqual(self.refusal("PUT", f"/thread/{thread}", {"name": "x"}, self.bob_token)[0], 403)
        self.assertEqual(self.refusal("DELETE", f"/thread/{thread}", token=self.bob_token)[0], 403)
        quit_path = f"/thread/{thread}/user/{self.bob}/quit"
        self.assertEqual(self.refusal("DELETE", quit_path, token=self.bob_token), stranger)
        self.refused(400, "PUT", f"/thread/{thread}", {"name": ""}, self.token)
        self.assertEqual(self.ok("GET", f"/thread/{thread}", token=self.token)["data"]["name"], "sugar")
        # A group is no thread.
        self.assertEqual(self.refusal("DELETE", f"/thread/{self.group_id}", token=self.token)[3], 40011)

    def test_members(self):
        thread = self.thread()
        self.ok("POST", f"/thread/{thread}/user/{self.bob}/join", token=self.bob_token)
        seen, cursor = [], ""
        while True:
            answer = self.ok("GET", f"/thread/{thread}/users?limit=1&cursor={cursor}", token=self.bob_token)
            seen += answer["data"]["affiliations"]
            cursor = answer["properties"]["cursor"]
            if not cursor:
                break
        self.assertEqual(seen, [self.ann, self.bob])
        path = f"/thread/{thread}/users/{self.bob}?resource=web_1"
        self.assertEqual(self.refusal("DELETE", path, token=self.bob_token)[0], 403)
        self.assertEqual(self.ok("DELETE", path, token=self.token)["data"], {"result": True, "user": self.bob})
        self.assertEqual(self.refusal("DELETE", path, token=self.token), (404, "group_error", "user not in group.", 40012))

    def test_lists(self):
        messages = [self.say(self.bob, self.group_id, f"m{i}", "chatgroups") for i in range(3)]
        threads = [self.thread(msg_id=message, name=f"t{i}") for i, message in enumerate(messages)]
        self.ok("POST", f"/thread/{threads[1]}/user/{self.bob}/join", token=self.bob_token)
        seen, cursor = [], ""
        while True:
            path = f"/threads/chatgroups/{self.group_id}?limit=2&cursor={cursor}"
            answer = self.ok("GET", path, token=self.bob_token)
            seen += answer["entities"]
            cursor = answer["properties"]["cursor"]
            if not cursor:
                break
        self.assertCountEqual([one["id"] for one in seen], threads)
        for one in seen:
            self.assertEqual(set(one) & {"id", "name", "owner", "created", "msgId", "groupId"}, set(one) - {"affiliations_count"})
        for path in (f"/threads/chatgroups/{self.group_id}/user/{self.bob}?limit=20&cursor=", f"/threads/user/{self.bob}?limit=20"):
            (one,) = self.ok("GET", path, token=self.bob_token)["entities"]
            self.assertEqual((one["id"], one["name"], one["msgId"]), (threads[1], "t1", messages[1]))
        self.assertEqual(self.ok("GET", f"/threads/chatgroups/1/user/{self.bob}", token=self.bob_token)["entities"], [])
        self.assertEqual(self.refusal("GET", f"/threads/chatgroups/{self.group_id}", token=self.cid_token)[3], 40012)

    def test_they_go_with_their_group(self):
        thread = self.thread()
        self.ok("POST", f"/thread/{thread}/user/{self.bob}/join", token=self.bob_token)
        # Who leaves the group leaves its threads.
        self.ok("DELETE", f"/chatgroups/{self.group_id}/quit", token=self.bob_token)
        self.assertEqual(self.ok("GET", f"/threads/user/{self.bob}", token=self.bob_token)["entities"], [])
        self.ok("DELETE", f"/chatgroups/{self.group_id}", token=self.token)
        self.assertEqual(self.refusal("GET", f"/thread/{thread}", token=self.token)[0], 404)
        self.assertEqual(self.ok("GET", f"/threads/user/{self.ann}", token=self.token)["entities"], [])

    def test_their_last_messages(self):
        spoken, silent = self.thread(), self.thread(msg_id=self.say(self.bob, self.group_id, "x", "chatgroups"))
        message = self.say(self.ann, spoken, "two lumps", "chatgroups")
        answer = self.ok("POST", "/thread/message", {"threadIds": [spoken, silent]}, self.bob_token)
        by_id = {one["thread_id"]: one["last_message"] for one in answer["entities"]}
        self.assertEqual(by_id[silent], {})
        last = by_id[spoken]
        self.assertEqual(last["id"], message)
        self.assertIn(self.ann, last["from"])
        self.assertIn(spoken, last["to"])
        self.assertGreater(last["timestamp"], 0)
        payload = last["payload"]
        self.assertEqual((payload["from"], payload["to"]), (self.ann, spoken))
        self.assertEqual((payload["type"], payload["ext"]), ("groupchat", {}))
        self.assertEqual(payload["bodies"], [{"type": "txt", "msg": "two lumps"}])
        self.refused(400, "POST", "/thread/message", {"threadIds": []}, self.bob_token)
        self.assertEqual(self.refusal("POST", "/thread/message", {"threadIds": [spoken]}, self.cid_token)[3], 40012)


if __name__ == "__main__":
    unittest.main()
