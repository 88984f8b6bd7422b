# SPDX-License-Identifier: Apache-2.0
"""The Easemob-compatible REST API of a running server, as an app's back end and its users call it."""

import base64
import http.client
import json

from msync import BODY, META, decode
from server import PATIENCE_S, ServerFailure

APP = "/fenshen/demo"
CREDENTIALS = {"client_id": "id", "client_secret": "secret"}


class EasemobApi:
    """Not for several threads at once: they share nothing but the server."""

    def __init__(self, server):
        self.server = server

    def call(self, method, path, body=None, token=None):
        """Status and JSON."""
        connection = http.client.HTTPConnection(
            "127.0.0.1", self.server.addresses["easemob"], timeout=PATIENCE_S
        )
        headers = {"Content-Type": "application/json"}
        if token:
            headers["Authorization"] = f"Bearer {token}"
        try:
            text = None if body is None else json.dumps(body)
            connection.request(method, APP + path, body=text, headers=headers)
            response = connection.getresponse()
            return response.status, json.loads(response.read())
        finally:
            connection.close()

    def ok(self, method, path, body=None, token=None):
        status, answer = self.call(method, path, body, token)
        if status != 200:
            raise ServerFailure(f"{method} {path} answered {status}: {answer}")
        return answer

    def app_token(self):
        grant = {"grant_type": "client_credentials", **CREDENTIALS}
        return self.ok("POST", "/token", grant)["access_token"]

    def password_token(self, name, password):
        """None where the password is another."""
        grant = {"grant_type": "password", "username": name, "password": password}
        status, answer = self.call("POST", "/token", grant)
        if status not in (200, 400, 404):
            raise ServerFailure(f"POST /token answered {status}: {answer}")
        return answer.get("access_token")

    def register(self, name, password, app_token):
        self.ok("POST", "/users", {"username": name, "password": password}, app_token)

    def pages(self, path, member, token):
        """All elements of a list that is read with a cursor."""
        found, cursor = [], ""
        while True:
            data = self.ok("GET", f"{path}?limit=50&cursor={cursor}", token=token)["data"]
            found += data[member]
            cursor = data["cursor"]
            if not cursor:
                return found

    def history(self, user, token, name, is_group):
        """(server id, sender, text) of a conversation's texts, oldest first."""
        queue = f"{name}@{'conference.' if is_group else ''}easemob.com"
        rows, start = [], -1
        while True:
            body = {"queue": queue, "start": start, "pull_number": 50, "is_positive": True}
            data = self.ok("POST", f"/users/{user}/messageroaming", body, token)["data"]
            for one in data["msgs"]:
                meta = decode(META, base64.b64decode(one["msg"]))
                said = decode(BODY, meta.payload)
                rows.append((meta.id, said.sender.name, said.contents[0].text))
            if data["is_last"]:
                return rows
            start = data["next_key"]
