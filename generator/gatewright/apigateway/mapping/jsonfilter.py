"""The filters of JSONPath, `[?(@.price < 10 && @.name =~ /a.*/)]`: parsed to a test of one value."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any

from gatewright.apigateway.mapping.regex import java_pattern

Test = Callable[[Any], bool]
Operand = Callable[[Any], list[Any]]
"""What an operand is for the value under test: no item when its path leads nowhere."""

Find = Callable[[str], Callable[[Any], list[Any]]]

_PATH = re.compile(r"@((?:\.{1,2}[\w*-]+|\[(?:'[^']*'|\"[^\"]*\"|-?\d+|\*)\])*)")
_LITERAL = re.compile(r"-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null")
_STRING = re.compile(r"'((?:[^'\\]|\\.)*)'|\"((?:[^\"\\]|\\.)*)\"")
_ARRAY = re.compile(r"\[[^\]]*\]")
_REGEX = re.compile(r"/((?:[^/\\]|\\.)*)/([imsx]*)")
_OPERATOR = re.compile(r"\s*(===?|!==?|<=|>=|<|>|=~|in\b|nin\b|contains\b|size\b|empty\b)\s*")
_SPACE = re.compile(r"\s*")


class PathError(ValueError):
    """A JSONPath that cannot be read; API Gateway answers 500 at run time."""


def parse_filter(text: str, position: int, find: Find) -> tuple[Test, int]:
    """Parse the parenthesised filter at `position`: its test and where it ends. `find` compiles a path of "@"."""
    return _Filter(text, position, find).parse()


class _Filter:
    __slots__ = ("find", "position", "text")

    def __init__(self, text: str, position: int, find: Find) -> None:
        self.text = text
        self.position = position
        self.find = find

    def parse(self) -> tuple[Test, int]:
        test = self._primary()
        return test, self.position

    def _or(self) -> Test:
        left = self._and()
        while self._accept("||"):
            left = _either(left, self._and())
        return left

    def _and(self) -> Test:
        left = self._primary()
        while self._accept("&&"):
            left = _both(left, self._primary())
        return left

    def _primary(self) -> Test:
        if self._accept("!"):
            inner = self._primary()
            return lambda value: not inner(value)
        if self._accept("("):
            test = self._or()
            if not self._accept(")"):
                raise self._error("a parenthesis is not closed")
            return test
        left = self._operand()
        match = _OPERATOR.match(self.text, self.position)
        if match is None:
            return lambda value: bool(left(value))
        self.position = match.end()
        if match[1] == "=~":
            return self._pattern(left)
        right = self._operand()
        return lambda value: _holds(match[1], left(value), right(value))

    def _pattern(self, left: Operand) -> Test:
        match = _REGEX.match(self.text, self.position)
        if match is None:
            raise self._error("a regular expression is expected")
        self.position = match.end()
        flags = f"(?{match[2]})" if match[2] else ""
        pattern = java_pattern(flags + match[1].replace("\\/", "/"))
        return lambda value: any(isinstance(item, str) and pattern.fullmatch(item) is not None for item in left(value))

    def _operand(self) -> Operand:
        self._accept("")
        match = _PATH.match(self.text, self.position)
        if match is not None:
            self.position = match.end()
            return self.find("$" + match[1])
        match = _STRING.match(self.text, self.position)
        if match is not None:
            self.position = match.end()
            constant: Any = re.sub(r"\\(.)", r"\1", match[1] if match[1] is not None else match[2])
            return lambda _: [constant]
        match = _LITERAL.match(self.text, self.position) or _ARRAY.match(self.text, self.position)
        if match is None:
            raise self._error("a value is expected")
        self.position = match.end()
        try:
            constant = json.loads(match[0].replace("'", '"'))
        except ValueError as error:
            raise self._error("a value is expected") from error
        return lambda _: [constant]

    def _accept(self, token: str) -> bool:
        match = _SPACE.match(self.text, self.position)
        self.position = match.end() if match is not None else self.position
        if not self.text.startswith(token, self.position):
            return False
        self.position += len(token)
        return True

    def _error(self, reason: str) -> PathError:
        return PathError(f"Invalid filter in {self.text!r}: {reason} at {self.position}")


def _either(left: Test, right: Test) -> Test:
    return lambda value: left(value) or right(value)


def _both(left: Test, right: Test) -> Test:
    return lambda value: left(value) and right(value)


def _holds(operator: str, left: list[Any], right: list[Any]) -> bool:
    if not left or not right:
        return operator.startswith("!=") and bool(left or right)
    one, other = left[0], right[0]
    if operator in ("==", "==="):
        return _same(one, other)
    if operator in ("!=", "!=="):
        return not _same(one, other)
    if operator in ("in", "nin"):
        return (isinstance(other, list) and any(_same(one, item) for item in other)) == (operator == "in")
    if operator == "contains":
        return _contains(one, other)
    if operator in ("size", "empty"):
        length = len(one) if isinstance(one, list | str | dict) else -1
        return bool(length == other if operator == "size" else (length == 0) == other)
    return _ordered(operator, one, other)


def _contains(one: Any, other: Any) -> bool:
    if isinstance(one, list):
        return any(_same(item, other) for item in one)
    return isinstance(one, str) and isinstance(other, str) and one.find(other) >= 0


def _same(one: Any, other: Any) -> bool:
    return isinstance(one, bool) == isinstance(other, bool) and bool(one == other)


def _ordered(operator: str, one: Any, other: Any) -> bool:
    texts = isinstance(one, str) and isinstance(other, str)
    numbers = all(isinstance(item, int | float) and not isinstance(item, bool) for item in (one, other))
    if not texts and not numbers:
        return False
    if operator[0] == "<":
        return bool(one < other or (operator == "<=" and one == other))
    return bool(one > other or (operator == ">=" and one == other))
