"""Parameter mapping expressions: where a value comes from (`method.request.header.X`) and where it goes to.

Comes in: one side of an entry of requestParameters or responseParameters; goes out: its parts, or the place of the
mistake. Reading the values is the gateway's (`integrate/parameters.py`).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

_PLACES = {
    "method.request": ("path", "querystring", "multivaluequerystring", "header", "multivalueheader"),
    "integration.response": ("header", "multivalueheader"),
}
_TARGETS = {
    "integration.request": ("path", "querystring", "header"),
    "method.response": ("header",),
    "gatewayresponse": ("header",),
}
_NAME = re.compile(r"[A-Za-z0-9_.$!#%&'*+^`|~:-]+\Z")
_CONTEXT = re.compile(r"[A-Za-z0-9_:@/-]+(?:\.[A-Za-z0-9_:@/-]+)*\Z")


class ExpressionError(ValueError):
    """A mapping expression that is none; `position` is the 0-based offset of the mistake."""

    def __init__(self, message: str, position: int) -> None:
        super().__init__(f"{message} (at {position})")
        self.message = message
        self.position = position


@dataclass(frozen=True, slots=True)
class Source:
    """`origin` is "literal", "context", "stageVariables", "method.request" or "integration.response"; `place` is the
    part of a request or response ("header", "body", …), else ""; `name` what is read there, or the literal's text."""

    origin: str
    place: str
    name: str


@dataclass(frozen=True, slots=True)
class Target:
    """`message` is "integration.request", "method.response" or "gatewayresponse"; `place` and `name` as in Source."""

    message: str
    place: str
    name: str


@lru_cache(maxsize=4096)
def parse_source(text: str) -> Source:
    """Parse the value side. Raises ExpressionError (source of the grammar: developer guide, request-response data
    mappings)."""
    if text.startswith("'"):
        if len(text) < 2 or not text.endswith("'"):
            raise ExpressionError("A literal is not closed with a single quote", len(text))
        return Source("literal", "", text[1:-1])
    for origin in ("context", "stageVariables"):
        if text.startswith(origin + "."):
            name = text[len(origin) + 1 :]
            if not _CONTEXT.match(name):
                raise ExpressionError(f"{name!r} is no name of {origin}", len(origin) + 1)
            return Source(origin, "", name)
    for origin, places in _PLACES.items():
        if text.startswith(origin + "."):
            return _message_source(text, origin, places)
    raise ExpressionError(
        "Expected method.request, integration.response, context, stageVariables or a literal in single quotes", 0
    )


def _message_source(text: str, origin: str, places: tuple[str, ...]) -> Source:
    start = len(origin) + 1
    place, dot, name = text[start:].partition(".")
    if place == "body" or place.startswith("body["):
        return Source(origin, "body", text[start + 4 :].removeprefix("."))
    if place not in places:
        raise ExpressionError(f"{place!r} is no part of {origin}: expected {', '.join(places)} or body", start)
    if not dot or not _NAME.match(name):
        raise ExpressionError(f"A name is missing after {origin}.{place}", start + len(place) + 1)
    return Source(origin, place, name)


@lru_cache(maxsize=4096)
def parse_target(text: str) -> Target:
    """Parse the key side: `integration.request.header.X`, `method.response.header.X`. Raises ExpressionError."""
    for message, places in _TARGETS.items():
        if not text.startswith(message + "."):
            continue
        start = len(message) + 1
        place, dot, name = text[start:].partition(".")
        if place not in places:
            raise ExpressionError(f"{place!r} cannot be set in {message}: expected {', '.join(places)}", start)
        if not dot or not _NAME.match(name):
            raise ExpressionError(f"A name is missing after {message}.{place}", start + len(place) + 1)
        return Target(message, place, name)
    raise ExpressionError("Expected integration.request, method.response or gatewayresponse", 0)
