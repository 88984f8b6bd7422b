# SPDX-License-Identifier: Apache-2.0
"""Two devices that end each other in turn, each coming back at once: noticed, logged once, shown."""

import unittest

from v1_case import V1Case, account


class MutualEndingTest(V1Case):
    def summary(self, uid):
        return self.api("GET", account(uid))["ending_each_other"]

    def come(self, uid, device_id, before):
        """A main device that ends the one before it."""
        client = self.device(uid, 5, device_id, level=1)
        if before is not None:
            self.assert_told(before)
        return client

    def test_it_is_noticed_and_shown(self):
        uid = self.name("ann")
        online = None
        for turn in range(8):
            online = self.come(uid, ("ios_1", "ios_2")[turn % 2], online)
        seen = self.summary(uid)
        self.assertEqual({one["device_id"] for one in seen["devices"]}, {"ios_1", "ios_2"})
        self.assertEqual({(one["class"], one["class_name"]) for one in seen["devices"]}, {(5, "ios")})
        self.assertEqual(seen["times"], 7)
        line = self.server.log_line("both by name", "devices_end_each_other", uid)
        self.assertIn("ios_1 of class 5 (ios)", line)
        self.assertIn("ios_2 of class 5 (ios)", line)
        self.assertEqual(self.server.log().count("devices_end_each_other"), 1)
        self.assertIn("each other", " ".join(self.explain(uid, 5, "ios_1")["hints"]))

    def test_a_third_device_is_no_quarrel(self):
        uid = self.name("bob")
        online = None
        for turn in range(9):
            online = self.come(uid, ("ios_1", "ios_2", "ios_3")[turn % 3], online)
        self.assertIsNone(self.summary(uid))


if __name__ == "__main__":
    unittest.main()
