# SPDX-License-Identifier: Apache-2.0
"""Kills the real server under load, again and again, and compares what was acknowledged with what is
there.

Each round: start, resend what is unsure, load, SIGKILL after a number of acknowledgements that the
seed decides (some rounds: at the first moment, or while it starts; some: SIGTERM instead), start
again, and read everything back. Holds at the end of each round:

* every acknowledged message is stored, under the same sequence and id, with the same payload;
* so is every message that anybody received;
* sequences have no gap, nothing is there twice, nothing is there that nobody sent;
* what was read back after the round before has not changed;
* sent again under the same client_msg_no, a message gets its first outcome;
* members added and tokens registered with a 200 are in force.
"""

import contextlib
import os
import pathlib
import random
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
from ledger import Disagreement, Ledger
from load import ROOM, Backend, BackendState, Sender, pair, room
from rounds import run_rounds
from server import PATIENCE_S, Server
from wkproto import GROUP, SENDACK, Client

USERS = 6
AGAIN_MAX = 5  # acknowledged messages that a device sends again, besides the unsure ones


class KillLoop:
    def __init__(self, seed, new_max):
        self.new_max = new_max
        self.dice = random.Random(seed)
        self.server = Server(
            wukong={"encryption": False, "first_packet_max": "1m", "login_max": "1m"}
        )
        self.ledger = Ledger()
        self.state = BackendState()
        self.uids = [f"u{index}" for index in range(USERS)]
        # u0 has two devices, so that two connections feed one channel in one name.
        self.devices = [("u0", 1), *((uid, 0) for uid in self.uids)]
        self.channels = [
            room(),
            *(pair(one, other) for one, other in zip(self.uids, self.uids[1:])),
        ]

    def prepare(self):
        self.server.start()
        for uid, flag in self.devices:
            self.server.token(uid, flag, f"token of {uid} {flag}")
        self.server.make_group(ROOM, self.uids)
        self.server.kill()

    def run_round(self, number, how):
        if how == "while it starts":
            self.kill_while_starting()
        self.server.start()
        self.verify()
        threads = self.load(number)
        before = self.ledger.acks
        wanted = 0 if how == "at once" else self.dice.choice((1, 30, 100, 200, 300, 400))
        self.until_acknowledged(before + wanted)
        if how == "stopped":
            self.server.stop()
        else:
            self.server.kill()
        for thread in threads:
            thread.join(PATIENCE_S)
            if thread.is_alive():
                raise Disagreement(f"{thread.name} still waits, though the server is gone")
        if self.ledger.errors:
            raise Disagreement("\n".join(self.ledger.errors[:20]))
        return self.ledger.acks - before

    def kill_while_starting(self):
        """At the first sign of life: its first line, or its first file in the data folder."""
        folder = pathlib.Path(self.server.config["server"]["data_dir"])
        look = lambda: (
            self.server.log_file.stat().st_size,
            sizes_of_files(folder),
        )
        before = look()
        self.server.launch()
        self.server.wait(
            "a sign of life", lambda: look() != before or self.server.addresses_file.exists()
        )
        self.server.kill()

    def load(self, number):
        threads = [
            Backend(self.server, self.ledger, self.state, random.Random(self.dice.random()), number)
        ]
        for uid, flag in self.devices:
            index = self.uids.index(uid)
            peers = [self.uids[at] for at in (index - 1, index + 1) if 0 <= at < USERS]
            dice = random.Random(self.dice.random())
            again = self.again(f"{uid}-{flag}-")
            token = f"token of {uid} {flag}"
            threads.append(
                Sender(
                    self.server,
                    self.ledger,
                    uid,
                    flag,
                    token,
                    peers,
                    dice,
                    again,
                    number,
                    self.new_max,
                )
            )
        for thread in threads:
            thread.start()
        return threads

    def again(self, prefix):
        """All that a device has no answer for, oldest first, then some that were answered."""
        own = [sent for number, sent in self.ledger.sent.items() if number.startswith(prefix)]
        unsure = [sent for sent in own if sent.acked is None]
        sure = [sent for sent in own if sent.acked is not None][-AGAIN_MAX:]
        return [
            (sent, self.ledger.outcome_in_store(sent.channel, sent.client_msg_no))
            for sent in unsure + sure
        ]

    def until_acknowledged(self, count):
        with self.ledger.changed:
            reached = self.ledger.changed.wait_for(
                lambda: self.ledger.acks >= count or self.ledger.errors, timeout=PATIENCE_S
            )
        if not reached:
            raise Disagreement(f"{count} acknowledgements did not come\n{self.server.log_tail()}")

    def verify(self):
        """Everything is read back from the server that has just started."""
        total = 0
        for channel in self.channels:
            history = self.server.history(
                channel.login_uid, channel.channel_id, channel.channel_type
            )
            total += self.ledger.judge(channel, history)
            self.verify_conversation(channel, len(history))
        for number, message_id in self.state.api_ids.items():
            stored = self.ledger.outcome_in_store(room(), number)
            if stored is None or stored.message_id != message_id:
                raise Disagreement(
                    f"the API answered {message_id} for {number}, stored is {stored}"
                )
        self.verify_members()
        self.verify_token()
        return total

    def verify_conversation(self, channel, stored):
        found = self.server.conversation(
            channel.login_uid, channel.channel_id, channel.channel_type
        )
        last = found["last_msg_seq"] if found else 0
        if last != stored:
            raise Disagreement(
                f"{channel}: the conversation ends at {last}, the channel at {stored}"
            )

    def verify_members(self):
        """The last ones that a 200 confirmed may speak in the room: they get no 3."""
        for uid in self.state.members_added[-2:]:
            token = self.server.token(uid, 0, f"token of {uid}")
            with Client(self.server.addresses["tcp"], patience_s=PATIENCE_S) as client:
                client.login(uid, token=token)
                client_seq = client.send(
                    ROOM, GROUP, b'{"type":1}', f"{uid}-speaks", flags=1
                )  # not stored
                answer = client.read(SENDACK, where=lambda frame: frame.client_seq == client_seq)
                if answer.reason != 1:
                    raise Disagreement(
                        f"{uid} was added with a 200 and may not speak: {answer.reason}"
                    )

    def verify_token(self):
        """The confirmed token is in force, or else the one that was asked for when the server died."""
        tokens = {self.state.token_confirmed, self.state.token_asked} - {None}
        reasons = {}
        for token in sorted(tokens):
            with Client(self.server.addresses["tcp"], patience_s=PATIENCE_S) as client:
                reasons[token] = client.connect("renewed", flag=3, token=token).reason
        in_force = [token for token, reason in reasons.items() if reason == 1]
        least = 0 if self.state.token_confirmed is None else 1
        if not least <= len(in_force) <= 1:
            raise Disagreement(
                f"confirmed {self.state.token_confirmed}, asked {self.state.token_asked}: {reasons}"
            )
        self.state.token_confirmed = in_force[0] if in_force else None
        self.state.token_asked = self.state.token_confirmed

    def finish(self):
        self.server.start()
        total = self.verify()
        self.server.stop()
        return total


def sizes_of_files(folder):
    """While the server works on them: a file may go between being listed and being asked."""
    sizes = {}
    for parent, _, names in os.walk(folder):
        for path in (os.path.join(parent, name) for name in names):
            with contextlib.suppress(FileNotFoundError):
                sizes[path] = os.stat(path).st_size
    return sizes


def plan(rounds):
    """Mostly kills in the middle of the work; each special moment from the first rounds on."""
    special = {1: "at once", 4: "while it starts", 7: "stopped"}
    return [special.get(number % 9, "killed") for number in range(rounds)]


def main():
    return run_rounds(KillLoop, plan, __doc__, rounds=15, new=100)


if __name__ == "__main__":
    sys.exit(main())
