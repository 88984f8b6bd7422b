# SPDX-License-Identifier: Apache-2.0
"""An account's devices: who is online, who was, and why each last session ended."""

import unittest

from v1_case import CLASS_NAMES, END_WHYS, OK, PERSON, V1Case, account

MEMBERS = {"device_id", "class", "class_name", "level", "protocol", "name", "client", "online", "sessions",
           "first_seen", "last_login", "last_seen", "last_address", "last_end"}


class DevicesCase(V1Case):
    def last_end(self, uid, device_id, cls=None):
        """Waits for it, since a connection that breaks is noticed when it is."""
        def ended():
            row = self.device_row(uid, device_id, cls)
            return not row["online"] and row["last_end"]
        end = self.server.wait(f"the end of {device_id}", ended)
        self.assertLessEqual({"why", "at", "rule", "by"}, set(end))
        self.assertIn(end["why"], END_WHYS)
        self.assert_times(end, "at")
        return end


class ListTest(DevicesCase):
    def test_a_device_online(self):
        uid = self.name("ann")
        client = self.device(uid, 5, "ios_device_001", level=1)
        self.until_online(uid, (5, "ios_device_001"))
        answer = self.devices(uid)
        self.assertEqual(answer["uid"], uid)
        self.assertIsNone(answer["next"])
        row, = answer["devices"]
        self.assertLessEqual(MEMBERS, set(row))
        expected = {"class": 5, "class_name": "ios", "level": "main", "protocol": "wukong", "name": None,
                    "client": "wkproto 5", "online": True}
        self.assertEqual({name: row[name] for name in expected}, expected)
        self.assertEqual(row["last_address"], "127.0.0.1")
        self.assertIsNone(row["last_end"])
        session, = row["sessions"]
        self.assertIsInstance(session["session"], str)
        self.assertEqual(session["address"], f"127.0.0.1:{client.socket.getsockname()[1]}")
        first, login, seen = self.assert_times(row, "first_seen", "last_login", "last_seen")
        self.assertLessEqual(first, login)
        self.assertLessEqual(login, seen)
        self.assert_times(session, "since")

    def test_classes_levels_and_clients(self):
        uid = self.name("ann")
        for cls, level in ((0, 0), (1, 1), (2, 0), (4, 1), (77, 0)):
            self.device(uid, cls, f"d{cls}", level=level, version=3 if cls == 77 else 5)
        self.until_online(uid, *((cls, f"d{cls}") for cls in (0, 1, 2, 4, 77)))
        for row in self.device_list(uid):
            self.assertEqual(row["class_name"], CLASS_NAMES[row["class"]])
            self.assertEqual(row["level"], "main" if row["class"] in (1, 4) else "secondary")
            self.assertEqual(row["client"], "wkproto 3" if row["class"] == 77 else "wkproto 5")

    def test_last_seen_first(self):
        uid = self.name("ann")
        for index in range(4):
            self.device(uid, 1, f"tab-{index}").close()
            self.last_end(uid, f"tab-{index}")
        self.assertEqual([row["device_id"] for row in self.device_list(uid)], ["tab-3", "tab-2", "tab-1", "tab-0"])
        seen = [row["last_seen"] for row in self.device_list(uid)]
        self.assertEqual(seen, sorted(seen, reverse=True))

    def test_only_those_online(self):
        uid = self.name("ann")
        self.device(uid, 0, "stays")
        self.device(uid, 1, "leaves").close()
        self.last_end(uid, "leaves")
        self.assertEqual(self.online(uid), [(0, "stays")])
        self.assertEqual({row["device_id"] for row in self.device_list(uid, "?online=false")} - {"stays"}, {"leaves"})
        self.assertEqual(len(self.device_list(uid)), 2)
        self.devices(uid, "?online=maybe", status=400)

    def test_one_device_id_in_two_classes_is_two_devices(self):
        uid = self.name("ann")
        self.device(uid, 0, "same")
        self.device(uid, 1, "same").close()
        self.last_end(uid, "same", 1)
        self.assertTrue(self.device_row(uid, "same", 0)["online"])

    def test_unknown_account(self):
        uid = self.name("nobody")
        for target in ("/devices", "/logins", ""):
            self.assertIn(uid, self.problem("GET", account(uid, target), None, 404)["detail"])

    def test_an_account_without_a_login_has_no_devices(self):
        uid = self.name("ann")
        self.token_of(uid, 0)
        self.assertEqual(self.devices(uid), {"uid": uid, "devices": [], "next": None})

    def test_who_was_refused_is_no_device(self):
        uid = self.name("ann")
        self.token_of(uid, 0)
        self.attempt(uid, 0, "d", token="a guess")
        self.server.wait("the refusal in the history", lambda: self.events(uid, "refused"))
        self.assertEqual(self.device_list(uid), [])

    def test_pages(self):
        uid = self.name("ann")
        for index in range(7):
            self.device(uid, 1, f"tab-{index}")
        expected = [(1, f"tab-{index}") for index in range(7)]
        self.until_online(uid, *expected)
        for query in ("", "&online=true"):
            found, after, pages = [], "", 0
            while after is not None:
                page = self.devices(uid, f"?limit=3{query}{after and '&after=' + after}")
                self.assertLessEqual(len(page["devices"]), 3)
                found += [(row["class"], row["device_id"]) for row in page["devices"]]
                after, pages = page["next"], pages + 1
                self.assertLess(pages, 5)
            self.assertEqual(sorted(found), expected)
        for limit in ("0", "-1", "1001", "x", "1.5", ""):
            self.devices(uid, f"?limit={limit}", status=400)
        self.assertEqual(len(self.device_list(uid, "?limit=1000")), 7)
        self.devices(uid, "?after=%00%FF", status=400)

    def test_summary(self):
        uid = self.name("ann")
        self.device(uid, 0, "phone", level=1)
        self.device(uid, 1, "tab").close()
        self.last_end(uid, "tab")
        summary = self.api("GET", account(uid))
        self.assertEqual(summary["uid"], uid)
        self.assertIs(summary["banned"], False)
        self.assertEqual([(one["class"], one["level"]) for one in summary["classes_with_token"]],
                         [(0, "main"), (1, "secondary")])
        count = lambda value: value if isinstance(value, int) else len(value)
        self.assertEqual((count(summary["devices"]), count(summary["online"])), (2, 1))
        self.ban(uid)
        self.assertIs(self.api("GET", account(uid))["banned"], True)
        self.unban(uid)
        self.assertIs(self.api("GET", account(uid))["banned"], False)


class LastEndTest(DevicesCase):
    def test_replaced_by_a_main_device(self):
        uid = self.name("ann")
        old = self.device(uid, 5, "ios_device_001", level=1)
        self.device(uid, 5, "ios_device_002", level=1)
        self.assert_told(old)
        end = self.last_end(uid, "ios_device_001")
        self.assertEqual((end["why"], end["by"]), ("replaced", {"device_id": "ios_device_002", "class": 5}))
        self.assertEqual(end["rule"], "main device alone in class 5")
        self.assertIsNone(self.device_row(uid, "ios_device_002")["last_end"])

    def test_the_same_device_again_is_one_device(self):
        uid = self.name("ann")
        old = self.device(uid, 1, "tab")
        self.until_online(uid, (1, "tab"))
        first = self.device_row(uid, "tab")
        self.device(uid, 1, "tab")
        self.assertEqual(old.read_to_end(), [])  # no DISCONNECT: it is the same device
        sessions = lambda row: [one["session"] for one in row["sessions"]]
        def replaced():
            row = self.device_row(uid, "tab")
            return row["online"] and sessions(row) != sessions(first) and row
        row = self.server.wait("its new session", replaced)
        self.assertEqual(len(row["sessions"]), 1)
        self.assertEqual(row["first_seen"], first["first_seen"])
        self.assertGreaterEqual(row["last_login"], first["last_login"])

    def test_limit(self):
        uid = self.name("ann")
        self.put_policy({"classes": {"1": {"limit": 1}}})
        old = self.device(uid, 1, "tab-1")
        self.device(uid, 1, "tab-2")
        self.assert_told(old)
        end = self.last_end(uid, "tab-1")
        self.assertEqual((end["why"], end["by"]), ("limit", {"device_id": "tab-2", "class": 1}))
        self.assertIn("1", end["rule"])

    def test_kicked(self):
        uid = self.name("ann")
        self.device(uid, 1, "by-v1"), self.device(uid, 2, "by-conn")
        self.end(uid, device_id="by-v1", **{"class": 1})
        end = self.last_end(uid, "by-v1")
        self.assertEqual((end["why"], end["by"]), ("kicked", {"api": True}))
        connection = next(one for one in self.get("/connz?limit=1000")["connections"] if one["device_id"] == "by-conn")
        self.post("/conn/kick", {"uid": uid, "conn_id": connection["id"]})
        self.assertEqual(self.last_end(uid, "by-conn")["why"], "kicked")

    def test_token_changed(self):
        uid = self.name("ann")
        old = self.device(uid, 0, "phone", level=1)
        self.server.token(uid, 0, self.secret(f"new token of {uid}"), 1)
        self.assert_told(old)
        self.assertEqual(self.last_end(uid, "phone")["why"], "token_changed")

    def test_device_quit(self):
        uid = self.name("ann")
        old = self.device(uid, 0, "phone")
        self.assertEqual(self.post("/user/device_quit", {"uid": uid, "device_flag": 0}), OK)
        self.assert_told(old)
        self.assertIn(self.last_end(uid, "phone")["why"], ("token_revoked", "kicked", "logged_out"))

    def test_banned(self):
        uid = self.name("ann")
        old = self.device(uid, 0, "phone")
        self.ban(uid)
        self.assert_told(old)
        end = self.last_end(uid, "phone")
        self.assertEqual((end["why"], end["by"]), ("banned", {"api": True}))

    def test_lost(self):
        uid = self.name("ann")
        self.device(uid, 0, "phone").vanish()
        end = self.last_end(uid, "phone")
        self.assertEqual((end["why"], end["by"]), ("lost", None))

    def test_too_slow(self):
        uid = self.name("ann")
        client = self.open(acknowledges=False)
        client.login(uid, token=self.token_of(uid, 0), flag=0, device_id="phone")
        for _ in range(2000):
            self.server.api_send("bob", uid, b"x" * 32_000, PERSON, header={"no_persist": 1})
            if not self.online(uid):
                break
        end = self.last_end(uid, "phone")
        self.assertEqual((end["why"], end["by"]), ("too_slow", None))

    def test_a_ban_of_the_compatible_api_ends_nobody(self):
        uid = self.name("ann")
        phone = self.device(uid, 0, "phone")
        self.post("/channel/info", {"channel_id": uid, "channel_type": PERSON, "ban": 1})
        self.assert_alive(phone)
        self.assertIsNone(self.device_row(uid, "phone")["last_end"])
        self.assertIs(self.api("GET", account(uid))["banned"], True)

    def test_a_login_after_an_end_keeps_the_last_end(self):
        uid = self.name("ann")
        self.device(uid, 0, "phone").vanish()
        before = self.last_end(uid, "phone")
        self.device(uid, 0, "phone")
        self.until_online(uid, (0, "phone"))
        self.assertEqual(self.device_row(uid, "phone")["last_end"], before)


class ForgetTest(DevicesCase):
    def forget(self, uid, device_id, cls, status=(200, 204)):
        return self.api("DELETE", account(uid, f"/devices/{device_id}?class={cls}"), None, status)

    def test_an_online_device_is_ended_and_forgotten(self):
        uid = self.name("ann")
        tab, phone = self.device(uid, 1, "tab"), self.device(uid, 0, "phone")
        self.until_online(uid, (0, "phone"), (1, "tab"))
        self.forget(uid, "tab", 1)
        self.assert_told(tab)
        self.assert_alive(phone)
        self.assertEqual([row["device_id"] for row in self.device_list(uid)], ["phone"])
        self.forget(uid, "tab", 1, 404)
        # Its account and token are as they were: it may come back, as a new device.
        self.device(uid, 1, "tab")
        self.until_online(uid, (0, "phone"), (1, "tab"))
        self.assertIsNone(self.device_row(uid, "tab")["last_end"])

    def test_an_offline_device(self):
        uid = self.name("ann")
        self.device(uid, 1, "a/b ü").vanish()
        self.last_end(uid, "a/b ü")
        self.forget(uid, "a%2Fb%20%C3%BC", 1)
        self.assertEqual(self.device_list(uid), [])

    def test_only_the_class_that_is_named(self):
        uid = self.name("ann")
        self.device(uid, 0, "same"), self.device(uid, 1, "same")
        self.until_online(uid, (0, "same"), (1, "same"))
        self.forget(uid, "same", 1)
        self.assertEqual(self.online(uid), [(0, "same")])
        self.forget(uid, "same", 2, 404)
        for cls in ("", "256", "-1", "x"):
            self.forget(uid, "same", cls, 400)
        self.api("DELETE", account(uid, "/devices/same"), None, 400)
        self.api("DELETE", account(self.name("nobody"), "/devices/same?class=0"), None, 404)

    def test_the_history_stays(self):
        uid = self.name("ann")
        self.device(uid, 1, "tab")
        self.until_online(uid, (1, "tab"))
        self.forget(uid, "tab", 1)
        self.assertIn("login", {event["what"] for event in self.events(uid) if event["device_id"] == "tab"})


if __name__ == "__main__":
    unittest.main()
