"""Lists in pages, as Lambda gives them: `MaxItems` at a time, `NextMarker` while there is more."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from gatewright.local.functions import refusals

PAGE = 50


def page(key: str, items: Sequence[Mapping[str, Any]], params: Mapping[str, Any]) -> dict[str, Any]:
    """One page of `items` under `key`. The marker is the place of the next item."""
    marker, size = params.get("Marker") or "0", min(params.get("MaxItems", PAGE), PAGE)
    if not marker.isdigit() or size < 1:
        raise refusals.invalid("The marker or the number of items is not valid.")
    start = int(marker)
    reply: dict[str, Any] = {key: list(items[start : start + size])}
    if start + size < len(items):
        reply["NextMarker"] = str(start + size)
    return reply
