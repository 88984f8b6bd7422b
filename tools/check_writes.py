#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""One door to durable state (docs/decisions/0003): only storage/rocksdb speaks to RocksDB, and there only the engine
behind CommitLog writes. Prints one line a breach, file:line first; exit code 1 if there is one.

usage: check_writes.py [ROOT]
"""

import os
import re
import sys

import source_files

ENGINE = "src/storage/rocksdb/"
WRITERS = {ENGINE + "rocksdb_engine.cpp", ENGINE + "detail/group_writer.cpp"}
ROCKSDB = re.compile(r"<rocksdb/|\brocksdb::")
WRITE = re.compile(
    r"(?:->|\.)\s*(Write|Put|PutEntity|Delete|SingleDelete|DeleteRange|Merge|IngestExternalFiles?|"
    r"CreateColumnFamily(?:WithImport)?|DropColumnFamil(?:y|ies))\s*\("
)


def breaches(root):
    found = []
    for path in source_files.find(root, folders=("src", "bench", "tests")):
        for number, line in enumerate(source_files.read(root, path).splitlines(), 1):
            code = line.split("//")[0]
            if not path.startswith(ENGINE) and ROCKSDB.search(code):
                found.append(f"{path}:{number}: only {ENGINE} speaks to RocksDB; everything else uses storage/store.h")
            if path.startswith(ENGINE) and path not in WRITERS and "_test." not in path and WRITE.search(code):
                found.append(f"{path}:{number}: writes to the store past CommitLog; see docs/decisions/0003")
    return found


def main(argv):
    root = argv[1] if len(argv) > 1 else os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
    found = breaches(root)
    missing = [path for path in WRITERS if not os.path.isfile(os.path.join(root, path))]
    for path in missing:
        found.append(f"{path}: is said to be the only writer, but is not there; see tools/check_writes.py")
    for line in found:
        print(line)
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv))
