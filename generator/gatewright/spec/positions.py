"""Where each node of a text stands: spots that the YAML reader leaves behind, or that are made of JSON when asked.

In: spots and the tokens of a pointer into the data. Out: the spot there or the nearest above it, found through merge
keys, aliases, and the long forms of CloudFormation's short tags and conditions.
"""

from __future__ import annotations

import functools
import json
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any, NamedTuple

from gatewright.spec.source import Source

JSON_TOKEN = re.compile(r'"(?:[^"\\]|\\.)*"|[{}\[\],:]|\$\{[^{}"\n]*\}|[^\s{}\[\],:"]+')
MERGE_KEY = "<<"
TO_LINE_END = 1 << 20  # the end of what goes on over lines: only its first line is ever shown


class Spot(NamedTuple):
    """Offsets of a node and of its key (-1 where there is none), and the spots below; None below a scalar.

    An alias has its own offsets and the spots below its anchor. A plain tuple's speed matters: there is one a node.
    """

    start: int
    end: int
    key_start: int = -1
    key_end: int = -1
    below: dict[str, Spot] | list[Spot] | None = None


new_spot: Callable[[tuple[int, int, int, int, Any]], Spot] = functools.partial(tuple.__new__, Spot)  # twice as fast


class Duplicate(NamedTuple):
    """A key's lost occurrence (its offset) and the kept one."""

    tokens: tuple[str, ...]
    first: int
    kept: Spot


def spots_of(source: Source) -> Spot:
    """The root's spot of a text that was read before."""
    if source.root is None:
        source.root, _ = index_json(source.text)
    return source.root


def find(root: Spot, tokens: Iterable[str]) -> tuple[Spot, bool]:
    """The spot at the tokens, and whether it is the very one: else it is the nearest above it."""
    spot = root
    for token in tokens:
        below = child(spot, token)
        if below is None and (token.startswith("Fn::") or token in ("Ref", "Condition")):
            continue  # the long form of a short tag: the tag's own value has no key in the text
        if below is None:
            below = through_condition(spot, token)
        if below is None:
            return spot, False
        spot = below
    return spot, True


def child(spot: Spot, token: str) -> Spot | None:
    """The spot of a member or an item; of a mapping's also in what is merged into it, where the first wins."""
    below = spot.below
    if isinstance(below, list):
        return below[int(token)] if token.isdecimal() and int(token) < len(below) else None
    if below is None:
        return None
    found = below.get(token)
    merged = below.get(MERGE_KEY)
    if found is not None or merged is None:
        return found
    sources = merged.below if isinstance(merged.below, list) else [merged]
    return next((found for each in sources if (found := child(each, token)) is not None), None)


def through_condition(spot: Spot, token: str) -> Spot | None:
    """Look for a token in the branches of an Fn::If, one of which has taken the condition's place in the data."""
    condition = child(spot, "Fn::If")
    branches = [child(condition, place) for place in ("1", "2")] if condition is not None else []
    found = (child(branch, token) for branch in branches if branch is not None)
    return next((each for each in found if each is not None), None)


def place_of(spot: Spot, *, on_key: bool) -> tuple[int, int]:
    """Offset and length to show: of a scalar itself; of a container, whose first line may be far, its key."""
    if spot.key_start >= 0 and (on_key or spot.below is not None):
        return spot.key_start, spot.key_end - spot.key_start
    return spot.start, spot.end - spot.start


def below(spot: Spot) -> Iterator[Spot]:
    """The spot and every spot under it (also under its aliases)."""
    stack = [spot]
    while stack:
        each = stack.pop()
        yield each
        stack.extend(each.below.values() if isinstance(each.below, dict) else each.below or ())


@dataclass(slots=True)
class Open:
    """A JSON container whose end has not come yet."""

    start: int
    below: dict[str, Spot] | list[Spot]
    key: str = ""
    key_start: int = -1
    key_end: int = -1
    awaits_key: bool = False


def index_json(text: str) -> tuple[Spot, list[Duplicate]]:
    """One pass over the tokens of a text that Python's reader has taken: the root's spot, and keys that stand twice."""
    top = Open(0, [])
    stack = [top]
    duplicates: list[Duplicate] = []
    for match in JSON_TOKEN.finditer(text):
        lexeme = match.group()
        parent = stack[-1]
        if lexeme in ("{", "["):
            stack.append(Open(match.start(), {} if lexeme == "{" else [], awaits_key=lexeme == "{"))
        elif lexeme in ("}", "]"):
            closed = stack.pop()
            parent = stack[-1]
            add(stack, Spot(closed.start, match.end(), parent.key_start, parent.key_end, closed.below), duplicates)
        elif lexeme == ",":
            parent.awaits_key = isinstance(parent.below, dict)
        elif parent.awaits_key:
            parent.key, parent.awaits_key = json.loads(lexeme, strict=False), False
            parent.key_start, parent.key_end = match.span()
        elif lexeme != ":":
            add(stack, Spot(*match.span(), parent.key_start, parent.key_end), duplicates)
    roots = top.below if isinstance(top.below, list) else []
    return (roots[0] if roots else Spot(0, 1)), duplicates


def add(stack: list[Open], spot: Spot, duplicates: list[Duplicate]) -> None:
    parent = stack[-1]
    if isinstance(parent.below, list):
        parent.below.append(spot)
        return
    first = parent.below.get(parent.key)
    if first is not None:
        tokens = [each.key if isinstance(each.below, dict) else str(len(each.below)) for each in stack[1:]]
        duplicates.append(Duplicate(tuple(tokens), first.key_start, spot))
    parent.below[parent.key] = spot
