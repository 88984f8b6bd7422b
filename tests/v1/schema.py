# SPDX-License-Identifier: Apache-2.0
"""Judges answers by the server's own description of its API: OpenAPI 3.1, of JSON Schema 2020-12 the
words that such a description uses. A word that isn't known here is an error, not a word to skip."""

import re

_NOTES = {
    "$comment", "$schema", "default", "deprecated", "description", "discriminator", "example", "examples",
    "externalDocs", "format", "readOnly", "title", "writeOnly", "contentEncoding", "contentMediaType", "$defs",
}

_TYPES = {
    "null": lambda value: value is None,
    "boolean": lambda value: isinstance(value, bool),
    "integer": lambda value: not isinstance(value, bool)
    and (isinstance(value, int) or (isinstance(value, float) and value.is_integer())),
    "number": lambda value: not isinstance(value, bool) and isinstance(value, (int, float)),
    "string": lambda value: isinstance(value, str),
    "array": lambda value: isinstance(value, list),
    "object": lambda value: isinstance(value, dict),
}

_FORMATS = {"date-time": re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)")}


class Schemas:
    def __init__(self, document):
        self.document = document

    def resolve(self, node):
        """What a node stands for; a reference leads into the same document."""
        seen = set()
        while isinstance(node, dict) and "$ref" in node:
            target = node["$ref"]
            if target in seen or not target.startswith("#/"):
                raise ValueError(f"the reference {target} leads nowhere")
            seen.add(target)
            node = self.document
            for step in target[2:].split("/"):
                node = node[step.replace("~1", "/").replace("~0", "~")]
        return node

    def complaints(self, schema, value, at="$"):
        """What is wrong with `value`, as texts; none when it is right."""
        if schema is True or schema == {}:
            return []
        if schema is False:
            return [f"{at}: nothing is allowed here"]
        found = []
        for word, argument in schema.items():
            if word in _NOTES:
                if word == "format" and argument in _FORMATS and isinstance(value, str):
                    if not _FORMATS[argument].fullmatch(value):
                        found.append(f"{at}: {value!r} is no {argument}")
                continue
            judge = getattr(self, "_" + word.lstrip("$").lower(), None)
            if judge is None:
                found.append(f"{at}: the schema's word {word} is not known")
            else:
                found.extend(judge(argument, value, at, schema))
        return found

    def _ref(self, target, value, at, _schema):
        return self.complaints(self.resolve({"$ref": target}), value, at)

    def _type(self, types, value, at, _schema):
        types = [types] if isinstance(types, str) else types
        if any(_TYPES[name](value) for name in types):
            return []
        return [f"{at}: {value!r} is not of type {'/'.join(types)}"]

    def _enum(self, values, value, at, _schema):
        return [] if any(_same(value, one) for one in values) else [f"{at}: {value!r} is none of {values}"]

    def _const(self, wanted, value, at, _schema):
        return [] if _same(value, wanted) else [f"{at}: {value!r} is not {wanted!r}"]

    def _properties(self, properties, value, at, _schema):
        if not isinstance(value, dict):
            return []
        return [complaint for name, schema in properties.items() if name in value
                for complaint in self.complaints(schema, value[name], f"{at}.{name}")]

    def _required(self, names, value, at, _schema):
        return [f"{at}: {name} is missing" for name in names if isinstance(value, dict) and name not in value]

    def _additionalproperties(self, schema, value, at, whole):
        if not isinstance(value, dict):
            return []
        patterns = whole.get("patternProperties", {})
        more = [name for name in value if name not in whole.get("properties", {})
                and not any(re.search(pattern, name) for pattern in patterns)]
        if schema is False:
            return [f"{at}: {name} is not described" for name in more]
        return [complaint for name in more for complaint in self.complaints(schema, value[name], f"{at}.{name}")]

    def _patternproperties(self, patterns, value, at, _schema):
        if not isinstance(value, dict):
            return []
        return [complaint for pattern, schema in patterns.items() for name in value if re.search(pattern, name)
                for complaint in self.complaints(schema, value[name], f"{at}.{name}")]

    def _propertynames(self, schema, value, at, _schema):
        if not isinstance(value, dict):
            return []
        return [complaint for name in value for complaint in self.complaints(schema, name, f"{at}.{name} (name)")]

    def _minproperties(self, count, value, at, _schema):
        return [f"{at}: too few members"] if isinstance(value, dict) and len(value) < count else []

    def _maxproperties(self, count, value, at, _schema):
        return [f"{at}: too many members"] if isinstance(value, dict) and len(value) > count else []

    def _items(self, schema, value, at, _schema):
        if not isinstance(value, list):
            return []
        return [complaint for index, one in enumerate(value)
                for complaint in self.complaints(schema, one, f"{at}[{index}]")]

    def _minitems(self, count, value, at, _schema):
        return [f"{at}: too few elements"] if isinstance(value, list) and len(value) < count else []

    def _maxitems(self, count, value, at, _schema):
        return [f"{at}: too many elements"] if isinstance(value, list) and len(value) > count else []

    def _uniqueitems(self, wanted, value, at, _schema):
        if not wanted or not isinstance(value, list):
            return []
        twice = [one for index, one in enumerate(value) if any(_same(one, other) for other in value[:index])]
        return [f"{at}: {twice[0]!r} is there twice"] if twice else []

    def _minimum(self, least, value, at, _schema):
        return [f"{at}: {value} is less than {least}"] if _is_number(value) and value < least else []

    def _maximum(self, most, value, at, _schema):
        return [f"{at}: {value} is more than {most}"] if _is_number(value) and value > most else []

    def _exclusiveminimum(self, bound, value, at, _schema):
        return [f"{at}: {value} is not above {bound}"] if _is_number(value) and value <= bound else []

    def _exclusivemaximum(self, bound, value, at, _schema):
        return [f"{at}: {value} is not below {bound}"] if _is_number(value) and value >= bound else []

    def _minlength(self, count, value, at, _schema):
        return [f"{at}: {value!r} is too short"] if isinstance(value, str) and len(value) < count else []

    def _maxlength(self, count, value, at, _schema):
        return [f"{at}: {value!r} is too long"] if isinstance(value, str) and len(value) > count else []

    def _pattern(self, pattern, value, at, _schema):
        return [f"{at}: {value!r} is not {pattern}"] if isinstance(value, str) and not re.search(pattern, value) else []

    def _allof(self, schemas, value, at, _schema):
        return [complaint for schema in schemas for complaint in self.complaints(schema, value, at)]

    def _anyof(self, schemas, value, at, _schema):
        tried = [self.complaints(schema, value, at) for schema in schemas]
        return [] if any(not one for one in tried) else [f"{at}: fits none: {min(tried, key=len)}"]

    def _oneof(self, schemas, value, at, _schema):
        tried = [self.complaints(schema, value, at) for schema in schemas]
        fitting = sum(not one for one in tried)
        if fitting == 1:
            return []
        return [f"{at}: fits {fitting} of {len(schemas)}, not one: {min(tried, key=len)}"]

    def _not(self, schema, value, at, _schema):
        return [] if self.complaints(schema, value, at) else [f"{at}: {value!r} is what is not allowed"]


def _same(one, other):
    return type(one) is type(other) and one == other


def _is_number(value):
    return _TYPES["number"](value)


class Description:
    """The document of GET /v1/openapi.json."""

    def __init__(self, document):
        self.document = document
        self.schemas = Schemas(document)

    def template_of(self, path):
        """The described path that `path` (without a query) is an instance of: the one with the fewest parameters."""
        fitting = []
        for template in self.document["paths"]:
            parts = re.split(r"\{[^}]*\}", template)
            if re.fullmatch("[^/]+".join(map(re.escape, parts)), path):
                fitting.append((len(parts), template))
        return min(fitting)[1] if fitting else None

    def responses(self, template, method):
        operation = self.schemas.resolve(self.document["paths"][template]).get(method.lower())
        return operation and operation["responses"]

    def complaints(self, method, path, status, content_type, answer):
        template = self.template_of(path)
        if template is None:
            return [f"{path} is not described"]
        responses = self.responses(template, method)
        if responses is None:
            return [f"{method} {template} is not described"]
        keys = (str(status), f"{status // 100}XX", "default")
        found = next((responses[key] for key in keys if key in responses), None)
        where = f"{method} {template} -> {status}"
        if found is None:
            return [f"{where} is not described"]
        content = self.schemas.resolve(found).get("content")
        if not content:
            return [] if answer is None else [f"{where} has a body that is not described: {answer!r}"]
        media = content.get(content_type.partition(";")[0].strip())
        if media is None:
            return [f"{where}: {content_type} is not described, {', '.join(content)} is"]
        return [f"{where}: {one}" for one in self.schemas.complaints(media.get("schema", True), answer)]
