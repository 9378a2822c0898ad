"""Steps through a document that every page needs: references, what is internal, what no caller may see."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

VERBS = ("get", "put", "post", "delete", "options", "head", "patch")
ANY = "x-amazon-apigateway-any-method"
INTERNAL = "x-internal"
PRIVATE = ("x-amazon-", "x-gatewright-")
"""Integrations, authorizers' functions, and our own notes: nothing that a caller could use."""
MAX_HOPS = 20


def is_private(key: str) -> bool:
    return key.startswith(PRIVATE) and key != ANY


def is_internal(node: Any) -> bool:
    return isinstance(node, Mapping) and node.get(INTERNAL) is True


def public(node: Any) -> Any:
    """A copy without what is private or marked internal; `required` forgets the properties that went."""
    if isinstance(node, Mapping):
        kept = {
            key: public(child)
            for key, child in node.items()
            if not is_private(str(key)) and key != INTERNAL and not is_internal(child)
        }
        required, properties = node.get("required"), node.get("properties")
        if isinstance(required, list) and isinstance(properties, Mapping):
            hidden = {name for name, child in properties.items() if is_internal(child)}
            if hidden:
                kept["required"] = [name for name in required if name not in hidden]
                if not kept["required"]:
                    del kept["required"]
        return kept
    if isinstance(node, list):
        return [public(child) for child in node if not is_internal(child)]
    return node


def look_up(document: Mapping[str, Any], reference: str) -> Any:
    """What a local reference (`#/definitions/Pet`) points at; None when there is nothing."""
    node: Any = document
    for token in reference.removeprefix("#").split("/")[1:]:
        name = token.replace("~1", "/").replace("~0", "~")
        node = node.get(name) if isinstance(node, Mapping) else None
    return node


def follow(document: Mapping[str, Any], node: Any) -> Any:
    """The node itself, or what its `$ref` points at; {} when the reference leads nowhere or in circles."""
    for _ in range(MAX_HOPS):
        reference = node.get("$ref") if isinstance(node, Mapping) else None
        if not isinstance(reference, str):
            return node
        node = look_up(document, reference) if reference.startswith("#") else None
    return {}


def references(node: Any) -> Iterator[str]:
    """Every `$ref` below a node."""
    if isinstance(node, Mapping):
        reference = node.get("$ref")
        if isinstance(reference, str):
            yield reference
        for child in node.values():
            yield from references(child)
    elif isinstance(node, list):
        for child in node:
            yield from references(child)


def mapping(value: Any) -> Mapping[str, Any]:
    """The value if it is an object, else an empty one: what AWS takes is not always what OpenAPI says."""
    return value if isinstance(value, Mapping) else {}


def listing(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def key_of(parameter: Mapping[str, Any]) -> tuple[str, str]:
    """A parameter's identity; a body has one whatever it is called, and a greedy name loses its +."""
    place = str(parameter.get("in"))
    name = str(parameter.get("name"))
    return place, "" if place == "body" else name.removesuffix("+") if place == "path" else name
