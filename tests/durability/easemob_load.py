# SPDX-License-Identifier: Apache-2.0
"""The load of one round: devices that talk until the server dies, and the app's back end."""

import contextlib
import http.client
import json
import threading

from easemob_api import EasemobApi
from easemob_ledger import Sent, brief
from ledger import Disagreement
from msync import CHAT, CHAT_BODY, GROUP_BODY, NOTIFY, ROSTER, STATISTIC, SYNC, UNREAD
from msync import BODY, JID, Client, Closed, decode

ROSTER_BODY = {"operation": (1, int), "sender": (3, JID), "to": (4, [JID])}
KEPT_MAX = 6  # conversations of a user that are pinned and marked at a time


class Session:
    """A device's connection: takes its queue, and tells the ledger what comes."""

    def __init__(self, client, ledger, device, token):
        self.client, self.ledger, self.device = client, ledger, device
        self.is_empty = False  # the queue's end was reached
        self._texts, self._events = [], []  # told and acknowledged; no answer yet
        client.login(device.user, token, device.resource)
        client.ask_unread()

    def drain(self):
        """Everything that was missed; answers the texts that it was told."""
        told = []
        while not self.is_empty:
            told += self.hear(*self.client.read())
        return told

    def hear(self, command, payload, acknowledges=True):
        """Takes an answer or a batch of the queue; answers the texts in it."""
        if command == UNREAD:
            if payload.unread:
                self.client.ask_queue(payload.unread[0].queue)
            else:
                self.is_empty = True
            return []
        if command != SYNC or payload.queue is None:
            raise Disagreement(f"{self.device.resource} was told {payload}")
        self._answered()
        told = [text for meta in payload.metas for text in self._take(meta)]
        if payload.metas and acknowledges:
            self.client.ask_queue(payload.queue, payload.next_key)
        else:
            self._texts, self._events = [], []
        self.is_empty = not payload.metas
        return told

    def _answered(self):
        """What comes now follows the acknowledgement of what came before."""
        with self.ledger.lock:
            self.device.acknowledged.update(self._texts)
            self.device.finished_events.update(self._events)
        self._texts, self._events = [], []

    def _take(self, meta):
        if meta.ns == STATISTIC:
            raise Disagreement(f"{self.device.user}/{self.device.resource} is ended")
        if meta.ns == CHAT:
            body = decode(BODY, meta.payload)
            if body.type in (CHAT_BODY, GROUP_BODY):
                text = body.contents[0].text
                self.ledger.heard(self.device, text, meta.id, body.sender.name)
                self._texts.append(text)
                return [text]
        identity = (meta.id, meta.payload)
        self._events.append(identity)
        self.ledger.happened(self.device, identity, name_of_event(meta))
        return []


def name_of_event(meta):
    """What of it a call of the API foresees."""
    if meta.ns == NOTIFY:
        notice = json.loads(meta.payload)
        if notice["type"] == "conv":
            return notice["data"]["op"], notice["data"]["id"]
        if notice["type"] == "user_notification_mute":
            return "silent", notice["values"][0].get("user")
    if meta.ns == ROSTER:
        body = decode(ROSTER_BODY, meta.payload)
        return "roster", body.operation, body.sender.name, body.to[0].name
    return "other", meta.ns


class Talker(threading.Thread):
    """One device: sends again what it isn't sure of, then new messages, some in flight at a time;
    reads conversations now and then; some stop to listen, and go on to send."""

    in_flight_max = 4

    def __init__(self, server, ledger, device, token, conversations, dice, again, new_max, tag):
        super().__init__(name=f"{device.user}/{device.resource}", daemon=True)
        self.server, self.ledger, self.device, self.token = server, ledger, device, token
        self.conversations, self.dice, self.again = conversations, dice, again
        self.numbers = iter(range(new_max))
        self.tag = tag
        self.pending = {}  # Meta.id -> what to do with the server's id
        self.reads = []  # conversations that it says to have read, in this round
        self.listens_for = dice.choice((2, 1_000, 1_000, 1_000))  # batches

    def run(self):
        try:
            with Client(self.server.addresses["easemob"], patience_s=60) as client:
                self._talk(client)
        except (Closed, ConnectionError):
            pass  # the server died, as it was meant to
        except Exception as error:  # told to the judge, in the main thread
            self.ledger.failed(f"{self.name}: {error!r}")
        finally:
            for conversation in self.reads:
                self.ledger.may_have_read(self.device.user, conversation)

    def _talk(self, client):
        session = Session(client, self.ledger, self.device, self.token)
        for sent, expected in self.again:
            self._send(client, sent, expected)
        while True:
            while len(self.pending) < self.in_flight_max and self._send_new(client):
                pass
            command, payload = client.read()
            if command == SYNC and payload.meta_id is not None:
                self._answered(payload)
                continue
            session.hear(command, payload, acknowledges=self.listens_for > 0)
            self.listens_for -= 1
            if self.dice.random() < 0.05:
                self._read(client)

    def _send_new(self, client):
        number = next(self.numbers, None)
        if number is None:
            return False
        conversation = self.dice.choice(self.conversations)
        # Mostly small, now and then as large as a picture's thumbnail.
        fill = "x" * (self.dice.choice((10, 100, 1_000)) if self.dice.random() < 0.98 else 30_000)
        text = f"{self.device.user}-{self.device.resource}-{self.tag}-{number} {fill}"
        self.device.meta_ids += 1
        sent = Sent(
            conversation, self.device.user, self.device.resource, self.device.meta_ids, text
        )
        self.ledger.will_send(sent)
        self._send(client, sent, None)
        return True

    def _send(self, client, sent, expected):
        """`expected`: the id that it was given when it was sent before, or None."""

        def then(server_id):
            if expected not in (None, server_id):
                self.ledger.failed(
                    f"{brief(sent.text)} sent again is {server_id}, it was {expected}"
                )
            self.ledger.acknowledged(sent, server_id)

        self.pending[sent.meta_id] = then
        client.send(
            sent.conversation.seen_by(self.device.user),
            sent.text,
            to_group=sent.conversation.is_group,
            meta_id=sent.meta_id,
        )

    def _read(self, client):
        conversation = self.dice.choice(self.conversations)
        user = self.device.user
        texts = self.ledger.will_read(user, conversation)
        self.reads.append(conversation)
        self.device.meta_ids += 1
        self.pending[self.device.meta_ids] = lambda _: self.ledger.has_read(
            user, conversation, texts
        )
        client.read_conversation(
            conversation.seen_by(user),
            to_group=conversation.is_group,
            meta_id=self.device.meta_ids,
        )

    def _answered(self, payload):
        if payload.status.code != 0:
            raise Disagreement(f"a message was refused: {payload.status}")
        self.pending.pop(payload.meta_id)(payload.server_id)


class Backend(threading.Thread):
    """The app's server, and what users do by REST: accounts, passwords, contacts, groups, pins,
    marks, silent mode."""

    calls_max = 12

    def __init__(self, server, ledger, tokens, users, dice, tag):
        super().__init__(name="backend", daemon=True)
        self.api, self.ledger, self.tokens, self.users = EasemobApi(server), ledger, tokens, users
        self.dice, self.tag = dice, tag

    def run(self):
        try:
            for count in range(self.calls_max):
                self._one_of_each(f"{self.tag}-{count}")
        except (ConnectionError, http.client.HTTPException):
            pass
        except Exception as error:
            self.ledger.failed(f"backend: {error!r}")

    def _one_of_each(self, tag):
        app = self.tokens["app"]
        guest, owner = f"guest-{tag}", self.users[0]
        with self._setting(("account", guest), True):
            self.api.register(guest, "pw", app)
        guest_token = self.api.password_token(guest, "pw")
        if guest_token is None:
            raise Disagreement(f"{guest} was registered with a 200 and has no token")
        asked = ("roster", 2, guest, owner)
        with self._setting(("asked", guest), True, (owner, asked)):
            path = f"/users/{guest}/contacts/apply"
            self.api.ok("POST", path, {"usernames": [owner], "reason": tag}, guest_token)
        with self._setting(("contact", guest), True, absent=False):
            path = f"/users/{owner}/contacts/accept/users/{guest}"
            self.api.ok("POST", path, token=self.tokens[owner])
        self._keep(self.dice.choice(self.users), f"peer-{tag}")
        with self._setting(("password",), f"secret-{tag}"):
            body = {"newpassword": f"secret-{tag}"}
            self.api.ok("PUT", "/users/renewed/password", body, app)
        with self._setting(("group", f"group-{tag}"), tuple(sorted(self.users))):
            body = {
                "groupname": f"group-{tag}",
                "owner": owner,
                "members": self.users[1:],
                "public": False,
                "invite_need_confirm": False,
            }
            self.api.ok("POST", "/chatgroups", body, app)

    def _keep(self, user, peer):
        """Pins and marks a conversation, silences it, and lets go of one from before."""
        for kept in self._kept(user)[KEPT_MAX - 1 :]:
            self._set("pin", user, kept, False)
            self._set("mark", user, kept, False)
        self._set("pin", user, peer, True)
        self._set("mark", user, peer, True)
        with self._setting(("silent", user, peer), "NONE", (user, ("silent", peer))):
            path = f"/users/{user}/notification/user/{peer}"
            self.api.ok("PUT", path, {"type": "NONE"}, self.tokens[user])

    def _kept(self, user):
        """Newest first."""
        with self.ledger.lock:
            kept = [
                key[2]
                for key, fact in reversed(self.ledger.facts.items())
                if key[:2] in (("pin", user), ("mark", user)) and fact.confirmed
            ]
        return list(dict.fromkeys(kept))

    def _set(self, what, user, peer, holds):
        event = {
            ("pin", True): "top",
            ("pin", False): "not_top",
            ("mark", True): "mark",
            ("mark", False): "mark_delete",
        }[what, holds]
        fact = self.ledger.facts.get((what, user, peer))
        if fact is not None and fact.confirmed == holds:
            return
        token, target = self.tokens[user], {"type": "chat", "to": peer}
        with self._setting((what, user, peer), holds, (user, (event, peer)), absent=False):
            if what == "mark":
                method = "POST" if holds else "DELETE"
                body = {"mark": "mark_7", "targets": [target]}
                self.api.ok(method, f"/sdk/user/{user}/user_channels/mark", body, token)
            elif holds:
                self.api.ok("POST", f"/sdk/user/{user}/user_channel/top", target, token)
            else:
                path = f"/sdk/user/{user}/user_channel/top?type=chat&to={peer}"
                self.api.ok("DELETE", path, token=token)

    @contextlib.contextmanager
    def _setting(self, key, value, *events, absent=None):
        self.ledger.ask(key, value, absent)
        yield
        self.ledger.confirm(key, *events)
