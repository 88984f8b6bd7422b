# SPDX-License-Identifier: Apache-2.0
"""One user of the Python Easy SDK, with all that it was told; and a relay in front of the server."""

import asyncio
import pathlib
import sys

from wukong_easy_sdk import WKIM, AuthOptions, WKIMError, WKIMEvent

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / "support"))
from server import PATIENCE_S, ServerFailure


class Person:
    """Uses the SDK as its documentation shows; waits for what it was told."""

    def __init__(self, server, uid, token, *, url=None, options=None, **auth):
        self.server = server
        self.uid = uid
        self.im = WKIM.init(
            url or server.ws_url, AuthOptions(uid=uid, token=token, **auth), options
        )
        self.events = []  # (event, value) in the order of their arrival
        self._changed = asyncio.Condition()
        for event in WKIMEvent:
            self.im.on(event, self._recorder(event))

    def _recorder(self, event):
        async def record(value):
            async with self._changed:
                self.events.append((event, value))
                self._changed.notify_all()

        return record

    async def connect(self):
        """A login that must succeed."""
        try:
            return await self.im.connect()
        except WKIMError as error:
            text = f"{self.uid} could not log in: {error} ({error.code})\n{self.server.log_tail()}"
            raise ServerFailure(text) from error

    def of(self, event):
        return [value for kind, value in self.events if kind == event]

    @property
    def messages(self):
        return self.of(WKIMEvent.MESSAGE)

    @property
    def texts(self):
        return [message["payload"].get("content") for message in self.messages]

    async def until(self, what, look):
        async with self._changed:
            try:
                async with asyncio.timeout(PATIENCE_S):
                    await self._changed.wait_for(look)
            except TimeoutError:
                seen = [(str(kind), str(value)[:200]) for kind, value in self.events[-10:]]
                text = (
                    f"{self.uid} waited in vain for: {what}; saw {seen}\n{self.server.log_tail()}"
                )
                raise ServerFailure(text) from None
        return look()

    async def until_text(self, text):
        def found():
            return next(
                (one for one in self.messages if one["payload"].get("content") == text), None
            )

        return await self.until(f"the message {text[:40]}", found)

    async def until_count(self, event, count):
        await self.until(f"{count} times {event}", lambda: len(self.of(event)) >= count)

    def send(self, text, channel_id, channel_type=1, **more):
        return self.im.send(channel_id, channel_type, {"type": 1, "content": text}, **more)


class Relay:
    """Passes connections on to the server of the moment.

    It keeps its own port while servers come and go, as a load balancer does: the kernel may give the
    port of a server that has ended to anybody. Without a server it closes what comes in.
    """

    def __init__(self, server):
        self.server = server
        self.open = True
        self.downstream = bytearray()  # all that the server sent
        self._tasks = set()

    async def __aenter__(self):
        self._listener = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        self.url = f"ws://127.0.0.1:{self._listener.sockets[0].getsockname()[1]}"
        return self

    async def __aexit__(self, *_):
        self._listener.close()
        for task in tuple(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _serve(self, reader, writer):
        task = asyncio.current_task()
        self._tasks.add(task)
        try:
            if not self.open:
                return
            up_reader, up_writer = await asyncio.open_connection(
                "127.0.0.1", self.server.addresses["ws"]
            )
            try:
                up = asyncio.create_task(self._pump(reader, up_writer, bytearray()))
                down = asyncio.create_task(self._pump(up_reader, writer, self.downstream))
                await asyncio.wait((up, down), return_when=asyncio.FIRST_COMPLETED)
                up.cancel()
                down.cancel()
                await asyncio.gather(up, down, return_exceptions=True)
            finally:
                up_writer.close()
        except (OSError, asyncio.CancelledError):
            pass  # no server just now, or the relay itself ends
        finally:
            writer.close()
            self._tasks.discard(task)

    @staticmethod
    async def _pump(reader, writer, seen):
        while data := await reader.read(65536):
            seen += data
            writer.write(data)
            await writer.drain()
