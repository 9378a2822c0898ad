"""The methods of Java's String that a template may call. Comes in: the string, the method's name, its arguments."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import Any

from gatewright.apigateway.mapping.regex import full_match, java_pattern, java_replacement
from gatewright.apigateway.mapping.vtl.arithmetic import java_hash
from gatewright.apigateway.mapping.vtl.faults import RenderError
from gatewright.apigateway.mapping.vtl.values import MISSING, to_text

MAX_LENGTH = 10_000_000
_WIDE = re.compile(r"\d{5}|\*")

_NO_ARGUMENT: dict[str, Callable[[str], Any]] = {
    "length": len,
    "isEmpty": lambda text: text == "",
    "isBlank": lambda text: text.strip() == "",
    "toString": lambda text: text,
    "intern": lambda text: text,
    "toLowerCase": str.lower,
    "toUpperCase": str.upper,
    "trim": lambda text: text.strip("".join(map(chr, range(33)))),
    "strip": str.strip,
    "stripLeading": str.lstrip,
    "stripTrailing": str.rstrip,
    "hashCode": java_hash,
    "toCharArray": lambda text: list(text),
    "getBytes": lambda text: [byte - 256 if byte > 127 else byte for byte in text.encode()],
}

_ONE_STRING: dict[str, Callable[[str, str], Any]] = {
    "contains": lambda text, other: other in text,
    "contentEquals": lambda text, other: text == other,
    "equalsIgnoreCase": lambda text, other: text.lower() == other.lower(),
    "startsWith": lambda text, other: text.startswith(other),
    "endsWith": lambda text, other: text.endswith(other),
    "concat": lambda text, other: text + other,
    "indexOf": lambda text, other: text.find(other),
    "lastIndexOf": lambda text, other: text.rfind(other),
    "compareTo": lambda text, other: _compare(text, other),
    "compareToIgnoreCase": lambda text, other: _compare(text.lower(), other.lower()),
    "matches": lambda text, pattern: full_match(pattern, text),
    "split": lambda text, pattern: _split(text, pattern, 0),
}


def call_text(text: str, name: str, arguments: Sequence[Any]) -> Any:
    """Call a method of String. MISSING when String has none of that name for these arguments; RenderError when Java
    would throw (an index out of bounds, a bad pattern)."""
    try:
        result = _call(text, name, arguments)
    except ValueError as error:
        raise RenderError(f"String.{name}: {error}") from error
    if isinstance(result, str) and len(result) > MAX_LENGTH:
        raise RenderError(f"String.{name}: the result is too long")
    return result


def _call(text: str, name: str, arguments: Sequence[Any]) -> Any:
    if not arguments:
        function = _NO_ARGUMENT.get(name)
        return function(text) if function is not None else MISSING
    first = arguments[0]
    if name == "equals" and len(arguments) == 1:
        return isinstance(first, str) and first == text
    if name == "valueOf" and len(arguments) == 1:
        return to_text(first)
    if name == "join" and isinstance(first, str):
        items = arguments[1] if len(arguments) == 2 and isinstance(arguments[1], list) else arguments[1:]
        return first.join(to_text(item) for item in items)
    if name == "format" and isinstance(first, str):
        return _format(first, arguments[1:])
    if len(arguments) == 1 and isinstance(first, str):
        one = _ONE_STRING.get(name)
        return one(text, first) if one is not None else MISSING
    if _is_index(first):
        return _at_index(text, name, arguments)
    if isinstance(first, str) and len(arguments) == 2:
        return _two(text, name, first, arguments[1])
    return MISSING


def _is_index(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _at_index(text: str, name: str, arguments: Sequence[Any]) -> Any:
    start = arguments[0]
    end = arguments[1] if len(arguments) == 2 else len(text)
    if name in ("substring", "subSequence") and len(arguments) <= 2 and _is_index(end):
        if not 0 <= start <= end <= len(text):
            raise RenderError(f"String index out of range: begin {start}, end {end}, length {len(text)}")
        return text[start:end]
    if len(arguments) != 1:
        return MISSING
    if name in ("charAt", "codePointAt"):
        if not 0 <= start < len(text):
            raise RenderError(f"String index out of range: {start}")
        return text[start] if name == "charAt" else ord(text[start])
    if name == "repeat":
        if start < 0 or start * len(text) > MAX_LENGTH:
            raise RenderError(f"String.repeat: count {start} is out of range")
        return text * start
    if name in ("indexOf", "lastIndexOf"):
        return text.find(chr(start)) if name == "indexOf" else text.rfind(chr(start))
    return MISSING


def _two(text: str, name: str, first: str, second: Any) -> Any:
    if _is_index(second):
        if name == "split":
            return _split(text, first, second)
        if name == "indexOf":
            return text.find(first, max(second, 0)) if second <= len(text) else (-1 if first else len(text))
        if name == "lastIndexOf":
            return text.rfind(first, 0, max(second + len(first), 0)) if second >= 0 else -1
        if name == "startsWith":
            return 0 <= second <= len(text) and text.startswith(first, second)
        return MISSING
    if not isinstance(second, str):
        return MISSING
    if name == "replace":
        replaced = text.replace(first, second)
    elif name in ("replaceAll", "replaceFirst"):
        try:
            replaced = java_pattern(first).sub(java_replacement(second), text, count=name == "replaceFirst")
        except IndexError as error:
            raise RenderError(f"String.{name}: {error}") from error
    else:
        return MISSING
    return replaced


def _split(text: str, pattern: str, limit: int) -> list[Any]:
    """String.split: limit 0 drops trailing empty strings, a negative one keeps them; no leading one for an empty
    match at the start."""
    parts: list[Any] = []
    start = 0
    for match in java_pattern(pattern).finditer(text):
        if limit > 0 and len(parts) == limit - 1:
            break
        if match.end() == 0 or (match.start() == match.end() == len(text)):
            continue
        parts.append(text[start : match.start()])
        start = match.end()
    parts.append(text[start:])
    if limit == 0 and len(parts) > 1:
        while parts and parts[-1] == "":
            parts.pop()
    return parts


def _compare(left: str, right: str) -> int:
    for one, other in zip(left, right, strict=False):
        if one != other:
            return ord(one) - ord(other)
    return len(left) - len(right)


def _format(pattern: str, arguments: Sequence[Any]) -> str:
    if _WIDE.search(pattern):
        raise RenderError("String.format: a width is too large")
    try:
        return pattern.replace("%n", "\n") % tuple(arguments)
    except (TypeError, OverflowError) as error:
        raise RenderError(f"String.format: {error}") from error
