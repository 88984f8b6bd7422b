# SPDX-License-Identifier: Apache-2.0
"""The device policy: read, tried, set, set for one account, set again after somebody else did."""

import concurrent.futures
import json
import unittest

from v1_case import DISCONNECT, V1Case, account, now, parse_time, rows

PRESETS = ("wukong", "easemob", "single", "wechat", "unlimited")


class PolicyCase(V1Case):
    def setUp(self):
        self.until_nobody_is_online()

    def policy(self):
        return self.api("GET", "/v1/policy")["policy"]

    def tabs(self, uid, count, cls=1, first=1):
        """Secondary devices of one class, the earliest login first."""
        return [self.device(uid, cls, f"{cls}-{index}") for index in range(first, first + count)]

    def assert_gone(self, *clients):
        for client in clients:
            self.assert_told(client)


class ReadAndWriteTest(PolicyCase):
    def test_at_first(self):
        answer = self.api("GET", "/v1/policy")
        self.assertIsInstance(answer["version"], int)
        self.assert_times(answer, "changed_at")
        policy = answer["policy"]
        self.assertEqual((policy["preset"], policy["single_device"]), ("wukong", False))
        self.assertIsNone(policy["default"]["limit"])
        self.assertEqual(policy["default"]["over"], "end_earliest")
        self.assertEqual((policy["classes"], policy["groups"]), ({}, []))

    def test_what_is_put_is_what_is_read(self):
        policy = {
            "preset": "wukong",
            "single_device": False,
            "default": {"limit": 7, "over": "refuse_newest"},
            "classes": {"1": {"limit": 4, "over": "end_earliest"}, "6": {"limit": 2, "over": "refuse_newest"},
                        "255": {"limit": None, "over": "end_earliest"}, "0": {"limit": 0, "over": "end_earliest"}},
            "groups": [{"name": "phone", "classes": [0, 4, 5], "limit": 1, "over": "end_earliest"}],
        }
        before = self.api("GET", "/v1/policy")
        answer = self.put_policy(policy, version=before["version"])
        self.assertEqual(answer, {"version": before["version"] + 1, "ended": []})
        after = self.api("GET", "/v1/policy")
        self.assertEqual((after["version"], after["policy"]), (before["version"] + 1, policy))
        self.assertGreaterEqual(parse_time(after["changed_at"]), parse_time(before["changed_at"]))

    def test_put_replaces_the_whole(self):
        plain = self.put_policy({}) and self.policy()
        self.put_policy({"single_device": True, "classes": {"1": {"limit": 4}}})
        self.assertEqual((self.policy()["single_device"], set(self.policy()["classes"])), (True, {"1"}))
        self.put_policy({"groups": [{"name": "phone", "classes": [0, 4], "limit": 1}]})
        self.assertEqual((self.policy()["single_device"], self.policy()["classes"]), (False, {}))
        self.put_policy({})
        self.assertEqual(self.policy(), plain)
        self.assertEqual(plain["preset"], "wukong")

    def test_over_is_end_earliest_unless_said(self):
        self.put_policy({"classes": {"1": {"limit": 4}}, "groups": [{"name": "g", "classes": [2], "limit": 1}]})
        self.assertEqual(self.policy()["classes"]["1"], {"limit": 4, "over": "end_earliest"})
        self.assertEqual(self.policy()["groups"][0]["over"], "end_earliest")

    def test_somebody_else_was_first(self):
        version = self.policy_version()
        self.put_policy({"classes": {"1": {"limit": 4}}}, version=version)
        before = self.api("GET", "/v1/policy")
        for stale in (version, version + 2, 0, 999_999):
            answer = self.problem("PUT", "/v1/policy", {"version": stale, "policy": {}}, 409)
            self.assertIn(version + 1, [value for name, value in answer.items() if "version" in name], answer)
        self.assertEqual(self.api("GET", "/v1/policy"), before)

    def test_what_is_wrong_changes_nothing(self):
        before = self.api("GET", "/v1/policy")
        for policy in (
            None, [], "wukong", 5,
            {"preset": "nonsense"}, {"preset": 1}, {"single_device": "yes"}, {"single_device": 1},
            {"default": 4}, {"default": {"limit": -1}}, {"default": {"limit": 1.5}}, {"default": {"limit": "4"}},
            {"default": {"limit": 4, "over": "whatever"}}, {"default": {"limit": 4, "unknown": 1}},
            {"default": {"limit": 1 << 40}},
            {"classes": []}, {"classes": {"256": {"limit": 1}}}, {"classes": {"-1": {"limit": 1}}},
            {"classes": {"web": {"limit": 1}}}, {"classes": {"": {"limit": 1}}}, {"classes": {"1": 4}},
            {"classes": {"1.0": {"limit": 1}}}, {"classes": {" 1": {"limit": 1}}},
            {"groups": {}}, {"groups": [5]}, {"groups": [{"classes": [0], "limit": 1, "name": 5}]},
            {"groups": [{"name": "g", "classes": [256], "limit": 1}]},
            {"groups": [{"name": "g", "classes": ["0"], "limit": 1}]},
            {"groups": [{"name": "g", "classes": 0, "limit": 1}]},
            {"groups": [{"name": "g", "classes": [0, 4], "limit": -1}]},
            {"unknown": 1}, {"groups": [{"name": "g", "classes": [0], "limit": 1, "unknown": 1}]},
        ):
            self.problem("PUT", "/v1/policy", {"version": before["version"], "policy": policy})
            self.problem("POST", "/v1/policy/dry-run", {"policy": policy})
        for body in ({}, {"version": before["version"]}, {"policy": {}}, {"version": "1", "policy": {}},
                     {"version": before["version"], "policy": {}, "apply": "later"},
                     {"version": before["version"], "policy": {}, "apply": None, "unknown": 1},
                     {"version": before["version"], "policy": {}, "apply": True}):
            self.problem("PUT", "/v1/policy", body)
        self.assertEqual(self.api("GET", "/v1/policy"), before)

    def test_unknown_fields_are_named(self):
        version = self.policy_version()
        for body in ({"version": version, "policy": {}, "colour": 1}, {"version": version, "policy": {"colour": 1}},
                     {"version": version, "policy": {"default": {"limit": 1, "colour": 1}}},
                     {"version": version, "policy": {"groups": [{"name": "g", "classes": [1], "limit": 1,
                                                                 "colour": 1}]}}):
            self.assertIn("colour", self.problem("PUT", "/v1/policy", body)["detail"])

    def test_history(self):
        begin = self.policy_version()
        for limit in (3, 5, 7):
            self.put_policy({"classes": {"1": {"limit": limit}}})
        answer = self.api("GET", "/v1/policy/history?limit=1000")
        entries = next(value for value in answer.values() if isinstance(value, list))
        versions = {entry["version"]: entry for entry in entries}
        self.assertEqual(len(versions), len(entries))
        self.assertLessEqual({begin + 1, begin + 2, begin + 3}, set(versions))
        for index, limit in enumerate((3, 5, 7)):
            self.assertEqual(versions[begin + 1 + index]["policy"]["classes"]["1"]["limit"], limit)
            when = versions[begin + 1 + index]
            self.assertTrue(any(isinstance(value, str) and parse_time(value) for name, value in when.items()
                                if name in ("at", "changed_at")), when)
        page = self.api("GET", "/v1/policy/history?limit=2")
        self.assertEqual(len(next(value for value in page.values() if isinstance(value, list))), 2)
        self.assertIsNotNone(page["next"])


class PresetsTest(PolicyCase):
    def presets(self):
        """name -> the policy in full, whichever way the list is written."""
        answer = self.api("GET", "/v1/policy/presets")
        listed = answer.get("presets", answer)
        if isinstance(listed, dict):
            return {name: policy.get("policy", policy) for name, policy in listed.items() if isinstance(policy, dict)}
        return {item.get("name", item.get("preset")): item.get("policy", item) for item in listed}

    def test_all_are_there_in_full(self):
        presets = self.presets()
        self.assertLessEqual(set(PRESETS), set(presets))
        for name in PRESETS:
            self.assertLessEqual({"single_device", "default", "classes", "groups"}, set(presets[name]), name)
        self.assertIs(presets["single"]["single_device"], True)
        self.assertEqual(presets["easemob"]["default"]["limit"], 4)
        self.assertIsNone(presets["wukong"]["default"]["limit"])
        self.assertIsNone(presets["unlimited"]["default"]["limit"])

    def test_each_can_be_put_by_name(self):
        for name in PRESETS:
            self.put_policy({"preset": name})
            policy = self.policy()
            self.assertEqual(policy["preset"], name)
            for member in ("single_device", "default", "classes", "groups"):
                self.assertEqual(policy[member], self.presets()[name][member], (name, member))

    def test_what_is_given_overrides_it(self):
        self.put_policy({"preset": "easemob", "classes": {"1": {"limit": 2}}})
        policy = self.policy()
        self.assertEqual((policy["classes"]["1"]["limit"], policy["default"]["limit"]), (2, 4))
        uid = self.name("ann")
        first, *_ = self.tabs(uid, 3)
        self.assert_told(first)
        phone, *_ = self.tabs(uid, 5, cls=5)
        self.assert_told(phone)

    def test_wukong_counts_nobody(self):
        uid = self.name("ann")
        self.put_policy({"preset": "wukong"})
        self.assert_alive(*self.tabs(uid, 12))

    def test_easemob_takes_four_of_a_class(self):
        uid = self.name("ann")
        self.put_policy({"preset": "easemob"})
        web, phones = self.tabs(uid, 5), self.tabs(uid, 4, cls=5)
        self.assert_gone(web[0])
        self.assert_alive(*web[1:], *phones)
        self.assertEqual(len(self.online(uid)), 8)

    def test_single_takes_one(self):
        uid = self.name("ann")
        self.put_policy({"preset": "single"})
        web = self.device(uid, 1, "tab")
        phone = self.device(uid, 5, "phone")
        self.assert_told(web)
        pc = self.device(uid, 2, "pc")
        self.assert_told(phone)
        self.assert_alive(pc)
        self.assertEqual(self.online(uid), [(2, "pc")])

    def test_wechat_takes_one_phone(self):
        uid = self.name("ann")
        self.put_policy({"preset": "wechat"})
        android = self.device(uid, 4, "android")
        pc = self.device(uid, 2, "pc")
        ios = self.device(uid, 5, "ios")
        self.assert_told(android)
        self.assert_alive(pc, ios)
        self.assertEqual(self.online(uid), [(2, "pc"), (5, "ios")])

    def test_unlimited_takes_all(self):
        uid = self.name("ann")
        self.put_policy({"preset": "unlimited"})
        self.assert_alive(*self.tabs(uid, 10), *self.tabs(uid, 10, cls=5))


class LimitsTest(PolicyCase):
    def test_the_earliest_login_of_the_class_ends(self):
        uid = self.name("ann")
        self.put_policy({"classes": {"1": {"limit": 2}}})
        first, second = self.tabs(uid, 2)
        phone = self.device(uid, 5, "phone")
        third = self.device(uid, 1, "1-3")
        frame = first.read(DISCONNECT)
        self.assertEqual(frame.reason, 12)
        self.assert_alive(second, third, phone)

    def test_a_reconnect_keeps_its_time(self):
        """tab-1 logged in first; that it came back later doesn't make it younger."""
        uid = self.name("ann")
        self.put_policy({"classes": {"1": {"limit": 2}}})
        first, second = self.tabs(uid, 2)
        again = self.device(uid, 1, "1-1")
        self.assertEqual(first.read_to_end(), [])
        self.device(uid, 1, "1-3")
        self.assert_told(again)
        self.assert_alive(second)

    def test_nought_lets_nobody_in(self):
        uid = self.name("ann")
        web = self.device(uid, 1, "tab")
        self.put_policy({"classes": {"1": {"limit": 0}}})
        self.assertEqual(self.attempt(uid, 1, "other"), 2)
        self.assertEqual(self.attempt(uid, 5), 1)
        self.assert_alive(web)  # from now on, for logins

    def test_refuse_newest(self):
        uid = self.name("ann")
        self.put_policy({"classes": {"1": {"limit": 2, "over": "refuse_newest"}}})
        first, second = self.tabs(uid, 2)
        self.assertEqual(self.attempt(uid, 1, "1-3"), 2)
        self.assert_alive(first, second)
        back = self.device(uid, 1, "1-2")  # who is there already may come back
        self.assertEqual(second.read_to_end(), [])
        first.close()
        self.server.wait("a free place", lambda: self.online(uid) == [(1, "1-2")])
        self.assertEqual(self.attempt(uid, 1, "1-3"), 1)
        self.assert_alive(back)

    def test_a_group_counts_its_classes_as_one(self):
        uid = self.name("ann")
        self.put_policy({"groups": [{"name": "phone", "classes": [0, 4, 5], "limit": 2}]})
        app, android = self.device(uid, 0, "a"), self.device(uid, 4, "b")
        web = self.device(uid, 1, "w")
        ios = self.device(uid, 5, "c")
        self.assert_told(app)
        self.assert_alive(android, ios, web)
        row = self.device_row(uid, "a")
        self.assertEqual((row["last_end"]["why"], row["last_end"]["by"]), ("limit", {"device_id": "c", "class": 5}))
        self.assertIn("phone", row["last_end"]["rule"])

    def test_a_group_may_refuse(self):
        uid = self.name("ann")
        self.put_policy({"groups": [{"name": "phone", "classes": [4, 5], "limit": 1, "over": "refuse_newest"}]})
        android = self.device(uid, 4, "b")
        self.assertEqual(self.attempt(uid, 5, "c"), 2)
        self.assertEqual(self.explain(uid, 5)["why"], "limit_reached")
        self.assert_alive(android)

    def test_single_device_is_over_all_classes(self):
        uid = self.name("ann")
        self.put_policy({"single_device": True})
        main = self.device(uid, 5, "phone", level=1)
        web = self.device(uid, 1, "tab")
        self.assert_told(main)
        self.assert_alive(web)

    def test_main_devices_stay_alone_whatever_the_limit(self):
        uid = self.name("ann")
        self.put_policy({"default": {"limit": 10}, "classes": {"5": {"limit": 10}}})
        first = self.device(uid, 5, "phone-1", level=1)
        second = self.device(uid, 5, "phone-2", level=1)
        self.assert_told(first)
        self.assert_alive(second)

    def test_accounts_do_not_count_for_each_other(self):
        self.put_policy({"default": {"limit": 1}})
        clients = [self.device(f"{self.name('ann')}-{index}", 1, "tab") for index in range(5)]
        self.assert_alive(*clients)


class ApplyTest(PolicyCase):
    def setUp(self):
        super().setUp()
        self.ann, self.bob = self.name("ann"), self.name("bob")
        self.live = {
            "ann": self.tabs(self.ann, 4), "bob": self.tabs(self.bob, 2), "phone": [self.device(self.ann, 5, "phone")],
        }
        self.until_online(self.ann, *((1, f"1-{index}") for index in range(1, 5)), (5, "phone"))

    def everybody(self):
        return [client for clients in self.live.values() for client in clients]

    def test_logins_is_the_default_and_ends_nobody(self):
        for apply in (None, "logins"):
            self.assertEqual(self.put_policy({"classes": {"1": {"limit": 1}}}, apply)["ended"], [])
            self.assert_alive(*self.everybody())
        newest = self.device(self.ann, 1, "1-5")
        for client in self.live["ann"]:
            self.assert_told(client)
        self.assert_alive(newest, *self.live["bob"], *self.live["phone"])
        self.assertEqual(self.online(self.ann), [(1, "1-5"), (5, "phone")])

    def test_now_ends_the_earliest(self):
        policy = {"classes": {"1": {"limit": 1}}}
        tried = self.dry_run(policy)
        self.assert_alive(*self.everybody())
        expected = [(self.ann, 1, f"1-{index}") for index in (1, 2, 3)] + [(self.bob, 1, "1-1")]
        self.assertEqual(rows(tried["would_end"], "uid", "class", "device_id"), sorted(expected))
        self.assertEqual((tried["count"], tried["next"]), (4, None))
        for item in tried["would_end"]:
            self.assertEqual(item["class_name"], "web")
            self.assertTrue(item["rule"])
        ended = self.put_policy(policy, "now")["ended"]
        key = lambda item: (item["uid"], item["device_id"])
        self.assertEqual(sorted(ended, key=key), sorted(tried["would_end"], key=key))
        for client in (*self.live["ann"][:3], self.live["bob"][0]):
            self.assert_told(client)
        self.assert_alive(self.live["ann"][3], self.live["bob"][1], *self.live["phone"])
        self.assertEqual(self.online(self.ann), [(1, "1-4"), (5, "phone")])
        self.assertEqual(self.device_row(self.ann, "1-1")["last_end"]["why"], "limit")
        self.assertEqual(self.dry_run(policy)["count"], 0)

    def test_a_dry_run_of_what_holds_ends_nobody(self):
        for policy in ({}, {"classes": {"1": {"limit": 4}}}, {"default": {"limit": 4}}, {"preset": "unlimited"}):
            self.assertEqual(self.dry_run(policy), {"would_end": [], "count": 0, "next": None})

    def test_a_dry_run_changes_nothing(self):
        before = (self.api("GET", "/v1/policy"), self.api("GET", "/v1/policy/history"))
        self.assertEqual(self.dry_run({"single_device": True})["count"], 5)
        self.assertEqual((self.api("GET", "/v1/policy"), self.api("GET", "/v1/policy/history")), before)
        self.assert_alive(*self.everybody())

    def test_now_with_each_kind_of_rule(self):
        """One after the other, each harder than the one before."""
        for policy in ({"default": {"limit": 3}}, {"groups": [{"name": "g", "classes": [1, 5], "limit": 3}]},
                       {"classes": {"1": {"limit": 1, "over": "refuse_newest"}}}, {"single_device": True},
                       {"classes": {"5": {"limit": 0}}}, {"default": {"limit": 0}}):
            before = {(uid, *one) for uid in (self.ann, self.bob) for one in self.online(uid)}
            tried = rows(self.dry_run(policy)["would_end"], "uid", "class", "device_id")
            ended = rows(self.put_policy(policy, "now")["ended"], "uid", "class", "device_id")
            self.assertEqual(tried, ended, policy)
            self.assertTrue(ended, policy)
            after = {(uid, *one) for uid in (self.ann, self.bob) for one in self.online(uid)}
            self.assertEqual(before - after, set(ended), policy)
            self.assertEqual(self.dry_run(policy)["count"], 0, policy)
        self.assertEqual(after, set())

    def test_pages_of_a_dry_run(self):
        policy, found, after = {"default": {"limit": 0}}, [], ""
        for _ in range(10):
            page = self.dry_run(policy, f"?limit=3{after and '&after=' + after}")
            self.assertEqual(page["count"], 7)
            self.assertLessEqual(len(page["would_end"]), 3)
            found += rows(page["would_end"], "uid", "class", "device_id")
            after = page["next"]
            if after is None:
                break
        self.assertEqual(sorted(found), sorted([(self.ann, 1, f"1-{index}") for index in range(1, 5)]
                                               + [(self.ann, 5, "phone"), (self.bob, 1, "1-1"), (self.bob, 1, "1-2")]))

    def test_now_with_a_stale_version_ends_nobody(self):
        version = self.policy_version()
        self.put_policy({})
        self.put_policy({"default": {"limit": 0}}, "now", version, 409)
        self.assert_alive(*self.everybody())

    def test_an_account_of_its_own_is_left_alone(self):
        self.put_account_policy(self.ann, {"preset": "unlimited"})
        policy = {"classes": {"1": {"limit": 1}}}
        self.assertEqual(rows(self.dry_run(policy)["would_end"], "uid", "device_id"), [(self.bob, "1-1")])
        self.assertEqual(rows(self.put_policy(policy, "now")["ended"], "uid", "device_id"), [(self.bob, "1-1")])
        self.assert_alive(*self.live["ann"], *self.live["phone"])
        self.api("DELETE", account(self.ann, "/policy"), None, (200, 204))


class AccountPolicyTest(PolicyCase):
    def drop(self, uid, status=(200, 204)):
        return self.api("DELETE", account(uid, "/policy"), None, status)

    def test_it_takes_the_place_of_the_general_one(self):
        uid, other = self.name("ann"), self.name("bob")
        self.token_of(uid, 1), self.token_of(other, 1)
        self.put_policy({"classes": {"1": {"limit": 0}}})
        self.put_account_policy(uid, {"default": {"limit": 2}})
        first, second = self.tabs(uid, 2)
        self.device(uid, 1, "1-3")
        self.assert_told(first)
        self.assert_alive(second)
        self.assertEqual(self.attempt(other, 1), 2)
        self.drop(uid)
        self.assertEqual(self.attempt(uid, 1, "1-4"), 2)
        self.assertEqual(self.explain(uid, 1, "1-4")["why"], "class_not_allowed")

    def test_it_is_read_as_it_was_put(self):
        uid = self.name("ann")
        self.token_of(uid, 1)
        at = now(3600)
        self.put_account_policy(uid, {"preset": "easemob", "classes": {"1": {"limit": 2, "over": "refuse_newest"}}}, at)
        answer = self.api("GET", account(uid, "/policy"))
        self.assertEqual(answer["expires_at"], at)
        self.assertEqual(answer["policy"]["preset"], "easemob")
        self.assertEqual(answer["policy"]["classes"]["1"], {"limit": 2, "over": "refuse_newest"})
        self.put_account_policy(uid, {})
        self.assertIsNone(self.api("GET", account(uid, "/policy"))["expires_at"])

    def test_without_one(self):
        uid = self.name("ann")
        self.token_of(uid, 1)
        answer = self.api("GET", account(uid, "/policy"), None, (200, 404))
        if "status" not in answer:
            self.assertIsNone(answer["policy"])

    def test_it_expires(self):
        uid = self.name("ann")
        self.token_of(uid, 1)
        self.put_account_policy(uid, {"classes": {"1": {"limit": 0}}}, now(2))
        self.server.wait("it holds no more", lambda: self.explain(uid, 1)["why"] == "ok")
        self.assertEqual(self.attempt(uid, 1), 1)

    def test_it_holds_until_then(self):
        uid = self.name("ann")
        self.token_of(uid, 1)
        self.put_account_policy(uid, {"classes": {"1": {"limit": 0}}}, now(3600))
        self.assertEqual(self.explain(uid, 1)["why"], "class_not_allowed")
        self.assertEqual(self.attempt(uid, 1), 2)

    def test_one_of_the_past_never_holds(self):
        uid = self.name("ann")
        self.token_of(uid, 1)
        self.put_account_policy(uid, {"classes": {"1": {"limit": 0}}}, "2001-02-03T04:05:06.789Z", (200, 204, 400))
        self.assertEqual(self.explain(uid, 1)["why"], "ok")
        self.assertEqual(self.attempt(uid, 1), 1)

    def test_what_is_wrong_changes_nothing(self):
        uid = self.name("ann")
        self.token_of(uid, 1)
        self.put_account_policy(uid, {"classes": {"1": {"limit": 0}}})
        for body in ({}, {"policy": None}, {"policy": []}, {"policy": {"unknown": 1}}, {"policy": {}, "unknown": 1},
                     {"policy": {}, "expires_at": 5}, {"policy": {}, "expires_at": "tomorrow"},
                     {"policy": {}, "expires_at": "2026-13-01T00:00:00.000Z"}, {"policy": {"default": {"limit": -1}}}):
            self.problem("PUT", account(uid, "/policy"), body)
        self.assertEqual(self.explain(uid, 1)["why"], "class_not_allowed")
        self.drop(uid)

    def test_unknown_account(self):
        uid = self.name("nobody")
        for method, body in (("GET", None), ("DELETE", None), ("PUT", {"policy": {}})):
            self.assertIn(uid, self.problem(method, account(uid, "/policy"), body, 404)["detail"])


class AtOnceTest(PolicyCase):
    """Many at the same moment: the rules hold as if they had come one by one."""

    def at_once(self, work, count):
        with concurrent.futures.ThreadPoolExecutor(count) as threads:
            return list(threads.map(work, range(count)))

    def test_one_of_many_writers_wins(self):
        version = self.policy_version()
        def put(index):
            body = {"version": version, "policy": {"classes": {"1": {"limit": index + 1}}}}
            status, _, text = self.ask("PUT", "/v1/policy", json.dumps(body).encode(), self.headers)
            return status, json.loads(text)
        answers = self.at_once(put, 12)
        self.assertEqual(sorted(status for status, _ in answers), [200] + [409] * 11)
        winner = next(index for index, (status, _) in enumerate(answers) if status == 200)
        self.assertEqual(answers[winner][1]["version"], version + 1)
        holds = self.api("GET", "/v1/policy")
        self.assertEqual((holds["version"], holds["policy"]["classes"]["1"]["limit"]), (version + 1, winner + 1))
        self.put_policy({})

    def test_the_last_places_are_given_once(self):
        uid = self.name("ann")
        token = self.token_of(uid, 1)
        self.put_policy({"classes": {"1": {"limit": 3, "over": "refuse_newest"}}})
        clients = [self.open() for _ in range(16)]
        reason = lambda index: clients[index].connect(uid, token=token, flag=1, device_id=f"d{index}").reason
        reasons = self.at_once(reason, len(clients))
        self.assertEqual(sorted(reasons), [1] * 3 + [2] * 13)
        self.assertEqual(self.online(uid), sorted((1, f"d{index}") for index, one in enumerate(reasons) if one == 1))

    def test_as_many_stay_as_there_are_places(self):
        uid = self.name("ann")
        token = self.token_of(uid, 1)
        self.put_policy({"classes": {"1": {"limit": 3}}})
        clients = [self.open() for _ in range(16)]
        def log_in(index):
            clients[index].login(uid, token=token, flag=1, device_id=f"d{index}")
        self.at_once(log_in, len(clients))
        online = self.online(uid)
        self.assertEqual(len(online), 3)
        for index, client in enumerate(clients):
            if (1, f"d{index}") in online:
                self.assert_alive(client)
            else:
                self.assert_told(client)


if __name__ == "__main__":
    unittest.main()
