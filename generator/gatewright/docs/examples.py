"""An example for a schema that has none: what a caller could send or will get. In: a schema and the models it refers
to. Out: JSON data, the same every time; recursion ends where the model comes round to itself.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from gatewright.docs.tree import follow, listing, mapping

FORMATS = {
    "date": "2026-01-31",
    "date-time": "2026-01-31T12:00:00Z",
    "email": "ada@example.com",
    "uuid": "3fa85f64-5717-4562-b3fc-2c963f66afa6",
    "uri": "https://example.com",
    "url": "https://example.com",
    "hostname": "example.com",
    "ipv4": "192.0.2.1",
    "ipv6": "2001:db8::1",
    "byte": "aGVsbG8=",
    "binary": "…",
    "password": "secret",
}
DEPTH = 6


def example(document: Mapping[str, Any], schema: Any, seen: tuple[str, ...] = ()) -> Any:
    """The schema's own example, default or first choice; else one made of its type."""
    reference = mapping(schema).get("$ref")
    if isinstance(reference, str):
        if reference in seen or len(seen) >= DEPTH:
            return None
        return example(document, follow(document, schema), (*seen, reference))
    facts = mapping(schema)
    for key in ("example", "default"):
        if key in facts:
            return facts[key]
    chosen = listing(facts.get("examples")) or listing(facts.get("enum"))
    if chosen:
        return chosen[0]
    if "allOf" in facts:
        return together(document, facts, seen)
    for key in ("oneOf", "anyOf"):
        if listing(facts.get(key)):
            return example(document, facts[key][0], seen)
    return of_type(document, facts, seen)


def together(document: Mapping[str, Any], facts: Mapping[str, Any], seen: tuple[str, ...]) -> Any:
    made: dict[str, Any] = {}
    for part in (*listing(facts["allOf"]), {key: value for key, value in facts.items() if key != "allOf"}):
        value = example(document, part, seen)
        if isinstance(value, Mapping):
            made |= value
        elif value is not None and not mapping(part).get("properties") and len(facts["allOf"]) == 1:
            return value
    return made


def of_type(document: Mapping[str, Any], facts: Mapping[str, Any], seen: tuple[str, ...]) -> Any:
    kind = facts.get("type")
    if kind == "object" or "properties" in facts:
        return fields(document, facts, seen)
    if kind == "array" or "items" in facts:
        one = example(document, facts.get("items", {}), seen)
        return [] if one is None else [one]
    if kind == "integer":
        return int(number(facts))
    if kind == "number":
        return number(facts)
    if kind == "boolean":
        return True
    if kind == "string":
        return text(facts)
    return None if kind == "null" else {}


def fields(document: Mapping[str, Any], facts: Mapping[str, Any], seen: tuple[str, ...]) -> dict[str, Any]:
    required = listing(facts.get("required"))
    made = {}
    for name, one in mapping(facts.get("properties")).items():
        value = example(document, one, (*seen, f"#{name}") if len(seen) < DEPTH else seen)
        if value is not None or name in required:
            made[name] = value
    more = facts.get("additionalProperties")
    if not made and isinstance(more, Mapping) and more:
        value = example(document, more, seen)
        if value is not None:
            made["key"] = value
    return made


def number(facts: Mapping[str, Any]) -> float:
    low, high = facts.get("minimum"), facts.get("maximum")
    if isinstance(low, int | float):
        step = facts.get("multipleOf", 1) if facts.get("exclusiveMinimum") else 0
        return low + (step if isinstance(step, int | float) else 1)
    return high if isinstance(high, int | float) and high < 1 else 1


def text(facts: Mapping[str, Any]) -> str:
    value = FORMATS.get(str(facts.get("format")), "string")
    shortest, longest = facts.get("minLength", 0), facts.get("maxLength")
    if isinstance(shortest, int) and len(value) < shortest <= 200:
        value = (value * shortest)[:shortest]
    return value[:longest] if isinstance(longest, int) and longest >= 0 else value
