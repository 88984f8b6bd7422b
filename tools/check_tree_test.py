# SPDX-License-Identifier: Apache-2.0
"""Small trees, good and bad, against check_tree and check_writes."""

import os
import tempfile
import unittest

import check_tree
import check_writes

HEAD = "// SPDX-License-Identifier: Apache-2.0\n"


def with_tree(check, files):
    with tempfile.TemporaryDirectory() as root:
        for path, text in files.items():
            os.makedirs(os.path.dirname(os.path.join(root, path)), exist_ok=True)
            with open(os.path.join(root, path), "w", encoding="utf-8") as file:
                file.write(text)
        return check.breaches(root)


class Tree(unittest.TestCase):
    def check(self, files, *expected):
        found = with_tree(check_tree, files)
        self.assertEqual(len(found), len(expected), found)
        for breach, words in zip(found, expected):
            self.assertIn(words, breach)

    def test_a_thousand_lines_pass_and_one_more_does_not(self):
        self.check({"src/a.cpp": HEAD + "\n" * 999})
        self.check({"src/a.cpp": HEAD + "\n" * 1000}, "src/a.cpp:1001: 1001 lines")

    def test_a_licence_line_may_follow_a_shebang(self):
        self.check({"tools/a.py": "#!/usr/bin/env python3\n# SPDX-License-Identifier: Apache-2.0\n"})
        self.check({"src/a.h": "#pragma once\n"}, "src/a.h:1: begins with")

    def test_unfinished_words(self):
        for word in ("TO" + "DO", "FIX" + "ME", "X" + "XX"):
            self.check({"src/a.cpp": HEAD + f"// {word}: later\n"}, "src/a.cpp:2: unfinished")
        self.check({"src/a.cpp": HEAD + "// the xxxtra word TO" + "DOS\n"})

    def test_what_is_built_or_fetched_is_no_source(self):
        self.check({"tests/node_modules/a.js": "\n" * 5000, "src/build/a.cpp": ""})


class Writes(unittest.TestCase):
    def check(self, files, *expected):
        found = with_tree(check_writes, files)
        self.assertEqual(len(found), len(expected), found)
        for breach, words in zip(found, expected):
            self.assertIn(words, breach)

    def test_the_engine_writes(self):
        self.check({"src/storage/rocksdb/rocksdb_engine.cpp": "#include <rocksdb/db.h>\ndb->Write(options, &batch);\n"})

    def test_nobody_else_in_its_room_does(self):
        for call in ("db_->Put(o, k, v);", "db.Delete (o, k);", "db->DeleteRange(o, f, a, b);", "db->Merge(o, k, v);"):
            self.check({"src/storage/rocksdb/other.cpp": "\n" + call + "\n"}, "src/storage/rocksdb/other.cpp:2: writes")
        self.check({"src/storage/rocksdb/other.cpp": "db->Get(o, k, &v);\n// db->Put() is for the engine\n"})

    def test_nobody_outside_knows_the_library(self):
        self.check({"src/service/a.cpp": "#include <rocksdb/db.h>\n"}, "src/service/a.cpp:1: only src/storage/rocksdb/")
        self.check({"tests/a_test.cpp": "rocksdb::DB* db;\n"}, "tests/a_test.cpp:1")

    def test_our_own_words_for_it_are_no_library(self):
        self.check({"src/app/a.cpp": '#include "storage/rocksdb/rocksdb_engine.h"\nlist.Put(1);\n'})


if __name__ == "__main__":
    unittest.main()
