"""JSON Schema draft 4 as compiled functions: a model's schema comes in, a check goes out that lists what is wrong.

API Gateway validates with the Java library json-schema-validator and shows its messages as
`$context.error.validationErrorString`; a check of our own says the same words and costs microseconds. The tests
compare its verdicts with the library jsonschema's.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any
from urllib.parse import unquote

from gatewright.apigateway.gateway.schema.keywords import KEYWORDS
from gatewright.apigateway.gateway.schema.values import show, type_of

Check = Callable[[Any], list[str]]
"""Takes decoded JSON, gives AWS's messages; empty when the value fits."""

JSON_TYPES = ("array", "boolean", "integer", "null", "number", "object", "string")


class SchemaError(Exception):
    """A schema that cannot be followed: an unresolvable reference, a keyword of the wrong shape."""


class Compiler:
    """Compiles one model and every model it refers to; a schema that refers to itself becomes a loop of checks."""

    def __init__(self, models: Mapping[str, Any]) -> None:
        """`models` are decoded schemas by model name."""
        self._models = models
        self._known: dict[int, Check] = {}
        self._alive: list[Any] = []

    def compile(self, schema: Any, root: Any) -> Check:
        """Compile `schema`, whose "#/…" references start at `root`. Raises SchemaError."""
        if not isinstance(schema, dict):
            raise SchemaError(f"a schema is an object, not {show(schema)}")
        known = self._known.get(id(schema))
        if known is not None:
            return known
        parts: list[Check] = []

        def check(value: Any) -> list[str]:
            found: list[str] = []
            for part in parts:
                found += part(value)
            return found

        self._known[id(schema)] = check
        self._alive.append(schema)
        parts += self._parts(schema, root)
        return check

    def _parts(self, schema: dict[str, Any], root: Any) -> Iterable[Check]:
        if "$ref" in schema:
            yield self._reference(schema["$ref"], root)
            return
        if "type" in schema:
            yield _typed(schema["type"])
        for keywords, make in KEYWORDS:
            if any(keyword in schema for keyword in keywords):
                try:
                    yield make(schema, lambda inner: self.compile(inner, root))
                except (TypeError, ValueError, AttributeError) as error:
                    raise SchemaError(f"the keywords {'/'.join(keywords)} cannot be followed: {error}") from error

    def _reference(self, reference: Any, root: Any) -> Check:
        """Follow "#", "#/a/b", or a model by URL (".../models/Name") or by "#/definitions/Name"."""
        if not isinstance(reference, str):
            raise SchemaError(f"$ref is text, not {show(reference)}")
        url, _, fragment = reference.partition("#")
        if url:
            name = url.rstrip("/").rpartition("/")[2]
            if name not in self._models:
                raise SchemaError(f"no model for the reference {reference}")
            root = self._models[name]
        target = _walk(root, fragment)
        if target is None and not url:
            name = fragment.rpartition("/")[2]
            root = target = self._models.get(name)
        if target is None:
            raise SchemaError(f"nothing at the reference {reference}")
        inner = self.compile(target, root)
        return lambda value: inner(value)


def _walk(root: Any, fragment: str) -> Any:
    node = root
    for token in filter(None, unquote(fragment).split("/")):
        key = token.replace("~1", "/").replace("~0", "~")
        if isinstance(node, dict) and key in node:
            node = node[key]
        elif isinstance(node, list) and key.isdigit() and int(key) < len(node):
            node = node[int(key)]
        else:
            return None
    return node


def _typed(declared: Any) -> Check:
    names = [declared] if isinstance(declared, str) else declared
    if not isinstance(names, list) or not all(name in JSON_TYPES for name in names):
        raise SchemaError(f"type is one of {', '.join(JSON_TYPES)}, not {show(declared)}")
    allowed = set(names) | ({"integer"} if "number" in names else set())
    shown = show(sorted(allowed))

    def check(value: Any) -> list[str]:
        found = type_of(value)
        if found in allowed:
            return []
        return [f"instance type ({found}) does not match any allowed primitive type (allowed: {shown})"]

    return check
