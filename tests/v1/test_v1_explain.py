# SPDX-License-Identifier: Apache-2.0
"""Why can't I log in: every answer of explain-login, each held against what a real login then gets."""

import random
import unittest

from v1_case import CLASS_NAMES, OK, PERSON, V1Case, account, rows

AUTH_FAIL, BAN, DAMPED = 2, 19, 22
MEMBERS = {"uid", "asked", "outcome", "why", "sentence", "classes_with_token", "token_checks", "would_end", "mend",
           "hints"}


class ExplainCase(V1Case):
    def assert_answer(self, answer, uid, cls, why, *, device_id=None, token="not_given", would_end=()):
        self.assertLessEqual(MEMBERS, set(answer))
        self.assertEqual(answer["uid"], uid)
        self.assertEqual(answer["asked"]["class"], cls)
        self.assertEqual(answer["asked"]["class_name"], CLASS_NAMES.get(cls, answer["asked"]["class_name"]))
        self.assertEqual(answer["asked"]["device_id"], device_id)
        self.assertEqual(answer["asked"]["token"], token)
        self.assertEqual((answer["why"], answer["outcome"]), (why, "accepted" if why == "ok" else "refused"), answer)
        self.assertIn(uid, answer["sentence"])
        self.assertIsInstance(answer["hints"], list)
        for item in answer["mend"]:
            self.assertTrue(item["text"])
            self.assertIn(item["method"], ("GET", "POST", "PUT", "DELETE"))
            self.assertTrue(item["path"].startswith("/"))
        self.assert_would_end(answer["would_end"], uid, would_end)
        return answer

    def assert_classes(self, answer, *expected):
        """(class, level) of the classes with a token."""
        self.assertEqual(rows(answer["classes_with_token"], "class", "level"), sorted(expected))
        for item in answer["classes_with_token"]:
            self.assertEqual(item["class_name"], CLASS_NAMES[item["class"]])
            self.assert_times(item, "registered_at")


class WhyTest(ExplainCase):
    overrides = {"wukong": {"encryption": False, "manager_token": "the manager's own secret"}}

    def test_ok(self):
        uid = self.name("ann")
        token = self.token_of(uid, 1)
        self.token_of(uid, 77, 1)
        answer = self.explain(uid, 1, "d1", token)
        self.assert_answer(answer, uid, 1, "ok", device_id="d1", token="given")
        self.assert_classes(answer, (1, "secondary"), (77, "main"))
        self.assertIs(answer["token_checks"], True)
        self.assertEqual(answer["mend"], [])
        self.assertEqual(self.attempt(uid, 1, "d1"), 1)

    def test_without_a_token_the_right_one_is_supposed(self):
        uid = self.name("ann")
        self.token_of(uid, 4)
        self.assert_answer(self.explain(uid, 4), uid, 4, "ok")
        self.assert_answer(self.explain_by_get(uid, 4), uid, 4, "ok")
        self.assert_answer(self.explain_by_get(uid, 4, "d1"), uid, 4, "ok", device_id="d1")
        self.assert_answer(self.explain_by_get(uid, 5, "d1"), uid, 5, "no_token_for_class", device_id="d1")

    def test_both_forms_say_the_same(self):
        uid = self.name("ann")
        self.token_of(uid, 0)
        for cls, device_id in ((0, None), (0, "d1"), (1, "d1"), (77, None)):
            self.assertEqual(self.explain(uid, cls, device_id), self.explain_by_get(uid, cls, device_id))

    def test_null_is_absent(self):
        uid = self.name("ann")
        self.token_of(uid, 0)
        body = {"class": 0, "device_id": None, "token": None}
        answer = self.api("POST", account(uid, "/explain-login"), body)
        self.assert_answer(answer, uid, 0, "ok")

    def test_unknown_account(self):
        uid = self.name("nobody")
        for answer in (self.explain(uid, 1), self.explain_by_get(uid, 1)):
            self.assert_answer(answer, uid, 1, "unknown_account")
            self.assertEqual(answer["classes_with_token"], [])
        self.assert_answer(self.explain(uid, 0, "d", "guess"), uid, 0, "unknown_account", device_id="d", token="given")
        self.assertEqual(self.attempt(uid, 1, token="guess"), AUTH_FAIL)

    def test_asking_about_an_unknown_account_does_not_make_it_known(self):
        uid = self.name("nobody")
        self.explain(uid, 1)
        self.explain_by_get(uid, 1)
        self.devices(uid, status=404)
        self.assertEqual(self.explain(uid, 1)["why"], "unknown_account")

    def test_no_token_for_class_is_the_example_of_the_contract(self):
        uid = self.name("ann")
        token = self.token_of(uid, 0, 1)
        answer = self.explain(uid, 1, "d1", "something else")
        self.assert_answer(answer, uid, 1, "no_token_for_class", device_id="d1", token="given")
        self.assertEqual(answer["sentence"],
                         f"{uid} asked for class 1 (web); tokens are registered for class 0 (app) only.")
        self.assert_classes(answer, (0, "main"))
        self.assertTrue(any("JavaScript" in hint for hint in answer["hints"]), answer["hints"])
        # With the token of the other class, that may be the reason, too.
        self.assertIn(self.explain(uid, 1, "d1", token)["why"], ("no_token_for_class", "token_of_another_class"))
        self.assertEqual(self.attempt(uid, 1, token="something else"), AUTH_FAIL)

    def test_what_mends_it_mends_it(self):
        uid = self.name("ann")
        self.token_of(uid, 0)
        for cls in (1, 77):
            mend = self.explain(uid, cls)["mend"]
            self.assertEqual((mend[0]["method"], mend[0]["path"]), ("POST", "/user/token"))
            body = mend[0]["body"]
            self.assertEqual((body["uid"], body["device_flag"], body["token"]), (uid, cls, "<token>"))
            body["token"] = self.secret(f"mended-{uid}-{cls}")
            self.assertEqual(self.post(mend[0]["path"], body), OK)
            self.assertEqual(self.explain(uid, cls)["why"], "ok")
            self.assertEqual(self.attempt(uid, cls, token=body["token"]), 1)

    def test_wrong_token(self):
        uid = self.name("ann")
        self.token_of(uid, 4)
        self.assert_answer(self.explain(uid, 4, "d", "a guess"), uid, 4, "wrong_token", device_id="d", token="given")
        self.assertEqual(self.attempt(uid, 4, token="a guess"), AUTH_FAIL)

    def test_a_replaced_token_is_a_wrong_one(self):
        uid = self.name("ann")
        old = self.token_of(uid, 4)
        self.token_of(uid, 4, 1)
        self.assertEqual(self.explain(uid, 4, "d", old)["why"], "wrong_token")
        self.assertEqual(self.explain(uid, 4, "d", self.token_of(uid, 4, 1))["why"], "ok")

    def test_token_of_another_class(self):
        uid = self.name("ann")
        self.token_of(uid, 4)
        other = self.token_of(uid, 5)
        answer = self.explain(uid, 4, token=other)
        self.assert_answer(answer, uid, 4, "token_of_another_class", token="given")
        self.assertIn("5", answer["sentence"])
        self.assertEqual(self.attempt(uid, 4, token=other), AUTH_FAIL)

    def test_token_of_another_account_is_just_wrong(self):
        uid = self.name("ann")
        self.token_of(uid, 4)
        other = self.token_of(self.name("bob"), 4)
        answer = self.explain(uid, 4, token=other)
        self.assert_answer(answer, uid, 4, "wrong_token", token="given")
        self.assertNotIn("bob", str(answer))

    def test_token_of_manager(self):
        uid = self.name("ann")
        self.token_of(uid, 0)
        answer = self.explain(uid, 0, token="the manager's own secret")
        self.assert_answer(answer, uid, 0, "token_of_manager", token="given")

    def test_no_token_given(self):
        uid = self.name("ann")
        self.token_of(uid, 0)
        self.assertEqual(self.attempt(uid, 0, token=""), AUTH_FAIL)
        self.server.wait("the refusal in the history",
                         lambda: [event["why"] for event in self.events(uid, "refused")] == ["no_token_given"])
        answer = self.api("POST", account(uid, "/explain-login"), {"class": 0, "token": ""})
        self.assertEqual(answer["why"], "no_token_given")

    def test_token_revoked_by_device_quit(self):
        uid = self.name("ann")
        token = self.token_of(uid, 1)
        self.token_of(uid, 0)
        self.post("/user/device_quit", {"uid": uid, "device_flag": 1})
        for answer in (self.explain(uid, 1), self.explain(uid, 1, token=token)):
            self.assertEqual((answer["outcome"], answer["why"]), ("refused", "token_revoked"))
            self.assert_classes(answer, (0, "secondary"))
            self.assertEqual(answer["mend"][0]["path"], "/user/token")
        self.assertEqual(self.attempt(uid, 1, token=token), AUTH_FAIL)

    def test_banned(self):
        for ban, unban in ((self.ban, self.unban), (self.channel_ban, self.channel_unban)):
            uid = self.name(f"ann-{ban.__name__}")
            token = self.token_of(uid, 0)
            ban(uid)
            self.assert_answer(self.explain(uid, 0), uid, 0, "banned")
            self.assert_answer(self.explain(uid, 0, token=token), uid, 0, "banned", token="given")
            self.assertEqual(self.attempt(uid, 0), BAN)
            unban(uid)
            self.assert_answer(self.explain(uid, 0), uid, 0, "ok")
            self.assertEqual(self.attempt(uid, 0), 1)

    def channel_ban(self, uid, ban=1):
        self.assertEqual(self.post("/channel/info", {"channel_id": uid, "channel_type": PERSON, "ban": ban}), OK)

    def channel_unban(self, uid):
        self.channel_ban(uid, 0)

    def test_a_wrong_token_of_a_banned_account_is_a_wrong_token(self):
        """The order of the checks: token, then ban (wukong-wire 5.3)."""
        uid = self.name("ann")
        self.token_of(uid, 0)
        self.ban(uid)
        self.assertEqual(self.attempt(uid, 0, token="a guess"), AUTH_FAIL)
        self.assertEqual(self.explain(uid, 0, token="a guess")["why"], "wrong_token")

    def test_names_of_every_kind(self):
        for who in ("张三", "a b", "a+b", "a%2Fb", "a/b", "a?b=c", "ü.~-_", "x" * 200):
            uid = f"{who}-names"
            self.token_of(uid, 0)
            self.assert_answer(self.explain(uid, 0), uid, 0, "ok")
            self.assert_answer(self.explain_by_get(uid, 0, who), uid, 0, "ok", device_id=who)

    def test_every_class_has_its_name(self):
        uid = self.name("ann")
        for cls, name in CLASS_NAMES.items():
            self.assertEqual(self.explain(uid, cls)["asked"]["class_name"], name)
        for cls in (200, 254, 255):
            self.assertEqual(self.explain(uid, cls)["asked"]["class_name"], f"class {cls}")


class ChangesNothingTest(ExplainCase):
    def test_it_ends_nobody_and_leaves_no_trace(self):
        uid = self.name("ann")
        main = self.device(uid, 0, "d0", level=1)
        web = self.device(uid, 1, "w0")
        self.until_online(uid, (0, "d0"), (1, "w0"))
        before = (self.devices(uid), self.logins(uid), self.get_json("/connz")["total"])
        for cls in (0, 1, 5):
            for device_id in ("d0", "w0", "new", None):
                for token in (None, "a guess", self.token_of(uid, 0, 1), self.token_of(uid, 1)):
                    self.explain(uid, cls, device_id, token)
        self.assert_alive(main, web)
        self.assertEqual((self.devices(uid), self.logins(uid), self.get_json("/connz")["total"]), before)

    def test_it_counts_as_no_failure(self):
        uid = self.name("ann")
        self.token_of(uid, 0)
        for _ in range(100):
            self.assertEqual(self.explain(uid, 0, token="a guess")["why"], "wrong_token")
        self.assertEqual(self.attempt(uid, 0), 1)


class WouldEndTest(ExplainCase):
    def setUp(self):
        self.until_nobody_is_online()
        self.put_policy({})

    def test_a_main_device_ends_its_class(self):
        uid = self.name("ann")
        old = self.device(uid, 5, "phone-1", level=1)
        web = self.device(uid, 1, "tab-1")
        answer = self.explain(uid, 5, "phone-2", self.token_of(uid, 5, 1))
        self.assert_answer(answer, uid, 5, "ok", device_id="phone-2", token="given", would_end=[(5, "phone-1")])
        self.assert_answer(self.explain_by_get(uid, 5), uid, 5, "ok", would_end=[(5, "phone-1")])
        self.assert_alive(old, web)
        self.device(uid, 5, "phone-2", level=1)
        self.assert_told(old)
        self.assert_alive(web)

    def test_secondary_devices_end_nobody_without_a_limit(self):
        uid = self.name("ann")
        for index in range(6):
            self.device(uid, 1, f"tab-{index}")
        self.assert_answer(self.explain(uid, 1, "tab-6"), uid, 1, "ok", device_id="tab-6")

    def test_the_earliest_over_the_limit(self):
        uid = self.name("ann")
        self.put_policy({"classes": {"1": {"limit": 2, "over": "end_earliest"}}})
        first = self.device(uid, 1, "tab-1")
        self.device(uid, 1, "tab-2")
        self.assertEqual(rows(self.explain(uid, 1, "tab-3")["would_end"], "class", "device_id"), [(1, "tab-1")])
        self.assertEqual(self.explain(uid, 1, "tab-3")["would_end"], self.explain_by_get(uid, 1, "tab-3")["would_end"])
        self.device(uid, 1, "tab-3")
        self.assert_told(first)

    def test_the_device_that_is_there_already_ends_no_other(self):
        uid = self.name("ann")
        self.put_policy({"classes": {"1": {"limit": 2}}})
        for device_id in ("tab-1", "tab-2"):
            self.device(uid, 1, device_id)
        items = self.explain(uid, 1, "tab-2")["would_end"]
        self.assertEqual([item for item in items if item["device_id"] != "tab-2"], [])

    def test_limit_reached(self):
        uid = self.name("ann")
        self.put_policy({"classes": {"1": {"limit": 1, "over": "refuse_newest"}}})
        tab = self.device(uid, 1, "tab-1")
        self.assert_answer(self.explain(uid, 1, "tab-2"), uid, 1, "limit_reached", device_id="tab-2")
        self.assertEqual(self.attempt(uid, 1, "tab-2"), AUTH_FAIL)
        self.assertEqual(self.explain(uid, 1, "tab-1")["why"], "ok")
        self.assert_alive(tab)

    def test_class_not_allowed(self):
        uid = self.name("ann")
        token = self.token_of(uid, 1)
        self.put_policy({"classes": {"1": {"limit": 0}}})
        self.assert_answer(self.explain(uid, 1), uid, 1, "class_not_allowed")
        self.assertEqual(self.explain(uid, 1, token=token)["why"], "class_not_allowed")
        self.assertEqual(self.attempt(uid, 1), AUTH_FAIL)
        self.server.wait("the refusal in the history",
                         lambda: [event["why"] for event in self.events(uid, "refused")] == ["class_not_allowed"])

    def test_what_was_said_is_what_happens(self):
        """Random logins under random policies: the sessions that end are those foretold, no other."""
        dice = random.Random(20261124)
        for world in range(6):
            uid = f"{self.name('ann')}-{world}"
            levels = {cls: dice.choice((0, 0, 1)) for cls in (0, 1, 4, 5)}
            self.put_policy({
                "single_device": world == 5,
                "default": {"limit": dice.choice((None, 2, 3)), "over": "end_earliest"},
                "classes": {str(dice.choice((0, 1, 4, 5))): {"limit": dice.choice((1, 2)),
                                                             "over": dice.choice(("end_earliest", "refuse_newest"))}},
                "groups": [{"name": "phone", "classes": [0, 4, 5], "limit": dice.choice((1, 2, 3))}],
            })
            for _ in range(20):
                cls, device_id = dice.choice(tuple(levels)), f"d{dice.randrange(6)}"
                self.token_of(uid, cls, levels[cls])
                before = set(self.online(uid))
                said = self.explain(uid, cls, device_id)
                reason = self.attempt(uid, cls, device_id, level=levels[cls])
                if said["why"] != "ok":
                    self.assertEqual((said["why"], reason), ("limit_reached", AUTH_FAIL), said)
                    self.assertNotIn((cls, device_id), before)  # who is there may come back
                    ended = set()
                else:
                    self.assertEqual(reason, 1, said)
                    ended = {(item["class"], item["device_id"]) for item in said["would_end"]} - {(cls, device_id)}
                    self.assertLessEqual(ended, before, said)
                    self.assertEqual(said["outcome"], "accepted")
                    before.add((cls, device_id))
                self.until_online(uid, *(before - ended))


class WithoutTokensTest(ExplainCase):
    overrides = {"wukong": {"encryption": False, "token_auth": False}}

    def test_token_checks_are_off(self):
        uid = self.name("ann")
        self.open().login(uid, flag=1, device_id="d1")
        for answer in (self.explain(uid, 1, "d2"), self.explain(uid, 5), self.explain(uid, 1, token="irgendwas")):
            self.assertEqual((answer["outcome"], answer["why"], answer["token_checks"]), ("accepted", "ok", False))


class DampingTest(ExplainCase):
    def guess(self, uid, cls=0):
        return self.attempt(uid, cls, token="a guess")

    def test_more_than_thirty_failures_a_minute(self):
        uid = self.name("ann")
        self.token_of(uid, 0), self.token_of(uid, 1)
        web = self.device(uid, 1, "w0")
        reasons = [self.guess(uid) for _ in range(32)]
        self.assertEqual(reasons[:30], [AUTH_FAIL] * 30)
        self.assertEqual(reasons[31], DAMPED)
        self.assertEqual(self.attempt(uid, 0), DAMPED)  # the right token, too
        answer = self.explain(uid, 0, token=self.token_of(uid, 0))
        self.assert_answer(answer, uid, 0, "damped", token="given")
        self.assertEqual(self.explain(uid, 0)["why"], "damped")
        # Other classes of the account and other accounts go on.
        self.assertEqual(self.explain(uid, 1)["why"], "ok")
        self.assertEqual(self.attempt(uid, 1, "w1"), 1)
        self.assert_alive(web)
        other = self.name("bob")
        self.assertEqual(self.attempt(other, 0), 1)
        self.assertEqual(self.explain(other, 0)["why"], "ok")
        self.server.wait("the damped refusal in the history",
                         lambda: "damped" in {event["why"] for event in self.events(uid, "refused")})

    def test_logins_that_succeed_are_no_failures(self):
        uid = self.name("ann")
        for _ in range(40):
            self.assertEqual(self.attempt(uid, 0), 1)


class DampingByAddressTest(ExplainCase):
    overrides = {"wukong": {"encryption": False, "auth_failures_per_minute": 0,
                            "auth_failures_per_address_per_minute": 5}}

    def test_an_address_that_guesses_accounts(self):
        uid = self.name("ann")
        self.token_of(uid, 0)
        reasons = [self.attempt(f"{uid}-{index}", 0, token="a guess") for index in range(7)]
        self.assertEqual(reasons[:5], [AUTH_FAIL] * 5)
        self.assertEqual(reasons[6], DAMPED)
        self.assertEqual(self.attempt(uid, 0), DAMPED)
        self.assertEqual(self.attempt(uid, 0, source_host="127.0.0.2"), 1)


class DampingOffTest(ExplainCase):
    overrides = {"wukong": {"encryption": False, "auth_failures_per_minute": 0,
                            "auth_failures_per_address_per_minute": 0}}

    def test_nought_is_off(self):
        uid = self.name("ann")
        self.token_of(uid, 0)
        self.assertEqual([self.attempt(uid, 0, token="a guess") for _ in range(50)], [AUTH_FAIL] * 50)
        self.assertEqual(self.attempt(uid, 0), 1)
        self.assertEqual(self.explain(uid, 0)["why"], "ok")


if __name__ == "__main__":
    unittest.main()
