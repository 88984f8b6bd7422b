# SPDX-License-Identifier: Apache-2.0
"""What the world was told: sent, acknowledged, received. And whether the server's store agrees.

Written by the load's threads under one lock, read by the judge when they have ended.
"""

import hashlib
import threading
from dataclasses import dataclass


@dataclass(frozen=True)
class Channel:
    """A stored channel, with a way to ask for it."""

    login_uid: str
    channel_id: str
    channel_type: int


@dataclass(frozen=True)
class Outcome:
    message_id: int
    seq: int


@dataclass
class Sent:
    channel: Channel
    from_uid: str
    client_msg_no: str
    payload: bytes
    acked: Outcome | None = None


class Disagreement(AssertionError):
    pass


def _digest(payload):
    return hashlib.sha256(payload).digest()


class Ledger:
    def __init__(self):
        self.lock = threading.Lock()
        self.changed = threading.Condition(self.lock)
        self.sent = {}  # client_msg_no -> Sent
        self.received = {}  # (channel, client_msg_no) -> Outcome
        self.acks = 0  # SENDACKs of success and 200s of the API, all rounds
        self.errors = []  # what a thread of the load found wrong
        self._verified = {}  # channel -> [(seq, message_id, client_msg_no, digest)]

    # Told by the load.

    def will_send(self, sent):
        """Before the first byte is written: from here on the message may be in the store."""
        with self.lock:
            self.sent[sent.client_msg_no] = sent

    def acknowledged(self, client_msg_no, outcome):
        with self.changed:
            sent = self.sent[client_msg_no]
            if sent.acked is not None and sent.acked != outcome:
                self.errors.append(
                    f"{client_msg_no}: acknowledged as {sent.acked}, later as {outcome}"
                )
            sent.acked = outcome
            self.acks += 1
            self.changed.notify_all()

    def heard(self, channel, client_msg_no, payload, outcome):
        with self.lock:
            sent = self.sent.get(client_msg_no)
            if sent is None or sent.channel != channel or sent.payload != payload:
                self.errors.append(f"received what nobody sent: {channel} {client_msg_no}")
            earlier = self.received.setdefault((channel, client_msg_no), outcome)
            if earlier != outcome:
                self.errors.append(f"{client_msg_no}: received as {earlier}, later as {outcome}")

    def failed(self, text):
        with self.changed:
            self.errors.append(text)
            self.changed.notify_all()

    # Judged between the rounds, when nothing else runs.

    def outcome_in_store(self, channel, client_msg_no):
        for seq, message_id, number, _ in self._verified.get(channel, ()):
            if number == client_msg_no:
                return Outcome(message_id, seq)
        return None

    def judge(self, channel, history):
        """Compares a channel's stored messages with everything known; answers their number."""
        rows = [
            (
                one["message_seq"],
                int(one["message_idstr"]),
                one["client_msg_no"],
                _digest(one["payload"]),
            )
            for one in history
        ]
        self._judge_shape(channel, rows)
        self._judge_invented(channel, history)
        stored = {number: Outcome(message_id, seq) for seq, message_id, number, _ in rows}
        for sent in self.sent.values():
            if sent.channel == channel and sent.acked is not None:
                self._expect(
                    stored.get(sent.client_msg_no) == sent.acked,
                    f"{channel}: {sent.client_msg_no} was acknowledged as {sent.acked}, "
                    f"stored is {stored.get(sent.client_msg_no)}",
                )
        for (heard_in, number), outcome in self.received.items():
            if heard_in == channel:
                self._expect(
                    stored.get(number) == outcome,
                    f"{channel}: {number} was received as {outcome}, stored is {stored.get(number)}",
                )
        self._verified[channel] = rows
        return len(rows)

    def _judge_shape(self, channel, rows):
        seqs = [row[0] for row in rows]
        self._expect(
            seqs == list(range(1, len(rows) + 1)),
            f"{channel}: sequences are not 1..{len(rows)}: {seqs[-20:]}",
        )
        for column, what in ((1, "message_id"), (2, "client_msg_no")):
            self._expect(
                len({row[column] for row in rows}) == len(rows),
                f"{channel}: a {what} is there twice",
            )
        before = self._verified.get(channel, [])
        self._expect(
            rows[: len(before)] == before,
            f"{channel}: what was read after the last round has changed",
        )

    def _judge_invented(self, channel, history):
        for one in history:
            sent = self.sent.get(one["client_msg_no"])
            self._expect(
                sent is not None and sent.channel == channel,
                f"{channel}: nobody sent {one['client_msg_no']}",
            )
            self._expect(
                sent.payload == one["payload"],
                f"{channel}: {sent.client_msg_no} has another payload",
            )
            self._expect(
                sent.from_uid == one["from_uid"],
                f"{channel}: {sent.client_msg_no} is by {one['from_uid']}",
            )

    @staticmethod
    def _expect(holds, text):
        if not holds:
            raise Disagreement(text)
