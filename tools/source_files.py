# SPDX-License-Identifier: Apache-2.0
"""The project's own source files, for the checks beside this file."""

import os

FOLDERS = ("src", "bench", "tests", "fuzz", "tools", "console", "cmake")
SKIPPED = {"build", "node_modules", "corpus", "vectors", "__pycache__", "dist"}
CPP = (".cpp", ".h")
SOURCES = CPP + (".py", ".js", ".mjs", ".ts", ".css", ".sh", ".cmake")


def find(root, suffixes=CPP, folders=FOLDERS):
    """Paths relative to `root`, sorted. Files without a dot count as scripts where `suffixes` has ''."""
    found = []
    for folder in folders:
        for where, below, names in os.walk(os.path.join(root, folder)):
            below[:] = [name for name in below if name not in SKIPPED and not name.startswith(".")]
            for name in names:
                if os.path.splitext(name)[1] in suffixes:
                    found.append(os.path.relpath(os.path.join(where, name), root))
    return sorted(found)


def read(root, path):
    with open(os.path.join(root, path), encoding="utf-8") as file:
        return file.read()
