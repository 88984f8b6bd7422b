# SPDX-License-Identifier: Apache-2.0
"""A small wkproto client over TCP, in clear (wukong-wire 1-3, 10.1), from the standard library alone.

It shares no code with the server and knows only the specification, so that both being wrong in the
same way is unlikely. Blocking, one thread a client; every wait has a deadline.
"""

import itertools
import socket
import struct
import time
from dataclasses import dataclass, field

CONNECT, CONNACK, SEND, SENDACK, RECV, RECVACK, PING, PONG, DISCONNECT = range(1, 10)
EVENT = 12

NO_PERSIST, RED_DOT, SYNC_ONCE, DUP = 1, 2, 4, 8

PERSON, GROUP = 1, 2


class Closed(Exception):
    """The server closed the connection."""


class ProtocolError(Exception):
    """The server wrote what the specification doesn't allow."""


def string(text):
    data = text if isinstance(text, bytes) else text.encode("utf-8")
    return struct.pack(">h", len(data)) + data


def variable_length(value):
    out = bytearray()
    while True:
        value, group = divmod(value, 128)
        out.append(group | (0x80 if value else 0))
        if not value:
            return bytes(out)


def frame(kind, body, flags=0):
    return bytes([kind << 4 | flags]) + variable_length(len(body)) + body


def connect_frame(
    uid, *, token="", flag=0, device_id="d", version=5, client_key="", timestamp_ms=0
):
    return frame(
        CONNECT,
        struct.pack(">BB", version, flag)
        + string(device_id)
        + string(uid)
        + string(token)
        + struct.pack(">q", timestamp_ms)
        + string(client_key),
    )


def send_frame(
    client_seq,
    client_msg_no,
    channel_id,
    channel_type,
    payload,
    *,
    flags=RED_DOT,
    version=5,
    setting=0,
    topic=None,
    expire=0,
):
    body = struct.pack(">BI", setting, client_seq) + string(client_msg_no)
    body += string(channel_id) + struct.pack(">B", channel_type)
    if version >= 3:
        body += struct.pack(">I", expire)
    body += string("")  # msg_key: nothing is sealed here
    if topic is not None:
        body += string(topic)
    return frame(SEND, body + payload, flags)


PING_FRAME = bytes([PING << 4])


@dataclass
class Frame:
    kind: int
    flags: int
    size: int
    fields: dict = field(default_factory=dict)

    def __getattr__(self, name):
        try:
            return self.__dict__["fields"][name]
        except KeyError:
            raise AttributeError(name) from None


class _Reader:
    def __init__(self, body):
        self.body = body
        self.at = 0

    def take(self, count):
        if self.at + count > len(self.body):
            raise ProtocolError(f"a body of {len(self.body)} bytes ends inside a field")
        self.at += count
        return self.body[self.at - count : self.at]

    def number(self, layout):
        return struct.unpack(">" + layout, self.take(struct.calcsize(">" + layout)))[0]

    def string(self):
        return self.take(self.number("h")).decode("utf-8")

    def at_end(self):
        return self.at == len(self.body)

    def rest(self):
        return self.take(len(self.body) - self.at)


def _connack(reader, flags, version):
    fields = {"server_version": reader.number("B") if flags & 1 else None}
    fields["time_diff"] = reader.number("q")
    fields["reason"] = reader.number("B")
    fields["server_key"] = reader.string()
    fields["salt"] = reader.string()
    fields["node_id"] = reader.number("Q") if version >= 4 else None
    return fields


def _seq_layout(version):
    return "Q" if version >= 6 else "I"


def _sendack(reader, _flags, version):
    fields = {
        "message_id": reader.number("q"),
        "client_seq": reader.number("I"),
        "seq": reader.number(_seq_layout(version)),
        "reason": reader.number("B"),
    }
    if version >= 6 and not reader.at_end():
        fields["client_msg_no"] = reader.string()
    return fields


def _recv(reader, _flags, version):
    fields = {"setting": reader.number("B"), "msg_key": reader.string()}
    fields["from_uid"] = reader.string()
    fields["channel_id"] = reader.string()
    fields["channel_type"] = reader.number("B")
    fields["expire"] = reader.number("I") if version >= 3 else None
    fields["client_msg_no"] = reader.string()
    fields["message_id"] = reader.number("q")
    fields["seq"] = reader.number(_seq_layout(version))
    fields["timestamp"] = reader.number("i")
    fields["topic"] = reader.string() if fields["setting"] & 0x08 else None
    fields["payload"] = reader.rest()
    return fields


def _disconnect(reader, _flags, _version):
    return {"reason": reader.number("B"), "text": reader.string()}


_LAYOUTS = {CONNACK: _connack, SENDACK: _sendack, RECV: _recv, DISCONNECT: _disconnect}


def take_frame(data, version):
    """The first whole frame of `data`, or None while it isn't all there."""
    if not data:
        return None
    kind, flags = data[0] >> 4, data[0] & 0x0F
    if kind == PONG:
        return Frame(kind, flags, 1)
    length = 0
    for index in range(4):
        if 1 + index >= len(data):
            return None
        byte = data[1 + index]
        length |= (byte & 0x7F) << (7 * index)
        if byte < 0x80:
            break
    else:
        raise ProtocolError("a length of more than four bytes")
    size = 2 + index + length
    if len(data) < size:
        return None
    if kind not in _LAYOUTS:
        raise ProtocolError(f"a client gets no frame of type {kind}")
    reader = _Reader(bytes(data[2 + index : size]))
    fields = _LAYOUTS[kind](reader, flags, version)
    if reader.rest():
        raise ProtocolError(f"bytes behind the last field of a frame of type {kind}")
    return Frame(kind, flags, size, fields)


class Client:
    """One connection. Not for several threads at once."""

    def __init__(
        self,
        port,
        *,
        version=5,
        patience_s=30.0,
        host="127.0.0.1",
        source_host=None,  # the address to come from, when it matters
        acknowledges=True,
    ):
        self.version = version
        self.acknowledges = acknowledges  # each RECV at once, as all SDKs do
        self.patience_s = patience_s
        source = source_host and (source_host, 0)
        self.socket = socket.create_connection((host, port), patience_s, source)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.closed = False
        self.unread = []  # frames that came while another was waited for
        self._buffer = bytearray()
        self._client_seqs = itertools.count(1)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def close(self):
        self.socket.close()

    def vanish(self):
        """Gone without a word: the server sees a reset, as of a machine that lost its power."""
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.socket.close()

    def write(self, data):
        try:
            self.socket.sendall(data)
        except (BrokenPipeError, ConnectionResetError):
            raise Closed from None

    def _receive(self, deadline):
        """More bytes, or Closed, or TimeoutError at the deadline."""
        remaining_s = deadline - time.monotonic()
        if remaining_s <= 0:
            raise TimeoutError
        self.socket.settimeout(remaining_s)
        try:
            data = self.socket.recv(65536)
        except ConnectionResetError:
            data = b""
        if not data:
            self.closed = True
            raise Closed
        self._buffer += data

    def _next(self, deadline):
        while True:
            found = take_frame(self._buffer, self.version)
            if found is not None:
                del self._buffer[: found.size]
                if found.kind == RECV and self.acknowledges:
                    self.acknowledge(found)
                return found
            self._receive(deadline)

    def read(self, *kinds, where=lambda frame: True, within_s=None):
        """The next frame of these kinds (of any, without); others wait in `unread`."""
        wanted = lambda frame: (not kinds or frame.kind in kinds) and where(frame)
        for index, kept in enumerate(self.unread):
            if wanted(kept):
                return self.unread.pop(index)
        deadline = time.monotonic() + (self.patience_s if within_s is None else within_s)
        while True:
            found = self._next(deadline)
            if wanted(found):
                return found
            self.unread.append(found)

    def read_to_end(self, within_s=None):
        """Everything until the server closes; TimeoutError when it doesn't."""
        deadline = time.monotonic() + (self.patience_s if within_s is None else within_s)
        frames, self.unread = self.unread, []
        try:
            while True:
                frames.append(self._next(deadline))
        except Closed:
            return frames

    def connect(self, uid, **options):
        """Sends CONNECT and answers the CONNACK, whatever it says."""
        announced = options.setdefault("version", self.version)
        self.write(connect_frame(uid, **options))
        self.version = min(max(announced, 1), 6)
        return self.read(CONNACK)

    def login(self, uid, **options):
        answer = self.connect(uid, **options)
        if answer.reason != 1:
            raise AssertionError(f"{uid} was refused with {answer.reason}")
        return self

    def send(self, channel_id, channel_type, payload, client_msg_no, **options):
        """Writes a SEND; answers its client_seq."""
        client_seq = next(self._client_seqs)
        data = send_frame(
            client_seq,
            client_msg_no,
            channel_id,
            channel_type,
            payload,
            version=self.version,
            **options,
        )
        self.write(data)
        return client_seq

    def send_acked(self, channel_id, channel_type, payload, client_msg_no, **options):
        client_seq = self.send(channel_id, channel_type, payload, client_msg_no, **options)
        return self.read(SENDACK, where=lambda frame: frame.client_seq == client_seq)

    def acknowledge(self, message):
        body = struct.pack(">q" + _seq_layout(self.version), message.message_id, message.seq)
        self.write(frame(RECVACK, body, message.flags))

    def ping(self):
        self.write(PING_FRAME)
        return self.read(PONG)
