"""Pages of a listing: AWS's `limit` and `position`, over items that each have a key.

A position is the opaque name of the last item shown. The default page holds 25 items, the largest 500 (API reference).
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable, Iterable
from typing import TypeVar

from gatewright.local.apigateway.scope import Params, Result, bad_request

T = TypeVar("T")

DEFAULT_LIMIT = 25
LARGEST_LIMIT = 500


def page(params: Params, items: Iterable[T], key: Callable[[T], str], show: Callable[[T], Result]) -> Result:
    """`items` in AWS's order. A limit below 1 gives an empty page (recorded with -1); a larger one than 500 is 500."""
    every = list(items)
    limit = min(int(params.get("limit", DEFAULT_LIMIT)), LARGEST_LIMIT)
    if limit < 1:
        return {"items": []}
    start = 0
    if params.get("position"):
        start = after(read_position(params["position"]), [key(item) for item in every])
    shown = every[start : start + limit]
    result: Result = {"items": [show(item) for item in shown]}
    if start + limit < len(every):
        result["position"] = write_position(key(shown[-1]))
    return result


def write_position(key: str) -> str:
    return base64.urlsafe_b64encode(key.encode()).decode("ascii")


def read_position(position: str) -> str:
    try:
        return base64.urlsafe_b64decode(position.encode("ascii")).decode()
    except (ValueError, binascii.Error) as error:
        raise bad_request("Invalid position parameter specified") from error


def after(last: str, keys: list[str]) -> int:
    return keys.index(last) + 1 if last in keys else len(keys)
