# SPDX-License-Identifier: Apache-2.0
"""Whatever is sent, the answer is a clear error or right, at once, and nothing is half done."""

import base64
import http.client
import json
import time
import unittest

from http_case import GROUP, HELLO, OK, PATIENCE_S, HttpCase

POST_PATHS = """
/route/batch /user/token /user/device_quit /user/onlinestatus /user/systemuids_add /user/systemuids_remove
/user/systemuids_add_to_cache /user/systemuids_remove_from_cache /conn/kick /conn/remove /channel /channel/info
/channel/delete /channel/subscriber_add /channel/subscriber_remove /channel/subscriber_remove_all
/tmpchannel/subscriber_set /channel/blacklist_add /channel/blacklist_set /channel/blacklist_remove
/channel/blacklist_remove_all /channel/whitelist_add /channel/whitelist_set /channel/whitelist_remove
/channel/whitelist_remove_all /message/send /message/sendbatch /channel/messagesync /messages /message
/message/sync /message/syncack /conversation/sync /conversation/syncByChannels /conversation/channels
/conversations/clearUnread /conversations/setUnread /conversations/delete
""".split()

FIELDS = """
uid uids token device_flag device_level conn_id node_id op_node_id channel_id channel_type ban disband send_ban
allow_stranger large reset subscribers temp_subscriber header client_msg_no is_stream from_uid expire payload
login_uid start_message_seq end_message_seq limit pull_mode message_seqs message_ids client_msg_nos message_id
last_message_seq version last_msg_seqs msg_count only_unread exclude_channel_types page page_size channels unread
""".split()


def http_request(path, body, *headers):
    head = [f"POST {path} HTTP/1.1", "Host: test", *headers]
    return "\r\n".join(head).encode() + b"\r\n\r\n" + body


def sized(path, body):
    return http_request(path, body, f"Content-Length: {len(body)}")


class Answers:
    """What comes back on a raw connection, one answer after the other."""

    def __init__(self, connection):
        self.file = connection.makefile("rb")

    def next(self):
        status = int(self.file.readline().split()[1])
        headers = http.client.parse_headers(self.file)
        return status, self.file.read(int(headers["Content-Length"]))

    def ended(self):
        return self.file.read(1) == b""


class HostileTest(HttpCase):
    def answer(self, connection):
        return Answers(connection).next()

    def assert_clear(self, path, body):
        status, _, text = self.ask("POST", path, body)
        self.assertIn(status, (200, 400), (path, body[:100], text))
        answer = json.loads(text)
        if status == 400:
            self.assertEqual(answer["status"], 400)
            self.assertTrue(answer["msg"])

    def test_bodies_that_are_no_objects(self):
        for path in POST_PATHS:
            for body in (b"", b" ", b"null", b"true", b"5", b'"text"', b"[]", b"{}", b"[null]", b"[{}]", b"{",
                         b'{"uid":', b"{}x", b"\xff\xfe", b'{"uid":"\xc3\x28"}', b'{"uid":"\\ud800"}', b"\0"):
                self.assert_clear(path, body)
        self.assert_serves()

    def test_fields_of_every_wrong_type(self):
        for path in POST_PATHS:
            for value in ("null", "true", "-1", "0", "255", "256", "2147483648", "4294967296",
                          "9223372036854775807", "9223372036854775808", "18446744073709551615",
                          "18446744073709551616", "-9223372036854775809", "1e400", "1.5", '""', '"@"',
                          '"\\u0000"', '"____system"', '"a____cmd"', "[]", "[null]", '["a"]', "[[]]", "[{}]", "{}"):
                body = "{" + ",".join(f'"{field}":{value}' for field in FIELDS) + "}"
                self.assert_clear(path, body.encode())
        self.assert_serves()

    def test_deeply_nested(self):
        for body in (b"[" * 200_000, b'{"a":' * 200_000, b"[" * 200_000 + b"]" * 200_000,
                     b'{"channels":' + b"[" * 200_000):
            for path in ("/user/token", "/conversation/syncByChannels", "/user/onlinestatus"):
                self.error(path, body)
        self.assert_serves()

    def test_ten_megabytes(self):
        big = base64.b64encode(b"x" * (7 << 20)).decode()
        self.error("/message/send", {"channel_id": "g", "channel_type": GROUP, "payload": big})
        self.error("/user/token", {"uid": "u" * (10 << 19), "token": "t"})
        # A token may be long: what is kept of it is a hash.
        self.assertEqual(self.post("/user/token", {"uid": self.name("u"), "token": "t" * (9 << 20)}), OK)
        status, _, _ = self.ask("POST", "/user/token", b"x" * (20 << 20))
        self.assertEqual(status, 413)
        self.assert_serves()

    def test_a_body_that_is_too_long_is_refused_before_it_is_sent(self):
        connection = self.raw()
        connection.sendall(http_request("/channel", b"", f"Content-Length: {1 << 40}"))
        self.assertEqual(self.answer(connection)[0], 413)

    def test_ten_thousand_elements(self):
        uids = [self.name(f"u{i}") for i in range(10_000)]
        group = self.group(self.name("g"), *uids)
        self.send(group, GROUP, uids[0])
        self.assertEqual(self.conversations(uids[-1])[0]["unread"], 1)
        lists = {"channel_id": group, "channel_type": GROUP, "uids": uids}
        self.assertEqual(self.post("/channel/whitelist_set", lists), OK)
        self.assertEqual(len(self.get(f"/channel/whitelist?channel_id={group}&channel_type=2")), 10_000)
        self.assertEqual(self.post("/user/onlinestatus", uids), [])
        self.assertEqual(len(self.post("/route/batch", uids)[0]["uids"]), 10_000)
        look_up = {"channel_id": group, "channel_type": GROUP}
        for field, values in (("message_seqs", range(10_000)), ("message_ids", range(10_000)),
                              ("client_msg_nos", uids)):
            found = self.post("/messages", {**look_up, field: list(values)})["messages"]
            self.assertEqual(len(found), 1 if field == "message_seqs" else 0)
        channels = [{"channel_id": uid, "channel_type": 2} for uid in uids]
        self.assertEqual(len(self.post("/conversation/syncByChannels", {"uid": "u", "channels": channels})), 10_000)
        self.assertEqual(self.post("/channel/subscriber_remove", {**look_up, "subscribers": uids}), OK)
        self.error("/channel/subscriber_add", {**look_up, "subscribers": ["u"] * 100_001})

    def test_a_wrong_element_changes_nothing(self):
        group = self.group(self.name("g"))
        body = {"channel_id": group, "channel_type": GROUP}
        for wrong in (5, "u" * 513, "a\nb", ["x"], {}):
            self.error("/channel/whitelist_set", {**body, "uids": [self.name("ann"), wrong]})
            self.error("/channel/subscriber_add", {**body, "subscribers": [self.name("ann"), wrong]})
        self.assertEqual(self.get(f"/channel/whitelist?channel_id={group}&channel_type=2"), [])
        self.assertEqual(self.channels_of(self.name("ann")), [])

    def test_twenty_pipelined_requests(self):
        connection = self.raw()
        bodies = [json.dumps({"channel_id": self.name("g"), "channel_type": GROUP, "payload": HELLO,
                              "client_msg_no": f"{self.name('n')}-{i}"}).encode() for i in range(20)]
        connection.sendall(b"".join(sized("/message/send", body) for body in bodies))
        answers = Answers(connection)
        for seq in range(1, 21):
            status, text = answers.next()
            self.assertEqual((status, json.loads(text)["data"]["message_seq"]), (200, seq))

    def test_chunks(self):
        connection = self.raw()
        body = json.dumps({"uid": self.name("u"), "token": "t"}).encode()
        chunks = b"".join(b"%x\r\n%s\r\n" % (len(part), part) for part in (body[:3], body[3:20], body[20:]))
        connection.sendall(http_request("/user/token", chunks + b"0\r\n\r\n", "Transfer-Encoding: chunked"))
        self.assertEqual(self.answer(connection), (200, b'{"status":200}'))

    def test_broken_chunks_and_lengths(self):
        for head, body in (
            ("Transfer-Encoding: chunked", b"zz\r\n{}\r\n0\r\n\r\n"),
            ("Transfer-Encoding: chunked", b"-1\r\n{}\r\n0\r\n\r\n"),
            ("Transfer-Encoding: chunked", b"ffffffffffffffffff\r\n{}\r\n"),
            ("Transfer-Encoding: chunked", b"2\r\n{}xx0\r\n\r\n"),
            ("Content-Length: -1", b"{}"),
            ("Content-Length: x", b"{}"),
            ("Content-Length: 2\r\nContent-Length: 3", b"{}"),
        ):
            connection = self.raw()
            connection.sendall(http_request("/user/systemuids_add", body, head))
            answers = Answers(connection)
            self.assertIn(answers.next()[0], (400, 413, 501), (head, body))
            self.assertTrue(answers.ended())
        self.assert_serves()

    def test_a_slow_body_keeps_nobody_waiting(self):
        body = json.dumps({"uid": self.name("u"), "token": "t"}).encode()
        request = sized("/user/token", body)
        slow = self.raw()
        for i in range(0, len(request) - 1):
            slow.sendall(request[i : i + 1])
        begun = time.monotonic()
        self.assertEqual(self.post("/user/token", {"uid": self.name("v"), "token": "t"}), OK)
        self.assertLess(time.monotonic() - begun, PATIENCE_S / 2)
        slow.sendall(request[-1:])
        self.assertEqual(self.answer(slow), (200, b'{"status":200}'))

    def test_who_leaves_in_the_middle_changes_nothing(self):
        uid = self.name("ann")
        body = json.dumps({"uids": [uid]}).encode()
        connection = self.raw()
        connection.sendall(sized("/user/systemuids_add", body)[:-1])
        connection.close()
        self.assert_serves()
        self.assertNotIn(uid, self.get("/user/systemuids"))

    def test_names_in_paths_and_queries(self):
        for target in ("/channel/whitelist?channel_id=%FF&channel_type=2", "/channel/whitelist?channel_id=%zz",
                       "/channel/whitelist?channel_id=%00&channel_type=2", "/../etc/passwd", "/%2e%2e/x"):
            status, _, _ = self.ask("GET", target)
            self.assertIn(status, (400, 404), target)
        for name, value in (("channel_type", "300"), ("channel_type", "-1"), ("channel_type", "1.5"),
                            ("channel_type", "9" * 1000)):
            self.error_of_get(f"/channel/whitelist?channel_id=g&{name}={value}")

    def test_field_names_in_any_case_and_unknown_ones(self):
        body = {"UID": self.name("u"), "Token": "t", "DEVICE_FLAG": 1, "unknown": {"deep": [1, 2]}}
        self.assertEqual(self.post("/user/token", body), OK)
        self.assertEqual(self.client().connect(self.name("u"), token="t", flag=1).reason, 1)


if __name__ == "__main__":
    unittest.main()
