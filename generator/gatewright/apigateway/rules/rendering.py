"""What a mapping template could become: rendered without a request, with each way through it tried.

In: a parsed template. Out: texts, one for each way; a template that is JSON in none of them is JSON for no request.
"""

from __future__ import annotations

import itertools
import json
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from gatewright.apigateway.mapping.vtl.nodes import (
    Block,
    Break,
    Foreach,
    If,
    Reference,
    Set,
    Statement,
    Stop,
    Text,
)

GIVEN = frozenset(("input", "util", "context", "stageVariables"))
PLAIN = (Text, Reference, Set, If, Foreach)
MAX_LENGTH = 300 * 1024


@dataclass(frozen=True, slots=True)
class Way:
    """`given` stands for what the request brings, `own` for the template's variables. `branch` is which one of an #if
    is taken (0 the first, -1 the #else), `comma` the same inside of #foreach; `rounds` is how often that runs."""

    given: str
    own: str
    branch: int
    comma: int
    rounds: int


WAYS = tuple(
    Way(given, own, branch, comma, rounds)
    for rounds, branch, comma in itertools.product((1, 0), (0, -1), (-1, 0))
    for given, own in (("0", "0"), ("0", ""), ("", ""), ("", "0"))
)


@lru_cache(maxsize=2048)
def json_mistake(block: Block) -> str | None:
    """Why the template makes no JSON whatever the request, as its first way shows it. None if it may, if it does
    not begin like JSON, or if it does what cannot be followed here (#macro, #define, #evaluate)."""
    first: str | None = None
    for way in WAYS if can_be_followed(block) else ():
        text = "".join(pieces(block, way))
        if len(text) > MAX_LENGTH or not text.lstrip().startswith(("{", "[")):
            return None
        try:
            json.loads(text)
            return None
        except json.JSONDecodeError as error:
            near = text[max(0, error.pos - 20) : error.pos + 20].strip()
            first = first or f"{error.msg.removesuffix(' at')}, near {near!r}"
        except RecursionError:
            return None
    return first


def can_be_followed(block: Block) -> bool:
    return all(isinstance(each, (*PLAIN, Break, Stop)) and all(map(can_be_followed, inner(each))) for each in block)


def inner(statement: Statement) -> Iterator[Block]:
    """The blocks inside of a statement."""
    if isinstance(statement, If):
        yield from (body for _, body in statement.branches)
        if statement.otherwise is not None:
            yield statement.otherwise
    elif isinstance(statement, Foreach):
        yield statement.body


def pieces(block: Block, way: Way, in_loop: bool = False) -> Iterator[str]:
    for statement in block:
        if isinstance(statement, Text):
            yield statement.text
        elif isinstance(statement, Reference):
            yield way.given if statement.name in GIVEN else way.own
        elif isinstance(statement, If):
            taken = way.comma if in_loop else way.branch
            yield from pieces(statement.branches[0][1] if taken == 0 else statement.otherwise or (), way, in_loop)
        elif isinstance(statement, Foreach):
            for _ in range(way.rounds):
                yield from pieces(statement.body, way, True)


def is_static(block: Block) -> bool:
    """Whether the template is the same text for every request."""
    return all(isinstance(each, Text) for each in block)


def text_of(block: Block) -> str:
    return "".join(each.text for each in block if isinstance(each, Text))
