# SPDX-License-Identifier: Apache-2.0
"""The load of one round: threads that send until the server dies, and tell the ledger."""

import http.client
import itertools
import json
import threading

from ledger import Channel, Outcome, Sent
from wkproto import GROUP, PERSON, RECV, SENDACK, Client, Closed

ROOM = "room"
ROBOT = "robot"


def room():
    return Channel("u0", ROOM, GROUP)


def pair(one, other):
    first, second = sorted((one, other))
    return Channel(first, second, PERSON)


def payload_for(client_msg_no, dice):
    """Mostly small, now and then as large as a picture's thumbnail."""
    size = dice.choice((10, 100, 100, 1_000)) if dice.random() < 0.98 else 50_000
    return json.dumps({"type": 1, "content": client_msg_no, "fill": "x" * size}).encode()


class Sender(threading.Thread):
    """One device: sends again what it isn't sure of, then new messages, some in flight at a time."""

    in_flight_max = 8

    def __init__(self, server, ledger, uid, flag, token, peers, dice, again, round_number, new_max):
        super().__init__(name=f"{uid}/{flag}", daemon=True)
        self.server, self.ledger = server, ledger
        self.uid, self.flag, self.token = uid, flag, token
        self.peers, self.dice = peers, dice
        self.again = again  # [(Sent, Outcome that it must get or None)]
        self.numbers = (f"{uid}-{flag}-{round_number}-{count}" for count in range(new_max))
        self.in_flight = {}  # client_seq -> (client_msg_no, Outcome that it must get or None)

    def run(self):
        try:
            with Client(self.server.addresses["tcp"], patience_s=60) as client:
                client.login(self.uid, flag=self.flag, token=self.token, device_id=self.name)
                for sent, outcome in self.again:
                    self._send(client, sent, outcome)
                while True:
                    self._send_new(client)
                    self._hear(client.read(SENDACK, RECV))
        except (Closed, ConnectionError):
            pass  # the server died, as it was meant to
        except Exception as error:  # told to the judge, in the main thread
            self.ledger.failed(f"{self.name}: {error!r}")

    def _send_new(self, client):
        room_left = max(self.in_flight_max - len(self.in_flight), 0)
        for number in itertools.islice(self.numbers, room_left):
            self._send(client, self._new_message(number), None)

    def _new_message(self, number):
        peer = self.dice.choice((*self.peers, None))
        channel = room() if peer is None else pair(self.uid, peer)
        sent = Sent(channel, self.uid, number, payload_for(number, self.dice))
        self.ledger.will_send(sent)
        return sent

    def _send(self, client, sent, outcome):
        to = sent.channel.channel_id
        if sent.channel.channel_type == PERSON and to == self.uid:
            to = sent.channel.login_uid
        client_seq = client.send(to, sent.channel.channel_type, sent.payload, sent.client_msg_no)
        self.in_flight[client_seq] = (sent.client_msg_no, outcome)

    def _hear(self, frame):
        if frame.kind == RECV:
            mine = frame.channel_type == PERSON
            channel = pair(self.uid, frame.channel_id) if mine else room()
            self.ledger.heard(
                channel, frame.client_msg_no, frame.payload, Outcome(frame.message_id, frame.seq)
            )
            return
        number, expected = self.in_flight.pop(frame.client_seq)
        if frame.reason != 1:
            self.ledger.failed(f"{self.name}: {number} was refused with {frame.reason}")
            return
        outcome = Outcome(frame.message_id, frame.seq)
        if expected is not None and outcome != expected:
            self.ledger.failed(
                f"{self.name}: {number} sent again is {outcome}, at first it was {expected}"
            )
        self.ledger.acknowledged(number, outcome)


class Backend(threading.Thread):
    """The application's server: sends, adds members and renews a token by the HTTP API."""

    calls_max = 50

    def __init__(self, server, ledger, state, dice, round_number):
        super().__init__(name="backend", daemon=True)
        self.server, self.ledger, self.state, self.dice = server, ledger, state, dice
        self.counts = [f"{round_number}-{count}" for count in range(self.calls_max)]

    def run(self):
        try:
            for count in self.counts:
                self._send(f"api-{count}")
                self._add_member(f"member-{count}")
                self._renew_token(f"token-{count}")
        except (ConnectionError, http.client.HTTPException):
            pass
        except Exception as error:
            self.ledger.failed(f"backend: {error!r}")

    def _send(self, number):
        sent = Sent(room(), ROBOT, number, payload_for(number, self.dice))
        self.ledger.will_send(sent)
        answer = self.server.api_send(ROBOT, ROOM, sent.payload, GROUP, client_msg_no=number)
        if "message_seq" in answer:
            self.ledger.acknowledged(
                number, Outcome(int(answer["message_id"]), answer["message_seq"])
            )
        else:
            self.state.api_ids[number] = int(answer["message_id"])

    def _add_member(self, uid):
        body = {"channel_id": ROOM, "channel_type": GROUP, "subscribers": [uid]}
        self.server.post("/channel/subscriber_add", body)
        self.state.members_added.append(uid)

    def _renew_token(self, token):
        self.state.token_asked = token
        self.server.token("renewed", 3, token)
        self.state.token_confirmed = token


class BackendState:
    """What the API has confirmed; outlives the rounds."""

    def __init__(self):
        self.api_ids = {}  # client_msg_no -> message_id of sends answered without a sequence
        self.members_added = []
        self.token_asked = None  # perhaps in force
        self.token_confirmed = None  # surely in force, unless a later one was asked for
