"""From a document to a Python module of types: its models, and for each operation its event, parameters and answers.

In: a document's plain data (Swagger 2.0 or OpenAPI 3.0). Out: the module's text, for type checkers alone: a handler
imports it under TYPE_CHECKING, so that no bundle needs it. What no type can say is `Any`.
"""

from __future__ import annotations

import keyword
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

ANY = "ANY"
METHODS = {
    **{name: name.upper() for name in ("get", "put", "post", "delete", "options", "head", "patch")},
    "x-amazon-apigateway-any-method": ANY,
}
SIMPLE = {"string": "str", "integer": "int", "number": "float", "boolean": "bool", "null": "None"}
HEADER = '''"""Types of the API {api}, made by Gatewright from {document}; edit that file, not this one."""

from __future__ import annotations

from typing import Any, Literal, NotRequired, TypeAlias, TypedDict

'''


@dataclass(frozen=True, slots=True)
class Operation:
    """One operation of a document; `name` is its Python name in camel case, `method` upper case or ANY, `path` the
    resource's."""

    name: str
    method: str
    path: str
    data: Mapping[str, Any]
    parameters: tuple[Mapping[str, Any], ...]


@dataclass(slots=True)
class Writer:
    """`taken` are the names that exist already, `lines` the definitions written so far."""

    body: Mapping[str, Any]
    taken: set[str] = field(default_factory=set)
    models: dict[str, str] = field(default_factory=dict)
    lines: list[str] = field(default_factory=list)

    def unused(self, name: str) -> str:
        found, number = name, 2
        while found in self.taken:
            found, number = f"{name}{number}", number + 1
        self.taken.add(found)
        return found

    def type_of(self, schema: object, name: str) -> str:
        """The type of a schema; one with properties becomes a class called `name`."""
        if not isinstance(schema, Mapping):
            return "Any"
        plain = self.plain_type(schema, name)
        return f"{plain} | None" if schema.get("nullable") is True and plain != "Any" else plain

    def plain_type(self, schema: Mapping[str, Any], name: str) -> str:
        if "$ref" in schema:
            return self.models.get(str(schema["$ref"]).rpartition("/")[2], "Any")
        if "enum" in schema:
            return f"Literal[{', '.join(map(repr, schema['enum']))}]" if is_literal(schema["enum"]) else "Any"
        for word in ("oneOf", "anyOf"):
            if schema.get(word):
                kinds = [self.type_of(one, f"{name}{place}") for place, one in enumerate(schema[word], 1)]
                return " | ".join(dict.fromkeys(kinds)) if "Any" not in kinds else "Any"
        kind = schema.get("type")
        if isinstance(schema.get("properties"), Mapping):
            return self.typed_dict(schema, self.unused(name))
        if kind == "array":
            return f"list[{self.type_of(schema.get('items'), name + 'Item')}]"
        if kind == "object":
            more = schema.get("additionalProperties")
            return f"dict[str, {self.type_of(more, name + 'Value') if isinstance(more, Mapping) else 'Any'}]"
        return SIMPLE.get(kind, "Any") if isinstance(kind, str) else "Any"

    def typed_dict(self, schema: Mapping[str, Any], name: str) -> str:
        required = set(schema.get("required", ()))
        fields = {}
        for key, value in schema["properties"].items():
            kind = self.type_of(value, name + pascal(key))
            fields[key] = kind if key in required else f"NotRequired[{kind}]"
        self.define(name, fields)
        return name

    def define(self, name: str, fields: Mapping[str, str]) -> None:
        if all(key.isidentifier() and not keyword.iskeyword(key) for key in fields):
            rows = [f"    {key}: {kind}" for key, kind in fields.items()] or ["    pass"]
            self.lines += [f"class {name}(TypedDict):", *rows, "", ""]
            return
        rows = [f"        {key!r}: {kind!r}," for key, kind in fields.items()]
        self.lines += [f"{name} = TypedDict(", f"    {name!r},", "    {", *rows, "    },", ")", "", ""]


def module(body: Mapping[str, Any], api: str, document: str) -> str:
    """The module's text: classes first, then what only names them."""
    writer = Writer(body)
    found = list(operations(body))
    # A model gives way: a handler names its event by the operation alone.
    writer.taken |= {
        f"{operation.name}{suffix}" for operation in found for suffix in ("Path", "Query", "Event", "Body")
    }
    schemas = body.get("definitions") or (body.get("components") or {}).get("schemas") or {}
    writer.models = {name: writer.unused(pascal(name)) for name in schemas}
    aliases = []
    for name, schema in schemas.items():
        own = writer.models[name]
        if isinstance(schema, Mapping) and isinstance(schema.get("properties"), Mapping) and "$ref" not in schema:
            writer.typed_dict(schema, own)
        else:
            aliases += [f"{own}: TypeAlias = {writer.type_of(schema, own + 'Of')!r}", ""]
    for operation in found:
        aliases += operation_types(writer, operation)
    return HEADER.format(api=api, document=document) + "\n" + "\n".join([*writer.lines, *aliases]).rstrip() + "\n"


def operation_types(writer: Writer, operation: Operation) -> list[str]:
    """Write an operation's event with its parameters; gives the lines that name its bodies."""
    name = operation.name
    shown: dict[str, str] = {}
    for place, suffix in (("path", "Path"), ("query", "Query")):
        found = [one for one in operation.parameters if one.get("in") == place and isinstance(one.get("name"), str)]
        fields = {one["name"]: "str" if one.get("required") else "NotRequired[str]" for one in found}
        if fields:
            writer.define(name + suffix, fields)
        # API Gateway gives null where there is no parameter at all.
        never_null = any(one.get("required") for one in found)
        shown[place] = "None" if not fields else f"{name}{suffix}" + ("" if never_null else " | None")
    content = content_of(operation)
    writer.define(
        f"{name}Event",
        {
            "resource": f"Literal[{operation.path!r}]",
            "path": "str",
            "httpMethod": "str" if operation.method == ANY else f"Literal[{operation.method!r}]",
            "headers": "dict[str, str] | None",
            "pathParameters": shown["path"],
            "queryStringParameters": shown["query"],
            "stageVariables": "dict[str, str] | None",
            "requestContext": "dict[str, Any]",
            "body": "str" if content is not None else "str | None",
            "isBase64Encoded": "bool",
        },
    )
    lines = []
    if content is not None:
        lines += [f"{name}Body: TypeAlias = {writer.type_of(content, name + 'Content')!r}", ""]
    for status, response in (operation.data.get("responses") or {}).items():
        schema = schema_of(response) if isinstance(response, Mapping) else None
        if schema is not None:
            word = writer.unused(f"{name}{pascal(str(status), digits=True)}")
            lines += [f"{word}: TypeAlias = {writer.type_of(schema, word + 'Content')!r}", ""]
    return lines


def operations(body: Mapping[str, Any]) -> Iterator[Operation]:
    """Every operation, each by a name of its own."""
    names: set[str] = set()
    for path, item in (body.get("paths") or {}).items():
        for method in METHODS:
            data = item.get(method) if isinstance(item, Mapping) else None
            if isinstance(data, Mapping):
                given = [*(item.get("parameters") or ()), *(data.get("parameters") or ())]
                found = [resolved(body, one) for one in given if isinstance(one, Mapping)]
                verb = METHODS[method]
                name = pascal(str(data.get("operationId") or f"{verb.lower()} {path}"))
                while name in names:
                    name += "Again"
                names.add(name)
                yield Operation(name, verb, path, data, tuple(found))


def resolved(body: Mapping[str, Any], parameter: Mapping[str, Any]) -> Mapping[str, Any]:
    if "$ref" not in parameter:
        return parameter
    name = str(parameter["$ref"]).rpartition("/")[2]
    shared = body.get("parameters") or (body.get("components") or {}).get("parameters") or {}
    found = shared.get(name)
    return found if isinstance(found, Mapping) else {}


def content_of(operation: Operation) -> Any:
    """The schema of an operation's body, None when it takes none."""
    for parameter in operation.parameters:
        if parameter.get("in") == "body":
            return parameter.get("schema", {})
    request = operation.data.get("requestBody")
    return schema_of(request) if isinstance(request, Mapping) else None


def schema_of(holder: Mapping[str, Any]) -> Any:
    """The schema of a response or a request body: Swagger's own, or that of the first media type."""
    if "schema" in holder:
        return holder["schema"]
    content = holder.get("content")
    media = next(iter(content.values()), None) if isinstance(content, Mapping) else None
    return media.get("schema") if isinstance(media, Mapping) else None


def is_literal(values: object) -> bool:
    return isinstance(values, list) and bool(values) and all(isinstance(one, str | int | None) for one in values)


def pascal(text: str, *, digits: bool = False) -> str:
    """ "getHello" is GetHello, "my-api" MyApi; "200" is Status200, or 200 where `digits` may begin it."""
    made = "".join(part[:1].upper() + part[1:] for part in re.split(r"[^A-Za-z0-9]+", text))
    return f"Status{made}" if made[:1].isdigit() and not digits else made or "Unnamed"


def snake(name: str) -> str:
    """GetHello is get_hello: the name of an operation's own module."""
    made = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name).lower()
    return f"{made}_" if keyword.iskeyword(made) else made
