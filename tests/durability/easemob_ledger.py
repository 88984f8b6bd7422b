# SPDX-License-Identifier: Apache-2.0
"""What Easemob devices and the app's back end were told: messages, events, states. And whether the
server's store agrees.

Written by the load's threads under one lock, read by the judge when they have ended.
"""

import threading
from dataclasses import dataclass, field
from typing import NamedTuple

from ledger import Disagreement


def brief(text):
    """Its beginning, which no other has."""
    return text.split(" ")[0]


class Conversation(NamedTuple):
    """Between two users, in the order of their names, or of a group."""

    names: tuple

    @property
    def is_group(self):
        return len(self.names) == 1

    def seen_by(self, user):
        """How `user` names it."""
        return self.names[0] if self.names[0] != user else self.names[-1]


def pair(one, other):
    return Conversation(tuple(sorted((one, other))))


@dataclass
class Sent:
    conversation: Conversation
    user: str
    resource: str
    meta_id: int
    text: str
    server_id: int | None = None  # once acknowledged


@dataclass
class Reads:
    """Texts of a conversation that a user has read: those that surely are, those that may be."""

    surely: set = field(default_factory=set)
    perhaps: set = field(default_factory=set)


@dataclass
class Device:
    """What a device was told, over all its connections."""

    user: str
    resource: str
    meta_ids: int = 0
    told: dict = field(default_factory=dict)  # text -> server id
    acknowledged: set = field(default_factory=set)  # texts; the server has answered that
    settled: set = field(default_factory=set)  # texts that must not come again
    events: list = field(default_factory=list)  # (identity, name) in order
    finished_events: set = field(default_factory=set)  # identities; acknowledged and answered


@dataclass
class Fact:
    """Something that a call of the API sets: what was confirmed, what was asked for later."""

    confirmed: object
    asked: list = field(default_factory=list)  # at most one


class EasemobLedger:
    def __init__(self):
        self.lock = threading.RLock()
        self.changed = threading.Condition(self.lock)
        self.sent = {}  # text -> Sent
        self.devices = {}  # (user, resource) -> Device
        self.reads = {}  # (user, conversation) -> Reads
        self.facts = {}  # key -> Fact
        self.expected = {}  # user -> names of events in the order in which they must be told
        self.acks = 0  # messages acknowledged and calls confirmed
        self.errors = []
        self.histories = {}  # conversation -> [(server id, text)], as it was read last

    def device(self, user, resource):
        return self.devices.setdefault((user, resource), Device(user, resource))

    # Told by the load.

    def failed(self, text):
        with self.changed:
            self.errors.append(text)
            self.changed.notify_all()

    def will_send(self, sent):
        with self.lock:
            self.sent[sent.text] = sent

    def acknowledged(self, sent, server_id):
        with self.changed:
            if sent.server_id not in (None, server_id):
                self.errors.append(
                    f"{brief(sent.text)}: acknowledged as {sent.server_id}, later as {server_id}"
                )
            sent.server_id = server_id
            self.acks += 1
            self.changed.notify_all()

    def heard(self, device, text, server_id, sender):
        with self.lock:
            sent = self.sent.get(text)
            if sent is None or sent.user != sender:
                self.errors.append(f"{device.resource} was told what nobody said: {brief(text)}")
            if device.told.setdefault(text, server_id) != server_id:
                self.errors.append(
                    f"{brief(text)}: told as {device.told[text]}, later as {server_id}"
                )
            if text in device.settled:
                self.errors.append(f"{device.resource} is told again, after a clean end: {brief(text)}")

    def happened(self, device, identity, name):
        with self.lock:
            if identity in device.finished_events:
                self.errors.append(
                    f"{device.user}/{device.resource} is told again what it has acknowledged: {name}"
                )
            device.events.append((identity, name))

    def will_read(self, user, conversation):
        """What is acknowledged now will be read by a read that is said now."""
        with self.lock:
            return {
                sent.text
                for sent in self.sent.values()
                if sent.conversation == conversation and sent.server_id is not None
            }

    def has_read(self, user, conversation, texts):
        with self.lock:
            reads = self.reads.setdefault((user, conversation), Reads())
            reads.surely |= texts
            reads.perhaps |= self._all_texts(conversation)

    def may_have_read(self, user, conversation):
        """The answer did not come."""
        with self.lock:
            reads = self.reads.setdefault((user, conversation), Reads())
            reads.perhaps |= self._all_texts(conversation)

    def _all_texts(self, conversation):
        return {one.text for one in self.sent.values() if one.conversation == conversation}

    def ask(self, key, value, absent=None):
        """Before the call; `absent`: what holds while nobody has set it."""
        with self.lock:
            fact = self.facts.setdefault(key, Fact(absent))
            fact.asked = [value]

    def confirm(self, key, *events):
        """After its 200; `events`: (user, name) that must be told."""
        with self.changed:
            fact = self.facts[key]
            fact.confirmed, fact.asked = fact.asked[0], []
            for user, name in events:
                self.expected.setdefault(user, []).append(name)
            self.acks += 1
            self.changed.notify_all()

    # Judged between the rounds, when nothing else runs.

    def judge_fact(self, key, observed):
        """What was confirmed is so, or else what was asked for when the server died."""
        fact = self.facts[key]
        if observed != fact.confirmed and observed not in fact.asked:
            raise Disagreement(f"{key} is {observed!r}; {fact}")
        fact.confirmed, fact.asked = observed, []

    def judge_history(self, conversation, rows):
        """`rows`: (server id, sender, text), oldest first."""
        texts = [text for _, _, text in rows]
        expect(len(set(texts)) == len(texts), f"{conversation}: a text is there twice")
        for server_id, sender, text in rows:
            sent = self.sent.get(text)
            expect(
                sent is not None and (sent.conversation, sent.user) == (conversation, sender),
                f"{conversation}: {sender} never said {brief(text)}",
            )
        known = [(server_id, text) for server_id, _, text in rows]
        before = self.histories.get(conversation, [])
        expect(known[: len(before)] == before, f"{conversation}: what was read before has changed")
        stored = {text: server_id for server_id, text in known}
        for sent in self.sent.values():
            if sent.conversation == conversation and sent.server_id is not None:
                expect(
                    stored.get(sent.text) == sent.server_id,
                    f"{brief(sent.text)} was acknowledged as {sent.server_id}, "
                    f"stored is {stored.get(sent.text)}",
                )
        for device in self.devices.values():
            for text, server_id in device.told.items():
                if self.sent[text].conversation == conversation:
                    expect(
                        stored.get(text) == server_id,
                        f"{brief(text)} was told as {server_id}, stored is {stored.get(text)}",
                    )
        self.histories[conversation] = known

    def judge_return(self, device, conversations, told_now, is_new):
        """`told_now`: what a device was told at its return, while nothing else went on."""
        for conversation in conversations:
            reads = self.reads.get((device.user, conversation), Reads())
            again = [
                brief(text)
                for text in told_now
                if text in reads.surely and self.sent[text].user != device.user
            ]
            expect(not again, f"{device.resource} is told as new what was read: {again}")
            for _, text in self.histories[conversation]:
                sent = self.sent[text]
                is_own = sent.user == device.user
                if text in device.told or text in reads.perhaps:
                    continue
                if is_own and (is_new or sent.resource == device.resource):
                    continue
                raise Disagreement(
                    f"{device.user}/{device.resource} is never told {brief(text)} of {conversation}"
                )
        own = [brief(text) for text in told_now if self.sent[text].user == device.user]
        expect(not (is_new and own), f"{device.resource} is new, and is told its own {own}")

    def judge_events(self, device):
        told = [name for _, name in device.events]
        expected = self.expected.get(device.user, [])
        missing = [name for name in expected if name not in told]
        expect(not missing, f"{device.user}/{device.resource} was never told of {missing}")
        wanted = set(expected)
        first = list(dict.fromkeys(name for name in told if name in wanted))
        expect(first == expected, f"{device.resource} was told in the order {first}, not {expected}")

    def judge_unread(self, user, conversation, unread):
        """Who has written has read what was before; beyond that, what was said to be read counts."""
        texts = [text for _, text in self.histories[conversation]]
        own = max(
            (seq for seq, text in enumerate(texts, 1) if self.sent[text].user == user), default=0
        )
        reads = self.reads.get((user, conversation), Reads())

        def left_by(read):
            newest = max((seq for seq, text in enumerate(texts, 1) if text in read), default=0)
            return len(texts) - max(newest, own)

        least, most = left_by(reads.perhaps), left_by(reads.surely)
        expect(
            least <= unread <= most,
            f"{user} has {unread} unread in {conversation}, not {least} to {most}",
        )


def expect(holds, text):
    if not holds:
        raise Disagreement(text)
