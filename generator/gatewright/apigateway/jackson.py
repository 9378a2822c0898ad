"""JSON in the byte format of Jackson's DefaultPrettyPrinter, as AWS writes exports and schemas."""

from __future__ import annotations

import re
from typing import Any

from gatewright.apigateway.java import double_text

_ESCAPED = re.compile(r'["\\\x00-\x1f]')
_SHORT = {'"': '\\"', "\\": "\\\\", "\b": "\\b", "\f": "\\f", "\n": "\\n", "\r": "\\r", "\t": "\\t"}


def to_json(value: Any) -> str:
    """`"key" : value` on lines of their own, arrays on one line, no newline at the end."""
    parts: list[str] = []
    _write(value, "\n", parts)
    return "".join(parts)


def quoted(text: str) -> str:
    """A JSON string as Jackson escapes it: only quotes, backslashes and control characters."""
    return f'"{_ESCAPED.sub(_escape, text)}"'


def _escape(match: re.Match[str]) -> str:
    character = match[0]
    return _SHORT.get(character) or f"\\u{ord(character):04X}"


def _write(value: Any, newline: str, parts: list[str]) -> None:
    if isinstance(value, str):
        parts.append(quoted(value))
    elif isinstance(value, dict):
        inner = newline + "  "
        separator = "{" + inner
        for key, member in value.items():
            parts.append(f"{separator}{quoted(key)} : ")
            _write(member, inner, parts)
            separator = "," + inner
        parts.append(newline + "}" if value else "{ }")
    elif isinstance(value, list | tuple):
        separator = "[ "
        for element in value:
            parts.append(separator)
            _write(element, newline, parts)
            separator = ", "
        parts.append(" ]" if value else "[ ]")
    else:
        parts.append(scalar_text(value))


def scalar_text(value: object) -> str:
    """A boolean, number or null as both of AWS's formats write it."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    return double_text(value) if isinstance(value, float) else str(value)
