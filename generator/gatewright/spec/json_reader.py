"""JSON text to data, with duplicate keys and what JSON cannot hold said.

In: a Source. Out: `Parsed` data and findings, or a DocumentError at the character that does not parse. Terraform's
placeholders outside of quotes (`"timeout": ${timeout}`) are read as text; tabs and a BOM are fine.
"""

from __future__ import annotations

import json
import math
import re
from typing import Any

from gatewright.errors import DocumentError
from gatewright.findings import Finding, pointer_of
from gatewright.spec import codes
from gatewright.spec.limits import Limits
from gatewright.spec.parsed import Parsed, collector_off, standing_twice, unreadable
from gatewright.spec.positions import index_json, place_of
from gatewright.spec.source import Source

BARE_PLACEHOLDER = re.compile(r"([:,\[]\s*)(\$\{[^{}\"\n]*\})(?=\s*[,\]}])")


class NotJson(ValueError):
    """A constant that Python's reader takes and JSON does not have."""


def read_json(source: Source, limits: Limits) -> Parsed:
    """Read one JSON document. DocumentError: a syntax error or too deep a nesting."""
    twice: list[str] = []

    def pairs(members: list[tuple[str, Any]]) -> dict[str, Any]:
        made = dict(members)
        if len(made) < len(members):
            twice.append("")
        return made

    text = source.text
    with collector_off():
        try:
            data = load(text, pairs)
        except json.JSONDecodeError as error:
            quoted, count = BARE_PLACEHOLDER.subn(r'\1"\2"', text)
            if not count:
                raise unreadable(source, words(error), error.pos) from error
            data = load_quoted(source, quoted, pairs)
        except (RecursionError, ValueError) as error:
            raise refused(source, error, limits) from error
    if deeper_than(data, limits.depth):
        raise refused(source, RecursionError(), limits)
    findings = duplicates(source) if twice else []
    if "\\ud" in text or "\\uD" in text:
        findings += half_pairs(source, data)
    return Parsed(data, tuple(findings))


def load(text: str, pairs: Any) -> Any:
    return json.loads(text, object_pairs_hook=pairs, parse_constant=constant, parse_float=finite)


def load_quoted(source: Source, quoted: str, pairs: Any) -> Any:
    """Read the text with its placeholders put into quotes; an error's offset goes back by the quotes before it."""
    try:
        return load(quoted, pairs)
    except json.JSONDecodeError as error:
        before = len(re.findall(r'"\$\{[^{}"\n]*\}"', quoted[: error.pos]))
        already = len(re.findall(r'"\$\{[^{}"\n]*\}"', source.text[: error.pos]))
        offset = max(0, error.pos - 2 * max(0, before - already))
        raise unreadable(source, words(error), min(offset, len(source.text) - 1)) from error


def deeper_than(data: Any, depth: int) -> bool:
    """Whether containers nest deeper: level by level, as recursion is what it protects."""
    level = [data] if isinstance(data, dict | list) else []
    while level and depth:
        depth -= 1
        level = [
            child
            for container in level
            for child in (container.values() if isinstance(container, dict) else container)
            if isinstance(child, dict | list)
        ]
    return bool(level)


def refused(source: Source, error: Exception, limits: Limits) -> DocumentError:
    if isinstance(error, RecursionError):
        return unreadable(source, f"more than {limits.depth} levels are nested", 0, "nest less deeply")
    offset = max(0, source.text.find(str(error))) if isinstance(error, NotJson) else 0
    message = f"{error} is no JSON value" if isinstance(error, NotJson) else "a number has too many digits"
    return unreadable(source, message, offset, "write a finite number, or text in quotes")


def words(error: json.JSONDecodeError) -> str:
    return f"this is not JSON: {error.msg[:1].lower()}{error.msg[1:]}"


def constant(name: str) -> Any:
    raise NotJson(name)


def finite(text: str) -> float:
    value = float(text)
    if not math.isfinite(value):
        raise NotJson(text)
    return value


def duplicates(source: Source) -> list[Finding]:
    """A finding for each key that stands twice, from the positions of all keys."""
    source.root, doubles = index_json(source.text)
    found = []
    for double in doubles:
        start, length = place_of(double.kept, on_key=True)
        pointer = pointer_of(*double.tokens)
        found.append(standing_twice(source, double.tokens[-1], double.first, (start, length), pointer))
    return found


def half_pairs(source: Source, data: Any) -> list[Finding]:
    """Half a surrogate pair cannot be sent: replaced in place by U+FFFD, and said once."""
    if not replace_surrogates(data):
        return []
    offset = max(source.text.lower().find("\\ud"), 0)
    message = "half of a surrogate pair is no character; it is read as U+FFFD"
    return [codes.NOT_JSON.at(message, source.location(offset, 6))]


def replace_surrogates(data: Any) -> bool:
    """Make every string of fresh JSON data encodable; True if one was not."""
    found = False
    stack = [data]
    while stack:
        container = stack.pop()
        members = list(container.items()) if isinstance(container, dict) else list(enumerate(container))
        if isinstance(container, dict):
            container.clear()
        for key, value in members:
            clean_key = clean(key) if isinstance(key, str) else key
            clean_value = clean(value) if isinstance(value, str) else value
            found = found or clean_key is not key or clean_value is not value
            container[clean_key] = clean_value
            if isinstance(value, dict | list):
                stack.append(value)
    return found


def clean(text: str) -> str:
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return text
