# SPDX-License-Identifier: Apache-2.0
"""Contacts, the block list, silent mode, attributes of users (easemob-rest 3.2, 3.3, 3.13, 4.6)."""

import time
import unittest
import urllib.parse

from easemob_case import APP, EasemobCase


class Contacts(EasemobCase):
    def test_asked_accepted_named_and_deleted(self):
        (ann, ann_token), (bob, bob_token) = self.user("ann"), self.user("bob")
        request = {"usernames": [bob], "reason": "tea?"}
        self.ok("POST", f"/users/{ann}/contacts/apply?resource=web_1", request, ann_token)
        self.assertEqual(self.ok("GET", f"/users/{ann}/contacts/users", token=ann_token)["data"], [])
        self.ok("POST", f"/users/{bob}/contacts/accept/users/{ann}?resource=web_1", token=bob_token)
        for me, token, other in ((ann, ann_token, bob), (bob, bob_token, ann)):
            self.assertEqual(self.ok("GET", f"/users/{me}/contacts/users", token=token)["data"], [other])
        path = f"/users/{ann}/contacts/users/{bob}?resource=web_1"
        self.ok("PUT", path, {"remark": "the baker"}, ann_token)
        listed = self.ok("GET", f"/users/{ann}/contacts/users?needReturnRemark=true&_v=1", token=ann_token)
        self.assertEqual(listed["entities"], [{"username": bob, "remark": "the baker"}])
        # A remark is one's own.
        page = self.ok("GET", f"/users/{bob}/contacts?needReturnRemark=true&limit=20&cursor=", token=bob_token)
        self.assertEqual(page["data"], {"contacts": [{"username": ann, "remark": ""}], "cursor": ""})
        self.ok("DELETE", path, token=ann_token)
        for me, token in ((ann, ann_token), (bob, bob_token)):
            self.assertEqual(self.ok("GET", f"/users/{me}/contacts/users", token=token)["data"], [])

    def test_declined(self):
        (ann, ann_token), (bob, bob_token) = self.user("ann"), self.user("bob")
        self.ok("POST", f"/users/{ann}/contacts/apply", {"usernames": [bob], "reason": "x"}, ann_token)
        self.ok("POST", f"/users/{bob}/contacts/decline/users/{ann}?resource=web_1", token=bob_token)
        self.refused(404, "POST", f"/users/{bob}/contacts/accept/users/{ann}", token=bob_token)
        self.assertEqual(self.ok("GET", f"/users/{bob}/contacts/users", token=bob_token)["data"], [])

    def test_who_is_not_there_is_not_found(self):
        ann, token = self.user("ann")
        nobody = self.name("nobody")
        calls = [
            ("POST", f"/users/{ann}/contacts/apply", {"usernames": [nobody]}, token),
            ("POST", f"/users/{ann}/contacts/users/{nobody}", None, self.app_token),
            ("POST", f"/users/{nobody}/contacts/users/{ann}", None, self.app_token),
        ]
        for method, path, body, by in calls:
            answer = self.call(method, path, body, by)
            self.assertEqual(answer.status, 404, path)
            self.assertEqual(answer.error, ("service_resource_not_found", "Service resource not found"))
            self.assertEqual(answer.body["exception"], "UserNotFoundException")

    def test_remarks_are_for_contacts(self):
        (ann, token), (bob, _) = self.user("ann"), self.user("bob")
        path = f"/users/{ann}/contacts/users/{bob}"
        text = "updateRemark | they are not friends, please add as a friend first."
        self.assertEqual(self.refused(400, "PUT", path, {"remark": "x"}, token)[1], text)
        self.befriend(ann, bob)
        self.ok("PUT", path, {"remark": "\u8336" * 100}, token)
        self.assertIn("remark length must less", self.refused(400, "PUT", path, {"remark": "x" * 101}, token)[1])
        self.ok("PUT", f"/user/{ann}/contacts/users/{bob}", {"remark": "y"}, self.app_token)
        listed = self.ok("GET", f"/users/{ann}/contacts/users?needReturnRemark=true", token=token)
        self.assertEqual(listed["entities"][0]["remark"], "y")

    def test_the_app_makes_and_ends_contacts(self):
        (ann, token), (bob, _) = self.user("ann"), self.user("bob")
        for method, expected in (("POST", [bob]), ("DELETE", [])):
            answer = self.ok(method, f"/users/{ann}/contacts/users/{bob}", token=self.app_token)
            (entity,) = answer["entities"]
            self.assertEqual((entity["type"], entity["username"], entity["activated"]), ("user", bob, True))
            for member in ("uuid", "created", "modified"):
                self.assertIn(member, entity)
            self.assertEqual(self.ok("GET", f"/users/{ann}/contacts/users", token=token)["data"], expected)
        # To be asked is a user's own affair.
        self.refused(401, "POST", f"/users/{ann}/contacts/users/{bob}", token=token)
        self.refused(400, "POST", f"/users/{ann}/contacts/users/{ann}", token=self.app_token)

    def test_pages_of_contacts(self):
        ann, token = self.user("ann")
        others = sorted(self.user(f"u{i}")[0] for i in range(5))
        for other in others:
            self.befriend(ann, other)
        for path, by in ((f"/users/{ann}/contacts", token), (f"/user/{ann}/contacts", self.app_token)):
            seen, cursor, pages = [], "", 0
            while pages == 0 or cursor:
                query = f"?needReturnRemark=true&limit=2&cursor={cursor}"
                data = self.ok("GET", path + query, token=by)["data"]
                seen += [contact["username"] for contact in data["contacts"]]
                cursor, pages = data["cursor"], pages + 1
            self.assertEqual((sorted(seen), pages), (others, 3))


class Blocks(EasemobCase):
    def test_blocked_and_let_in_again(self):
        (ann, token), (bob, _), (cid, _) = self.user("ann"), self.user("bob"), self.user("cid")
        self.befriend(ann, bob)
        path = f"/sdk/user/{ann}/blocks?resource=web_1"
        self.assertEqual(self.ok("POST", path, {"usernames": [bob, cid]}, token)["data"], [bob, cid])
        self.assertEqual(self.ok("GET", f"/users/{ann}/blocks/users", token=token)["data"], [bob, cid])
        # Friends stay friends.
        self.assertEqual(self.ok("GET", f"/users/{ann}/contacts/users", token=token)["data"], [bob])
        self.ok("DELETE", path, {"usernames": [bob]}, token)
        self.assertEqual(self.ok("GET", f"/users/{ann}/blocks/users", token=token)["data"], [cid])
        self.refused(400, "POST", path, {"usernames": [ann]}, token)

    def test_the_app_blocks(self):
        (ann, _), (bob, _), (cid, _) = self.user("ann"), self.user("bob"), self.user("cid")
        path = f"/users/{ann}/blocks/users"
        self.assertEqual(self.ok("POST", path, {"usernames": [bob, cid]}, self.app_token)["data"], [bob, cid])
        page = self.ok("GET", path + "?pageSize=1", token=self.app_token)
        self.assertEqual((page["data"], page["count"]), ([bob], 1))
        page = self.ok("GET", f"{path}?pageSize=1&cursor={page['cursor']}", token=self.app_token)
        self.assertEqual(page["data"], [cid])
        self.assertNotIn("cursor", page)
        entity = self.ok("DELETE", f"{path}/{bob}", token=self.app_token)["entities"][0]
        self.assertEqual(entity["username"], bob)
        self.assertEqual(self.ok("GET", path, token=self.app_token)["data"], [cid])

    def test_the_list_ends_at_500(self):
        ann, token = self.user("ann")
        path = f"/sdk/user/{ann}/blocks"
        for first in range(0, 500, 100):
            self.ok("POST", path, {"usernames": [f"u{i}" for i in range(first, first + 100)]}, token)
        self.refused(403, "POST", path, {"usernames": ["one-more"]}, token)
        self.ok("POST", path, {"usernames": ["u7"]}, token)
        self.assertEqual(len(self.ok("GET", f"/users/{ann}/blocks/users", token=token)["data"]), 500)


class SilentMode(EasemobCase):
    def test_of_the_whole_app(self):
        ann, token = self.user("ann")
        path = f"/users/{ann}/notification/user/{ann}"
        self.assertEqual(self.ok("PUT", path + "?resource=web_1", {"type": "AT"}, token)["data"]["type"], "AT")
        before = time.time() * 1000
        data = self.ok("PUT", path + "?resource=web_1", {"ignoreDuration": 60000}, token)["data"]
        self.assertAlmostEqual(data["ignoreDuration"], before + 60000, delta=60000)
        data = self.ok("PUT", path + "?resource=web_1", {"ignoreInterval": "21:30-8:15"}, token)["data"]
        self.assertEqual((data["type"], data["ignoreInterval"]), ("AT", "21:30-8:15"))
        self.assertEqual(self.ok("GET", path, token=token)["data"], data)
        self.assertEqual(self.ok("GET", path, token=self.app_token)["data"], data)

    def test_of_conversations(self):
        (ann, token), (bob, _) = self.user("ann"), self.user("bob")
        head = f"/users/{ann}/notification"
        self.ok("PUT", f"{head}/user/{bob}?resource=web_1", {"type": "NONE"}, token)
        self.ok("PUT", f"{head}/chatgroup/77?resource=web_1", {"type": "AT"}, self.app_token)
        data = self.ok("GET", f"{head}?user={bob},{ann}x&group=77,78&_v=1", token=token)["data"]
        self.assertEqual(data["user"], {bob: {"type": "NONE"}, f"{ann}x": {}})
        self.assertEqual(data["group"], {"77": {"type": "AT"}, "78": {}})
        first = self.ok("GET", f"{head}/mute/type?limit=1&cursor=", token=token)
        second = self.ok("GET", f"{head}/mute/type?limit=1&cursor={first['cursor']}", token=token)
        rows = first["data"] + second["data"]
        self.assertCountEqual(rows, [{"user": bob, "value": "NONE"}, {"group": "77", "value": "AT"}])
        self.assertEqual(second.get("cursor", ""), "")
        data = self.ok("PUT", f"{head}/user/{bob}?resource=web_1", {"type": "DEFAULT"}, token)["data"]
        self.assertEqual(self.ok("GET", f"{head}/user/{bob}", token=token)["data"], data)
        self.assertEqual(len(self.ok("GET", f"{head}/mute/type", token=token)["data"]), 1)

    def test_what_is_no_silent_mode(self):
        ann, token = self.user("ann")
        path = f"/users/{ann}/notification/user/{ann}"
        week = 7 * 24 * 60 * 60 * 1000
        bad = [
            {},
            {"type": "LOUD"},
            {"type": ""},
            {"ignoreDuration": -1},
            {"ignoreDuration": week + 1},
            {"ignoreInterval": "x"},
            {"ignoreInterval": "25:00-8:00"},
            {"ignoreInterval": "8:00-8:60"},
            {"ignoreInterval": "8:00"},
        ]
        for body in bad:
            self.refused(400, "PUT", path, body, token)
        self.assertEqual(self.ok("GET", path, token=token)["data"], {})
        self.ok("PUT", path, {"ignoreDuration": week}, token)
        for kind, key in (("room", "7"), ("user", "a%20b"), ("chatgroup", "%00")):
            self.refused(400, "PUT", f"/users/{ann}/notification/{kind}/{key}", {"type": "NONE"}, token)


class Attributes(EasemobCase):
    def put(self, user, token, form, status=200):
        headers = {"Content-Type": "application/x-www-form-urlencoded", "Authorization": f"Bearer {token}"}
        answer = self.ask("PUT", f"{APP}/metadata/user/{user}", form.encode(), headers)
        self.assertEqual(answer.status, status, answer)
        return answer.body

    def test_set_read_and_deleted(self):
        (ann, token), (bob, bob_token) = self.user("ann"), self.user("bob")
        before = self.ok("GET", "/metadata/user/capacity", token=self.app_token)["data"]
        # A single one comes as it is, several encoded.
        self.assertEqual(self.put(ann, token, "nickname=Ann of Leeds & co = x")["data"],
                         {"nickname": "Ann of Leeds & co = x"})
        form = urllib.parse.urlencode({"sign": "\u8336 + milk", "mail": "ann@example.com"})
        self.put(ann, token, form)
        known = {"nickname": "Ann of Leeds & co = x", "sign": "\u8336 + milk", "mail": "ann@example.com"}
        self.assertEqual(self.ok("GET", f"/metadata/user/{ann}", token=token)["data"], known)
        asked = {"targets": [ann, bob], "properties": ["mail", "phone"]}
        data = self.ok("POST", "/metadata/user/get", asked, bob_token)["data"]
        self.assertEqual(data, {ann: {"mail": "ann@example.com"}, bob: {}})
        asked["properties"] = []
        self.assertEqual(self.ok("POST", "/metadata/user/get", asked, self.app_token)["data"][ann], known)
        size = sum(len(k.encode()) + len(v.encode()) for k, v in known.items())
        self.assertEqual(self.ok("GET", "/metadata/user/capacity", token=self.app_token)["data"] - before, size)
        # An empty value takes one away.
        self.assertNotIn("mail", self.put(ann, token, "mail=")["data"])
        self.assertIs(self.ok("DELETE", f"/metadata/user/{ann}", token=self.app_token)["data"], True)
        self.assertEqual(self.ok("GET", f"/metadata/user/{ann}", token=token)["data"], {})

    def test_who_may_and_how_much(self):
        (ann, token), (bob, bob_token) = self.user("ann"), self.user("bob")
        self.put(ann, bob_token, "nickname=x", 401)
        self.put(self.name("nobody"), self.app_token, "nickname=x", 404)
        self.put(ann, self.app_token, "ext=" + "x" * 2000)
        self.assertEqual(self.put(ann, token, "sign=" + "x" * 100, 403)["error"], "FORBIDDEN")
        self.put(ann, token, "", 400)
        self.put(ann, token, "x" * 3000 + "=y", 403)
        self.assertEqual(list(self.ok("GET", f"/metadata/user/{ann}", token=token)["data"]), ["ext"])
        self.refused(400, "POST", "/metadata/user/get", {"targets": ["a"] * 101, "properties": []}, token)
        self.refused(400, "POST", "/metadata/user/get", {"targets": [], "properties": []}, token)
        # They go with the user.
        self.ok("DELETE", f"/users/{ann}", token=self.app_token)
        self.ok("POST", "/users", {"username": ann, "password": "pw"}, self.app_token)
        self.assertEqual(self.ok("GET", f"/metadata/user/{ann}", token=self.app_token)["data"], {})


if __name__ == "__main__":
    unittest.main()
