"""What API Gateway takes and OpenAPI forbids, said so that every tool can read it. In: a designer's document. Out: a
copy in which keys that OpenAPI does not know stand under `x-`, and types stand where its version wants them.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from gatewright.docs.tree import ANY, VERBS, is_private, listing, mapping
from gatewright.docs.upgrade import SCHEMA_KEYS

ITEM_KEYS = frozenset((*VERBS, ANY, "trace", "parameters", "$ref"))
ITEM_KEYS_3 = ITEM_KEYS | {"summary", "description", "servers"}
OPERATION_KEYS = frozenset(
    (
        "tags",
        "summary",
        "description",
        "externalDocs",
        "operationId",
        "parameters",
        "responses",
        "deprecated",
        "security",
    )
)
OPERATION_KEYS_2 = OPERATION_KEYS | {"consumes", "produces", "schemes"}
OPERATION_KEYS_3 = OPERATION_KEYS | {"requestBody", "callbacks", "servers"}


def straighten(document: Mapping[str, Any]) -> dict[str, Any]:
    oas3 = "openapi" in document
    made = dict(document)
    made["paths"] = {
        str(path): item_of(mapping(item), oas3=oas3)
        for path, item in mapping(document.get("paths")).items()
        if str(path).startswith("/")
    }
    if oas3:
        made.pop("securityDefinitions", None)
    copied: dict[str, Any] = mended(made)
    return copied


def item_of(item: Mapping[str, Any], *, oas3: bool) -> dict[str, Any]:
    known = ITEM_KEYS_3 if oas3 else ITEM_KEYS
    made = {name_of(key, known): value for key, value in item.items()}
    if "parameters" in made:
        made["parameters"] = [parameter(one, oas3=oas3) for one in listing(made["parameters"])]
    for verb in (*VERBS, ANY):
        if isinstance(made.get(verb), Mapping):
            made[verb] = operation(made[verb], oas3=oas3)
    return made


def operation(written: Mapping[str, Any], *, oas3: bool) -> dict[str, Any]:
    known = OPERATION_KEYS_3 if oas3 else OPERATION_KEYS_2
    made = {name_of(key, known): value for key, value in written.items()}
    if "parameters" in made:
        made["parameters"] = [parameter(one, oas3=oas3) for one in listing(made["parameters"])]
    made["responses"] = {
        str(status): response(mapping(one), oas3=oas3) for status, one in mapping(made.get("responses")).items()
    }
    return made


def name_of(key: Any, known: frozenset[str]) -> str:
    text = str(key)
    return text if text in known or text.startswith("x-") else f"x-{text}"


def parameter(one: Any, *, oas3: bool) -> Any:
    if not isinstance(one, Mapping) or "$ref" in one or one.get("in") == "body":
        return one
    return typed(one, oas3=oas3)


def response(one: Mapping[str, Any], *, oas3: bool) -> dict[str, Any]:
    made = dict(one)
    if "headers" in made:
        made["headers"] = {
            name: header if "$ref" in mapping(header) else typed(mapping(header), oas3=oas3)
            for name, header in mapping(made["headers"]).items()
        }
    return made


def typed(one: Mapping[str, Any], *, oas3: bool) -> dict[str, Any]:
    """Swagger 2.0 keeps a parameter's type beside its name, OpenAPI 3.0 in a schema; API Gateway reads both."""
    if not oas3:
        made = {**one, **mapping(one.get("schema"))}
        made.pop("schema", None)
        return made if "type" in made else {**made, "type": "string"}
    if "schema" in one or "content" in one:
        return dict(one)
    facts = {key: value for key, value in one.items() if key in SCHEMA_KEYS}
    return {key: value for key, value in one.items() if key not in SCHEMA_KEYS} | {
        "schema": facts or {"type": "string"}
    }


def mended(node: Any, *, named: bool = False) -> Any:
    """Patterns that are no regular expression cannot be checked by anybody: they are kept as a note.
    `named`: the keys of this object are names, not OpenAPI's words."""
    if isinstance(node, Mapping):
        made = {}
        for key, value in node.items():
            bad = key == "pattern" and not named and isinstance(value, str) and not compiles(value)
            if is_private(str(key)):
                made[key] = value
            else:
                made["x-pattern" if bad else key] = mended(value, named=key in ("properties", "definitions", "schemas"))
        return made
    return [mended(child) for child in node] if isinstance(node, list) else node


def compiles(pattern: str) -> bool:
    try:
        re.compile(pattern)
    except re.error:
        return False
    return True
