# SPDX-License-Identifier: Apache-2.0
"""What happened to an account, newest first; and that nothing of it, of the policy and of the devices
is lost when the server stops, or is killed."""

import unittest

from v1_case import CLASS_NAMES, END_WHYS, V1Case, account, now, parse_time

WHATS = {"login", "refused", "ended", "logged_out", "lost", "token_set", "token_revoked", "banned", "unbanned"}
REFUSALS = {"no_token_given", "unknown_account", "no_token_for_class", "wrong_token", "token_of_another_class",
            "token_of_manager", "token_revoked", "banned", "damped", "class_not_allowed", "limit_reached"}
MEMBERS = {"at", "what", "class", "class_name", "device_id", "protocol", "address", "why", "rule", "by"}


class HistoryCase(V1Case):
    def until_event(self, uid, what, **members):
        """The newest event of that kind with these members."""
        fits = lambda event: all(event[name] == value for name, value in members.items())
        look = lambda: next((event for event in self.events(uid, what) if fits(event)), None)
        return self.server.wait(f"{what} {members} of {uid}", look)

    def assert_sound(self, events):
        moments = [parse_time(event["at"]) for event in events]
        self.assertEqual(moments, sorted(moments, reverse=True), "newest first")
        for event in events:
            self.assertLessEqual(MEMBERS, set(event))
            self.assertIn(event["what"], WHATS)
            if event["what"] == "refused":
                self.assertIn(event["why"], REFUSALS, event)
            if event["what"] == "ended":
                self.assertIn(event["why"], END_WHYS, event)
            if event["class"] is not None:
                self.assertEqual(event["class_name"], CLASS_NAMES.get(event["class"], event["class_name"]))
            if event["by"] is not None:
                self.assertTrue(event["by"] == {"api": True} or set(event["by"]) >= {"device_id", "class"}, event)


class EventsTest(HistoryCase):
    def test_the_example_of_the_contract(self):
        uid = self.name("ann")
        self.token_of(uid, 0)
        self.attempt(uid, 1, "d1", token="a guess")
        event = self.until_event(uid, "refused")
        self.assertLessEqual(self.assert_times(event, "at")[0], parse_time(now(1)))
        expected = {"what": "refused", "class": 1, "class_name": "web", "device_id": "d1", "protocol": "wukong",
                    "address": "127.0.0.1", "why": "no_token_for_class", "rule": None, "by": None}
        self.assertEqual({name: event[name] for name in expected}, expected)

    def test_a_life(self):
        uid = self.name("ann")
        self.token_of(uid, 5, 1)
        self.until_event(uid, "token_set", **{"class": 5})
        phone = self.device(uid, 5, "phone-1", level=1)
        self.until_event(uid, "login", device_id="phone-1", **{"class": 5})
        self.device(uid, 5, "phone-2", level=1)
        self.assert_told(phone)
        ended = self.until_event(uid, "ended", device_id="phone-1")
        self.assertEqual((ended["why"], ended["rule"], ended["by"]),
                         ("replaced", "main device alone in class 5", {"device_id": "phone-2", "class": 5}))
        self.attempt(uid, 5, "phone-3", token="a guess")
        self.assertEqual(self.until_event(uid, "refused", device_id="phone-3")["why"], "wrong_token")
        self.end(uid, revoke=True, **{"class": 5})
        self.assertEqual(self.until_event(uid, "token_revoked", **{"class": 5})["by"], {"api": True})
        kicked = self.until_event(uid, "ended", device_id="phone-2")
        self.assertIn(kicked["why"], ("kicked", "token_revoked"))
        self.assertEqual(kicked["by"], {"api": True})
        self.ban(uid)
        self.assertEqual(self.until_event(uid, "banned")["by"], {"api": True})
        self.unban(uid)
        self.assertEqual(self.until_event(uid, "unbanned")["by"], {"api": True})
        self.device(uid, 1, "tab").vanish()
        self.until_event(uid, "lost", device_id="tab")
        events = self.events(uid)
        self.assert_sound(events)
        order = [event["what"] for event in reversed(events)]
        for earlier, later in (("token_set", "login"), ("login", "refused"), ("refused", "token_revoked"),
                               ("token_revoked", "banned"), ("banned", "unbanned"), ("unbanned", "lost")):
            self.assertLess(order.index(earlier), order.index(later), order)

    def test_every_refusal_is_there_with_its_reason(self):
        uid = self.name("ann")
        self.token_of(uid, 0), self.token_of(uid, 1), self.token_of(uid, 2)
        self.post("/user/device_quit", {"uid": uid, "device_flag": 2})
        for cls, token, why in ((0, "a guess", "wrong_token"), (0, "", "no_token_given"),
                                (5, "a guess", "no_token_for_class"), (2, "a guess", "token_revoked"),
                                (0, self.token_of(uid, 1), "token_of_another_class")):
            self.assertEqual(self.attempt(uid, cls, f"for {why}", token=token), 2)
            self.assertEqual(self.until_event(uid, "refused", device_id=f"for {why}")["why"], why)
        self.put_policy({"classes": {"0": {"limit": 0}, "1": {"limit": 1, "over": "refuse_newest"}}})
        self.attempt(uid, 0, "for nobody")
        self.assertEqual(self.until_event(uid, "refused", device_id="for nobody")["why"], "class_not_allowed")
        self.device(uid, 1, "tab-1")
        self.attempt(uid, 1, "tab-2")
        self.assertEqual(self.until_event(uid, "refused", device_id="tab-2")["why"], "limit_reached")
        self.ban(uid)
        self.attempt(uid, 1, "banned")
        self.assertEqual(self.until_event(uid, "refused", device_id="banned")["why"], "banned")
        self.assert_sound(self.events(uid))

    def test_guesses_about_nobody_make_nobody(self):
        uid = self.name("nobody")
        self.attempt(uid, 0, token="a guess")
        self.assertEqual(self.explain(uid, 0)["why"], "unknown_account")

    def test_pages(self):
        uid = self.name("ann")
        for index in range(12):
            self.attempt(uid, 0, f"d{index}", token="a guess" if index % 2 else None)
        self.server.wait("all of it", lambda: len(self.events(uid, "login", "refused")) == 12)
        whole = [event for event in self.events(uid) if event["what"] in ("login", "refused")]
        found, after = [], ""
        for _ in range(50):
            page = self.logins(uid, f"?limit=5{after and '&after=' + after}")
            self.assertLessEqual(len(page["events"]), 5)
            found += page["events"]
            after = page["next"]
            if after is None:
                break
        self.assertIsNone(after)
        self.assertEqual([event for event in found if event["what"] in ("login", "refused")], whole)
        for limit in ("0", "-1", "1001", "x"):
            self.logins(uid, f"?limit={limit}", 400)
        self.logins(uid, "?after=%00%FF", 400)

    def test_an_account_with_a_token_only(self):
        uid = self.name("ann")
        self.token_of(uid, 0)
        self.assertEqual([event["what"] for event in self.events(uid)], ["token_set"])


class RestartCase(HistoryCase):
    def prepare(self):
        """A world with something of everything; answers who is online, for later."""
        self.ann, self.bob, self.eve = (self.name(who) for who in ("ann", "bob", "eve"))
        self.device(self.ann, 5, "phone-1", level=1)
        self.device(self.ann, 5, "phone-2", level=1)
        self.device(self.ann, 1, "tab-1").vanish()
        self.until_event(self.ann, "lost", device_id="tab-1")
        self.until_event(self.ann, "ended", device_id="phone-1")
        self.attempt(self.ann, 1, "tab-2", token="a guess")
        self.until_event(self.ann, "refused")
        self.device(self.bob, 1, "kicked")
        self.end(self.bob, all=True, revoke=True)
        self.token_of(self.eve, 0)
        self.put_account_policy(self.eve, {"classes": {"0": {"limit": 0}}}, now(3600))
        self.ban(self.bob)
        for limit in (3, 2):
            self.put_policy({"preset": "easemob", "classes": {"1": {"limit": limit, "over": "refuse_newest"}}})
        self.until_online(self.ann, (5, "phone-2"))

    def picture(self):
        """All that must be the same afterwards: what has ended before the restart."""
        ended = lambda event: event["device_id"] != "phone-2" or event["what"] == "login"
        return {
            "policy": self.api("GET", "/v1/policy"),
            "history": self.api("GET", "/v1/policy/history"),
            "presets": self.api("GET", "/v1/policy/presets"),
            "account policy": self.api("GET", account(self.eve, "/policy")),
            "devices": {uid: [row for row in self.device_list(uid) if row["device_id"] != "phone-2"]
                        for uid in (self.ann, self.bob)},
            "first seen": self.device_row(self.ann, "phone-2")["first_seen"],
            "events": {uid: [event for event in self.events(uid) if ended(event)]
                       for uid in (self.ann, self.bob, self.eve)},
            "banned": [self.api("GET", account(uid))["banned"] for uid in (self.ann, self.bob)],
            "why": [self.explain(uid, cls)["why"] for uid, cls in ((self.ann, 5), (self.bob, 1), (self.eve, 0))],
            "classes": self.explain(self.ann, 1)["classes_with_token"],
        }

    def check(self, before, last_whys):
        self.maxDiff = None
        self.assertEqual(self.picture(), before)
        self.assertEqual(self.online(self.ann), [])
        row = self.device_row(self.ann, "phone-2")
        self.assertEqual((row["online"], row["sessions"]), (False, []))
        self.assertIn(row["last_end"] and row["last_end"]["why"], last_whys)
        self.assert_sound(self.events(self.ann))
        # Life goes on: versions count on, events are appended, devices come back as themselves.
        version = before["policy"]["version"]
        self.assertEqual(self.put_policy({}, version=version)["version"], version + 1)
        self.device(self.ann, 5, "phone-2", level=1)
        self.until_online(self.ann, (5, "phone-2"))
        self.assertEqual(self.device_row(self.ann, "phone-2")["first_seen"], before["first seen"])
        self.assertEqual(self.events(self.ann, "login")[0]["device_id"], "phone-2")
        self.assert_sound(self.events(self.ann))


class StopTest(RestartCase):
    def test_a_clean_stop(self):
        self.prepare()
        before = self.picture()
        self.server.stop()
        self.server.start()
        self.check(before, ("stopped",))


class KillTest(RestartCase):
    def test_kill(self):
        self.prepare()
        before = self.picture()
        self.server.kill()
        self.server.start()
        # Nobody saw it end; what matters is that it isn't shown as online.
        self.check(before, ("stopped", "lost", None))

    def test_an_answer_is_durable(self):
        """Killed right behind the answer, again and again."""
        uid = self.name("ann")
        self.token_of(uid, 1)
        for limit in range(1, 6):
            version = self.put_policy({"classes": {"1": {"limit": limit}}})["version"]
            self.server.kill()
            self.server.start()
            answer = self.api("GET", "/v1/policy")
            self.assertEqual((answer["version"], answer["policy"]["classes"]["1"]["limit"]), (version, limit))
        for change, check in (
            (lambda: self.ban(uid), lambda: self.assertEqual(self.explain(uid, 1)["why"], "banned")),
            (lambda: self.unban(uid), lambda: self.assertEqual(self.explain(uid, 1)["why"], "ok")),
            (lambda: self.put_account_policy(uid, {"classes": {"1": {"limit": 0}}}),
             lambda: self.assertEqual(self.explain(uid, 1)["why"], "class_not_allowed")),
            (lambda: self.api("DELETE", account(uid, "/policy"), None, (200, 204)),
             lambda: self.assertEqual(self.explain(uid, 1)["why"], "ok")),
            (lambda: self.end(uid, revoke=True, all=True),
             lambda: self.assertEqual(self.explain(uid, 1)["why"], "token_revoked")),
        ):
            change()
            self.server.kill()
            self.server.start()
            check()


if __name__ == "__main__":
    unittest.main()
