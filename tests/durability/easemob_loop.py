# SPDX-License-Identifier: Apache-2.0
"""Kills the real server under the load of Easemob devices and REST calls, again and again, and
compares what was acknowledged with what is there.

Each round: start, judge, load, SIGKILL after a number of acknowledgements that the seed decides (some
rounds: at the first moment; some: SIGTERM instead; some: a kill while nothing happens, over which
every answer must stay the same to the byte). Holds after each start:

* tokens from before log devices in, passwords are the confirmed ones, and what they ended stays so;
* every acknowledged message is in its history once, under its id; nothing there that nobody said;
* sent again under the same Meta.id, a message gets its first id;
* a device that returns is told every message that it has not had and its account has not read, a new
  device what is unread; neither what was read. After a clean end nothing comes twice;
* every device is told of every confirmed change, in order, and of none again that it acknowledged;
* unread counts, pins, marks, silent mode, contacts and groups are what was confirmed. Contacts and
  groups are so on both sides, even where the answer was never read.
"""

import os
import pathlib
import random
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
from easemob_api import CREDENTIALS, EasemobApi
from easemob_ledger import Conversation, EasemobLedger, expect, pair
from easemob_load import Backend, Session, Talker
from ledger import Disagreement
from msync import Client
from rounds import run_rounds
from server import PATIENCE_S, Server

USERS = ("ann", "bob", "cid", "dan")
RESOURCES = ("webim_1", "webim_2")
RECENT = 8  # facts of a kind that are read back one by one
AGAIN_MAX = 3  # acknowledged messages that a device sends again, besides the unsure ones


class EasemobLoop:
    def __init__(self, seed, new_max):
        self.new_max = new_max
        self.dice = random.Random(seed)
        lots = {"offline_single_max": 100_000, "offline_group_max": 100_000}
        self.server = Server(easemob={"port": "any", **CREDENTIALS, **lots})
        self.api = EasemobApi(self.server)
        self.ledger = EasemobLedger()
        self.tokens = {}
        self.conversations = [pair(one, other) for one, other in zip(USERS, USERS[1:])]

    def prepare(self):
        self.server.start()
        app = self.tokens["app"] = self.api.app_token()
        for user in USERS:
            self.api.register(user, f"pw of {user}", app)
            self.tokens[user] = self.api.password_token(user, f"pw of {user}")
        self.api.register("renewed", "secret", app)
        self.first_password_token = self.api.password_token("renewed", "secret")
        self.ledger.ask(("password",), "secret")
        self.ledger.confirm(("password",))
        body = {
            "groupname": "all",
            "owner": USERS[0],
            "members": USERS[1:],
            "public": False,
            "invite_need_confirm": False,
        }
        group = self.api.ok("POST", "/chatgroups", body, app)["data"]["groupid"]
        self.conversations.append(Conversation((group,)))
        for user in USERS:
            for resource in RESOURCES:
                self.come_back(self.ledger.device(user, resource))
        self.server.stop()

    def run_round(self, number, how):
        self.server.start()
        self.verify(number)
        if how == "idle":
            before = self.snapshot()
            self.server.kill()
            self.server.start()
            after = self.snapshot()
            for path, answer in before.items():
                expect(after[path] == answer, f"{path} was {answer}, is {after[path]}")
        threads = self.load(number)
        before = self.ledger.acks
        wanted = 0 if how == "at once" else self.dice.choice((1, 30, 60, 120, 200))
        self.until_acknowledged(before + wanted)
        if how == "stopped":
            self.server.stop()
        else:
            self.server.kill()
        for thread in threads:
            thread.join(PATIENCE_S)
            expect(not thread.is_alive(), f"{thread.name} still waits, though the server is gone")
        self.raise_errors()
        if how == "stopped":
            for device in self.ledger.devices.values():
                device.settled |= device.acknowledged
        return self.ledger.acks - before

    def raise_errors(self):
        if self.ledger.errors:
            raise Disagreement("\n".join(self.ledger.errors[:20]))

    def conversations_of(self, user):
        return [one for one in self.conversations if one.is_group or user in one.names]

    def load(self, number):
        threads = [
            Backend(
                self.server,
                self.ledger,
                self.tokens,
                USERS,
                random.Random(self.dice.random()),
                str(number),
            )
        ]
        for (user, resource), device in list(self.ledger.devices.items()):
            if resource not in RESOURCES:
                continue
            threads.append(
                Talker(
                    self.server,
                    self.ledger,
                    device,
                    self.tokens[user],
                    self.conversations_of(user),
                    random.Random(self.dice.random()),
                    self.again(device),
                    self.new_max,
                    str(number),
                )
            )
        for thread in threads:
            thread.start()
        return threads

    def again(self, device):
        """All that a device has no answer for, oldest first, then some that were answered."""
        own = [
            sent
            for sent in self.ledger.sent.values()
            if (sent.user, sent.resource) == (device.user, device.resource)
        ]
        unsure = [sent for sent in own if sent.server_id is None]
        sure = [sent for sent in own if sent.server_id is not None][-AGAIN_MAX:]
        stored = {text: id for known in self.ledger.histories.values() for id, text in known}
        return [(sent, stored.get(sent.text)) for sent in unsure + sure]

    def until_acknowledged(self, count):
        with self.ledger.changed:
            reached = self.ledger.changed.wait_for(
                lambda: self.ledger.acks >= count or self.ledger.errors, timeout=PATIENCE_S
            )
        expect(reached, f"{count} acknowledgements did not come\n{self.server.log_tail()}")

    # After a start

    def verify(self, number):
        """Everything is read back from the server that has just started."""
        for conversation in self.conversations:
            reader = USERS[0] if conversation.is_group else conversation.names[0]
            rows = self.api.history(
                reader, self.tokens[reader], conversation.seen_by(reader), conversation.is_group
            )
            self.ledger.judge_history(conversation, rows)
        for user in USERS:
            self.verify_unread(user)
            for resource in RESOURCES:
                device = self.ledger.device(user, resource)
                told = self.come_back(device)
                self.ledger.judge_return(device, self.conversations_of(user), told, False)
                self.ledger.judge_events(device)
            new = self.ledger.device(user, f"webim_new_{number}")
            told = self.come_back(new)
            self.ledger.judge_return(new, self.conversations_of(user), told, True)
            del self.ledger.devices[user, new.resource]
        self.verify_facts()
        self.raise_errors()

    def come_back(self, device):
        """Logs in, takes what there is, and goes; answers the texts that it was told."""
        with Client(self.server.addresses["easemob"], patience_s=PATIENCE_S) as client:
            return Session(client, self.ledger, device, self.tokens[device.user]).drain()

    def listed(self, user):
        path = f"/sdk/user/{user}/user_channels/list"
        rows = self.api.pages(path, "channel_infos", self.tokens[user])
        return {row["session_to"]: row for row in rows}

    def verify_unread(self, user):
        listed = self.listed(user)
        for conversation in self.conversations_of(user):
            row = listed.get(conversation.seen_by(user))
            has_texts = bool(self.ledger.histories[conversation])
            expect(bool(row) == has_texts, f"{user}: {conversation} is listed as {row}")
            if row:
                self.ledger.judge_unread(user, conversation, row["unread_num"])

    def recent(self, what):
        return [key for key in self.ledger.facts if key[0] == what][-RECENT:]

    def verify_facts(self):
        judge = self.ledger.judge_fact
        for user in USERS:
            listed = self.listed(user)
            for key in list(self.ledger.facts):
                if key[:2] == ("pin", user):
                    judge(key, bool(listed.get(key[2], {}).get("is_top")))
                elif key[:2] == ("mark", user):
                    judge(key, "mark_7" in listed.get(key[2], {}).get("marks", ()))
        for key in self.recent("silent"):
            path = f"/users/{key[1]}/notification/user/{key[2]}"
            judge(key, self.api.ok("GET", path, token=self.tokens[key[1]])["data"].get("type"))
        for key in self.recent("account"):
            status, _ = self.api.call("GET", f"/users/{key[1]}", token=self.tokens["app"])
            judge(key, True if status == 200 else None)
        self.verify_password()
        self.verify_contacts()
        self.verify_groups()

    def verify_password(self):
        fact = self.ledger.facts["password",]
        candidates = {fact.confirmed, *fact.asked}
        holding = [one for one in sorted(candidates) if self.api.password_token("renewed", one)]
        expect(len(holding) == 1, f"{holding} of {candidates} are the password")
        self.ledger.judge_fact(("password",), holding[0])
        status, _ = self.api.call("GET", "/users/renewed", token=self.first_password_token)
        wanted = 200 if holding == ["secret"] else 401
        expect(status == wanted, f"a token from before a password change is answered {status}")

    def contacts_of(self, user):
        path = f"/users/{user}/contacts/users"
        return self.api.ok("GET", path, token=self.tokens["app"])["data"]

    def verify_contacts(self):
        """What one side accepted reaches the other also when the server died in between."""
        owner = USERS[0]
        keys = self.recent("contact")
        guests = {key[1] for key in keys if self.ledger.facts["account", key[1]].confirmed}

        def agree():
            own = set(self.contacts_of(owner))
            return all((owner in self.contacts_of(guest)) == (guest in own) for guest in guests)

        self.server.wait("contacts that are so on both sides", agree)
        own = self.contacts_of(owner)
        for key in keys:
            self.ledger.judge_fact(key, key[1] in own)

    def verify_groups(self):
        def members_by_name():
            found = {}
            for user in USERS:
                path = f"/users/{user}/joined_chatgroups?pagesize=1000"
                for row in self.api.ok("GET", path, token=self.tokens[user])["data"]:
                    found.setdefault(row["groupname"], []).append(user)
            return found

        complete = sorted(USERS)
        self.server.wait(
            "groups that all members know of",
            lambda: all(sorted(who) == complete for who in members_by_name().values()),
        )
        found = members_by_name()
        for key in self.recent("group"):
            who = found.get(key[1])
            self.ledger.judge_fact(key, who and tuple(sorted(who)))

    def snapshot(self):
        """All answers that must be the same after a kill between two calls."""
        found = {}
        for user in USERS:
            for path in (
                f"/sdk/user/{user}/user_channels/list?limit=50",
                f"/users/{user}/contacts/users?needReturnRemark=true",
                f"/users/{user}/joined_chatgroups?pagesize=1000",
                f"/users/{user}/notification/mute/type?pageSize=50",
                f"/users/{user}",
            ):
                answer = self.api.ok("GET", path, token=self.tokens[user])
                found[path] = answer.get("data", answer.get("entities"))
        return found

    def finish(self):
        self.server.start()
        self.verify("at the end")
        self.server.stop()
        return sum(len(known) for known in self.ledger.histories.values())


def plan(rounds):
    """Mostly kills in the middle of the work; each special moment from the first rounds on."""
    special = {1: "stopped", 2: "idle", 4: "at once"}
    return [special.get(number % 5, "killed") for number in range(rounds)]


def main():
    rounds = int(os.environ.get("FENSHEN_DURABILITY_ROUNDS", "5"))
    return run_rounds(EasemobLoop, plan, __doc__, rounds, new=40)


if __name__ == "__main__":
    sys.exit(main())
