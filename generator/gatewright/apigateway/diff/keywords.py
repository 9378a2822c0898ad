"""What each keyword of a draft-4 schema refuses now that it did not refuse before.

A check takes everything that held before (`parts`, all of which hold) and one keyword that must hold now, and gives the
reasons why a value may be refused at `path`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

TYPES = frozenset({"null", "boolean", "integer", "number", "string", "array", "object"})
ANYTHING: Mapping[str, Any] = {}
NOTHING: Mapping[str, Any] = {"not": {}}


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a value may be refused: at which place of the value, by which keyword, and what the keyword said before and
    says now (None = not there)."""

    path: tuple[str, ...]
    keyword: str
    before: Any = None
    after: Any = None


class Compares(Protocol):
    """The comparison a check is part of, for what lies deeper."""

    def reasons(self, before: Any, after: Any, path: tuple[str, ...]) -> Iterator[Reason]: ...

    def accepts(self, before: Any, after: Any, path: tuple[str, ...]) -> bool: ...


def as_schema(value: Any) -> Mapping[str, Any]:
    """True, None and anything that is no schema accept everything; False accepts nothing."""
    if value is False:
        return NOTHING
    return value if isinstance(value, Mapping) else ANYTHING


def types_of(parts: list[Mapping[str, Any]]) -> frozenset[str]:
    """The types that all parts allow; an enum allows its values' types."""
    allowed = TYPES
    for part in parts:
        if "type" in part:
            named = [part["type"]] if isinstance(part["type"], str) else list(part["type"])
            allowed = allowed & frozenset({*named, *(["integer"] if "number" in named else [])})
        if isinstance(part.get("enum"), list):
            allowed = allowed & frozenset(kind for value in part["enum"] for kind in kinds_of(value))
    return allowed


def kinds_of(value: Any) -> tuple[str, ...]:
    match value:
        case None:
            return ("null",)
        case bool():
            return ("boolean",)
        case int():
            return ("integer", "number")
        case float():
            return ("number", "integer") if value.is_integer() else ("number",)
        case str():
            return ("string",)
        case list():
            return ("array",)
    return ("object",)


def check_type(_: Compares, parts: list[Any], __: Any, value: Any, path: tuple[str, ...]) -> Iterator[Reason]:
    before, after = types_of(parts), types_of([{"type": value}])
    if not before <= after:
        yield Reason(path, "type", sorted(before) if before != TYPES else None, value)


def check_enum(_: Compares, parts: list[Any], __: Any, value: Any, path: tuple[str, ...]) -> Iterator[Reason]:
    for part in parts:
        if isinstance(part.get("enum"), list) and all(
            any(same_value(one, other) for other in value) for one in part["enum"]
        ):
            return
    yield Reason(path, "enum", next((part["enum"] for part in parts if "enum" in part), None), value)


def same_value(one: Any, other: Any) -> bool:
    return one == other and isinstance(one, bool) == isinstance(other, bool)


def check_required(_: Compares, parts: list[Any], __: Any, value: Any, path: tuple[str, ...]) -> Iterator[Reason]:
    if "object" not in types_of(parts) or not isinstance(value, list):
        return
    before = {name for part in parts for name in part.get("required", ()) if isinstance(name, str)}
    for name in value:
        if name not in before:
            yield Reason((*path, name), "required", False, True)


def check_properties(
    comparison: Compares, parts: list[Any], _: Any, value: Any, path: tuple[str, ...]
) -> Iterator[Reason]:
    if "object" not in types_of(parts) or not isinstance(value, Mapping):
        return
    for name, schema in value.items():
        yield from comparison.reasons(property_schema(parts, name), schema, (*path, name))


def property_schema(parts: list[Any], name: str) -> Mapping[str, Any]:
    """What was said of one property: by name, else by additionalProperties. Patterns are left out: they could only
    have allowed less."""
    found = []
    for part in parts:
        properties = part.get("properties", {})
        if name in properties:
            found.append(properties[name])
        elif "additionalProperties" in part and not part.get("patternProperties"):
            found.append(part["additionalProperties"])
    return (
        found[0] if len(found) == 1 and isinstance(found[0], Mapping) else {"allOf": [as_schema(one) for one in found]}
    )


def check_additional(
    comparison: Compares, parts: list[Any], after: Any, value: Any, path: tuple[str, ...]
) -> Iterator[Reason]:
    if "object" not in types_of(parts) or value is True or value == {}:
        return
    if after.get("patternProperties") or any(part.get("patternProperties") for part in parts):
        yield Reason(path, "additionalProperties", None, value)
        return
    named = set(after.get("properties", {}))
    for name in {name for part in parts for name in part.get("properties", {})} - named:
        if value is False:
            if property_schema(parts, name) not in (NOTHING, {"allOf": [NOTHING]}):
                yield Reason((*path, name), "properties", "allowed", None)
        else:
            yield from comparison.reasons(property_schema(parts, name), value, (*path, name))
    before = {"allOf": [as_schema(part["additionalProperties"]) for part in parts if "additionalProperties" in part]}
    if value is False:
        if not any(part.get("additionalProperties") is False for part in parts):
            yield Reason(path, "additionalProperties", True, False)
    else:
        yield from comparison.reasons(before, value, (*path, "*"))


def check_items(comparison: Compares, parts: list[Any], _: Any, value: Any, path: tuple[str, ...]) -> Iterator[Reason]:
    if "array" not in types_of(parts):
        return
    if isinstance(value, list) or any(isinstance(part.get("items"), list) for part in parts):
        yield Reason(path, "items", next((part["items"] for part in parts if "items" in part), None), value)
        return
    before = {"allOf": [as_schema(part["items"]) for part in parts if "items" in part]}
    yield from comparison.reasons(before if before["allOf"] else ANYTHING, value, (*path, "[]"))


def check_additional_items(
    _: Compares, parts: list[Any], after: Any, value: Any, path: tuple[str, ...]
) -> Iterator[Reason]:
    if isinstance(after.get("items"), list) and value not in (True, {}) and "array" in types_of(parts):
        yield Reason(path, "additionalItems", None, value)


def bound(keyword: str, kind: str, fits: Callable[[Any, Any], bool]) -> Callable[..., Iterator[Reason]]:
    """A check for a size: the size that held before must already be as strict."""

    def check(_: Compares, parts: list[Any], __: Any, value: Any, path: tuple[str, ...]) -> Iterator[Reason]:
        if kind in types_of(parts) and not any(keyword in part and fits(part[keyword], value) for part in parts):
            yield Reason(path, keyword, next((part[keyword] for part in parts if keyword in part), None), value)

    return check


def limit(keyword: str, exclusive: str, fits: Callable[[Any, Any], bool]) -> Callable[..., Iterator[Reason]]:
    """A check for minimum and maximum, with draft 4's boolean exclusive."""

    def check(_: Compares, parts: list[Any], after: Any, value: Any, path: tuple[str, ...]) -> Iterator[Reason]:
        if not {"number", "integer"} & types_of(parts):
            return
        for part in parts:
            if keyword in part and fits(part[keyword], value):
                is_open = part.get(exclusive) is True or not after.get(exclusive)
                if part[keyword] != value or is_open:
                    return
        yield Reason(path, keyword, next((part[keyword] for part in parts if keyword in part), None), value)

    return check


def check_multiple(_: Compares, parts: list[Any], __: Any, value: Any, path: tuple[str, ...]) -> Iterator[Reason]:
    whole = isinstance(value, int) and value != 0
    for part in parts:
        before = part.get("multipleOf")
        if whole and isinstance(before, int) and before % value == 0:
            return
    if {"number", "integer"} & types_of(parts):
        yield Reason(
            path, "multipleOf", next((part["multipleOf"] for part in parts if "multipleOf" in part), None), value
        )


def check_any(comparison: Compares, parts: list[Any], _: Any, value: Any, path: tuple[str, ...]) -> Iterator[Reason]:
    before = {"allOf": list(parts)}
    for choice in value if isinstance(value, list) else ():
        if comparison.accepts(before, choice, path):
            return
    yield Reason(path, "anyOf", next((part["anyOf"] for part in parts if "anyOf" in part), None), value)


def silent(*_: Any) -> Iterator[Reason]:
    """A keyword that another check reads."""
    return iter(())


def check_unique(_: Compares, parts: list[Any], __: Any, value: Any, path: tuple[str, ...]) -> Iterator[Reason]:
    if value and "array" in types_of(parts) and not any(part.get("uniqueItems") for part in parts):
        yield Reason(path, "uniqueItems", False, True)


CHECKS: Mapping[str, Callable[..., Iterator[Reason]]] = {
    "type": check_type,
    "enum": check_enum,
    "required": check_required,
    "properties": check_properties,
    "additionalProperties": check_additional,
    "items": check_items,
    "additionalItems": check_additional_items,
    "anyOf": check_any,
    "multipleOf": check_multiple,
    "uniqueItems": check_unique,
    "minimum": limit("minimum", "exclusiveMinimum", lambda before, after: before >= after),
    "maximum": limit("maximum", "exclusiveMaximum", lambda before, after: before <= after),
    "exclusiveMinimum": silent,
    "exclusiveMaximum": silent,
    "minLength": bound("minLength", "string", lambda before, after: before >= after),
    "maxLength": bound("maxLength", "string", lambda before, after: before <= after),
    "minItems": bound("minItems", "array", lambda before, after: before >= after),
    "maxItems": bound("maxItems", "array", lambda before, after: before <= after),
    "minProperties": bound("minProperties", "object", lambda before, after: before >= after),
    "maxProperties": bound("maxProperties", "object", lambda before, after: before <= after),
    "pattern": bound("pattern", "string", lambda before, after: before == after),
    "format": bound("format", "string", lambda before, after: before == after),
}
