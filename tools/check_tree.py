#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""What a file must not be: longer than 1000 lines, without its licence line, or, under src/, unfinished. Prints one
line a breach, file:line first; exit code 1 if there is one.

usage: check_tree.py [ROOT]
"""

import os
import re
import sys

import source_files

LINES_MAX = 1000
UNFINISHED = re.compile(r"\b(TO" + r"DO|FIX" + r"ME|X" + r"XX)\b")
SPDX = re.compile(r"(//|#) SPDX-License-Identifier: Apache-2\.0$")


def breaches(root):
    found = []
    for path in source_files.find(root, suffixes=source_files.SOURCES):
        lines = source_files.read(root, path).splitlines()
        if len(lines) > LINES_MAX:
            found.append(f"{path}:{LINES_MAX + 1}: {len(lines)} lines; look for the seam")
        if path.endswith((".cpp", ".h", ".py")) and not any(SPDX.match(line) for line in lines[:2]):
            found.append(f"{path}:1: begins with // SPDX-License-Identifier: Apache-2.0")
        if path.startswith("src/"):
            for number, line in enumerate(lines, 1):
                if UNFINISHED.search(line):
                    found.append(f"{path}:{number}: unfinished: {line.strip()}")
    return found


def main(argv):
    root = argv[1] if len(argv) > 1 else os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
    found = breaches(root)
    for line in found:
        print(line)
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv))
