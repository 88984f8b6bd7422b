# SPDX-License-Identifier: Apache-2.0
"""The real binary as a child process with a data folder of its own, and its HTTP API.

Started on ports that the kernel chooses; stopped or killed by the process id that this started;
started again on the same data.
"""

import base64
import http.client
import json
import os
import pathlib
import re
import shutil
import signal
import subprocess
import tempfile
import time

PATIENCE_S = float(os.environ.get("FENSHEN_TEST_PATIENCE_MS", "30000")) / 1000

_ROOT = pathlib.Path(__file__).resolve().parents[2]


class ServerFailure(AssertionError):
    pass


def binary():
    """The server under test, which is the command line, too."""
    named = os.environ.get("FENSHEN_BINARY")
    places = [named] if named else [_ROOT / "build/asan/fenshen", _ROOT / "build/release/fenshen"]
    for place in places:
        if pathlib.Path(place).exists():
            return str(place)
    raise ServerFailure(f"no server: set FENSHEN_BINARY or build {places[0]}")


class Server:
    def __init__(self, **overrides):
        """`overrides`: tables of the configuration, e.g. wukong={"encryption": False}."""
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="fenshen-test-"))
        self.log_file = self.folder / "server.log"
        self.addresses_file = self.folder / "addresses.json"
        self.config = {
            "server": {"data_dir": str(self.folder / "data")},
            "wukong": {"tcp_port": "any", "ws_port": "any", "wss_port": 0, "token_auth": True},
            "api": {"port": "any"},
            "easemob": {"port": 0},
            "console": {"port": 0},
        }
        for table, keys in overrides.items():
            self.config.setdefault(table, {}).update(keys)
        self.addresses = {}
        self.process = None

    def launch(self):
        """The process, without waiting for it to be ready."""
        config_file = self.folder / "fenshen.toml"
        config_file.write_text("\n".join(self._toml_lines()), encoding="utf-8")
        self.addresses_file.unlink(missing_ok=True)
        command = [
            binary(),
            "serve",
            "--config",
            config_file,
            "--addresses-file",
            self.addresses_file,
        ]
        with open(self.log_file, "ab") as log:
            self.process = subprocess.Popen(
                command, stdin=subprocess.DEVNULL, stdout=log, stderr=log
            )

    def start(self):
        """Ready to serve when this returns; `addresses` then holds the ports."""
        self.launch()

        def written():
            if self.process.poll() is not None:
                raise ServerFailure(
                    f"the server ended with {self.process.returncode}\n{self.log_tail()}"
                )
            text = (
                self.addresses_file.read_text(encoding="utf-8")
                if self.addresses_file.exists()
                else ""
            )
            return text.strip().endswith("}") and json.loads(text)

        self.addresses = self.wait("the addresses file", written)
        return self

    def _toml_lines(self):
        for table, keys in self.config.items():
            yield f"[{table}]"
            for key, value in keys.items():
                yield f"{key} = {json.dumps(value)}"

    def wait(self, what, look, within_s=PATIENCE_S):
        """The first true value of look(), looked at again and again until the deadline."""
        deadline = time.monotonic() + within_s
        while True:
            value = look()
            if value:
                return value
            if time.monotonic() > deadline:
                raise ServerFailure(f"waited {within_s} s in vain for: {what}\n{self.log_tail()}")
            time.sleep(0.005)  # between two looks, not for something to have happened

    def kill(self):
        self.process.kill()
        self.process.wait(PATIENCE_S)

    def stop(self):
        """SIGTERM, and a clean end: exit code 0, no sanitizer's report."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
        try:
            self.process.wait(PATIENCE_S)
        except subprocess.TimeoutExpired:
            self.kill()
            raise ServerFailure(f"SIGTERM did not end the server\n{self.log_tail()}") from None
        if self.process.returncode != 0:
            raise ServerFailure(
                f"the server ended with {self.process.returncode}\n{self.log_tail()}"
            )
        self.assert_log_clean()

    def assert_log_clean(self):
        if re.search(r"Sanitizer|runtime error:", self.log()):
            raise ServerFailure(f"a sanitizer spoke up\n{self.log_tail()}")

    def close(self):
        """Ends what runs and removes the files, whatever state this is in."""
        if self.process is not None and self.process.poll() is None:
            self.kill()
        if not os.environ.get("FENSHEN_TEST_KEEP"):
            shutil.rmtree(self.folder, ignore_errors=True)

    def log(self):
        return (
            self.log_file.read_text(encoding="utf-8", errors="replace")
            if self.log_file.exists()
            else ""
        )

    def log_tail(self, lines=60):
        return "\n".join(
            ["--- the server's log ends with", *self.log().splitlines()[-lines:], "---"]
        )

    def log_line(self, what, *patterns):
        """The first line that matches all patterns; a log is written behind the event."""

        def found():
            lines = self.log().splitlines()
            return next(
                (line for line in lines if all(re.search(one, line) for one in patterns)), None
            )

        return self.wait(f"a log line: {what}", found)

    @property
    def ws_url(self):
        return f"ws://127.0.0.1:{self.addresses['ws']}"

    # The HTTP API.

    def request(self, method, target, body=None):
        connection = http.client.HTTPConnection(
            "127.0.0.1", self.addresses["api"], timeout=PATIENCE_S
        )
        try:
            text = None if body is None else json.dumps(body)
            connection.request(
                method, target, body=text, headers={"Content-Type": "application/json"}
            )
            response = connection.getresponse()
            return response.status, response.read()
        finally:
            connection.close()

    def call(self, method, target, body=None):
        status, text = self.request(method, target, body)
        if status != 200:
            raise ServerFailure(f"{method} {target} answered {status}: {text!r}\n{self.log_tail()}")
        return json.loads(text)

    def post(self, target, body):
        return self.call("POST", target, body)

    def token(self, uid, flag, token, level=0):
        body = {"uid": uid, "token": token, "device_flag": flag, "device_level": level}
        answer = self.post("/user/token", body)
        if answer != {"status": 200}:
            raise ServerFailure(f"/user/token answered {answer}")
        return token

    def make_group(self, channel_id, subscribers):
        self.post(
            "/channel", {"channel_id": channel_id, "channel_type": 2, "subscribers": subscribers}
        )

    def api_send(self, from_uid, channel_id, payload, channel_type=1, **more):
        """The answer's `data`: message_id, client_msg_no, and what else there is."""
        body = {
            "header": {"red_dot": 1},
            "channel_id": channel_id,
            "channel_type": channel_type,
            "payload": base64.b64encode(payload).decode("ascii"),
            **more,
        }
        if from_uid:
            body["from_uid"] = from_uid
        return self.post("/message/send", body)["data"]

    def history(self, login_uid, channel_id, channel_type=1, page=5000):
        """All messages of a channel, oldest first, payloads decoded."""
        messages = []
        while True:
            answer = self.post(
                "/channel/messagesync",
                {
                    "login_uid": login_uid,
                    "channel_id": channel_id,
                    "channel_type": channel_type,
                    "start_message_seq": messages[-1]["message_seq"] + 1 if messages else 1,
                    "limit": page,
                    "pull_mode": 1,
                },
            )
            for message in answer["messages"]:
                message["payload"] = base64.b64decode(message["payload"])
                messages.append(message)
            if not answer["more"]:
                return messages

    def conversation(self, uid, channel_id, channel_type=1):
        for one in self.post("/conversation/sync", {"uid": uid, "msg_count": 100}):
            if (one["channel_id"], one["channel_type"]) == (channel_id, channel_type):
                return one
        return None
