"""Nested values of a resource, checked before anything is created: misspelt keys would be refused half way otherwise.

In: an entry and unresolved properties. Out: what is wrong, in CloudFormation's words. Only what stands there literally
is checked; what functions give is seen when it is resolved.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from gatewright.local.cloudformation.references import function_of
from gatewright.local.cloudformation.types.entry import Entry
from gatewright.local.protocol import load_model

NUMBERS = ("integer", "long", "float", "double")


def problems(entry: Entry, properties: Mapping[str, Any]) -> Iterator[str]:
    """One line for each mistake."""
    members = shapes(entry.call)
    for name, value in properties.items():
        where = f"#/{name}"
        if name in entry.nested:
            for each in value if isinstance(value, list) else [value]:
                yield from extraneous(each, entry.nested[name], where)
        elif name.lower() in members and not (entry.tags and name == entry.tags_property):
            yield from mismatches(members[name.lower()], value, where)


def shapes(call: str) -> dict[str, Any]:
    """The members of a call's input, by their names in lower case."""
    if not call:
        return {}
    service, operation = call.split(":")
    shape = load_model(service).operation_model(operation).input_shape
    return {name.lower(): member for name, member in shape.members.items()} if shape is not None else {}


def extraneous(value: Any, allowed: frozenset[str], where: str) -> Iterator[str]:
    if isinstance(value, dict) and function_of(value) is None:
        for key in value:
            if key not in allowed and key != "Fn::Transform":
                yield f"{where}: extraneous key [{key}] is not permitted"


def mismatches(shape: Any, value: Any, where: str) -> Iterator[str]:
    if function_of(value) is not None:
        return
    kind = shape.type_name
    if kind == "structure" and isinstance(value, dict):
        yield from in_structure(shape, value, where)
    elif kind == "structure":
        yield f"{where}: expected type: JSONObject, found: {found(value)}"
    elif kind == "list" and isinstance(value, list):
        for at, each in enumerate(value):
            yield from mismatches(shape.member, each, f"{where}/{at}")
    elif kind == "map" and isinstance(value, dict):
        for key, each in value.items():
            yield from mismatches(shape.value, each, f"{where}/{key}")
    elif kind in NUMBERS and not is_number(value):
        yield f"{where}: expected type: Number, found: {found(value)}"
    elif kind == "boolean" and str(value).lower() not in ("true", "false"):
        yield f"{where}: expected type: Boolean, found: {found(value)}"


def in_structure(shape: Any, value: dict[str, Any], where: str) -> Iterator[str]:
    members = {name.lower(): member for name, member in shape.members.items()}
    for key, each in value.items():
        if key.lower() in members:
            yield from mismatches(members[key.lower()], each, f"{where}/{key}")
        else:
            yield f"{where}: extraneous key [{key}] is not permitted"


def is_number(value: Any) -> bool:
    try:
        float(value)
    except (TypeError, ValueError):
        return False
    return not isinstance(value, bool)


def found(value: Any) -> str:
    """A value's type as AWS's validator names it."""
    names = {dict: "JSONObject", list: "JSONArray", bool: "Boolean", int: "Integer", float: "Number", str: "String"}
    return names.get(type(value), "Null")
