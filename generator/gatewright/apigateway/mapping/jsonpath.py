"""JSONPath as com.jayway.jsonpath reads it, which is what `$input.json` and `$input.path` speak.

Comes in: a path and a parsed document; goes out: the value, or a list for an indefinite path ("..", "*", slices,
unions, filters).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from functools import lru_cache
from typing import Any

from gatewright.apigateway.mapping.jsonfilter import PathError, parse_filter
from gatewright.apigateway.mapping.vtl.values import JsonList

__all__ = ["Path", "PathError", "read"]

Select = Callable[[Any], Iterable[Any]]

_NAME = re.compile(r"[^.\[\]()\s'\"]+")
_QUOTED = re.compile(r"""\s*(?:'((?:[^'\\]|\\.)*)'|"((?:[^"\\]|\\.)*)")\s*""")
_INDEXES = re.compile(r"\s*(-?\d+(?:\s*,\s*-?\d+)*)\s*\]")
_SLICE = re.compile(r"\s*(-?\d*)\s*:\s*(-?\d*)\s*\]")
_ALL = re.compile(r"\s*\*\s*\]")
_TEST = re.compile(r"\s*\?\s*")
_ESCAPE = re.compile(r"\\(.)")
_FUNCTION = re.compile(r"\.(length|size|min|max|avg|sum|stddev|keys|first|last)\(\)\s*\Z")
_MAX_MATCHES = 100_000


class Path:
    """A compiled path: the selections one after another, whether it is definite, and the function at its end."""

    __slots__ = ("definite", "function", "selections")

    def __init__(self, selections: list[Select], definite: bool, function: str | None) -> None:
        self.selections = selections
        self.definite = definite
        self.function = function

    def find(self, document: Any) -> list[Any]:
        """Every match, in document order."""
        found = [document]
        for select in self.selections:
            found = [match for value in found for match in select(value)]
            if len(found) > _MAX_MATCHES:
                raise PathError("The path matches too much")
        return found


def read(path: str, document: Any, *, missing: Any = None) -> Any:
    """Read a path from a document; `missing` when a definite path leads nowhere. Raises PathError for a path that is
    none."""
    compiled = compile_path(path.strip())
    found = compiled.find(document)
    if compiled.definite:
        if not found:
            return missing
        result = found[0]
    else:
        result = JsonList(found)
    return result if compiled.function is None else _apply(compiled.function, result)


@lru_cache(maxsize=1024)
def compile_path(path: str) -> Path:
    """Parse a path, with or without its leading "$". Raises PathError."""
    function = _FUNCTION.search(path)
    text = path[: function.start()] if function is not None else path
    text = text if text[:1] in ("$", "@") else f"$.{text}"
    selections: list[Select] = []
    definite = True
    position = 1
    while position < len(text):
        select, position, single = _segment(text, position)
        selections.append(select)
        definite = definite and single
    return Path(selections, definite, function[1] if function is not None else None)


def _segment(text: str, position: int) -> tuple[Select, int, bool]:
    """One ".name", "..name" or "[…]": what it selects, where it ends, whether it selects one thing at most."""
    if text.startswith("..", position):
        position += 2
        if text.startswith("[", position):
            inner, position, _ = _bracket(text, position + 1)
        else:
            inner, position, _ = _dotted(text, position)
        return _deep(inner), position, False
    if text.startswith(".", position):
        if text.startswith("[", position + 1):
            return _bracket(text, position + 2)
        return _dotted(text, position + 1)
    if text.startswith("[", position):
        return _bracket(text, position + 1)
    raise PathError(f"Invalid path {text!r}: unexpected {text[position]!r} at {position}")


def _dotted(text: str, position: int) -> tuple[Select, int, bool]:
    if text.startswith("*", position):
        return _children, position + 1, False
    match = _NAME.match(text, position)
    if match is None:
        raise PathError(f"Invalid path {text!r}: a name is missing at {position}")
    return _keys([match[0]]), match.end(), True


def _bracket(text: str, position: int) -> tuple[Select, int, bool]:
    match = _ALL.match(text, position)
    if match is not None:
        return _children, match.end(), False
    match = _TEST.match(text, position)
    if match is not None:
        test, end = parse_filter(text, match.end(), lambda inner: compile_path(inner).find)
        if not text.startswith("]", end):
            raise PathError(f"Invalid path {text!r}: a filter is not closed")
        return (lambda value: [child for child in _children(value) if test(child)]), end + 1, False
    match = _INDEXES.match(text, position)
    if match is not None:
        indexes = [int(part) for part in match[1].split(",")]
        return _indexes(indexes), match.end(), len(indexes) == 1
    match = _SLICE.match(text, position)
    if match is not None:
        start, stop = (int(part) if part else None for part in match.groups())
        return (lambda value: value[start:stop] if isinstance(value, list) else ()), match.end(), False
    return _names(text, position)


def _names(text: str, position: int) -> tuple[Select, int, bool]:
    names: list[str] = []
    while True:
        match = _QUOTED.match(text, position)
        if match is None:
            raise PathError(f"Invalid path {text!r}: unexpected content of [] at {position}")
        names.append(_ESCAPE.sub(r"\1", match[1] if match[1] is not None else match[2]))
        position = match.end()
        if text.startswith("]", position):
            break
        if not text.startswith(",", position):
            raise PathError(f"Invalid path {text!r}: expected ',' or ']' at {position}")
        position += 1
    if len(names) == 1:
        return _keys(names), position + 1, True

    def pick(value: Any) -> Iterable[Any]:
        """Several names of one object make an object of them."""
        return ({name: value[name] for name in names if name in value},) if isinstance(value, dict) else ()

    return pick, position + 1, True


def _keys(names: list[str]) -> Select:
    return lambda value: [value[name] for name in names if name in value] if isinstance(value, dict) else ()


def _indexes(indexes: list[int]) -> Select:
    def select(value: Any) -> Iterable[Any]:
        if not isinstance(value, list):
            return ()
        return [value[index] for index in indexes if -len(value) <= index < len(value)]

    return select


def _children(value: Any) -> Iterable[Any]:
    if isinstance(value, dict):
        return value.values()
    return value if isinstance(value, list) else ()


def _deep(select: Select) -> Select:
    def walk(value: Any) -> Iterable[Any]:
        yield from select(value)
        for child in _children(value):
            yield from walk(child)

    return walk


def _apply(function: str, value: Any) -> Any:
    if function in ("length", "size"):
        return len(value) if isinstance(value, dict | list | str) else None
    if function == "keys":
        return JsonList(value) if isinstance(value, dict) else None
    if not isinstance(value, list):
        return None
    if function in ("first", "last"):
        return (value[0] if function == "first" else value[-1]) if value else None
    numbers = [float(item) for item in value if isinstance(item, int | float) and not isinstance(item, bool)]
    if not numbers:
        raise PathError("Aggregation function attempted to calculate value using empty array")
    mean = sum(numbers) / len(numbers)
    spread = (sum((number - mean) ** 2 for number in numbers) / len(numbers)) ** 0.5
    results = {"min": min(numbers), "max": max(numbers), "sum": sum(numbers), "avg": mean, "stddev": spread}
    return results[function]
