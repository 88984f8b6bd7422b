# SPDX-License-Identifier: Apache-2.0
"""The server's own description: it is OpenAPI 3.1, whole, and true. That it is true of every answer is
checked by all tests of this folder, each time something is answered (v1_case)."""

import re
import unittest

from schema import Description, Schemas
from v1_case import V1Case, account

CONTRACT = {
    "/v1/accounts/{}": {"get"},
    "/v1/accounts/{}/explain-login": {"get", "post"},
    "/v1/accounts/{}/devices": {"get"},
    "/v1/accounts/{}/devices/{}": {"delete"},
    "/v1/accounts/{}/end": {"post"},
    "/v1/accounts/{}/ban": {"post"},
    "/v1/accounts/{}/unban": {"post"},
    "/v1/accounts/{}/logins": {"get"},
    "/v1/accounts/{}/policy": {"get", "put", "delete"},
    "/v1/policy": {"get", "put"},
    "/v1/policy/dry-run": {"post"},
    "/v1/policy/presets": {"get"},
    "/v1/policy/history": {"get"},
    "/v1/openapi.json": {"get"},
}
METHODS = {"get", "put", "post", "delete", "patch", "options", "head", "trace"}


class OpenApiTest(V1Case):
    def document(self):
        return self.api("GET", "/v1/openapi.json")

    def operations(self):
        for template, item in self.document()["paths"].items():
            for method in METHODS & set(item):
                yield template, method, item[method], item.get("parameters", [])

    def test_it_is_openapi_3_1(self):
        document = self.document()
        self.assertRegex(document["openapi"], r"^3\.1\.\d+$")
        self.assertTrue(document["info"]["title"])
        self.assertTrue(document["info"]["version"])

    def test_every_route_of_the_contract_is_there(self):
        described = {}
        for template, method, _, _ in self.operations():
            described.setdefault(re.sub(r"\{[^}]*\}", "{}", template), set()).add(method)
        missing = {path: methods - described.get(path, set()) for path, methods in CONTRACT.items()
                   if methods - described.get(path, set())}
        self.assertEqual(missing, {})

    def test_operations_are_whole(self):
        schemas = Schemas(self.document())
        seen = set()
        for template, method, operation, shared in self.operations():
            where = f"{method} {template}"
            self.assertTrue(operation.get("summary") or operation.get("description"), where)
            if "operationId" in operation:
                self.assertNotIn(operation["operationId"], seen)
                seen.add(operation["operationId"])
            parameters = [schemas.resolve(one) for one in (*shared, *operation.get("parameters", []))]
            in_path = {one["name"] for one in parameters if one["in"] == "path"}
            self.assertEqual(in_path, set(re.findall(r"\{([^}]*)\}", template)), where)
            self.assertTrue(all(one["required"] for one in parameters if one["in"] == "path"), where)
            self.assertTrue(any(status.startswith("2") for status in operation["responses"]), where)
            for response in operation["responses"].values():
                self.assertTrue(schemas.resolve(response)["description"], where)

    def test_every_reference_leads_somewhere(self):
        document = self.document()
        schemas = Schemas(document)
        def walk(node):
            if isinstance(node, dict):
                if isinstance(node.get("$ref"), str):
                    schemas.resolve(node)
                for value in node.values():
                    walk(value)
            elif isinstance(node, list):
                for value in node:
                    walk(value)
        walk(document)

    def test_answers_have_a_schema_that_says_something(self):
        """`{}` would make everything true."""
        schemas = Schemas(self.document())
        for template, method, operation, _ in self.operations():
            if template == "/v1/openapi.json" or method in ("head", "options"):
                continue
            for status, response in operation["responses"].items():
                for media in schemas.resolve(response).get("content", {}).values():
                    schema = schemas.resolve(media["schema"])
                    telling = {"properties", "allOf", "oneOf", "anyOf", "items", "additionalProperties"}
                    self.assertTrue(set(schema) & telling, (template, method, status, schema))

    def test_bodies_have_a_schema(self):
        schemas = Schemas(self.document())
        for template, method, operation, _ in self.operations():
            if (re.sub(r"\{[^}]*\}", "{}", template), method) in (
                    ("/v1/accounts/{}/explain-login", "post"), ("/v1/accounts/{}/end", "post"), ("/v1/policy", "put"),
                    ("/v1/policy/dry-run", "post"), ("/v1/accounts/{}/policy", "put")):
                body = schemas.resolve(operation["requestBody"])
                self.assertTrue(schemas.resolve(body["content"]["application/json"]["schema"]), template)

    def test_it_knows_what_is_wrong(self):
        """The judge itself: an answer with a member of the wrong type is not let pass."""
        uid = self.name("ann")
        self.device(uid, 1, "tab")
        description = Description(self.document())
        answer = self.devices(uid)
        path = account(uid, "/devices")
        judge = lambda changed: description.complaints("GET", path, 200, "application/json", changed)
        self.assertEqual(judge(answer), [])
        for member, value in (("class", "1"), ("online", 1), ("sessions", None), ("device_id", 5)):
            self.assertTrue(judge({**answer, "devices": [{**answer["devices"][0], member: value}]}), member)
        self.assertTrue(judge({"uid": uid}))
        self.assertTrue(description.complaints("GET", account(uid, "/nowhere"), 200, "application/json", {}))

    def test_the_guard_is_described(self):
        document = self.document()
        schemes = document.get("components", {}).get("securitySchemes", {}).values()
        kinds = {(one["type"], one.get("name", one.get("scheme"))) for one in schemes}
        self.assertLessEqual({("apiKey", "token"), ("http", "bearer")}, kinds)


if __name__ == "__main__":
    unittest.main()
