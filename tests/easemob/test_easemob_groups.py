# SPDX-License-Identifier: Apache-2.0
"""Groups: their life, and lists of them (easemob-rest 3.8, 3.10, A80-A83)."""

import unittest

from easemob_case import EasemobCase


class Life(EasemobCase):
    def test_made_changed_and_dissolved(self):
        (ann, token), (bob, bob_token) = self.user("ann"), self.user("bob")
        group = self.group(token, ann, [bob], avatar="http://a/b.png", custom="c", approval=True)
        self.assertRegex(group, "^[0-9]+$")
        answer = self.ok("GET", f"/chatgroups/{group}?joined_time=true&_v=1", token=bob_token)
        (details,) = answer["data"]
        self.assertEqual(answer["count"], 1)
        expected = {
            "id": group,
            "name": "tea",
            "avatar": "http://a/b.png",
            "description": "at five",
            "custom": "c",
            "owner": ann,
            "public": True,
            "membersonly": True,
            "allowinvites": False,
            "invite_need_confirm": False,
            "maxusers": 200,
            "affiliations_count": 2,
            "mute": False,
            "shieldgroup": False,
            "disabled": False,
        }
        self.assertEqual({name: details[name] for name in expected}, expected)
        self.assertEqual([next(iter(one.items())) for one in details["affiliations"]],
                         [("owner", ann), ("member", bob)])
        for one in details["affiliations"]:
            self.assertAlmostEqual(one["joined_time"], details["created"], delta=60_000)
        change = {"groupname": "coffee", "description": "at six", "avatar": "", "custom": "d"}
        self.assertEqual(
            self.ok("PUT", f"/chatgroups/{group}?resource=web_1", change, token)["data"],
            {"groupname": True, "description": True, "avatar": True, "custom": True},
        )
        (details,) = self.ok("GET", f"/chatgroups/{group}", token=bob_token)["data"]
        self.assertEqual(
            [details[name] for name in ("name", "description", "avatar", "custom")], ["coffee", "at six", "", "d"]
        )
        gone = self.ok("DELETE", f"/chatgroups/{group}?version=v3&resource=web_1", token=token)["data"]
        self.assertEqual((gone["success"], gone["id"]), (True, group))
        self.assertEqual(
            self.refused(404, "GET", f"/chatgroups/{group}", token=token),
            ("resource_not_found", f"grpID {group} does not exist!"),
        )
        self.assertEqual(self.ok("GET", f"/users/{bob}/joined_chatgroups", token=bob_token)["data"], [])

    def test_the_app_makes_one(self):
        (ann, _), (bob, _) = self.user("ann"), self.user("bob")
        body = {"groupname": "tea", "description": "d", "public": False, "owner": ann, "members": [bob]}
        group = self.ok("POST", "/chatgroups", body, self.app_token)["data"]["groupid"]
        # Without being asked.
        users = self.ok("GET", f"/chatgroups/{group}/users?pagenum=1&pagesize=10", token=self.app_token)
        self.assertEqual(users["data"], [{"owner": ann}, {"member": bob}])
        (details,) = self.ok("GET", f"/chatgroups/{group}", token=self.app_token)["data"]
        self.assertEqual((details["maxusers"], details["public"]), (200, False))
        gone = self.ok("DELETE", f"/chatgroups/{group}", token=self.app_token)["data"]
        self.assertEqual((gone["success"], gone["groupid"]), (True, group))

    def test_what_cannot_be_a_group(self):
        (ann, token), (bob, _) = self.user("ann"), self.user("bob")
        whole = {"groupname": "tea", "public": True, "owner": ann}
        for missing in ("owner", "public"):
            body = {name: value for name, value in whole.items() if name != missing}
            self.assertEqual(
                self.refused(400, "POST", "/chatgroups", body, self.app_token)[0], "invalid_parameter", missing
            )
        for change in (
            {"groupname": "\u8336" * 129},
            {"description": "x" * 513},
            {"avatar": "x" * 1025},
            {"maxusers": 0},
            {"maxusers": 1_000_000},
            {"owner": "a b"},
            {"members": ["a b"]},
        ):
            self.assertEqual(
                self.refused(400, "POST", "/chatgroups", {**whole, **change}, token)[0], "invalid_parameter", change
            )
        self.ok("POST", "/chatgroups", {**whole, "groupname": "\u8336" * 128, "description": "x" * 512}, token)
        text = "members size is greater than max user size !"
        body = {**whole, "members": [bob], "maxusers": 1}
        self.assertEqual(self.refused(403, "POST", "/chatgroups", body, token), ("exceed_limit", text))
        nobody = self.name("nobody")
        for change in ({"owner": nobody}, {"members": [bob, nobody]}):
            self.assertEqual(
                self.refused(404, "POST", "/chatgroups", {**whole, **change}, self.app_token),
                ("resource_not_found", f"username {nobody} doesn't exist!"),
            )
        self.refused(401, "POST", "/chatgroups", {**whole, "owner": bob}, token)
        names = [one["name"] for one in self.ok("GET", f"/users/{ann}/joined_chatgroups", token=token)["data"]]
        self.assertEqual(names, ["\u8336" * 128])

    def test_what_may_be_changed_and_by_whom(self):
        (ann, token), (bob, bob_token), (cid, cid_token) = self.user("ann"), self.user("bob"), self.user("cid")
        group = self.group(token, ann, [bob])
        path = f"/chatgroups/{group}"
        self.assertEqual(
            self.refused(400, "PUT", path, {"groupname": "x", "colour": "red"}, self.app_token)[1],
            "some of [colour] are not valid fields",
        )
        self.refused(400, "PUT", path, {"groupname": "x" * 129}, token)
        # Not with fewer seats than are taken.
        self.refused(400, "PUT", path, {"maxusers": 1}, token)
        self.assertEqual(self.refused(403, "PUT", path, {"groupname": "x"}, bob_token)[0], "forbidden_op")
        self.refused(403, "PUT", path, {"newowner": bob}, bob_token)
        self.refused(403, "DELETE", path, token=bob_token)
        self.refused(403, "DELETE", path, token=cid_token)
        self.refused(404, "PUT", "/chatgroups/1", {"groupname": "x"}, token)
        data = self.ok("PUT", path, {"membersonly": True, "allowinvites": True, "maxusers": 300}, self.app_token)["data"]
        self.assertEqual(data, {"membersonly": True, "allowinvites": True, "maxusers": True})
        (details,) = self.ok("GET", path, token=token)["data"]
        self.assertEqual((details["name"], details["maxusers"]), ("tea", 300))

    def test_the_owner_changes(self):
        (ann, token), (bob, bob_token), (cid, _) = self.user("ann"), self.user("bob"), self.user("cid")
        group = self.group(token, ann, [bob])
        path = f"/chatgroups/{group}"
        self.refused(403, "DELETE", path + "/quit", token=token)
        self.assertIn("are not members of this group", self.refused(403, "PUT", path, {"newowner": cid}, token)[1])
        self.assertEqual(
            self.refused(403, "PUT", path, {"newowner": ann}, self.app_token)[1], "new owner and old owner are the same"
        )
        self.assertEqual(self.ok("PUT", path + "?resource=web_1", {"newowner": bob}, token)["data"], {"newowner": True})
        (details,) = self.ok("GET", path, token=token)["data"]
        self.assertEqual((details["owner"], details["affiliations_count"]), (bob, 2))
        self.assertEqual(self.ok("DELETE", path + "/quit?resource=web_1", token=token)["data"]["result"], True)
        text = self.refused(403, "DELETE", path + "/quit", token=token)[1]
        self.assertEqual(text, f"users [{ann}] are not members of this group!")
        self.ok("DELETE", path, token=bob_token)


class Coming(EasemobCase):
    def members(self, group):
        data = self.ok("GET", f"/chatgroups/{group}/users?pagenum=1&pagesize=100", token=self.app_token)["data"]
        return sorted(uid for one in data for uid in one.values())

    def test_invited_at_once(self):
        (ann, token), (bob, _), (cid, cid_token) = self.user("ann"), self.user("bob"), self.user("cid")
        group = self.group(token, ann, [bob])
        path = f"/chatgroups/{group}/invite?resource=web_1"
        (one,) = self.ok("POST", path, {"usernames": [cid]}, token)["data"]
        self.assertEqual(one, {"action": "invite", "id": group, "user": cid, "result": True})
        self.assertEqual(self.members(group), sorted([ann, bob, cid]))
        text = self.refused(403, "POST", path, {"usernames": [cid]}, token)[1]
        self.assertIn("invite users to join group failed", text)
        self.assertIn("already in group", text)
        self.refused(403, "POST", path, {"usernames": [bob]}, cid_token)
        self.refused(404, "POST", path, {"usernames": [self.name("nobody")]}, token)
        self.refused(404, "POST", "/chatgroups/1/invite", {"usernames": [bob]}, token)

    def test_invited_and_asked(self):
        (ann, token), (bob, bob_token), (cid, cid_token) = self.user("ann"), self.user("bob"), self.user("cid")
        group = self.group(token, ann, [bob, cid], invite_need_confirm=True)
        self.assertEqual(self.members(group), [ann])
        verify = f"/chatgroups/{group}/invite_verify?resource=web_1"
        answer = self.ok("POST", verify, {"invitee": bob, "verifyResult": True}, bob_token)["data"]
        self.assertEqual((answer["result"], answer["user"], answer["id"]), (True, bob, group))
        self.assertIn("action", answer)
        self.ok("POST", verify, {"invitee": cid, "verifyResult": False}, cid_token)
        self.assertEqual(self.members(group), sorted([ann, bob]))
        self.refused(403, "POST", verify, {"invitee": cid, "verifyResult": True}, cid_token)
        self.refused(401, "POST", verify, {"invitee": cid, "verifyResult": True}, bob_token)

    def test_who_comes_by_themselves(self):
        (ann, token), (bob, bob_token) = self.user("ann"), self.user("bob")
        open_group = self.group(token, ann)
        path = f"/chatgroups/{open_group}/apply?resource=web_1"
        answer = self.ok("POST", path, {"message": "hi"}, bob_token)["data"]
        self.assertEqual((answer["result"], answer["action"], answer["user"], answer["id"]), (True, "apply", bob, open_group))
        self.assertEqual(self.members(open_group), sorted([ann, bob]))
        self.assertIn("already in group", self.refused(403, "POST", path, {"message": "hi"}, bob_token)[1])
        closed = self.group(token, ann, public=False)
        self.refused(403, "POST", f"/chatgroups/{closed}/apply", {"message": "hi"}, bob_token)
        full = self.group(token, ann, maxusers=1)
        self.assertEqual(
            self.refused(403, "POST", f"/chatgroups/{full}/apply", {}, bob_token)[1], "group member list is full!"
        )

    def test_who_has_to_be_let_in(self):
        (ann, token), (bob, bob_token), (cid, cid_token) = self.user("ann"), self.user("bob"), self.user("cid")
        group = self.group(token, ann, approval=True)
        for by in (bob_token, cid_token):
            self.ok("POST", f"/chatgroups/{group}/apply", {"message": "hi"}, by)
        self.assertEqual(self.members(group), [ann])
        verify = f"/chatgroups/{group}/apply_verify?resource=web_1"
        decision = {"applicant": bob, "verifyResult": True, "reason": "no clue"}
        self.refused(403, "POST", verify, decision, cid_token)
        answer = self.ok("POST", verify, decision, token)["data"]
        self.assertEqual((answer["result"], answer["user"], answer["id"]), (True, bob, group))
        self.ok("POST", verify, {"applicant": cid, "verifyResult": False, "reason": "no"}, token)
        self.assertEqual(self.members(group), sorted([ann, bob]))
        self.refused(403, "POST", verify, {"applicant": cid, "verifyResult": True}, token)


class Lists(EasemobCase):
    def test_of_a_user(self):
        (ann, token), (bob, _) = self.user("ann"), self.user("bob")
        groups = [self.group(token, ann, [bob], groupname=f"g{i}") for i in range(3)]
        answer = self.ok("GET", f"/users/{ann}/joined_chatgroups?pagenum=0&pagesize=20&version=v3", token=token)
        self.assertIn("joined_chatgroups", answer["uri"])
        self.assertCountEqual([one["id"] for one in answer["data"]], groups)
        for one in answer["data"]:
            self.assertEqual((one["disabled"], one["permission"]), (False, "owner"))
            self.assertIn("name", one)
        query = "?pagenum={}&pagesize=2&needAffiliations=true&needRole=true&version=v3"
        seen = []
        for page, size in ((0, 2), (1, 1), (2, 0)):
            answer = self.ok("GET", f"/chatgroups/user/{bob}" + query.format(page), token=self.app_token)
            self.assertNotIn("joined_chatgroups", answer["uri"])
            self.assertEqual(len(answer["entities"]), size)
            seen += [one["groupId"] for one in answer["entities"]]
            for one in answer["entities"]:
                self.assertEqual((one["affiliations_count"], one["permission"]), (2, "member"))
                for name in ("name", "disabled", "membersonly", "allowinvites", "description", "maxusers", "public"):
                    self.assertIn(name, one)
        self.assertCountEqual(seen, groups)
        self.refused(401, "GET", f"/chatgroups/user/{bob}", token=token)
        (details,) = self.ok("GET", f"/chatgroups/{groups[0]}", token=token)["data"]
        both = self.ok("GET", f"/chatgroups/{groups[0]},{groups[1]}?joined_time=true", token=token)
        self.assertEqual((both["data"][0], both["count"]), (details, 2))

    def test_of_those_that_are_open(self):
        (ann, token), (bob, bob_token) = self.user("ann"), self.user("bob")
        shown = {self.group(token, ann, groupname=f"open{i}") for i in range(5)}
        hidden = self.group(token, ann, public=False)
        seen, cursor = {}, ""
        while True:
            page = self.ok("GET", f"/publicchatgroups?version=v3&limit=2&cursor={cursor}", token=bob_token)
            self.assertLessEqual(len(page["data"]), 2)
            seen |= {one["id"]: one["name"] for one in page["data"]}
            cursor = page.get("cursor", "")
            if not cursor:
                break
        self.assertLessEqual(shown, set(seen))
        self.assertNotIn(hidden, seen)
        self.ok("GET", f"/chatgroups/{next(iter(shown))}", token=bob_token)
        self.assertIn("are not members", self.refused(403, "GET", f"/chatgroups/{hidden}", token=bob_token)[1])

    def test_announcement_and_shield(self):
        (ann, token), (bob, bob_token) = self.user("ann"), self.user("bob")
        group = self.group(token, ann, [bob])
        path = f"/chatgroups/{group}/announcement"
        self.assertEqual(self.ok("GET", path + "?version=v3", token=bob_token)["data"]["announcement"], "")
        answer = self.ok("POST", path + "?resource=web_1&version=v3", {"announcement": "\u8336"}, token)["data"]
        self.assertEqual((answer["id"], answer["result"]), (group, True))
        self.assertEqual(self.ok("GET", path, token=bob_token)["data"]["announcement"], "\u8336")
        self.refused(403, "POST", path, {"announcement": "x"}, bob_token)
        self.refused(400, "POST", path, {"announcement": "x" * 513}, token)
        path = f"/chatgroups/{group}/shield?version=v3&resource=web_1"
        for method, shielded in (("POST", True), ("DELETE", False)):
            self.assertIn("data", self.ok(method, path, token=bob_token))
            for by, expected in ((bob_token, shielded), (token, False)):
                (details,) = self.ok("GET", f"/chatgroups/{group}", token=by)["data"]
                self.assertIs(details["shieldgroup"], expected)


if __name__ == "__main__":
    unittest.main()
