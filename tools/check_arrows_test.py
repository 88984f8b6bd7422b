# SPDX-License-Identifier: Apache-2.0
"""Small trees, good and bad, against check_arrows."""

import os
import tempfile
import unittest

import check_arrows

TABLE = """
base           ->
model          -> base           # a comment
telemetry      -> base
storage        -> model, telemetry
storage/memory -> storage
service        -> storage
app            -> service, storage/memory
tests          -> app
pure base, model
impure boost/, thread, sys/
allow base/clock.h: now, thread
heavy boost/asio, spdlog/
"""


def breaches(files, table=TABLE):
    with tempfile.TemporaryDirectory() as root:
        for path, text in files.items():
            os.makedirs(os.path.dirname(os.path.join(root, path)), exist_ok=True)
            with open(os.path.join(root, path), "w", encoding="utf-8") as file:
                file.write(text)
        return check_arrows.Checker(root, check_arrows.Table(table)).run()


TREE = {
    "src/base/clock.h": "auto t = std::chrono::steady_clock::now();\n#include <thread>\n",
    "src/model/ids.h": '#include "base/clock.h"\n#include <vector>\n',
    "src/storage/store.h": '#include "model/ids.h"\n',
    "src/storage/detail/key.h": "",
    "src/storage/memory/engine.h": '#include "storage/store.h"\n#include "storage/detail/key.h"\n',
    "src/service/send.h": '#include "base/clock.h"\n#include "storage/store.h"\n',
    "src/app/main.cpp": '#include "storage/memory/engine.h"\n#include "service/send.h"\n',
}


class Arrows(unittest.TestCase):
    def check(self, path, text, *expected):
        found = breaches(TREE | {path: text})
        self.assertEqual(len(found), len(expected), found)
        for breach, words in zip(found, expected):
            self.assertIn(words, breach)

    def test_a_good_tree_passes(self):
        self.assertEqual(breaches(TREE), [])

    def test_an_arrow_against_the_table_is_reported_with_its_line(self):
        self.check(
            "src/base/bad.h",
            '#pragma once\n\n#include "model/ids.h"\n',
            'src/base/bad.h:3: base may not include model ("model/ids.h"); it may include nothing',
        )

    def test_what_stands_behind_a_room_may_be_included(self):
        self.check("src/service/a.cpp", '#include "telemetry/log.h"\n', "not under src")
        found = breaches(TREE | {"src/telemetry/log.h": "", "src/service/a.cpp": '#include "telemetry/log.h"\n'})
        self.assertEqual(found, [])

    def test_an_engine_is_known_to_app_only(self):
        self.check(
            "src/service/a.cpp", '#include "storage/memory/engine.h"\n', "service may not include storage/memory"
        )

    def test_a_room_does_not_include_a_room_within_it(self):
        self.check(
            "src/storage/a.cpp", '#include "storage/memory/engine.h"\n', "storage may not include storage/memory"
        )

    def test_spaces_in_an_include_do_not_hide_it(self):
        self.check("src/base/a.h", '  #  include   "model/ids.h"\n', "src/base/a.h:1: base may not include model")

    def test_an_include_relative_to_its_file_is_seen_too(self):
        self.check("src/base/a.h", '#include "../model/ids.h"\n', "base may not include model")

    def test_tests_may_include_everything_and_nobody_may_include_tests(self):
        self.check("src/base/x_test.cpp", '#include "storage/detail/key.h"\n#include <boost/asio.hpp>\n')
        self.check(
            "src/service/a.cpp", '#include "storage/testing/world.h"\n', "not under src"
        )
        found = breaches(
            TREE | {"src/storage/testing/w.h": "", "src/service/a.cpp": '#include "storage/testing/w.h"\n'}
        )
        self.assertEqual(len(found), 1)
        self.assertIn("service may not include tests", found[0])

    def test_details_are_private(self):
        self.check("src/service/a.cpp", '#include "storage/detail/key.h"\n', "is private to storage")

    def test_a_file_in_no_room_is_reported(self):
        self.check("src/util/a.h", "", "src/util/a.h:1: lies in no room")

    def test_our_own_header_in_angle_brackets_is_reported(self):
        self.check("src/service/a.cpp", "#include <storage/store.h>\n", "is our own")


class Purity(unittest.TestCase):
    def check(self, path, text, *expected):
        found = breaches(TREE | {path: text})
        self.assertEqual(len(found), len(expected), found)
        for breach, words in zip(found, expected):
            self.assertIn(words, breach)

    def test_threads_sockets_and_asio_are_kept_out(self):
        self.check(
            "src/model/a.cpp",
            "#include <thread>\n#include <sys/socket.h>\n#include <boost/asio.hpp>\n#include <vector>\n",
            "src/model/a.cpp:1: model is pure: no <thread>",
            "no <sys/socket.h>",
            "no <boost/asio.hpp>",
        )

    def test_a_clock_is_kept_out_except_where_it_is_let_in(self):
        text = "// steady_clock::now() in a comment\nauto t = std::chrono::system_clock::now();\n"
        self.check("src/model/a.cpp", text, "src/model/a.cpp:2: model is pure: time is an argument")

    def test_a_parameter_named_time_is_no_clock(self):
        self.check("src/model/a.cpp", "auto a = x.time(0);\nauto b = message.time();\n")

    def test_other_rooms_may_do_all_that(self):
        self.check("src/telemetry/a.cpp", "#include <thread>\nauto t = steady_clock::now();\n")


class Heavy(unittest.TestCase):
    def test_heavy_headers_stay_out_of_headers(self):
        for path, count in {
            "src/telemetry/a.h": 1,
            "src/telemetry/a.cpp": 0,
            "src/telemetry/detail/a.h": 0,
        }.items():
            found = breaches(TREE | {path: "#include <boost/asio/ip/tcp.hpp>\n"})
            self.assertEqual(len(found), count, path)

    def test_a_longer_name_is_another_header(self):
        self.assertEqual(breaches(TREE | {"src/telemetry/a.h": "#include <boost/asiox.hpp>\n"}), [])


class Tables(unittest.TestCase):
    def bad(self, text, words):
        with self.assertRaises(check_arrows.BadTable) as caught:
            check_arrows.Table(text)
        self.assertIn(words, str(caught.exception))

    def test_a_circle(self):
        self.bad("a -> b\nb -> c\nc -> a\n", "a circle: a -> b -> c -> a")

    def test_an_unknown_room(self):
        self.bad("a -> b\n", "there is no room b")
        self.bad("a ->\npure b\n", "there is no room b")

    def test_a_room_twice(self):
        self.bad("a ->\na ->\n", "line 2: a stands twice")

    def test_a_line_that_says_nothing(self):
        self.bad("a ->\nb may include a\n", "line 2")

    def test_the_innermost_room_counts(self):
        table = check_arrows.Table(TABLE)
        self.assertEqual(table.room_of("src/storage/memory/x/y.cpp"), "storage/memory")
        self.assertEqual(table.room_of("src/storage/detail/y.cpp"), "storage")
        self.assertEqual(table.room_of("tests/compat/y.cpp"), "tests")
        self.assertEqual(table.room_of("src/storage/fuzzy.h"), "storage")


if __name__ == "__main__":
    unittest.main()
