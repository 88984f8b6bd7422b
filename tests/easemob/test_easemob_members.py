# SPDX-License-Identifier: Apache-2.0
"""Members of groups: coming and going, roles, voice, attributes (easemob-rest 3.9, A86-A91)."""

import time
import unittest

from easemob_case import EasemobCase


class Members(EasemobCase):
    def setUp(self):
        (self.ann, self.token), (self.bob, self.bob_token) = self.user("ann"), self.user("bob")
        (self.cid, self.cid_token), (self.dan, self.dan_token) = self.user("cid"), self.user("dan")
        self.group_id = self.group(self.token, self.ann, [self.bob, self.cid])
        self.path = f"/chatgroups/{self.group_id}"

    def members(self):
        data = self.ok("GET", self.path + "/users?pagenum=1&pagesize=100", token=self.app_token)["data"]
        return sorted(uid for one in data for uid in one.values())

    def denied(self, *args, **kwargs):
        """403, as the SDK tells "permission denied" by."""
        answer = self.call(*args, **kwargs)
        self.assertEqual((answer.status, answer.body.get("error")), (403, "forbidden_op"), (args, answer))
        return answer.body["error_description"]

    def test_listed_in_pages(self):
        self.ok("POST", self.path + "/admin", {"newadmin": self.cid}, self.token)
        seen, cursor = [], "undefined"
        while cursor:
            query = f"?cursor={cursor}&limit=2&joined_time=true&_v=1"
            page = self.ok("GET", self.path + "/users" + query, token=self.bob_token)
            seen += page["data"]
            cursor = page.get("cursor", "")
        roles = {uid: role for one in seen for role, uid in one.items() if role != "joined_time"}
        self.assertEqual(roles, {self.ann: "owner", self.bob: "member", self.cid: "admin"})
        self.assertTrue(all(one["joined_time"] > 0 for one in seen))
        pages = [self.ok("GET", f"{self.path}/users?version=v3&pagenum={n}&pagesize=2", token=self.bob_token)["data"] for n in (1, 2)]
        self.assertEqual([len(page) for page in pages], [2, 1])
        self.assertEqual(pages[0][0], {"owner": self.ann})
        self.assertEqual([list(one) for one in pages[0][1:] + pages[1]], [["member"], ["member"]])
        self.assertEqual(
            self.denied("GET", self.path + "/users", token=self.dan_token),
            f"users [{self.dan}] are not members of this group!",
        )

    def test_the_app_adds_and_removes(self):
        answer = self.ok("POST", f"{self.path}/users/{self.dan}", token=self.app_token)["data"]
        self.assertEqual((answer["result"], answer["groupid"], answer["user"]), (True, self.group_id, self.dan))
        self.assertEqual(
            self.denied("POST", f"{self.path}/users/{self.dan}", token=self.app_token),
            f"can not join this group, reason:user: {self.dan} already in group: {self.group_id}",
        )
        answer = self.ok("DELETE", f"{self.path}/users/{self.bob},{self.dan}", token=self.app_token)["data"]
        self.assertEqual([(one["user"], one["result"], one["groupid"]) for one in answer],
                         [(self.bob, True, self.group_id), (self.dan, True, self.group_id)])
        self.assertEqual(self.members(), sorted([self.ann, self.cid]))
        body = {"usernames": [self.bob, self.dan]}
        answer = self.ok("POST", self.path + "/users?need_notify=false", body, self.app_token)["data"]
        self.assertEqual((sorted(answer["newmembers"]), answer["groupid"]), (sorted(body["usernames"]), self.group_id))
        self.assertEqual(
            self.denied("DELETE", f"{self.path}/users/{self.ann}", token=self.app_token),
            "forbidden operation on group owner!",
        )
        answer = self.refused(404, "POST", f"{self.path}/users/{self.name('nobody')}", token=self.app_token)
        self.assertEqual(answer, ("resource_not_found", f"username {self.name('nobody')} doesn't exist!"))
        self.refused(401, "POST", f"{self.path}/users/{self.dan}", token=self.token)
        self.refused(400, "POST", self.path + "/users", {"usernames": [f"u{i}" for i in range(61)]}, self.app_token)
        self.refused(404, "POST", "/chatgroups/1/users/" + self.dan, token=self.app_token)

    def test_removed_by_who_leads(self):
        path = f"{self.path}/users/{self.cid}?resource=web_1"
        self.denied("DELETE", path, token=self.bob_token)
        self.assertEqual(
            self.ok("DELETE", path, token=self.token)["data"],
            {"action": "remove_member", "groupid": self.group_id, "user": self.cid, "result": True},
        )
        self.assertEqual(
            self.denied("DELETE", path, token=self.token), f"users [{self.cid}] are not members of this group!"
        )
        answer = self.ok("DELETE", f"{self.path}/users/{self.bob},{self.cid}?resource=web_1", token=self.token)["data"]
        self.assertEqual([(one["user"], one["action"], one["result"]) for one in answer],
                         [(self.bob, "remove_member", True), (self.cid, "remove_member", False)])
        self.assertIn("reason", answer[1])

    def test_admins(self):
        path = self.path + "/admin"
        self.assertEqual(self.ok("GET", path + "?version=v3", token=self.bob_token)["data"], [])
        self.denied("POST", path, {"newadmin": self.bob}, token=self.bob_token)
        answer = self.ok("POST", path + "?resource=web_1&version=v3", {"newadmin": self.bob}, self.token)["data"]
        self.assertEqual(answer, {"result": "success", "newadmin": self.bob})
        self.assertEqual(self.ok("GET", path + "?version=v3", token=self.cid_token)["data"], [self.bob])
        # An admin leads, but not other admins, nor the owner.
        self.ok("POST", path, {"newadmin": self.cid}, self.app_token)
        self.denied("DELETE", f"{self.path}/users/{self.cid}", token=self.bob_token)
        self.denied("DELETE", f"{self.path}/users/{self.ann}", token=self.bob_token)
        answer = self.ok("DELETE", f"{path}/{self.bob}?resource=web_1&version=v3", token=self.token)["data"]
        self.assertEqual(answer, {"result": "success", "oldadmin": self.bob})
        self.assertEqual(self.ok("GET", path, token=self.token)["data"], [self.cid])
        self.refused(404, "POST", path, {"newadmin": self.dan}, self.token)
        self.refused(404, "DELETE", f"{path}/{self.dan}", token=self.token)

    def test_mutes(self):
        path = self.path + "/mute"
        body = {"usernames": [self.bob], "mute_duration": 60_000}
        self.denied("POST", path, body, token=self.cid_token)
        (one,) = self.ok("POST", path + "?resource=web_1&version=v3", body, self.token)["data"]
        self.assertEqual((one["user"], one["result"]), (self.bob, True))
        self.assertAlmostEqual(one["expire"], time.time() * 1000 + 60_000, delta=60_000)
        self.ok("POST", path, {"usernames": [self.cid], "mute_duration": -1}, self.app_token)
        muted = {row["user"]: row["expire"] for row in self.ok("GET", path + "?version=v3", token=self.token)["data"]}
        self.assertEqual(muted, {self.bob: one["expire"], self.cid: -1})
        own = f"/sdk{path}/{self.bob}?version=v3"
        self.assertIs(self.ok("GET", own, token=self.bob_token)["data"], True)
        answer = self.ok("DELETE", f"{path}/{self.bob},{self.cid}?resource=web_1&version=v3", token=self.token)["data"]
        self.assertEqual([(row["user"], row["result"]) for row in answer], [(self.bob, True), (self.cid, True)])
        self.assertIs(self.ok("GET", own, token=self.bob_token)["data"], False)
        self.assertEqual(self.ok("GET", path, token=self.token)["data"], [])
        self.assertEqual(
            self.denied("POST", path, {"usernames": [self.ann], "mute_duration": -1}, self.app_token),
            "forbidden operation on group owner!",
        )
        self.refused(400, "POST", path, {"usernames": [self.bob], "mute_duration": "x"}, self.token)

    def test_all_are_mute_but_those_allowed(self):
        path = self.path + "/ban?resource=web_1&version=v3"
        self.denied("POST", path, token=self.bob_token)
        for method, muted in (("POST", True), ("DELETE", False)):
            self.assertEqual(self.ok(method, path, token=self.token)["data"], {"mute": muted})
            (details,) = self.ok("GET", self.path, token=self.bob_token)["data"]
            self.assertIs(details["mute"], muted)
        path = self.path + "/white/users"
        answer = self.ok("POST", path + "?resource=web_1&version=v3", {"usernames": [self.bob]}, self.token)["data"]
        self.assertEqual([(row["user"], row["result"]) for row in answer], [(self.bob, True)])
        self.assertEqual(self.ok("GET", path + "?version=v3", token=self.token)["data"], [self.bob])
        for uid, white in ((self.bob, True), (self.cid, False)):
            self.assertEqual(
                self.ok("GET", f"{path}/{uid}?version=v3", token=self.bob_token)["data"], {"member": uid, "white": white}
            )
        (row,) = self.ok("DELETE", f"{path}/{self.bob}?resource=web_1&version=v3", token=self.token)["data"]
        self.assertEqual((row["user"], row["result"]), (self.bob, True))
        self.assertEqual(self.ok("GET", path, token=self.token)["data"], [])

    def test_blocked(self):
        path = self.path + "/blocks/users"
        query = "?resource=web_1&version=v3"
        self.denied("POST", f"{path}/{self.cid}{query}", token=self.bob_token)
        (row,) = self.ok("POST", f"{path}/{self.bob}{query}", token=self.token)["data"]
        self.assertEqual((row["user"], row["result"]), (self.bob, True))
        self.assertEqual(self.members(), sorted([self.ann, self.cid]))
        self.denied("POST", self.path + "/apply", {"message": "hi"}, self.bob_token)
        rows = self.ok("POST", path + query, {"usernames": [self.cid, self.ann]}, self.token)["data"]
        self.assertEqual([(row["user"], row["result"]) for row in rows], [(self.cid, True), (self.ann, False)])
        self.assertIn("reason", rows[1])
        self.assertCountEqual(self.ok("GET", path + "?version=v3", token=self.token)["data"], [self.bob, self.cid])
        rows = self.ok("DELETE", f"{path}/{self.bob},{self.cid}{query}", token=self.token)["data"]
        self.assertEqual([(row["user"], row["result"]) for row in rows], [(self.bob, True), (self.cid, True)])
        self.assertEqual(self.ok("GET", path, token=self.token)["data"], [])
        self.ok("POST", self.path + "/apply", {"message": "hi"}, self.bob_token)

    def test_attributes(self):
        path = f"/sdk/metadata/chatgroup/{self.group_id}"
        mine = f"{path}/user/{self.bob}?resource=web_1&version=v3"
        self.ok("PUT", mine, {"metaData": {"mood": "good", "hat": "\u7ea2"}}, self.bob_token)
        asked = {"targets": [self.bob, self.cid], "properties": []}
        data = self.ok("POST", path + "/get?version=v3", asked, self.cid_token)["data"]
        self.assertEqual(data[self.bob], {"mood": "good", "hat": "\u7ea2"})
        self.assertEqual(data.get(self.cid, {}), {})
        asked["properties"] = ["hat"]
        self.assertEqual(self.ok("POST", path + "/get", asked, self.token)["data"][self.bob], {"hat": "\u7ea2"})
        # An empty value takes one away.
        self.ok("PUT", mine, {"metaData": {"mood": ""}}, self.token)
        asked["properties"] = []
        self.assertEqual(self.ok("POST", path + "/get", asked, self.token)["data"][self.bob], {"hat": "\u7ea2"})
        self.refused(403, "PUT", mine, {"metaData": {"mood": "bad"}}, self.cid_token)
        self.refused(403, "PUT", f"{path}/user/{self.dan}", {"metaData": {"mood": "x"}}, self.token)
        for meta, text, code in (
            ({"k" * 17: "v"}, "exceeds chatgroup user metadata single key limit", None),
            ({"k": "v" * 513}, "exceeds chatgroup user metadata single value limit", 60010),
        ):
            answer = self.call("PUT", mine, {"metaData": meta}, self.bob_token)
            self.assertEqual((answer.status, answer.error), (400, ("metadata_error", text)))
            if code:
                self.assertEqual(answer.body["error_code"], code)
        for i in range(7):
            self.ok("PUT", mine, {"metaData": {f"k{i}": "v" * 512}}, self.bob_token)
        answer = self.call("PUT", mine, {"metaData": {"last": "v" * 512}}, self.bob_token)
        self.assertEqual((answer.status, answer.body["error_code"]), (400, 60006))  # MAX_LIMIT

    def test_the_app_sets_attributes(self):
        path = f"/metadata/chatgroup/{self.group_id}"
        self.ok("PUT", f"{path}/user/{self.bob}", {"metaData": {"mood": "good"}}, self.app_token)
        self.assertEqual(self.ok("GET", f"{path}/user/{self.bob}", token=self.app_token)["data"], {"mood": "good"})
        self.assertEqual(
            self.ok("POST", path + "/get", {"targets": [self.bob], "properties": ["mood"]}, self.app_token)["data"],
            {self.bob: {"mood": "good"}},
        )
        self.refused(403, "GET", f"{path}/user/{self.dan}", token=self.app_token)


if __name__ == "__main__":
    unittest.main()
