# SPDX-License-Identifier: Apache-2.0
"""What the tests of /v1/ share: requests whose answers are judged by the contract's conventions and by
the server's own description, real devices over wkproto, and proofs that no token ever shows."""

import base64
import datetime
import hashlib
import json
import pathlib
import re
import sys
import time
import urllib.parse

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "http"))
from http_case import OK, PATIENCE_S, PERSON, HttpCase, Server  # noqa: E402
from schema import Description  # noqa: E402
from wkproto import CONNACK, DISCONNECT, Client  # noqa: E402

__all__ = ["CLASS_NAMES", "CONNACK", "Client", "DISCONNECT", "END_WHYS", "OK", "PATIENCE_S", "PERSON", "Server",
           "V1Case", "account", "now", "parse_time", "rows"]

CLASS_NAMES = {0: "app", 1: "web", 2: "pc", 4: "android", 5: "ios", 77: "class 77"}

END_WHYS = {"replaced", "kicked", "limit", "token_changed", "token_revoked", "banned", "logged_out", "lost",
            "too_slow", "stopped"}

_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z")


def account(uid, rest=""):
    return f"/v1/accounts/{urllib.parse.quote(uid, safe='')}{rest}"


def parse_time(text):
    if not isinstance(text, str) or not _TIME.fullmatch(text):
        raise AssertionError(f"{text!r} is no RFC 3339 time in UTC with milliseconds")
    return datetime.datetime.fromisoformat(text.replace("Z", "+00:00"))


def now(plus_s=0.0):
    """The time as a client of the API writes it."""
    moment = datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(seconds=plus_s)
    return moment.strftime("%Y-%m-%dT%H:%M:%S.") + f"{moment.microsecond // 1000:03d}Z"


def rows(items, *names):
    """Some members of each item, in an order of their own."""
    return sorted(tuple(item[name] for name in names) for item in items)


def _fingerprints(secret):
    """The forms in which a secret might slip out."""
    data = secret.encode()
    yield secret
    yield base64.b64encode(data).decode().rstrip("=")
    for name in ("md5", "sha1", "sha256", "sha512"):
        digest = hashlib.new(name, data).digest()
        yield digest.hex()
        yield base64.b64encode(digest).decode().rstrip("=")


class V1Case(HttpCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.fingerprints = {}  # what must not show -> the secret it is of
        cls.mismatches = []  # answers that the server's own description doesn't allow
        cls.description = None

    @classmethod
    def tearDownClass(cls):
        super().tearDownClass()
        log = cls.server.log()
        shown = [secret for text, secret in cls.fingerprints.items() if text in log]
        if shown:
            raise AssertionError(f"the log shows {shown}")
        if cls.mismatches:
            raise AssertionError("answers that /v1/openapi.json does not describe:\n"
                                 + "\n".join(dict.fromkeys(cls.mismatches)))

    # Requests

    headers = {}  # of every request; a class with a guarded server puts its token here

    def api(self, method, target, body=None, status=200, headers=None):
        """The answer's JSON (None for an empty body). `status`: one or several that are right."""
        raw = body if body is None or isinstance(body, bytes) else json.dumps(body).encode()
        sent = {"Content-Type": "application/json", **self.headers, **(headers or {})}
        got, answered, text = self.ask(method, target, raw, sent)
        self.assertIn(got, status if isinstance(status, (tuple, list)) else (status,),
                      (method, target, raw and raw[:500], text[:2000]))
        return self.judge(method, target, got, answered["Content-Type"], text)

    def judge(self, method, target, status, content_type, text):
        """The conventions: JSON, problem+json for errors, no secret; and the description, for later."""
        for fingerprint, secret in self.fingerprints.items():
            self.assertNotIn(fingerprint.encode(), text, (method, target, secret))
        media = (content_type or "").partition(";")[0].strip()
        answer = None
        if status >= 400:
            self.assertEqual(media, "application/problem+json", (method, target, status, text[:500]))
            answer = json.loads(text)
            self.assertEqual(answer["status"], status)
            for member in ("type", "title", "detail"):
                self.assertIsInstance(answer[member], str, answer)
                self.assertTrue(answer[member], answer)
        elif text:
            self.assertEqual(media, "application/json", (method, target, status, text[:500]))
            answer = json.loads(text)
        path = target.partition("?")[0]
        if path != "/v1/openapi.json" and status not in (401, 405):
            described = self.describe()
            if described:
                self.mismatches.extend(described.complaints(method, path, status, content_type, answer))
        return answer

    def describe(self):
        """The server's description of itself, read once a class."""
        if self.description is None:
            status, _, text = self.ask("GET", "/v1/openapi.json", None, self.headers)
            type(self).description = Description(json.loads(text)) if status == 200 else False
            if status != 200:
                self.mismatches.append(f"GET /v1/openapi.json answered {status}")
        return self.description

    def problem(self, method, target, body=None, status=400, headers=None):
        return self.api(method, target, body, status, headers)

    # What the contract lets one ask

    def explain(self, uid, cls, device_id=None, token=None, status=200):
        body = {"class": cls}
        if device_id is not None:
            body["device_id"] = device_id
        if token is not None:
            body["token"] = self.secret(token)
        return self.api("POST", account(uid, "/explain-login"), body, status)

    def explain_by_get(self, uid, cls, device_id=None, status=200):
        query = {"class": cls, **({} if device_id is None else {"device_id": device_id})}
        return self.api("GET", account(uid, f"/explain-login?{urllib.parse.urlencode(query)}"), None, status)

    def devices(self, uid, query="", status=200):
        return self.api("GET", account(uid, f"/devices{query}"), None, status)

    def device_list(self, uid, query=""):
        return self.devices(uid, query)["devices"]

    def device_row(self, uid, device_id, cls=None):
        found = [row for row in self.device_list(uid)
                 if row["device_id"] == device_id and cls in (None, row["class"])]
        self.assertEqual(len(found), 1, (device_id, found))
        return found[0]

    def online(self, uid):
        """(class, device id) of the devices with a session."""
        return sorted((row["class"], row["device_id"]) for row in self.device_list(uid, "?online=true"))

    def until_online(self, uid, *expected):
        self.server.wait(f"{uid} online as {expected}", lambda: self.online(uid) == sorted(expected))

    def logins(self, uid, query="", status=200):
        return self.api("GET", account(uid, f"/logins{query}"), None, status)

    def events(self, uid, *whats):
        return [event for event in self.logins(uid, "?limit=1000")["events"] if not whats or event["what"] in whats]

    def end(self, uid, **body):
        return self.api("POST", account(uid, "/end"), body)["ended"]

    def ban(self, uid):
        return self.api("POST", account(uid, "/ban"), {}, (200, 204))

    def unban(self, uid):
        return self.api("POST", account(uid, "/unban"), {}, (200, 204))

    # Policy

    def policy_version(self):
        return self.api("GET", "/v1/policy")["version"]

    def put_policy(self, policy, apply=None, version=None, status=200):
        if not self.__dict__.get("policy_comes_back"):
            self.policy_comes_back = True  # each test of a class begins with the plain policy
            self.addCleanup(self.put_policy, {})
        body = {"version": self.policy_version() if version is None else version, "policy": policy}
        if apply is not None:
            body["apply"] = apply
        return self.api("PUT", "/v1/policy", body, status)

    def dry_run(self, policy, query=""):
        return self.api("POST", f"/v1/policy/dry-run{query}", {"policy": policy})

    def put_account_policy(self, uid, policy, expires_at=None, status=(200, 204)):
        return self.api("PUT", account(uid, "/policy"), {"policy": policy, "expires_at": expires_at}, status)

    # Devices

    def secret(self, text):
        """Remembered as what must never show in an answer or in the log."""
        if text:
            self.fingerprints.update((one, text) for one in _fingerprints(text))
        return text

    def token_of(self, uid, cls, level=0):
        """A token registered for the class; the same one when asked again with the same level."""
        known = self.__dict__.setdefault("known_tokens", {})
        if known.get((uid, cls), (None, None))[1] != level:
            token = self.secret(f"geheim/{uid}/{cls}/{level}/{len(known)}")
            self.server.token(uid, cls, token, level)
            known[uid, cls] = (token, level)
        return known[uid, cls][0]

    def open(self, **options):
        client = Client(self.server.addresses["tcp"], patience_s=PATIENCE_S, **options)
        self.addCleanup(client.close)
        return client

    def attempt(self, uid, cls, device_id="d", token=None, level=0, **options):
        """A login with the class's token unless another is given; answers the CONNACK's reason."""
        token = self.token_of(uid, cls, level) if token is None else self.secret(token)
        return self.open(**options).connect(uid, token=token, flag=cls, device_id=device_id).reason

    def device(self, uid, cls, device_id="d", level=0, **options):
        """A device that is logged in and stays."""
        token = self.token_of(uid, cls, level)
        return self.open(**options).login(uid, token=token, flag=cls, device_id=device_id)

    def assert_told(self, client, text=None):
        """The client is told the end, reason 12, and its connection is closed; answers the text."""
        frames = client.read_to_end()
        told = [frame for frame in frames if frame.kind == DISCONNECT]
        self.assertEqual([frame.reason for frame in told], [12], frames)
        if text is not None:
            self.assertEqual(told[0].text, text)
        return told[0].text

    def assert_alive(self, *clients):
        for client in clients:
            client.ping()

    def until_nobody_is_online(self):
        self.server.wait("nobody is online", lambda: self.get_json("/connz")["total"] == 0)

    def get_json(self, target):
        status, _, text = self.ask("GET", target, None, self.headers)
        self.assertEqual(status, 200, (target, text))
        return json.loads(text)

    # Items

    def assert_would_end(self, items, uid, expected, whose=False):
        """`expected`: (class, device id) of each; `rule` names one; `whose`: items name the account, too."""
        self.assertEqual(rows(items, "class", "device_id"), sorted(expected), items)
        for item in items:
            self.assertEqual(item["class_name"], CLASS_NAMES.get(item["class"], item["class_name"]))
            self.assertTrue(item["rule"], item)
            if whose:
                self.assertEqual(item["uid"], uid)

    def assert_times(self, item, *names):
        moments = [parse_time(item[name]) for name in names]
        newest = parse_time(now(5))
        for moment in moments:
            self.assertLess(moment, newest)
        return moments

    @staticmethod
    def elapsed(begun):
        return time.monotonic() - begun
