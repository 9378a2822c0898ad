"""Which headers a mapping may not set, which never reach an integration, and which come back under another name.

All of it is recorded from AWS; the developer guide lists the same names under "important notes".
"""

from __future__ import annotations

import re

from gatewright.apigateway.gateway.exchange import Refusal
from gatewright.apigateway.gateway.types import Headers
from gatewright.apigateway.mapping.expressions import ExpressionError, parse_target
from gatewright.apigateway.model import Integration

_UNMAPPABLE = frozenset({"content-length", "transfer-encoding"})
_UNMAPPABLE_LAMBDA = _UNMAPPABLE | {"authorization", "connection", "expect", "proxy-authenticate", "te"}
"""Mapping one of these makes every call fail with 500."""

_DROPPED_REQUEST = frozenset({"connection", "expect", "proxy-authenticate", "te", "via"})
"""Mapped for an http backend, these are left out."""

_REMAPPED = frozenset(
    {
        "authorization",
        "connection",
        "content-length",
        "content-md5",
        "date",
        "expect",
        "host",
        "max-forwards",
        "proxy-authenticate",
        "server",
        "trailer",
        "upgrade",
        "user-agent",
        "www-authenticate",
        "x-amzn-requestid",
    }
)
_DROPPED_RESPONSE = frozenset({"transfer-encoding", "x-amz-apigw-id"})
_TOKEN = re.compile(r"[!#$%&'*+\-.^_`|~0-9A-Za-z]+\Z")
_BREAKS = re.compile(r"[\r\n\x00]")


def check_mappings(integration: Integration) -> None:
    """Raise Refusal (500) when the request parameters set a header that AWS does not let them set."""
    is_lambda = integration.type in ("AWS", "AWS_PROXY")
    unmappable = _UNMAPPABLE_LAMBDA if is_lambda else _UNMAPPABLE
    for key in integration.request_parameters:
        try:
            target = parse_target(key)
        except ExpressionError as error:
            raise _refusal(f"Invalid mapping expression specified: {error}") from error
        if target.place == "header" and target.name.lower() in unmappable:
            raise _refusal(f"the header {target.name} cannot be mapped")


def _refusal(reason: str) -> Refusal:
    return Refusal(
        "API_CONFIGURATION_ERROR", "Internal server error", f"Execution failed due to configuration error: {reason}"
    )


def outgoing(headers: Headers) -> Headers:
    """Mapped headers as they go to a backend: without those of the connection, and without line breaks."""
    return tuple((name, clean(value)) for name, value in headers if name.lower() not in _DROPPED_REQUEST)


def returned(headers: Headers) -> Headers:
    """Headers as they go back to the client: some renamed to x-amzn-Remapped-<name>, some dropped, the rest as is."""
    lines: list[tuple[str, str]] = []
    for name, value in headers:
        lowered = name.lower()
        if lowered in _DROPPED_RESPONSE or not _TOKEN.match(name):
            continue
        lines.append((f"x-amzn-Remapped-{name}" if lowered in _REMAPPED else name, clean(value)))
    return tuple(lines)


def clean(value: str) -> str:
    """A value that cannot start a header of its own; beyond latin-1 it travels as UTF-8."""
    text = _BREAKS.sub("", value)
    return text if text.isascii() or _is_latin(text) else text.encode("utf-8", "replace").decode("latin-1")


def _is_latin(text: str) -> bool:
    return max(text) <= "\xff"


def replaced(headers: Headers, name: str, *values: str) -> Headers:
    """Set a header, a line for each value, in place of those of that name in any spelling."""
    lowered = name.lower()
    return (*((key, old) for key, old in headers if key.lower() != lowered), *((name, value) for value in values))
