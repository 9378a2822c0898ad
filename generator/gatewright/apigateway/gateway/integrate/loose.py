"""Reads the loose JSON that a mock's request template may be: unquoted or single-quoted names, commas too many.

AWS takes `{statusCode: 200}` and `{"statusCode": 200,}` (recorded); comments and words for strings go as well.
"""

from __future__ import annotations

import re
from typing import Any

_SPACE = re.compile(r"(?:\s+|//[^\n]*|#[^\n]*|/\*.*?\*/)*", re.DOTALL)
_STRING = re.compile(r"\"((?:[^\"\\]|\\.)*)\"|'((?:[^'\\]|\\.)*)'", re.DOTALL)
_NUMBER = re.compile(r"[+-]?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?(?![\w.])")
_WORD = re.compile(r"[^\s{}\[\]:,\"']+")
_MAX_DEPTH = 100
_CONSTANTS = {"true": True, "false": False, "null": None}


def parse_loose(text: str) -> dict[str, Any]:
    """Parse an object. Raises ValueError when the text does not begin with one; what follows it is left unread."""
    value, _ = _value(text, _skip(text, 0), 0)
    if not isinstance(value, dict):
        raise ValueError("not an object")
    return value


def _skip(text: str, position: int) -> int:
    match = _SPACE.match(text, position)
    return match.end() if match is not None else position


def _value(text: str, position: int, depth: int) -> tuple[Any, int]:
    if depth > _MAX_DEPTH:
        raise ValueError("nested too deeply")
    if text.startswith("{", position):
        return _object(text, position + 1, depth)
    if text.startswith("[", position):
        return _array(text, position + 1, depth)
    match = _STRING.match(text, position)
    if match is not None:
        return match[1] if match[1] is not None else match[2], match.end()
    match = _NUMBER.match(text, position)
    if match is not None:
        number = match[0]
        return (float(number) if set(number) & set(".eE") else int(number)), match.end()
    match = _WORD.match(text, position)
    if match is None:
        raise ValueError(f"a value is missing at {position}")
    return _CONSTANTS.get(match[0], match[0]), match.end()


def _object(text: str, position: int, depth: int) -> tuple[dict[str, Any], int]:
    found: dict[str, Any] = {}
    while True:
        position = _commas(text, position)
        if text.startswith("}", position):
            return found, position + 1
        match = _STRING.match(text, position) or _WORD.match(text, position)
        if match is None:
            raise ValueError(f"a name is missing at {position}")
        name = next((group for group in match.groups() if group is not None), match[0])
        position = _skip(text, match.end())
        if not text.startswith(":", position):
            raise ValueError(f"a colon is missing at {position}")
        found[name], position = _value(text, _skip(text, position + 1), depth + 1)


def _array(text: str, position: int, depth: int) -> tuple[list[Any], int]:
    found: list[Any] = []
    while True:
        position = _commas(text, position)
        if text.startswith("]", position):
            return found, position + 1
        item, position = _value(text, position, depth + 1)
        found.append(item)


def _commas(text: str, position: int) -> int:
    position = _skip(text, position)
    while text.startswith(",", position):
        position = _skip(text, position + 1)
    return position
