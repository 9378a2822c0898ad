"""An HTTP/1.1 request as it came, and the bytes of a response.

In: what the parser saw. Out: `Incoming` with raw target, header lines in their order and casing; `encode` writes a
gateway `Response` with the framing headers that are the server's own (Date, Connection, Content-Length).
"""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from email.utils import formatdate
from http import HTTPStatus
from typing import NamedTuple

from gatewright.apigateway.gateway.types import Headers, Response

STATUS_LINES = {status.value: f"HTTP/1.1 {status.value} {status.phrase}\r\n" for status in HTTPStatus}
FRAMING = frozenset({"content-length", "connection", "transfer-encoding", "date", "keep-alive"})
BODILESS = frozenset({204, 304})
NO_CONTROL = {code: None for code in (*range(0x20), 0x7F) if code != 0x09}


@dataclass(slots=True)
class Incoming:
    """`path` and `query` are raw; `host` as sent (lower case, with port); `address` is the data plane's, once found."""

    method: str
    path: str
    query: str
    headers: Headers
    host: str
    peer: str
    version: str = "1.1"
    body: bytes = b""
    address: object = None

    def header(self, name: str) -> str | None:
        """The first header of this lower-case name."""
        return next((value for key, value in self.headers if key.lower() == name), None)


class Lane(NamedTuple):
    """Where a request goes: how large its body may be, what answers it, and what answers when it is larger."""

    body_limit: int
    handle: Callable[[Incoming], Awaitable[Response]]
    too_large: Response


Application = Callable[[Incoming], Lane]
"""Chooses the lane once the headers are there, before the body is read."""


def plain(status: int, message: str, error_type: str = "") -> Response:
    """The JSON answer of the server itself."""
    headers = [("Content-Type", "application/json")]
    if error_type:
        headers.append(("x-amzn-ErrorType", error_type))
    return Response(status, tuple(headers), f'{{"message":"{message}"}}'.encode())


FORBIDDEN = plain(403, "Forbidden", "ForbiddenException")
"""What AWS's front door says where nobody lives: no such host, API or stage."""


def encode(response: Response, *, head_only: bool, keep_alive: bool) -> bytes:
    """The response's bytes. Control characters in a header value are left out: they could forge a second response."""
    status = response.status
    lines = [STATUS_LINES.get(status) or f"HTTP/1.1 {status} \r\n"]
    length = str(len(response.body))
    for name, value in response.headers:
        lowered = name.lower()
        if lowered in FRAMING:
            # The answer to a HEAD says how long the body would be, and has none (S3's HeadObject).
            if head_only and lowered == "content-length" and not response.body and value.isdigit():
                length = value
            continue
        if not value.isprintable():
            value = value.translate(NO_CONTROL)
        if not name.isprintable() or ":" in name or " " in name:
            continue
        lines.append(f"{name}: {value}\r\n")
    lines.append(http_date())
    bodiless = status in BODILESS
    if not bodiless:
        lines.append(f"Content-Length: {length}\r\n")
    lines.append("Connection: keep-alive\r\n\r\n" if keep_alive else "Connection: close\r\n\r\n")
    text = "".join(lines)
    try:
        head = text.encode("latin-1")
    except UnicodeEncodeError:
        head = text.encode("utf-8", "replace")
    return head if head_only or bodiless else head + response.body


class DateLine:
    """The Date header of this second, made once a second."""

    second = 0
    line = ""


def http_date() -> str:
    now = int(time.time())
    if now != DateLine.second:
        DateLine.second = now
        DateLine.line = f"Date: {formatdate(now, usegmt=True)}\r\n"
    return DateLine.line
