"""How json-schema-validator prints and compares JSON: compact text, a type's name, equality by JSON's rules."""

from __future__ import annotations

import json
from typing import Any


def show(value: Any) -> str:
    """Compact JSON as Jackson prints it: `["a","b"]`."""
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False)


def type_of(value: Any) -> str:
    """The draft 4 type: an integer is a number written without a fraction."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "boolean"
    return {int: "integer", float: "number", str: "string", list: "array", dict: "object"}[type(value)]


def canonical(value: Any) -> str:
    """Text that two JSON values share when they are equal: 1 equals 1.0, true is not 1, key order is nothing."""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, list):
        return f"[{','.join(map(canonical, value))}]"
    if isinstance(value, dict):
        return "{" + ",".join(f"{show(key)}:{canonical(value[key])}" for key in sorted(value)) + "}"
    return show(value)


def is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)
