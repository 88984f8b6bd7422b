# SPDX-License-Identifier: Apache-2.0
"""A small MSync client over WebSocket (msync-wire 3-5, 8), from the standard library alone.

It shares no code with the server and knows only the specification. Blocking, one thread a client;
every wait has a deadline.
"""

import base64
import itertools
import os
import socket
import struct
import time
from types import SimpleNamespace

APP_KEY = "fenshen#demo"
USERS, GROUPS = "easemob.com", "conference.easemob.com"

SYNC, UNREAD, NOTICE, PROVISION, LOGOUT = range(5)
STATISTIC, CHAT, MUC, ROSTER, _, NOTIFY = range(6)  # Meta.ns
CHAT_BODY, GROUP_BODY, CHANNEL_ACK = 1, 2, 7  # MessageBody.type

# Protobuf: a message is a dictionary of fields, each with its number and its type; a type in a list
# is that of a repeated field, a dictionary that of a message in a message.
JID = {"app_key": (1, str), "name": (2, str), "domain": (3, str), "resource": (4, str)}
STATUS = {"code": (1, int), "reason": (2, str)}
CONTENT = {"type": (1, int), "text": (2, str)}
BODY = {
    "type": (1, int),
    "sender": (2, JID),
    "to": (3, JID),
    "contents": (4, [CONTENT]),
    "ack_message_id": (6, int),
}
META = {
    "id": (1, int),
    "sender": (2, JID),
    "to": (3, JID),
    "timestamp": (4, int),
    "ns": (5, int),
    "payload": (6, bytes),
}
SYNC_UP = {"meta": (1, META), "key": (2, int), "queue": (3, JID)}
SYNC_DOWN = {
    "status": (1, STATUS),
    "meta_id": (2, int),
    "server_id": (3, int),
    "metas": (4, [META]),
    "next_key": (5, int),
    "queue": (6, JID),
    "is_last": (7, int),
}
UNREAD_DOWN = {"status": (1, STATUS), "unread": (2, [{"queue": (1, JID), "count": (2, int)}])}
PROVISION_BOTH = {
    "os_type": (1, int),
    "version": (2, str),
    "status": (8, STATUS),
    "device_uuid": (9, str),
    "device_name": (12, str),
    "resource": (13, str),
    "auth_token": (18, str),
    "session_id": (20, str),
}
LOGOUT_BOTH = {"session_id": (1, str), "reason": (2, str)}
NOTICE_DOWN = {"queue": (1, JID)}
ENVELOPE = {
    "guid": (2, JID),
    "auth": (3, str),
    "command": (8, int),
    "payload": (9, bytes),
}
PAYLOADS = {
    SYNC: SYNC_DOWN,
    UNREAD: UNREAD_DOWN,
    NOTICE: NOTICE_DOWN,
    PROVISION: PROVISION_BOTH,
    LOGOUT: LOGOUT_BOTH,
}
MUC_BODY = {"group": (1, JID), "operation": (2, int), "sender": (3, JID)}


class Closed(Exception):
    """The server closed the connection."""


class ProtocolError(Exception):
    """The server wrote what the specification doesn't allow."""


def varint(value):
    out = bytearray()
    while value > 0x7F:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    out.append(value)
    return bytes(out)


def encode(layout, **fields):
    """Fields are numbers, texts, bytes, or dictionaries of the fields of a message."""
    out = bytearray()
    for name, value in fields.items():
        number, kind = layout[name]
        for one in value if isinstance(kind, list) else [value]:
            inner = kind[0] if isinstance(kind, list) else kind
            if inner is int:
                out += varint(number << 3) + varint(one)
                continue
            if isinstance(inner, dict):
                one = encode(inner, **one)
            elif inner is str:
                one = one.encode()
            out += varint(number << 3 | 2) + varint(len(one)) + one
    return bytes(out)


def _take_varint(data, at):
    value = shift = 0
    while True:
        if at >= len(data) or shift > 63:
            raise ProtocolError("a number that does not end")
        byte = data[at]
        value |= (byte & 0x7F) << shift
        at, shift = at + 1, shift + 7
        if byte < 0x80:
            return value, at


def _take_value(data, at, wire):
    if wire == 0:
        return _take_varint(data, at)
    if wire in (1, 5):
        size = 8 if wire == 1 else 4
    elif wire == 2:
        size, at = _take_varint(data, at)
    else:
        raise ProtocolError(f"a field of wire type {wire}")
    if at + size > len(data):
        raise ProtocolError("a field that does not end")
    return data[at : at + size], at + size


def decode(layout, data):
    """A namespace with all fields of the layout: None, or an empty list, where there is none."""
    numbers = {number: (name, kind) for name, (number, kind) in layout.items()}
    found = {
        name: [] if isinstance(kind, list) else None for name, (_, kind) in layout.items()
    }
    at = 0
    while at < len(data):
        tag, at = _take_varint(data, at)
        value, at = _take_value(data, at, tag & 7)
        if tag >> 3 not in numbers:
            continue
        name, kind = numbers[tag >> 3]
        inner = kind[0] if isinstance(kind, list) else kind
        if isinstance(inner, dict):
            value = decode(inner, value)
        elif inner is str:
            value = value.decode()
        if isinstance(kind, list):
            found[name].append(value)
        else:
            found[name] = value
    return SimpleNamespace(**found)


class WebSocket:
    """The client's side: whole binary messages, masked with zeros."""

    def __init__(self, port, path, deadline, patience_s):
        self.socket = socket.create_connection(("127.0.0.1", port), patience_s)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._buffer = bytearray()
        key = base64.b64encode(os.urandom(16)).decode()
        self.write_raw(
            f"GET {path} HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\n"
            f"Connection: Upgrade\r\nSec-WebSocket-Key: {key}\r\n"
            "Sec-WebSocket-Version: 13\r\n\r\n".encode()
        )
        while b"\r\n\r\n" not in self._buffer:
            self._receive(deadline)
        head, _, rest = bytes(self._buffer).partition(b"\r\n\r\n")
        if b" 101 " not in head.split(b"\r\n")[0]:
            raise ProtocolError(f"the upgrade was answered with {head!r}")
        self._buffer = bytearray(rest)

    def write_raw(self, data):
        try:
            self.socket.sendall(data)
        except (BrokenPipeError, ConnectionResetError):
            raise Closed from None

    def write(self, message, opcode=2):
        size = len(message)
        if size < 126:
            head = bytes([0x80 | opcode, 0x80 | size])
        elif size < 65536:
            head = bytes([0x80 | opcode, 0x80 | 126]) + struct.pack(">H", size)
        else:
            head = bytes([0x80 | opcode, 0x80 | 127]) + struct.pack(">Q", size)
        self.write_raw(head + bytes(4) + message)

    def read(self, deadline):
        """The next binary message."""
        while True:
            frame = self._take()
            if frame is None:
                self._receive(deadline)
                continue
            opcode, message = frame
            if opcode == 2:
                return message
            if opcode == 8:
                raise Closed
            if opcode == 9:
                self.write(message, 10)
            elif opcode != 10:
                raise ProtocolError(f"a frame with opcode {opcode}")

    def _take(self):
        data = self._buffer
        if len(data) < 2:
            return None
        if not data[0] & 0x80 or data[1] & 0x80:
            raise ProtocolError("a fragment or a masked frame")
        size, at = data[1], 2
        if size >= 126:
            layout, at = (">H", 4) if size == 126 else (">Q", 10)
            if len(data) < at:
                return None
            size = struct.unpack(layout, data[2:at])[0]
        if len(data) < at + size:
            return None
        message = bytes(data[at : at + size])
        opcode = data[0] & 0x0F
        del data[: at + size]
        return opcode, message

    def _receive(self, deadline):
        remaining_s = deadline - time.monotonic()
        if remaining_s <= 0:
            raise TimeoutError
        self.socket.settimeout(remaining_s)
        try:
            data = self.socket.recv(65536)
        except ConnectionResetError:
            data = b""
        if not data:
            raise Closed
        self._buffer += data


class Client:
    """One device. Not for several threads at once."""

    def __init__(self, port, *, patience_s=30.0, path="/websocket"):
        self.patience_s = patience_s
        self.ws = WebSocket(port, path, self._deadline(), patience_s)
        self.user = self.resource = None
        self._numbers = itertools.count(1)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def close(self):
        self.ws.socket.close()

    def _deadline(self, within_s=None):
        return time.monotonic() + (self.patience_s if within_s is None else within_s)

    def write(self, command, payload=b"", **more):
        fields = {"command": command, **more}
        if payload:
            fields["payload"] = payload
        self.ws.write(encode(ENVELOPE, **fields))

    def read(self, within_s=None):
        """The next frame: its command and its payload."""
        envelope = decode(ENVELOPE, self.ws.read(self._deadline(within_s)))
        command = envelope.command or SYNC
        return command, decode(PAYLOADS[command], envelope.payload or b"")

    # Login

    def provision(self, user, token, resource):
        """The answer, whatever it says."""
        self.user, self.resource = user, resource
        guid = {"app_key": APP_KEY, "name": user, "domain": USERS, "resource": resource}
        payload = encode(
            PROVISION_BOTH,
            os_type=16,
            version="4.21.1",
            device_uuid=resource,
            device_name=resource,
            resource=resource,
            session_id="1:",
        )
        self.write(PROVISION, payload, guid=guid, auth="$t$" + token)
        command, answer = self.read()
        if command != PROVISION:
            raise ProtocolError(f"PROVISION was answered with {command}")
        return answer

    def login(self, user, token, resource):
        answer = self.provision(user, token, resource)
        if answer.status.code != 0:
            raise AssertionError(f"{user}/{resource} was refused: {answer.status}")
        return self

    def logout(self):
        self.write(LOGOUT, encode(LOGOUT_BOTH, session_id="1:", reason="inner:logout"))

    # Queues

    def ask_unread(self):
        self.write(UNREAD)

    def ask_queue(self, queue, key=None):
        """Without a key: from what is not acknowledged; with it: that is, and what follows."""
        more = {} if key is None else {"key": key}
        jid = {name: value for name, value in vars(queue).items() if value is not None}
        self.write(SYNC, encode(SYNC_UP, queue=jid, **more))

    # Messages

    def send(self, to, text, *, to_group=False, meta_id=None):
        """Writes a text message; answers its Meta.id, which the answer names."""
        kind = GROUP_BODY if to_group else CHAT_BODY
        return self._send_body(to, to_group, kind, [{"type": 0, "text": text}], meta_id)

    def read_conversation(self, to, *, to_group=False, meta_id=None):
        """Says that everything there is read."""
        return self._send_body(to, to_group, CHANNEL_ACK, [{}], meta_id)

    def _send_body(self, to, to_group, kind, contents, meta_id):
        meta_id = next(self._numbers) if meta_id is None else meta_id
        body = encode(
            BODY, type=kind, sender={"name": self.user}, to={"name": to}, contents=contents
        )
        jid = {"app_key": APP_KEY, "name": to, "domain": GROUPS if to_group else USERS}
        self.write(
            SYNC,
            encode(SYNC_UP, meta={"id": meta_id, "to": jid, "ns": CHAT, "payload": body}),
        )
        return meta_id
