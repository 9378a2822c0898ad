"""Parses what stands inside directives: references, literals and operators, with Velocity 1.7's grammar.

As there, arguments, list items and map entries are single values: an operator among them is a mistake.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from gatewright.apigateway.mapping.vtl.nodes import (
    Binary,
    Block,
    Call,
    Expression,
    Index,
    Interpolated,
    ListLiteral,
    Literal,
    MapLiteral,
    Not,
    Property,
    Range,
    Reference,
    Step,
)
from gatewright.apigateway.mapping.vtl.scan import Cursor

ParseBlock = Callable[[Cursor], Block]
"""Parses the text of a double-quoted string, which is a template of its own."""

MAX_NESTING = 30
_MAX_DIGITS = 400

_OPEN = re.compile(r"\$!?(\{)?([A-Za-z_][A-Za-z0-9_-]*)")
_MEMBER = re.compile(r"\.([A-Za-z_][A-Za-z0-9_-]*)")
_WORD = re.compile(r"[A-Za-z_][A-Za-z0-9_-]*")
_NUMBER = re.compile(r"-?(?:\d+\.(?!\.)\d*|\.\d+|\d+(?=[eE]))(?:[eE][+-]?\d+)?|-?\d+")
_DOUBLE = re.compile(r'"((?:[^"]|"")*)"')
_SINGLE = re.compile(r"'((?:[^']|'')*)'")
_UNICODE = re.compile(r"\\u([0-9a-fA-F]{4})")
_LEVELS: tuple[tuple[re.Pattern[str], dict[str, str]], ...] = (
    (re.compile(r"\|\||or\b"), {"or": "||"}),
    (re.compile(r"&&|and\b"), {"and": "&&"}),
    (re.compile(r"==|!=|eq\b|ne\b"), {"eq": "==", "ne": "!="}),
    (re.compile(r"<=|>=|<|>|le\b|ge\b|lt\b|gt\b"), {"le": "<=", "ge": ">=", "lt": "<", "gt": ">"}),
    (re.compile(r"[+-]"), {}),
    (re.compile(r"[*/%]"), {}),
)


def parse_reference(cursor: Cursor, parse_block: ParseBlock, depth: int = 0) -> Reference | None:
    """Parse a reference at the cursor; None (and no move) when what stands there is plain text."""
    start = cursor.position
    match = cursor.take(_OPEN)
    if match is None:
        return None
    line, _ = cursor.place(start)
    steps: list[Step] = []
    while step := _step(cursor, parse_block, depth):
        steps.append(step)
    if match[1] and not cursor.accept("}"):
        raise cursor.error(f"Expected '}}' after the reference ${{{match[2]}, found {cursor.found()}")
    return Reference(match[2], tuple(steps), line)


def _step(cursor: Cursor, parse_block: ParseBlock, depth: int) -> Step | None:
    if cursor.accept("["):
        cursor.space()
        index = parse_value(cursor, parse_block, depth + 1)
        cursor.expect("]", "after an index")
        return Index(index)
    match = cursor.take(_MEMBER)
    if match is None:
        return None
    if not cursor.accept("("):
        return Property(match[1])
    return Call(match[1], _list(cursor, parse_block, ")", depth))


def parse_expression(cursor: Cursor, parse_block: ParseBlock, depth: int = 0) -> Expression:
    return _binary(cursor, parse_block, depth, 0)


def _binary(cursor: Cursor, parse_block: ParseBlock, depth: int, level: int) -> Expression:
    if level == len(_LEVELS):
        return _unary(cursor, parse_block, depth)
    left = _binary(cursor, parse_block, depth, level + 1)
    operators, names = _LEVELS[level]
    while True:
        cursor.space()
        match = cursor.take(operators)
        if match is None:
            return left
        right = _binary(cursor, parse_block, depth, level + 1)
        left = Binary(names.get(match[0], match[0]), left, right)


_NEGATION = re.compile(r"!|not\b")


def _unary(cursor: Cursor, parse_block: ParseBlock, depth: int) -> Expression:
    if depth > MAX_NESTING:
        raise cursor.error("The template is nested too deeply")
    cursor.space()
    if cursor.take(_NEGATION):
        return Not(_unary(cursor, parse_block, depth + 1))
    if cursor.accept("("):
        inner = parse_expression(cursor, parse_block, depth + 1)
        cursor.expect(")", "in an expression")
        return inner
    return parse_value(cursor, parse_block, depth)


def parse_value(cursor: Cursor, parse_block: ParseBlock, depth: int) -> Expression:
    """One value without operators: a literal, a reference, a list, a range or a map."""
    if depth > MAX_NESTING:
        raise cursor.error("The template is nested too deeply")
    start = cursor.position
    if cursor.peek("$"):
        reference = parse_reference(cursor, parse_block, depth)
        if reference is not None:
            return reference
    elif cursor.peek('"') or cursor.peek("'"):
        return _string(cursor, parse_block)
    elif cursor.accept("["):
        return _list_or_range(cursor, parse_block, depth)
    elif cursor.accept("{"):
        return _map(cursor, parse_block, depth)
    elif match := cursor.take(_NUMBER):
        text = match[0]
        if len(text) > _MAX_DIGITS:
            raise cursor.error("A number is too long", start)
        return Literal(float(text) if set(text) & set(".eE") else int(text))
    elif match := cursor.take(_WORD):
        if match[0] in ("true", "false"):
            return Literal(match[0] == "true")
        cursor.position = start
    raise cursor.error(f"Expected a value, found {cursor.found()}")


def _list(cursor: Cursor, parse_block: ParseBlock, closing: str, depth: int) -> tuple[Expression, ...]:
    items: list[Expression] = []
    cursor.space()
    if cursor.accept(closing):
        return ()
    while True:
        cursor.space()
        items.append(parse_value(cursor, parse_block, depth + 1))
        cursor.space()
        if cursor.accept(closing):
            return tuple(items)
        if not cursor.accept(","):
            raise cursor.error(f"Expected ',' or {closing!r}, found {cursor.found()}")


def _list_or_range(cursor: Cursor, parse_block: ParseBlock, depth: int) -> Expression:
    start = cursor.position
    cursor.space()
    if not cursor.peek("]"):
        first = parse_value(cursor, parse_block, depth + 1)
        cursor.space()
        if cursor.accept(".."):
            cursor.space()
            last = parse_value(cursor, parse_block, depth + 1)
            cursor.expect("]", "after a range")
            return Range(first, last)
        cursor.position = start
    return ListLiteral(_list(cursor, parse_block, "]", depth))


def _map(cursor: Cursor, parse_block: ParseBlock, depth: int) -> MapLiteral:
    entries: list[tuple[Expression, Expression]] = []
    cursor.space()
    if cursor.accept("}"):
        return MapLiteral(())
    while True:
        cursor.space()
        key = parse_value(cursor, parse_block, depth + 1)
        cursor.expect(":", "in a map")
        cursor.space()
        entries.append((key, parse_value(cursor, parse_block, depth + 1)))
        cursor.space()
        if cursor.accept("}"):
            return MapLiteral(tuple(entries))
        if not cursor.accept(","):
            raise cursor.error(f"Expected ',' or '}}' in a map, found {cursor.found()}")


def _string(cursor: Cursor, parse_block: ParseBlock) -> Expression:
    line, column = cursor.place()
    match = cursor.take(_SINGLE)
    if match is not None:
        return Literal(match[1].replace("''", "'"))
    match = cursor.take(_DOUBLE)
    if match is None:
        raise cursor.error("A string is not closed")
    text = _UNICODE.sub(lambda code: chr(int(code[1], 16)), match[1].replace('""', '"'))
    if "$" not in text and "#" not in text:
        return Literal(text)
    return Interpolated(parse_block(Cursor(text, line, column + 1)))
