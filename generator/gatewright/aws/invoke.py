"""One plain HTTP request to a stage, as a caller would make it."""

from __future__ import annotations

import http.client
import time
import urllib.parse
from collections.abc import Mapping
from dataclasses import dataclass

from gatewright.errors import TargetError

TIMEOUT_S = 35


@dataclass(frozen=True, slots=True)
class Answer:
    """`milliseconds` from sending to the last byte."""

    status: int
    body: bytes
    milliseconds: float

    @property
    def excerpt(self) -> str:
        return self.body[:200].decode("utf-8", "replace")


def call(method: str, url: str, headers: Mapping[str, str], body: bytes | None = None) -> Answer:
    """Send the request. TargetError when nobody answers."""
    parts = urllib.parse.urlsplit(url)
    kind = http.client.HTTPSConnection if parts.scheme == "https" else http.client.HTTPConnection
    connection = kind(parts.hostname or "", parts.port, timeout=TIMEOUT_S)
    began = time.monotonic()
    try:
        connection.request(method, parts.path + (f"?{parts.query}" if parts.query else ""), body, dict(headers))
        reply = connection.getresponse()
        return Answer(reply.status, reply.read(), (time.monotonic() - began) * 1000)
    except (OSError, http.client.HTTPException) as error:
        raise TargetError(
            f"{url} does not answer: {error}", "is the stage deployed, and the target reachable?"
        ) from error
    finally:
        connection.close()
