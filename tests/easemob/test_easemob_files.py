# SPDX-License-Identifier: Apache-2.0
"""Files that messages refer to (easemob-rest F1, F2)."""

import os

from easemob_case import APP, EasemobCase


class Files(EasemobCase):
    overrides = {
        "easemob": {
            "port": "any",
            "client_id": "id",
            "client_secret": "secret",
            "attachment_bytes_max": 100_000,
        }
    }

    def fetch(self, uploaded, query="", headers=None):
        uuid = uploaded.body["entities"][0]["uuid"]
        return self.ask("GET", f"{APP}/chatfiles/{uuid}{query}", headers=headers)

    def test_what_went_up_comes_down(self):
        _, token = self.user("alice")
        content = os.urandom(99_999)
        uploaded = self.upload(content, token)
        self.assertEqual(uploaded.status, 200, uploaded)
        self.assertEqual(uploaded.body["uri"], f"http://127.0.0.1:{self.port}{APP}/chatfiles")
        secret = uploaded.body["entities"][0]["share-secret"]
        whole = self.fetch(uploaded, f"?em-redirect=true&share-secret={secret}")
        self.assertEqual(whole.raw, content)
        self.assertEqual(whole.headers["Content-Type"], "image/png")
        part = self.fetch(uploaded, headers={"share-secret": secret, "Range": "bytes=10-19"})
        self.assertEqual((part.status, part.raw), (206, content[10:20]))
        self.assertEqual(part.headers["Content-Range"], "bytes 10-19/99999")
        self.server.stop()
        self.server.start()
        self.assertEqual(self.fetch(uploaded, f"?share-secret={secret}").raw, content)

    def test_only_who_knows_the_secret_gets_it(self):
        _, token = self.user("alice")
        uploaded = self.upload(b"x", token)
        for query in ("", "?share-secret=", "?share-secret=x"):
            answer = self.fetch(uploaded, query)
            self.assertEqual((answer.status, answer.error[1]), (403, "chatfile no permission"))
        open_one = self.upload(b"x", token, headers={"restrict-access": "false"})
        self.assertEqual(self.fetch(open_one).raw, b"x")

    def test_too_large_ones_are_refused_in_the_documented_form(self):
        _, token = self.user("alice")
        for size in (100_001, 3_000_000):  # the endpoint says so; the server does not even read it
            answer = self.upload(bytes(size), token)
            self.assertEqual(answer.status, 413)
            self.assertEqual(answer.error[0], "request_entity_too_large")
        self.assert_serves()

    def test_ids_lead_nowhere_else(self):
        for odd in ("x", "..%2f..%2fstore", "%2e%2e", "%00", "a" * 4000, "0" * 36):
            answer = self.ask("GET", f"{APP}/chatfiles/{odd}")
            self.assertIn(answer.status, (400, 404), odd)
            self.assertIsNotNone(answer.body, odd)
        self.assert_serves()
