"""ECMA 262 patterns, as JSON Schema uses them, in terms of Python's re."""

from __future__ import annotations

import re

CLASSES = ("\\w", "\\W", "\\d", "\\D", "\\s", "\\S")
NAMED = re.compile(r"\(\?<(?![=!])")


def ecma(pattern: str) -> re.Pattern[str]:
    r"""Compile a pattern as ECMA 262 reads it: "$" is the very end, \d and \w are ASCII. Raises ValueError."""
    try:
        return re.compile(_translate(pattern), re.ASCII)
    except re.error as error:
        raise ValueError(f"{pattern!r} is no regular expression: {error}") from error


def _translate(pattern: str) -> str:
    out: list[str] = []
    at, in_class = 0, False
    while at < len(pattern):
        char = pattern[at]
        if char == "\\":
            pair = pattern[at : at + 2]
            out.append("/" if pair == "\\/" else pair)
            at += 2
            if in_class and pair in CLASSES and pattern[at : at + 1] == "-":
                out.append("\\-")  # no range can begin with a class, so the hyphen is one
                at += 1
            continue
        if char == "[":
            out.append("\\[" if in_class else char)
            in_class = True
        elif char == "]":
            out.append(char)
            in_class = False
        elif char == "$" and not in_class:
            out.append(r"\Z")
        elif not in_class and (named := NAMED.match(pattern, at)):
            out.append("(?P<")
            at = named.end()
            continue
        else:
            out.append(char)
        at += 1
    return "".join(out)
