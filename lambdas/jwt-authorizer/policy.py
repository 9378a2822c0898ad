"""The policy for a whole stage: what a token's scopes allow there, and nothing else.

API Gateway keeps the answer by the token and applies it to every method, so it names them all, not the one that was
called. A `*` of a policy also spans slashes: where an allowed pattern would take in an operation that is not, that one
is denied, and a denial wins.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from typing import Any

PART = re.compile(r"\{[^{}]*?(\+?)\}")


def document(
    method_arn: str, operations: Mapping[str, tuple[frozenset[str], ...]], scopes: frozenset[str]
) -> dict[str, Any]:
    """A stage without operations that ask for scopes is open to every good token."""
    base = "/".join(method_arn.split("/")[:2])
    if not operations:
        return policy(allow=[f"{base}/*/*"], deny=[])
    allowed = [name for name, needed in operations.items() if any(each <= scopes for each in needed)]
    refused = [name for name in operations if name not in allowed]
    deny = [name for name in refused if any(takes_in(other, name) for other in allowed)]
    return (
        policy(allow=[f"{base}/{pattern(name)}" for name in allowed], deny=[f"{base}/{pattern(name)}" for name in deny])
        if allowed
        else policy(allow=[], deny=[f"{base}/*/*"])
    )


def policy(*, allow: list[str], deny: list[str]) -> dict[str, Any]:
    statements = [("Allow", allow), ("Deny", deny)]
    return {
        "Version": "2012-10-17",
        "Statement": [
            {"Action": "execute-api:Invoke", "Effect": effect, "Resource": resources}
            for effect, resources in statements
            if resources
        ],
    }


def pattern(operation: str) -> str:
    """ "GET /orders/{id}" → "GET/orders/*"."""
    method, _, path = operation.partition(" ")
    return f"{'*' if method == 'ANY' else method}{PART.sub('*', path)}"


def takes_in(allowed: str, refused: str) -> bool:
    """Whether the pattern of an allowed operation also covers a call of a refused one."""
    method, _, path = allowed.partition(" ")
    other_method, _, other_path = refused.partition(" ")
    if method != "ANY" and other_method not in (method, "ANY"):
        return False
    if path == other_path:
        # The more exact of the two methods is the one that is called.
        return method == "ANY"
    if "{" not in path:
        return False
    return meet(symbols(path, spans_slashes=True), symbols(other_path, spans_slashes=False))


def symbols(path: str, *, spans_slashes: bool) -> tuple[str, ...]:
    """A path as single characters, with "any" for what takes anything and "part" for what takes one part of it."""
    found: list[str] = []
    end = 0
    for match in PART.finditer(path):
        found += path[end : match.start()]
        found.append("any" if spans_slashes or match[1] else "part")
        end = match.end()
    return (*found, *path[end:])


def meet(one: tuple[str, ...], other: tuple[str, ...]) -> bool:
    """Whether there is a text that both take."""
    many = ("any", "part")

    @cache
    def from_here(i: int, j: int) -> bool:
        if i == len(one) or j == len(other):
            rest = one[i:] + other[j:]
            return all(symbol in many for symbol in rest)
        a, b = one[i], other[j]
        if (a in many and from_here(i + 1, j)) or (b in many and from_here(i, j + 1)):
            return True
        if a in many and b in many:
            return False
        if a in many:
            return (a == "any" or b != "/") and from_here(i, j + 1)
        if b in many:
            return (b == "any" or a != "/") and from_here(i + 1, j)
        return a == b and from_here(i + 1, j + 1)

    return from_here(0, 0)
