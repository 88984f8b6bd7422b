#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Holds every #include to tools/arrows.txt: which room may include which, which rooms are pure, which headers are
too heavy for a header. Prints one line a breach, file:line first; exit code 1 if there is one.

usage: check_arrows.py [ROOT] [TABLE]
"""

import os
import re
import sys

import source_files

INCLUDE = re.compile(r'^\s*#\s*include\s*(?:"([^"]+)"|<([^>]+)>)')
CLOCK = re.compile(r"_clock::now\s*\(|\bgettimeofday\s*\(|\bclock_gettime\s*\(|(?<![\w.>:])time\s*\(\s*(?:NULL|nullptr|0)\s*\)")
TEST_FILE = re.compile(r"(^test_|_(test|bench|fuzz)(_|\.)|(^|/)testing/)")


class BadTable(Exception):
    pass


class Table:
    """What arrows.txt says. `reach[room]` is everything the room may include, itself too."""

    def __init__(self, text):
        self.arrows = {}
        self.pure = []
        self.impure = []
        self.heavy = []
        self.allowed = {}  # file -> set of words
        for number, line in enumerate(text.splitlines(), 1):
            line = line.split("#")[0].strip()
            if line:
                self._take(line, number)
        self.reach = {room: self._reach(room, ()) for room in self.arrows}
        for room in self.pure:
            self._known(room, "pure")

    def _take(self, line, number):
        word, _, rest = line.partition(" ")
        if "->" in line:
            room, _, targets = line.partition("->")
            if room.strip() in self.arrows:
                raise BadTable(f"line {number}: {room.strip()} stands twice")
            self.arrows[room.strip()] = _list(targets)
        elif word == "allow":
            path, _, what = rest.partition(":")
            self.allowed.setdefault(path.strip(), set()).update(_list(what))
        elif word in ("pure", "impure", "heavy"):
            getattr(self, word).extend(_list(rest))
        else:
            raise BadTable(f"line {number}: '{line}' is neither an arrow nor pure, impure, heavy, allow")

    def _known(self, room, where):
        if room not in self.arrows:
            raise BadTable(f"{where}: there is no room {room}")

    def _reach(self, room, way):
        if room in way:
            raise BadTable("a circle: " + " -> ".join(way[way.index(room) :] + (room,)))
        reached = {room}
        for target in self.arrows[room]:
            self._known(target, room)
            reached |= self._reach(target, way + (room,))
        return reached

    def room_of(self, path):
        """`path` is relative to the root. None: the file is in no room."""
        if TEST_FILE.search(os.path.basename(path)) or TEST_FILE.search(os.path.dirname(path) + "/"):
            return "tests"
        place = os.path.dirname(path)
        place = place[len("src/") :] if place.startswith("src/") else place
        while place and place not in self.arrows:
            place = os.path.dirname(place)
        return place or None


def _list(text):
    return [item.strip() for item in text.split(",") if item.strip()]


def _begins_with_one_of(header, names):
    """A name matches itself, itself with a suffix .h/.hpp, and as a folder if it ends in '/'; boost/asio matches
    boost/asio.hpp and boost/asio/ip/tcp.hpp."""
    for name in names:
        if header == name or (name.endswith("/") and header.startswith(name)):
            return True
        if not name.endswith("/") and re.match(re.escape(name) + r"(/|\.h$|\.hpp$)", header):
            return True
    return False


class Checker:
    def __init__(self, root, table):
        self.root = root
        self.table = table
        self.breaches = []

    def run(self):
        for path in source_files.find(self.root, folders=("src", "bench", "tests")):
            self._check_file(path)
        return self.breaches

    def _breach(self, path, line, text):
        self.breaches.append(f"{path}:{line}: {text}")

    def _check_file(self, path):
        room = self.table.room_of(path)
        if room is None:
            self._breach(path, 1, "lies in no room of tools/arrows.txt")
            return
        pure = room in self.table.pure
        short = path[len("src/") :] if path.startswith("src/") else path
        allowed = self.table.allowed.get(short, set())
        for number, line in enumerate(source_files.read(self.root, path).splitlines(), 1):
            match = INCLUDE.match(line)
            if match and match.group(1):
                self._check_own(path, number, room, match.group(1))
            elif match:
                self._check_foreign(path, number, room, pure, match.group(2), allowed)
            elif pure and "now" not in allowed and CLOCK.search(line.split("//")[0]):
                self._breach(path, number, f"{room} is pure: time is an argument, it does not ask a clock")

    def _check_own(self, path, number, room, header):
        target = self._find(path, header)
        if target is None:
            self._breach(path, number, f'"{header}" is not under src/ or tests/, nor beside this file')
            return
        target_room = self.table.room_of(target)
        if target_room is None:
            self._breach(path, number, f'"{header}" lies in no room of tools/arrows.txt')
        elif target_room not in self.table.reach[room]:
            may = ", ".join(self.table.arrows[room]) or "nothing"
            self._breach(path, number, f'{room} may not include {target_room} ("{header}"); it may include {may}')
        elif "/detail/" in target and not self._within(room, target_room):
            self._breach(path, number, f'"{header}" is private to {target_room}')

    def _within(self, room, outer):
        return room == outer or room == "tests" or room.startswith(outer + "/")

    def _find(self, path, header):
        for base in ("src", "tests", "", os.path.dirname(path)):
            candidate = os.path.normpath(os.path.join(base, header))
            if os.path.isfile(os.path.join(self.root, candidate)):
                return candidate
        return None

    def _check_foreign(self, path, number, room, pure, header, allowed):
        if header in allowed:
            return
        if os.path.isfile(os.path.join(self.root, "src", header)):
            self._breach(path, number, f'<{header}> is our own: write "{header}"')
        if pure and _begins_with_one_of(header, self.table.impure):
            self._breach(path, number, f"{room} is pure: no <{header}>")
        if path.endswith(".h") and "/detail/" not in path and room != "tests":
            if _begins_with_one_of(header, self.table.heavy):
                self._breach(path, number, f"<{header}> is heavy: include it in a .cpp or in detail/")


def main(argv):
    root = argv[1] if len(argv) > 1 else os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
    table_path = argv[2] if len(argv) > 2 else os.path.join(root, "tools", "arrows.txt")
    try:
        with open(table_path, encoding="utf-8") as file:
            table = Table(file.read())
    except BadTable as bad:
        print(f"{table_path}: {bad}")
        return 1
    breaches = Checker(root, table).run()
    for breach in breaches:
        print(breach)
    return 1 if breaches else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv))
