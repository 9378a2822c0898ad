"""YAML in the byte format of Jackson on SnakeYAML, as AWS writes exports.

Text is double-quoted and folded at column 80, keys are plain unless they would read as something else, sequences are
not indented. Written directly, since PyYAML's emitter (the reference that this is tested against) is slow.
"""

from __future__ import annotations

import re
from functools import lru_cache
from io import StringIO
from typing import Any

from gatewright.apigateway.jackson import scalar_text

WIDTH = 80
MAX_SIMPLE_KEY = 128
_PLAIN_KEY = re.compile(r"^[A-Za-z_$/][A-Za-z0-9_$/.{}+*()\\^|-]*$")
_RESERVED = frozenset(
    word
    for lower in ("true", "false", "null", "y", "n", "yes", "no", "on", "off")
    for word in (lower, lower.capitalize(), lower.upper())
)
_NUMBER = re.compile(r"^[-+]?(\d[\d_]*)?(\.\d*)?([eE][-+]?\d+)?$|^0[xob][0-9a-fA-F_]+$|^\d+(:\d+)+$|^~$")
_ESCAPES = {
    "\0": "\\0", "\x07": "\\a", "\x08": "\\b", "\x09": "\\t", "\x0a": "\\n", "\x0b": "\\v", "\x0c": "\\f",
    "\x0d": "\\r", "\x1b": "\\e", '"': '\\"', "\\": "\\\\", "\x85": "\\N", "\xa0": "\\_", "\u2028": "\\L",
    "\u2029": "\\P",
}  # fmt: skip
_SPECIAL = re.compile(r'["\\]|[^\x20-\x7e]')


def to_yaml(document: dict[str, Any], export_type: str) -> str:
    """A whole export; only Swagger's starts with a document marker."""
    lines: list[str] = []
    _mapping(document, 0, lines)
    return ("---\n" if export_type == "swagger" else "") + "\n".join(lines) + "\n"


def _mapping(value: dict[str, Any], indent: int, lines: list[str]) -> None:
    prefix = " " * indent
    for name, member in value.items():
        key = str(name)
        if 0 < len(key) < MAX_SIMPLE_KEY and "\n" not in key:
            _member(f"{prefix}{_key(key)}:", member, indent, lines)
        else:
            lines.append(f"{prefix}? {_key(key)}")
            _element(":", member, indent, lines)


def _member(lead: str, value: Any, indent: int, lines: list[str]) -> None:
    if isinstance(value, dict) and value:
        lines.append(lead)
        _mapping(value, indent + 2, lines)
    elif isinstance(value, list | tuple) and value:
        lines.append(lead)
        _sequence(value, indent, lines)
    else:
        lines.append(f"{lead} {_scalar(value, len(lead) + 1, indent + 2)}")


def _sequence(value: list[Any] | tuple[Any, ...], indent: int, lines: list[str]) -> None:
    for element in value:
        _element("-", element, indent, lines)


def _element(mark: str, element: Any, indent: int, lines: list[str]) -> None:
    """What stands after a mark of one character: a collection begins on the same line."""
    start = len(lines)
    if isinstance(element, dict) and element:
        _mapping(element, indent + 2, lines)
    elif isinstance(element, list | tuple) and element:
        _sequence(element, indent + 2, lines)
    else:
        lines.append(" " * (indent + 2) + _scalar(element, indent + 2, indent + 2))
    lines[start] = " " * indent + mark + " " + lines[start][indent + 2 :]


def _scalar(value: Any, column: int, indent: int) -> str:
    if isinstance(value, str):
        return _quoted(value, column, indent)
    if isinstance(value, dict):
        return "{}"
    return "[]" if isinstance(value, list | tuple) else scalar_text(value)


def _quoted(text: str, column: int, indent: int) -> str:
    """A double-quoted scalar that starts at a column; folded lines go on at an indentation."""
    if column + len(text) < WIDTH and not _SPECIAL.search(text):
        return f'"{text}"'
    pieces = ['"']
    column += 1
    start = 0
    last = len(text) - 1
    for end in range(len(text) + 1):
        special = end < len(text) and _SPECIAL.match(text, end) is not None
        if end == len(text) or special:
            pieces.append(text[start:end])
            column += end - start
            start = end
            if special:
                escaped = _escaped(text[end])
                pieces.append(escaped)
                column += 2 if text[end] > "\uffff" else len(escaped)
                start = end + 1
        if 0 < end < last and (text[end] == " " or start >= end) and column + (end - start) > WIDTH:
            pieces.append(text[start:end] if start < end else "")
            start = max(start, end)
            pieces.append("\\\n" + " " * indent)
            column = indent
            if text[start] == " ":
                pieces.append("\\")
                column += 1
    return "".join(pieces) + '"'


def _escaped(character: str) -> str:
    code = ord(character)
    if character in _ESCAPES:
        return _ESCAPES[character]
    if 0xA0 <= code <= 0xD7FF or 0xE000 <= code <= 0xFFFD or code > 0xFFFF:
        return character if code != 0xFEFF else "\\uFEFF"
    return f"\\x{code:02x}" if code <= 0xFF else f"\\u{code:04x}"


@lru_cache(maxsize=4096)
def _key(text: str) -> str:
    """A key: plain where YAML and Jackson's checker for words and numbers let it."""
    if text in _RESERVED or _NUMBER.match(text):
        return f'"{text}"'
    if _PLAIN_KEY.match(text):
        return text
    from yaml.emitter import Emitter

    analysis = Emitter(StringIO()).analyze_scalar(text)
    if analysis.allow_block_plain and not analysis.multiline:
        return text
    if analysis.allow_single_quoted and not analysis.multiline:
        return "'" + text.replace("'", "''") + "'"
    return _quoted(text, -len(text) * 12, 0)
