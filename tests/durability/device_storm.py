# SPDX-License-Identifier: Apache-2.0
"""Many devices of many accounts come and go at random, and the rules are watched from outside.

The seed decides which classes an account's devices have, when each logs in, and how it leaves: closed,
vanished, or by a second connection of the same device. Meanwhile the API ends some of them, and halfway
the policy becomes stricter, with effect on who is online. Holds all the time:

* the API never shows more devices online than the policy allows for a class, a group, an account;
* a dry run of the policy in force finds nobody to end;
* a login is refused only where the policy refuses the newest;
* who is told the end gets nothing else and is closed soon; the API doesn't show that session any more.

Holds when everything has settled:

* the API's sessions are those that the clients hold, address by address, and each answers a PING;
* each account's history ends with what is so: a login for who is online, an end for who is not.

With --kill the server is killed in the middle: after its restart nobody is online, and what the history
showed before is there.
"""

import argparse
import asyncio
import concurrent.futures
import http.client
import pathlib
import random
import resource
import socket
import struct
import sys
import time
from collections import Counter

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
from server import PATIENCE_S, Server
from wkproto import CONNACK, DISCONNECT, PING_FRAME, PONG, connect_frame, take_frame

WEB, PC, ANDROID, IOS, OTHER = 1, 2, 4, 5, 6
MAIN = PC  # the class with a main device
CLASSES = (WEB, WEB, WEB, ANDROID, IOS, OTHER, OTHER, PC, PC)

LAX = {
    "default": {"limit": 2, "over": "end_earliest"},
    "classes": {
        str(WEB): {"limit": 2, "over": "end_earliest"},
        str(OTHER): {"limit": 1, "over": "refuse_newest"},
    },
    "groups": [
        {"name": "phone", "classes": [0, ANDROID, IOS], "limit": 1, "over": "end_earliest"}
    ],
}
STRICT = {
    **LAX,
    "classes": {**LAX["classes"], str(WEB): {"limit": 1, "over": "end_earliest"}},
    "groups": [
        *LAX["groups"],
        {"name": "desk", "classes": [WEB, PC], "limit": 1, "over": "end_earliest"},
    ],
}

SESSION_ENDS = ("ended", "lost", "logged_out")
HISTORY_SAMPLE = 20  # accounts whose history is compared across a kill


class Broken(AssertionError):
    """A rule did not hold."""


def over_the_limits(policy, devices):
    """The rules that `devices`, (class, device id) of one account, break; as text."""
    counts = Counter(cls for cls, _ in devices)
    for cls, count in counts.items():
        limit = policy["classes"].get(str(cls), policy["default"])["limit"]
        if cls == MAIN:
            limit = 1
        if count > limit:
            yield f"{count} of class {cls}, {limit} allowed"
    for group in policy["groups"]:
        count = sum(counts[cls] for cls in group["classes"])
        if count > group["limit"]:
            yield f"{count} of group {group['name']}, {group['limit']} allowed"


class Connection:
    """One connection of a device, read until it ends."""

    def __init__(self, storm, device):
        self.storm, self.device = storm, device
        self.logged_in = False
        self.told_at = None  # when DISCONNECT came
        self.over = False  # ended, by whichever side
        self.pongs = 0
        self.left = False  # by our own will
        self.first = asyncio.get_running_loop().create_future()  # what CONNECT brought

    async def open(self):
        self.life = self.storm.life
        self.reader, self.writer = await asyncio.open_connection(
            "127.0.0.1", self.storm.server.addresses["tcp"]
        )
        self.port = self.writer.get_extra_info("sockname")[1]
        self.storm.by_port[self.port] = self
        device = self.device
        self.writer.write(
            connect_frame(
                device.uid, token=device.token, flag=device.cls, device_id=device.device_id
            )
        )
        self.task = asyncio.create_task(self.read())
        return await asyncio.wait_for(asyncio.shield(self.first), PATIENCE_S)

    async def read(self):
        buffer = bytearray()
        try:
            while data := await self.reader.read(65536):
                buffer += data
                while (found := take_frame(buffer, 5)) is not None:
                    del buffer[: found.size]
                    self.hear(found)
        except (ConnectionError, OSError):
            pass
        except Exception as error:
            self.storm.broken(f"{self.device}: {error!r}")
        self.over = True
        self.writer.close()
        if self.told_at is not None:
            self.storm.closing_s.append(time.monotonic() - self.told_at)
        if not self.first.done():
            self.first.set_result("closed")

    def hear(self, found):
        if self.told_at is not None:
            self.storm.broken(f"{self.device}: a frame of type {found.kind} behind DISCONNECT")
        elif found.kind == CONNACK and not self.first.done():
            self.logged_in = found.reason == 1
            self.first.set_result(found.reason)
        elif found.kind == DISCONNECT and found.reason == 12:
            self.told_at = time.monotonic()
            asyncio.get_running_loop().call_later(self.storm.close_within_s, self.must_be_over)
            if not self.first.done():  # another came before this one was told of its success
                self.first.set_result("ended")
        elif found.kind == PONG:
            self.pongs += 1
            self.storm.pong.set()
        else:
            self.storm.broken(f"{self.device}: {found} was not expected")

    def must_be_over(self):
        if not self.over:
            self.storm.broken(
                f"{self.device}: told the end {self.storm.close_within_s} s ago, still open"
            )

    @property
    def alive(self):
        return self.logged_in and self.told_at is None and not self.over and not self.left

    def leave(self, vanish):
        self.left = True
        if vanish and not self.over:
            linger = struct.pack("ii", 1, 0)
            self.writer.get_extra_info("socket").setsockopt(
                socket.SOL_SOCKET, socket.SO_LINGER, linger
            )
        self.writer.close()


class Device:
    def __init__(self, storm, uid, cls, device_id, dice):
        self.storm, self.uid, self.cls, self.device_id, self.dice = storm, uid, cls, device_id, dice
        self.token = storm.tokens[uid, cls]
        self.connections = []

    def __str__(self):
        return f"{self.uid}/{self.cls}/{self.device_id}"

    @property
    def online(self):
        """Its newest connection, if that one is logged in: an older one has to make room for it."""
        newest = self.connections[-1] if self.connections else None
        return newest if newest is not None and newest.alive else None

    async def run(self):
        """Comes and goes until the storm is over; then it stays as it is."""
        try:
            while not self.storm.settling.is_set():
                await self.pause()
                await self.storm.serving.wait()
                if not self.storm.settling.is_set():
                    await self.act()
        except Exception as error:
            self.storm.broken(f"{self}: {error!r}")

    async def pause(self):
        try:
            await asyncio.wait_for(
                self.storm.settling.wait(), self.dice.expovariate(1 / self.storm.pause_s)
            )
        except asyncio.TimeoutError:
            pass

    async def act(self):
        self.connections = [one for one in self.connections if not one.over]
        if self.online and self.dice.random() < 0.7:
            self.online.leave(vanish=self.dice.random() < 0.3)
            return
        connection = Connection(self.storm, self)
        life = self.storm.life
        try:
            came = await connection.open()
        except OSError:
            came = "closed"
        if came == 1:
            self.connections.append(connection)
            self.storm.counts["logins"] += 1
        elif came == "ended":
            self.storm.counts["ended at once"] += 1
        elif came == 2 and self.cls == OTHER:
            self.storm.counts["refused"] += 1
        elif came != "closed" or life == self.storm.life:
            self.storm.broken(f"{self}: CONNECT was answered with {came}")


class Storm:
    def __init__(self, options):
        self.options = options
        self.dice = random.Random(options.seed)
        self.server = Server(
            wukong={
                "encryption": False,
                "first_packet_max": "1m",
                "login_max": "1m",
                # Refusals by limit are part of this; nobody guesses tokens here.
                "auth_failures_per_minute": 0,
                "auth_failures_per_address_per_minute": 0,
            }
        )
        self.close_within_s = options.close_within
        self.pause_s = options.pause
        self.enders = 1 + options.accounts // 200
        self.tokens, self.devices = {}, {}
        self.by_port = {}
        self.closing_s = []  # from DISCONNECT to the end of the connection
        self.counts = Counter()
        self.faults = []
        self.life = 0  # which start of the server this is
        self.policies = [LAX]  # that may be in force; two while it changes
        self.threads = concurrent.futures.ThreadPoolExecutor(16)

    def broken(self, text):
        self.faults.append(text)
        self.stop_early.set()

    # The API, in threads, as an application's back end has it

    async def call(self, method, target, body=None):
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self.threads, self.server.call, method, target, body)

    async def online(self, uid):
        """{(class, device id): ports of its sessions}"""
        found = {}
        after = ""
        while after is not None:
            target = f"/v1/accounts/{uid}/devices?online=true&limit=1000{after and '&after=' + after}"
            answer = await self.call("GET", target)
            for row in answer["devices"]:
                ports = [int(one["address"].rpartition(":")[2]) for one in row["sessions"]]
                found[row["class"], row["device_id"]] = ports
            after = answer["next"]
        return found

    async def set_policy(self, policy, apply):
        version = (await self.call("GET", "/v1/policy"))["version"]
        body = {"version": version, "policy": policy, "apply": apply}
        self.policies.append(policy)  # from here on either may hold
        answer = await self.call("PUT", "/v1/policy", body)
        self.policies = [policy]
        return answer["ended"]

    # Before

    def prepare(self):
        self.server.start()
        for index in range(self.options.accounts):
            uid = f"a{index}"
            for number in range(self.options.devices):
                cls = self.dice.choice(CLASSES)
                self.tokens.setdefault((uid, cls), f"token of {uid} {cls}")
                self.devices.setdefault(uid, []).append((cls, f"d{number}"))
        register = lambda item: self.server.token(*item[0], item[1], 1 if item[0][1] == MAIN else 0)
        list(self.threads.map(register, self.tokens.items()))

    # During

    async def watch_accounts(self, dice):
        """One account after the other, at random."""
        uids = list(self.devices)
        while not self.done.is_set():
            await self.serving.wait()
            life, uid = self.life, dice.choice(uids)
            policies = self.policies  # what may hold now, and what comes while we ask
            told = {port: one for port, one in self.by_port.items() if one.told_at is not None}
            try:
                shown = await self.online(uid)
            except (OSError, http.client.HTTPException):
                if life == self.life and self.serving.is_set():
                    raise
                continue
            if life != self.life:
                continue
            allowed = {id(one): one for one in (*policies, *self.policies)}.values()
            complaints = [list(over_the_limits(policy, shown)) for policy in allowed]
            if all(complaints):
                self.broken(f"{uid}: {complaints[0]}: {shown}")
            for device, ports in shown.items():
                if len(ports) != 1:
                    self.broken(f"{uid}: {device} has {len(ports)} sessions")
                for port in ports:
                    one = told.get(port)
                    # A port is used again: then it is another connection that is shown.
                    if one is not None and one is self.by_port.get(port):
                        self.broken(f"{one.device}: told the end, and shown as online")
            self.counts["looks"] += 1

    async def watch_whole(self):
        """A dry run of what is in force finds nobody."""
        while not self.done.is_set():
            await self.serving.wait()
            life, policies = self.life, self.policies
            try:
                answer = await self.call("POST", "/v1/policy/dry-run", {"policy": policies[-1]})
            except (OSError, http.client.HTTPException):
                if life == self.life and self.serving.is_set():
                    raise
                continue
            if life == self.life and policies is self.policies and len(policies) == 1:
                if answer["count"]:
                    self.broken(f"a dry run of the policy in force would end {answer['would_end']}")
                self.counts["dry runs"] += 1

    async def end_some(self, dice):
        """The API ends a class or all of an account; the sessions it names are gone then."""
        uids = list(self.devices)
        while not self.settling.is_set():
            await self.serving.wait()
            life, uid = self.life, dice.choice(uids)
            body = dice.choice(
                ({"all": True}, {"class": WEB}, {"class": PC}, {"class": IOS, "reason": "enough"})
            )
            try:
                ended = (await self.call("POST", f"/v1/accounts/{uid}/end", body))["ended"]
                shown = await self.call("GET", f"/v1/accounts/{uid}/devices?online=true")
            except (OSError, http.client.HTTPException):
                if life == self.life and self.serving.is_set():
                    raise
                continue
            there = {one["session"] for row in shown["devices"] for one in row["sessions"]}
            left = [item for item in ended if item["session"] in there]
            if left and life == self.life:
                self.broken(f"{uid}: ended by the API, and shown as online: {left}")
            self.counts["ended by the API"] += len(ended)
            try:
                await asyncio.wait_for(self.settling.wait(), self.pause_s / 4)
            except asyncio.TimeoutError:
                pass

    async def kill_and_restart(self):
        sample = self.dice.sample(list(self.devices), min(HISTORY_SAMPLE, len(self.devices)))
        before = {uid: await self.history(uid) for uid in sample}
        self.serving.clear()
        loop = asyncio.get_running_loop()
        self.life += 1
        await loop.run_in_executor(None, self.server.kill)
        await loop.run_in_executor(None, self.server.start)
        for uid in self.devices:
            if shown := await self.online(uid):
                self.broken(f"{uid}: online behind a restart: {shown}")
        for uid, events in before.items():
            after = await self.history(uid)
            # The history is bounded: what is older than all that is left may have been pushed out.
            oldest = after[-1]["at"] if after else ""
            lost = [event for event in events if event not in after and event["at"] >= oldest]
            if lost:
                self.broken(f"{uid}: gone with the kill: {lost}")
            for complaint in self.history_complaints(uid, after):
                self.broken(complaint)
        policy = await self.call("GET", "/v1/policy")
        for name, rule in self.policies[-1]["classes"].items():
            if policy["policy"]["classes"].get(name) != rule:
                self.broken(f"the policy behind the restart is {policy}")
        self.serving.set()

    async def history(self, uid):
        return (await self.call("GET", f"/v1/accounts/{uid}/logins?limit=1000"))["events"]

    def history_complaints(self, uid, events, online=None):
        """Newest first, every end with its reason; and, when it is known who is online, the newest event
        of a device is what is so."""
        complaints = []
        moments = [event["at"] for event in events]
        if moments != sorted(moments, reverse=True):
            complaints.append(f"{uid}: the history is not in order: {moments}")
        newest = {}
        for event in events:
            device = (event["class"], event["device_id"])
            by = event["by"] or {}
            itself = (by.get("class"), by.get("device_id")) == device
            if event["what"] == "ended" and event["why"] in ("limit", "replaced") and not by:
                complaints.append(f"{uid}: nobody is to blame for {event}")
            if event["what"] == "login" or (event["what"] in SESSION_ENDS and not itself):
                newest.setdefault(device, event)
        if online is None:
            return complaints
        for device in online:
            if newest.get(device, {}).get("what") != "login":
                complaints.append(f"{uid}: {device} is online, its history ends with {newest.get(device)}")
        for device, event in newest.items():
            # Nobody saw those end that were killed with the server.
            if event["what"] == "login" and device not in online and not self.options.kill:
                complaints.append(f"{uid}: {device} is not online, its history ends with {event}")
        return complaints

    # After

    def held(self, uid):
        """{(class, device id): port}, as the clients have it."""
        return {
            (device.cls, device.device_id): [device.online.port]
            for device in self.actors[uid]
            if device.online
        }

    async def until_agreed(self, uid):
        deadline = time.monotonic() + PATIENCE_S
        while True:
            shown = await self.online(uid)
            held = self.held(uid)
            if shown == held:
                break
            if time.monotonic() > deadline:
                self.broken(f"{uid}: the API shows {shown}, the clients hold {held}")
                return
        for complaint in over_the_limits(self.policies[-1], held):
            self.broken(f"{uid}: {complaint}: {held}")
        while True:  # the history is written behind the event
            complaints = self.history_complaints(uid, await self.history(uid), held)
            if not complaints:
                break
            if time.monotonic() > deadline:
                self.broken(complaints[0])
                return
        self.counts["online at last"] += len(held)

    async def ping_all(self):
        alive = [one.online for each in self.actors.values() for one in each if one.online]
        for connection in alive:
            connection.writer.write(PING_FRAME)
        deadline = asyncio.get_running_loop().time() + PATIENCE_S
        while not all(connection.pongs or connection.over for connection in alive):
            self.pong.clear()
            try:
                await asyncio.wait_for(
                    self.pong.wait(), deadline - asyncio.get_running_loop().time()
                )
            except asyncio.TimeoutError:
                break
        for connection in alive:
            if not connection.pongs:
                self.broken(f"{connection.device}: thought to be online, answers no PING")

    # The whole

    async def some_time(self, share):
        try:
            await asyncio.wait_for(self.stop_early.wait(), self.options.seconds * share)
        except asyncio.TimeoutError:
            pass

    async def run(self):
        self.serving, self.settling = asyncio.Event(), asyncio.Event()
        self.done, self.stop_early, self.pong = asyncio.Event(), asyncio.Event(), asyncio.Event()
        self.serving.set()
        await self.set_policy(LAX, "now")
        self.actors = {
            uid: [
                Device(self, uid, cls, device_id, random.Random(self.dice.random()))
                for cls, device_id in devices
            ]
            for uid, devices in self.devices.items()
        }
        actors = [asyncio.create_task(one.run()) for each in self.actors.values() for one in each]
        watchers = [
            asyncio.create_task(each)
            for each in (
                *(self.watch_accounts(random.Random(self.dice.random())) for _ in range(4)),
                self.watch_whole(),
                *(self.end_some(random.Random(self.dice.random())) for _ in range(self.enders)),
            )
        ]
        for watcher in watchers:
            watcher.add_done_callback(self.watcher_ended)
        await self.some_time(0.4)
        ended = await self.set_policy(STRICT, "now")
        self.counts["ended by the policy"] += len(ended)
        await self.some_time(0.2)
        if self.options.kill and not self.faults:
            await self.kill_and_restart()
        await self.some_time(0.4)
        self.settling.set()
        await asyncio.wait_for(asyncio.gather(*actors), PATIENCE_S * 2)
        if not self.faults:
            for uid in self.actors:
                await self.until_agreed(uid)
                if self.faults:
                    break
        self.done.set()
        await asyncio.wait_for(asyncio.gather(*watchers, return_exceptions=True), PATIENCE_S * 2)
        if not self.faults:
            await self.ping_all()
        for one in (one for each in self.actors.values() for one in each):
            for connection in one.connections:
                connection.leave(vanish=False)

    def watcher_ended(self, task):
        if not task.cancelled() and task.exception() is not None:
            self.broken(f"a watcher: {task.exception()!r}")


def main():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--accounts", type=int, default=40)
    parser.add_argument("--devices", type=int, default=8, help="of each account")
    parser.add_argument("--seconds", type=float, default=5, help="how long they come and go")
    parser.add_argument("--pause", type=float, default=0.5, help="of a device between two acts, s")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--kill", action="store_true", help="kill the server in the middle")
    parser.add_argument(
        "--close-within", type=float, default=5, help="from DISCONNECT to the end, s, on a busy machine"
    )
    options = parser.parse_args()
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    storm = Storm(options)
    started = time.monotonic()
    try:
        storm.prepare()
        asyncio.run(storm.run())
        if not storm.faults:
            storm.server.stop()
    except (AssertionError, OSError, TimeoutError) as error:
        storm.faults.append(repr(error))
    finally:
        storm.server.close()
        storm.threads.shutdown()
    if storm.faults:
        told = "\n".join(storm.faults[:20])
        print(f"FAILED with --seed {options.seed}:\n{told}\n{storm.server.log_tail()}", file=sys.stderr)
        return 1
    for needed in ("logins", "refused", "looks", "dry runs", "ended by the API", "ended by the policy"):
        if not storm.counts[needed]:
            print(f"FAILED: {needed}: none, so nothing was tested", file=sys.stderr)
            return 1
    slowest = max(storm.closing_s, default=0)
    print(
        f"devices: {options.accounts} accounts x {options.devices}, "
        + ", ".join(f"{count} {what}" for what, count in sorted(storm.counts.items()))
        + f"; {len(storm.closing_s)} told the end, closed within {slowest:.2f} s;"
        f" {time.monotonic() - started:.1f} s"
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
