"""The Java values that a template works with, as Python sees them, and how Java prints and compares them.

String is str, Boolean bool, Integer and Long int, Double float, null None, Map dict. An array out of JSON is a
`JsonList` and prints as JSON; a list that the template itself made is a plain list and prints as Java does.
"""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Iterable, Sequence
from decimal import Decimal
from typing import Any, Protocol, runtime_checkable

from gatewright.apigateway.mapping.vtl.faults import RenderError

_MAX_PARTS = 1_000_000


class JsonList(list[Any]):
    """An array parsed from JSON (net.minidev.json.JSONArray in AWS): its text is JSON again."""

    __slots__ = ()


class JavaSet(list[Any]):
    """A keySet or an entrySet: a list without get and without an index."""

    __slots__ = ()


class Entry:
    """One entry of a Map's entrySet; writing to it is not possible in templates."""

    __slots__ = ("key", "value")

    def __init__(self, key: Any, value: Any) -> None:
        self.key = key
        self.value = value


class JavaIterator:
    """What `.iterator()` gives: hasNext and next."""

    __slots__ = ("items", "position")

    def __init__(self, items: Iterable[Any]) -> None:
        self.items = list(items)
        self.position = 0


class _Missing:
    __slots__ = ()


MISSING = _Missing()
"""The receiver has no such method: Velocity leaves the reference unresolved, which AWS renders as nothing."""


@runtime_checkable
class Native(Protocol):
    """An object of the gateway (`$input`, `$util`, `$foreach`) that answers by itself."""

    def call(self, name: str, arguments: Sequence[Any]) -> Any:
        """Call a method; MISSING when there is none of that name and number of arguments."""

    def get(self, name: str) -> Any:
        """Read a property; None when there is none."""


def parse_json(text: str) -> Any:
    """Parse JSON into Java values. Raises ValueError."""
    return from_json(json.loads(text))


def from_json(value: Any) -> Any:
    """Turn what json.loads gives into the values of a template (arrays become JsonList)."""
    if isinstance(value, dict):
        return {key: from_json(item) for key, item in value.items()}
    if isinstance(value, list):
        return JsonList(from_json(item) for item in value)
    return value


def to_text(value: Any) -> str:
    """Print a value as Java's toString does (source: recorded `$input.path` renderings; java.util.AbstractMap).
    Objects of the gateway itself print nothing. Raises RenderError for a value that is too large to print."""
    if isinstance(value, str):
        return value
    if isinstance(value, dict | list | Entry):
        parts: list[str] = []
        _print(value, parts)
        return "".join(parts)
    return _scalar(value)


def _scalar(value: Any) -> str:
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return str(value)
    return double_text(value) if isinstance(value, float) else ""


def _print(value: Any, parts: list[str]) -> None:
    """Lists that share their items grow exponentially in print: the parts are counted."""
    if len(parts) > _MAX_PARTS:
        raise RenderError("A value is too large to be printed")
    if isinstance(value, JsonList):
        _print_json(value, parts)
    elif isinstance(value, dict):
        _between("{}", value.items(), _print_pair, parts, ", ")
    elif isinstance(value, list):
        _between("[]", value, _print, parts, ", ")
    elif isinstance(value, Entry):
        _print_pair((value.key, value.value), parts)
    else:
        parts.append(value if isinstance(value, str) else _scalar(value))


def _print_pair(pair: tuple[Any, Any], parts: list[str]) -> None:
    _print(pair[0], parts)
    parts.append("=")
    _print(pair[1], parts)


def to_json(value: Any) -> str:
    """Write a value as compact JSON, in the order of its keys; what JSON has no form for is written as its text."""
    parts: list[str] = []
    _print_json(value, parts)
    return "".join(parts)


def _print_json(value: Any, parts: list[str]) -> None:
    if len(parts) > _MAX_PARTS:
        raise RenderError("A value is too large to be written as JSON")
    if isinstance(value, dict):
        _between("{}", value.items(), _print_json_pair, parts, ",")
    elif isinstance(value, list):
        _between("[]", value, _print_json, parts, ",")
    elif value is None or isinstance(value, bool | int):
        parts.append(_scalar(value))
    elif isinstance(value, float):
        parts.append(double_text(value) if math.isfinite(value) else "null")
    else:
        parts.append(quoted(to_text(value)))


def _print_json_pair(pair: tuple[Any, Any], parts: list[str]) -> None:
    parts.append(quoted(to_text(pair[0])) + ":")
    _print_json(pair[1], parts)


def _between(
    brackets: str, items: Iterable[Any], write: Callable[[Any, list[str]], None], parts: list[str], comma: str
) -> None:
    parts.append(brackets[0])
    for position, item in enumerate(items):
        if position:
            parts.append(comma)
        write(item, parts)
    parts.append(brackets[1])


def quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)


def double_text(value: float) -> str:
    """Print a double as java.lang.Double.toString: 2.0, 0.05, 1.0E10, 1.0E-5, NaN, Infinity."""
    if math.isnan(value):
        return "NaN"
    if math.isinf(value):
        return "Infinity" if value > 0 else "-Infinity"
    if value == 0:
        return "-0.0" if math.copysign(1, value) < 0 else "0.0"
    sign, digits, exponent = Decimal(repr(value)).normalize().as_tuple()
    mark = "-" if sign else ""
    text = "".join(map(str, digits))
    power = int(exponent) + len(text) - 1
    if -3 <= power < 7:
        whole = text[: power + 1].ljust(power + 1, "0") if power >= 0 else "0"
        fraction = text[power + 1 :] if power >= 0 else "0" * (-power - 1) + text
        return f"{mark}{whole}.{fraction or '0'}"
    return f"{mark}{text[0]}.{text[1:] or '0'}E{power}"
