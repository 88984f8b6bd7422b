#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Writes tests/vectors/msync-vectors.json: what the official protobuf library makes of src/protocol/msync/msync.proto.

Run it after a change of the schema, in an environment with the packages protobuf and grpcio-tools:

    python3 tests/vectors/make_msync_vectors.py            writes the file
    python3 tests/vectors/make_msync_vectors.py --corpus   writes the seeds of fuzz/corpus/msync_codec_fuzz as well

The same input gives the same file.
"""

import json
import os
import random
import sys
import tempfile

from google.protobuf import descriptor_pb2, descriptor_pool, json_format, message_factory
from google.protobuf.descriptor import FieldDescriptor as Field
from grpc_tools import protoc

ROOT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..")
SCHEMA = os.path.join(ROOT, "src", "protocol", "msync")
OUTPUT = os.path.join(ROOT, "tests", "vectors", "msync-vectors.json")
CORPUS = os.path.join(ROOT, "fuzz", "corpus", "msync_codec_fuzz")
PACKAGE = "easemob.pb."

# The messages that the codec reads and writes on their own. The fuzzer chooses by the place in this list.
TOP = [
    "JID", "KeyValue", "MSync", "Meta", "Status", "CommSyncUL", "CommSyncDL", "CommNotice", "CommUnreadUL",
    "CommUnreadDL", "Provision", "Logout", "MessageBody", "MUCBody", "RosterBody", "StatisticsBody", "ConferenceBody",
]

BOB = "0a096f72673123617070311203626f621a0b656173656d6f622e636f6d"
PAD7 = b"webim_web_pad7".hex()

# One exchange (msync-wire A): id, payload's type, bytes. MetaQueue.n has the schema's number, 2; the sample has 3.
SESSION = [
    ("provision-request", "Provision",
     "0800122f0a09" + b"org1#app1".hex() + "1205" + b"alice".hex() + "1a0b" + b"easemob.com".hex() + "220e" + PAD7
     + "1a06" + b"$t$tok".hex() + "40034a6f08101206" + b"4.21.1".hex() + "280030004a0e" + PAD7 + "620e" + PAD7
     + "6a0e" + PAD7 + "8a0104" + b"v5.2".hex() + "920112" + b'{"token":"$t$tok"}'.hex() + "a2010e"
     + b"1795296143761:".hex() + "b201010250005800a00180a080a8a6e9ffbf68"),
    ("provision-reply", "Provision",
     "080040034a44420208006a0e776562696d5f7765625f7061643792011c7b22657870697265735f696e223a31383030303030303030303030"
     "7da2010e313739353239363134333736313a"),
    ("unread-request", "", "080040015800a00180a080f8a7e9ffbf68"),
    ("unread-reply", "CommUnreadDL", "080040014a2e0a02080012210a1d" + BOB + "1001" + "1886d4f4ff9f34"),
    ("queue-request", "CommSyncUL", "080040004a1f1a1d" + BOB + "5800a00180a080c8a8e9ffbf68"),
    ("queue-answer", "CommSyncDL",
     "080040004ab2010a020800227a08e987d0dc898581c5141228" + BOB + "2209616e64726f69645f311a1f0a096f7267312361707031"
     "1205616c6963651a0b656173656d6f622e636f6d2080d095ffbc312801321a080112051203626f621a071205616c6963652206080012026869"
     "28e987d0dc898581c514321d" + BOB + "380040a4d4f4ff9f34"),
    ("queue-acknowledged", "CommSyncUL", "080040004a2910e987d0dc898581c5141a1d" + BOB + "5800a00180a080bea9e9ffbf68"),
    ("queue-empty", "CommSyncDL", "080040004a360a02080028e987d0dc898581c514321d" + BOB + "380140f8d4f4ff9f34"),
    ("send", "CommSyncUL",
     "080040004a4b0a4908da9da6c9b70f1a1d" + BOB + "2801321d080112071205616c6963651a051203626f6222090800120568656c6c6f"
     "38005800a00180a080a2abe9ffbf68"),
    ("send-answer", "CommSyncDL", "080040004a1c0a02080010da9da6c9b70f18d28fd0dc898581c51440d2d5f4ff9f34"),
    ("notice", "CommNotice", "080040024a0f0a0d1a0b656173656d6f622e636f6d"),
    ("system-queue-request", "CommSyncUL", "080040004a0f1a0d1a0b656173656d6f622e636f6d5800a00180a080d2ace9ffbf68"),
    ("system-queue-answer", "CommSyncDL",
     "080040004ac8010a020800229f0108bb97d0dc898581c514120d1a0b656173656d6f622e636f6d1a071205616c6963652080d095ffbc31"
     "28053272" + b'{"type":"conv","data":{"op":"top","id":"bob","type":"chat","ts":1700000000000,"res":"webim_web_x",'
     b'"from":"alice"}}'.hex() + "28bb97d0dc898581c514320d1a0b656173656d6f622e636f6d380040afd6f4ff9f34"),
]


def load_schema():
    with tempfile.TemporaryDirectory() as scratch:
        path = os.path.join(scratch, "set")
        if protoc.main(["protoc", "-I" + SCHEMA, "--descriptor_set_out=" + path, "msync.proto"]) != 0:
            raise SystemExit("msync.proto does not compile")
        with open(path, "rb") as file:
            files = descriptor_pb2.FileDescriptorSet.FromString(file.read())
    pool = descriptor_pool.DescriptorPool()
    for file in files.file:
        pool.Add(file)
    return pool


POOL = load_schema()


def new(name):
    return message_factory.GetMessageClass(POOL.FindMessageTypeByName(PACKAGE + name))()


def parse(name, data):
    message = new(name)
    message.ParseFromString(data)
    return message


def fields_of(message):
    return json_format.MessageToDict(message, preserving_proto_field_name=True, use_integers_for_enums=True)


def vector(group, name, message, number, data=None):
    data = message.SerializeToString(deterministic=True) if data is None else data
    return {"id": f"{group}-{name}-{number}", "group": group, "message": name, "fields": fields_of(message),
            "hex": data.hex()}


TEXTS = ["", "a", "alice", "webim_web_pad7", "org1#app1", "\u4f60\u597d", "x" * 127, "y" * 128, '{"a":[1,2]}', "\n\t\""]
NUMBERS = {
    Field.CPPTYPE_INT32: [0, 1, 127, 128, 300, 2**31 - 1, -1, -(2**31)],
    Field.CPPTYPE_UINT32: [0, 1, 127, 128, 16384, 2**32 - 1],
    Field.CPPTYPE_INT64: [0, 1, -1, 2**63 - 1, -(2**63), 2**35],
    Field.CPPTYPE_UINT64: [0, 1, 2**32, 2**63, 2**64 - 1, 1480000000000002002],
    Field.CPPTYPE_FLOAT: [0.0, 1.5, -0.25, 65536.0, float("inf")],
    Field.CPPTYPE_DOUBLE: [0.0, 39.9042, -116.4074, 1e300, float("-inf")],
    Field.CPPTYPE_BOOL: [False, True],
}


class Filler:
    """Sets fields: `share` of them, with values from the lists above."""

    def __init__(self, seed, share, zero=False):
        self.dice = random.Random(seed)
        self.share = share
        self.zero = zero

    def value(self, field):
        if field.cpp_type == Field.CPPTYPE_ENUM:
            values = [value.number for value in field.enum_type.values]
            return min(values) if self.zero else self.dice.choice(values)
        if field.cpp_type == Field.CPPTYPE_STRING:
            if field.type == Field.TYPE_BYTES:
                return b"" if self.zero else bytes(self.dice.randrange(256) for _ in range(self.dice.choice([0, 3, 200])))
            return "" if self.zero else self.dice.choice(TEXTS)
        return 0 if self.zero else self.dice.choice(NUMBERS[field.cpp_type])

    def fill(self, message, depth=0):
        for field in message.DESCRIPTOR.fields:
            if self.dice.random() >= self.share:
                continue
            if field.containing_oneof and message.WhichOneof("value") and self.dice.random() < 0.5:
                continue
            for _ in range(self.dice.choice([1, 1, 2, 3]) if field.is_repeated else 1):
                self.set(message, field, depth)
        return message

    def set(self, message, field, depth):
        if field.cpp_type == Field.CPPTYPE_MESSAGE:
            part = getattr(message, field.name)
            part = part.add() if field.is_repeated else part
            part.SetInParent() if not field.is_repeated else None
            self.fill(part, depth + 1)
        elif field.is_repeated:
            getattr(message, field.name).append(self.value(field))
        else:
            setattr(message, field.name, self.value(field))


def varint(value):
    out = bytearray()
    while value > 127:
        out.append(value & 127 | 128)
        value >>= 7
    out.append(value)
    return bytes(out)


def tag(number, wire_type):
    return varint(number << 3 | wire_type)


def unknown_fields():
    """One of every wire type, of numbers that no message has; a group within a group."""
    return (tag(500, 0) + varint(2**64 - 1) + tag(501, 1) + b"12345678" + tag(502, 2) + varint(5) + b"hello" + tag(503, 5)
            + b"1234" + tag(504, 3) + tag(1, 0) + varint(7) + tag(505, 3) + tag(2, 2) + varint(1) + b"x" + tag(505, 4)
            + tag(504, 4) + tag(2**29 - 1, 0) + varint(0))


def session_vectors():
    for name, payload, digits in SESSION:
        data = bytes.fromhex(digits)
        message = parse("MSync", data)
        if message.SerializeToString() != data:
            raise SystemExit(f"{name} is not canonical")
        row = {"id": name, "group": "session", "message": "MSync", "fields": fields_of(message), "hex": digits}
        if payload:
            row["payload_message"] = payload
            row["payload_fields"] = fields_of(parse(payload, message.payload))
        yield row


def vectors():
    yield from session_vectors()
    for name in TOP:
        yield vector("empty", name, new(name), 0)
        yield vector("zero", name, Filler(name, 1, zero=True).fill(new(name)), 0)
        for number in range(3):
            yield vector("full", name, Filler(f"full {name} {number}", 1).fill(new(name)), number)
        for number in range(8):
            yield vector("some", name, Filler(f"some {name} {number}", 0.4).fill(new(name)), number)

    # Bytes that no writer of ours makes, and what the official reader makes of them.
    for name in TOP:
        for number in range(3):
            one = Filler(f"one {name} {number}", 0.5).fill(new(name)).SerializeToString(deterministic=True)
            two = Filler(f"two {name} {number}", 0.5).fill(new(name)).SerializeToString(deterministic=True)
            yield vector("merged", name, parse(name, one + two), number, one + two)
        known = Filler(f"unknown {name}", 0.6).fill(new(name)).SerializeToString(deterministic=True)
        for number, data in enumerate([unknown_fields() + known, known + unknown_fields()]):
            message = parse(name, data)
            message.DiscardUnknownFields()
            yield vector("unknown", name, message, number, data)
    odd = {
        "Provision": [
            tag(5, 2) + varint(3) + b"\x00\x01\x02" + tag(5, 0) + b"\x02" + tag(6, 2) + b"\x00",  # packed where it is not
            tag(22, 0) + b"\x02" + tag(22, 2) + varint(2) + b"\x00\x01" + tag(22, 0) + b"\x01",  # and the reverse
            tag(10, 0) + varint(2**63) + tag(10, 0) + b"\x80\x00",  # a wide true, a long false
            tag(10, 0) + varint(2**40),
            tag(19, 0) + varint(2**32 + 7) + tag(2, 2) + b"\x83\x00abc",  # cut to 32 bits; a length with a spare byte
        ],
        "KeyValue": [
            tag(6, 2) + b"\x01a" + tag(3, 0) + b"\x05",  # the last of a oneof
            tag(3, 0) + b"\x05" + tag(5, 1) + b"\x00" * 8,
            tag(2, 0) + b"\x07" + tag(2, 0) + b"\x08" + tag(1, 2) + b"\x01a" + tag(1, 2) + b"\x01b",
        ],
        "JID": [b"\x8a\x80\x80\x00\x01x" + tag(2, 2) + b"\x01y"],  # a tag with spare bytes
    }
    for name, rows in odd.items():
        for number, data in enumerate(rows):
            yield vector("odd", name, parse(name, data), number, data)


def schema():
    names = {value: key[len("TYPE_"):].lower() for key, value in vars(Field).items() if key.startswith("TYPE_")}
    for path in sorted(_messages(POOL.FindFileByName("msync.proto").message_types_by_name.values())):
        descriptor = POOL.FindMessageTypeByName(PACKAGE + path)
        rows = []
        for field in sorted(descriptor.fields, key=lambda field: field.number):
            type_name = names[field.type]
            if field.message_type:
                type_name = field.message_type.full_name[len(PACKAGE):]
            rows.append({"name": field.name, "number": field.number, "type": type_name, "repeated": field.is_repeated,
                         "packed": field.is_packed})
        yield {"message": path, "fields": rows}


def _messages(descriptors):
    for descriptor in descriptors:
        yield descriptor.full_name[len(PACKAGE):]
        yield from _messages(descriptor.nested_types)


def write_corpus(rows):
    os.makedirs(CORPUS, exist_ok=True)
    kept = [row for row in rows if row["group"] == "session"]
    kept += [row for row in rows if row["group"] in ("full", "unknown") and row["id"].endswith("-0")]
    kept += [row for row in rows if row["group"] == "odd"]
    for row in kept:
        with open(os.path.join(CORPUS, row["id"]), "wb") as file:
            file.write(bytes([TOP.index(row["message"])]) + bytes.fromhex(row["hex"]))


def main():
    rows = list(vectors())
    lists = {"schema": list(schema()), "vectors": rows}
    with open(OUTPUT, "w", encoding="utf-8") as file:
        file.write('{"made_by": "tests/vectors/make_msync_vectors.py"')
        for name, items in lists.items():
            file.write(f',\n"{name}": [\n' + ",\n".join(json.dumps(item, ensure_ascii=False) for item in items) + "\n]")
        file.write("}\n")
    if "--corpus" in sys.argv:
        write_corpus(rows)
    print(len(rows), "vectors,", os.path.getsize(OUTPUT), "bytes")


if __name__ == "__main__":
    main()
