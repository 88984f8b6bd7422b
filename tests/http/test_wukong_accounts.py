# SPDX-License-Identifier: Apache-2.0
"""wukong-http 5: tokens, quitting devices, who is online, system accounts."""

import unittest

from http_case import GROUP, OK, PERSON, HttpCase
from wkproto import CONNACK, DISCONNECT


class TokenTest(HttpCase):
    def token(self, uid, flag=0, level=0, token="t"):
        return {"uid": uid, "token": token, "device_flag": flag, "device_level": level}

    def reason(self, uid, flag, token="t"):
        return self.client().connect(uid, token=token, flag=flag).reason

    def test_refusals_in_their_order(self):
        for body, text in (
            ({}, "uid不能为空！"),
            ({"uid": "  ", "token": "t"}, "uid不能为空！"),
            ({"uid": "a@b"}, "token不能为空！"),
            ({"uid": "a@b", "token": "t"}, "uid不能包含特殊字符！"),
            ({"uid": "a#b", "token": "t"}, "uid不能包含特殊字符！"),
            ({"uid": "a&b", "token": "t"}, "uid不能包含特殊字符！"),
            ({"uid": "____system", "token": "t"}, "系统账号不允许更新token！"),
        ):
            self.assertEqual(self.error("/user/token", body), text, body)
        self.assertEqual(self.error("/user/token", b""), "EOF")
        for field, values in (("device_flag", (256, -1, "0", 1.5, True)), ("device_level", (2, -1, "1"))):
            for value in values:
                self.error("/user/token", {"uid": "u", "token": "t", field: value})

    def test_a_token_is_for_one_class(self):
        uid = self.name("ann")
        self.assertEqual(self.reason(uid, 0), 2)
        self.assertEqual(self.post("/user/token", self.token(uid, 0)), OK)
        self.assertEqual(self.reason(uid, 0), 1)
        self.assertEqual(self.reason(uid, 1), 2)
        self.assertEqual(self.reason(uid, 0, "other"), 2)
        for flag in (2, 4, 5, 99, 255):
            self.assertEqual(self.post("/user/token", self.token(uid, flag)), OK)
            self.assertEqual(self.reason(uid, flag), 1)

    def test_a_new_token_replaces_the_old(self):
        uid = self.name("ann")
        self.post("/user/token", self.token(uid, 0, token="old"))
        self.post("/user/token", self.token(uid, 0, token="new"))
        self.assertEqual(self.reason(uid, 0, "old"), 2)
        self.assertEqual(self.reason(uid, 0, "new"), 1)

    def test_a_main_level_ends_its_class_each_time(self):
        uid = self.name("ann")
        web = self.login(uid, flag=1)
        phone = self.login(uid, flag=0, level=1)
        self.post("/user/token", self.token(uid, 0, 1, f"secret-{uid}-0"))
        frame = phone.read(DISCONNECT)
        self.assertEqual(frame.reason, 12)
        self.assertRegex(frame.text, r"^账号在其他设备上登录: new token for class 0 \(app\), 20")
        web.ping()
        self.post("/user/token", self.token(uid, 1, 0, f"secret-{uid}-1"))
        web.ping()

    def test_banned_and_disbanded_accounts(self):
        uid = self.name("ann")
        info = {"channel_id": uid, "channel_type": PERSON}
        self.assertEqual(self.post("/channel/info", {**info, "ban": 1}), OK)
        self.assertEqual(self.post("/user/token", self.token(uid)), {"status": 19})
        self.assertEqual(self.post("/channel/info", {**info, "disband": 1}), OK)
        self.assertEqual(self.post("/user/token", self.token(uid)), {"status": 24})
        self.assertEqual(self.post("/channel/info", info), OK)
        self.assertEqual(self.reason(uid, 0), 2)
        self.assertEqual(self.post("/user/token", self.token(uid)), OK)
        self.assertEqual(self.reason(uid, 0), 1)

    def test_a_ban_ends_nobody_and_lets_nobody_in(self):
        uid = self.name("ann")
        client = self.login(uid)
        self.post("/channel/info", {"channel_id": uid, "channel_type": PERSON, "ban": 1})
        client.ping()
        self.assertEqual(self.reason(uid, 0, f"secret-{uid}-0"), 19)


class QuitTest(HttpCase):
    def test_one_class(self):
        uid = self.name("ann")
        phone, web = self.login(uid, flag=0), self.login(uid, flag=1)
        self.assertEqual(self.post("/user/device_quit", {"uid": uid, "device_flag": 1}), OK)
        frame = web.read(DISCONNECT)
        self.assertEqual((frame.reason, frame.text), (12, ""))
        phone.ping()
        self.assertEqual(self.client().connect(uid, token=f"secret-{uid}-1", flag=1).reason, 2)
        self.assertEqual(self.client().connect(uid, token="", flag=1).reason, 2)

    def test_minus_one_is_every_class(self):
        uid = self.name("ann")
        clients = {flag: self.login(uid, flag=flag) for flag in (0, 1, 2, 7, 200)}
        self.assertEqual(self.post("/user/device_quit", {"uid": uid, "device_flag": -1}), OK)
        for flag, client in clients.items():
            self.assertEqual(client.read(DISCONNECT).reason, 12, flag)
            self.assertEqual(self.client().connect(uid, token=f"secret-{uid}-{flag}", flag=flag).reason, 2)

    def test_is_always_fine(self):
        for body in ({}, {"uid": ""}, {"uid": "nobody"}, {"uid": "nobody", "device_flag": -1}):
            self.assertEqual(self.post("/user/device_quit", body), OK)
        for flag in (-2, 256, "0"):
            self.error("/user/device_quit", {"uid": "nobody", "device_flag": flag})


class QuitWithoutTokensTest(HttpCase):
    overrides = {"wukong": {"encryption": False, "token_auth": False}}

    def test_sessions_without_a_token_end_too(self):
        uid = self.name("ann")
        client = self.client().login(uid, flag=3)
        self.assertEqual(self.post("/user/device_quit", {"uid": uid, "device_flag": 3}), OK)
        self.assertEqual(client.read(DISCONNECT).reason, 12)


class OnlineTest(HttpCase):
    def test_one_element_a_connection(self):
        ann, bob = self.name("ann"), self.name("bob")
        self.login(ann, flag=0)
        self.login(ann, flag=1, device_id="w1")
        self.login(ann, flag=1, device_id="w2")
        gone = self.login(bob, flag=2)
        online = self.post("/user/onlinestatus", [bob, "nobody", ann])
        self.assertEqual(sorted((each["uid"], each["device_flag"], each["online"]) for each in online),
                         sorted([(bob, 2, 1), (ann, 0, 1), (ann, 1, 1), (ann, 1, 1)]))
        gone.close()
        self.server.wait("bob is offline", lambda: self.post("/user/onlinestatus", [bob]) == [])

    def test_nobody(self):
        self.assertEqual(self.post("/user/onlinestatus", []), OK)
        self.assertEqual(self.post("/user/onlinestatus", ["nobody"]), [])
        for body in ({"uids": ["u"]}, "u", [1], [["u"]]):
            self.error("/user/onlinestatus", body)

    def test_who_was_refused_is_not_online(self):
        uid = self.name("ann")
        self.assertEqual(self.client().connect(uid, token="wrong").kind, CONNACK)
        self.assertEqual(self.post("/user/onlinestatus", [uid]), [])


class SystemUidsTest(HttpCase):
    def test_store_and_memory(self):
        one, two = self.name("one"), self.name("two")
        self.assertEqual(self.post("/user/systemuids_add", {"uids": [one, two, "", one]}), OK)
        self.assertLessEqual({one, two}, set(self.get("/user/systemuids")))
        self.assertEqual(self.post("/user/systemuids_remove", {"uids": [two]}), OK)
        self.assertIn(one, self.get("/user/systemuids"))
        self.assertNotIn(two, self.get("/user/systemuids"))
        self.assertNotIn("____system", self.get("/user/systemuids"))
        for path in ("/user/systemuids_add", "/user/systemuids_remove",
                     "/user/systemuids_add_to_cache", "/user/systemuids_remove_from_cache"):
            self.assertEqual(self.post(path, {"uids": []}), OK)
            self.assertEqual(self.post(path, {}), OK)
            self.error(path, {"uids": one})
        self.assertEqual(self.post("/user/systemuids_add_to_cache", {"uids": [two]}), OK)
        self.assertNotIn(two, self.get("/user/systemuids"))

    def test_they_pass_all_but_ban_and_disband(self):
        uid, group = self.name("sys"), self.group(self.name("g"), "somebody")
        client = self.login(uid)
        self.assertEqual(self.send_reason(client, group, GROUP), 3)
        self.post("/user/systemuids_add", {"uids": [uid]})
        self.assertEqual(self.send_reason(client, group, GROUP), 1)
        self.post("/channel/info", {"channel_id": group, "channel_type": GROUP, "ban": 1})
        self.assertEqual(self.send_reason(client, group, GROUP), 19)
        self.post("/channel/info", {"channel_id": group, "channel_type": GROUP, "disband": 1})
        self.assertEqual(self.send_reason(client, group, GROUP), 24)
        self.post("/channel/info", {"channel_id": group, "channel_type": GROUP})
        self.post("/user/systemuids_remove_from_cache", {"uids": [uid]})
        self.assertEqual(self.send_reason(client, group, GROUP), 3)


if __name__ == "__main__":
    unittest.main()
