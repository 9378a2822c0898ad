"""What every reader gives: data and findings; and what the readers share in making them."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any

from gatewright.errors import DocumentError
from gatewright.findings import Finding
from gatewright.spec import codes
from gatewright.spec.source import Source


@dataclass(frozen=True, slots=True)
class Parsed:
    data: Any
    findings: tuple[Finding, ...] = ()


def unreadable(source: Source, message: str, offset: int, help: str = "", *, began: int | None = None) -> DocumentError:
    """The error for a text that does not parse, at the offset where that shows; `began`: where what is wrong begins."""
    finding = codes.UNREADABLE.at(message, source.location(offset), help=help)
    if began is not None and began != offset:
        finding = replace(finding, related=(source.location(began),))
    return DocumentError((finding,))


def standing_twice(source: Source, key: str, first: int, second: tuple[int, int], pointer: str) -> Finding:
    """YAML-001 for a key: `first` is the lost one's offset, `second` the kept one's and its length."""
    where = source.location(first)
    shown = key if len(key) <= 40 else key[:37] + "..."
    message = f"the key {shown!r} stands twice: line {where.line} is lost, this one is kept"
    finding = codes.DUPLICATE_KEY.at(message, source.location(*second), pointer)
    return replace(finding, on_key=True, related=(where,))


@contextmanager
def collector_off() -> Iterator[None]:
    """Building a tree makes only things that stay: the cyclic collector would look through all of it, again and
    again (half of the time on a large document)."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()
