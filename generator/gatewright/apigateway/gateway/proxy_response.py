"""What a function behind `aws_proxy` returned, made into the client's response; or a 502 when it is malformed.

The rules are recorded: no field is mandatory, no other field is allowed, "201" and true are taken, 5 as a header's
value is not.
"""

from __future__ import annotations

import base64
import binascii
import json
import re
from typing import Any, NoReturn

import orjson

from gatewright.apigateway.gateway.exchange import Exchange, Refusal
from gatewright.apigateway.gateway.media import JSON, is_binary
from gatewright.apigateway.gateway.types import FunctionResult, Headers, Response

FIELDS = frozenset({"isBase64Encoded", "statusCode", "headers", "multiValueHeaders", "body"})
MALFORMED = "Execution failed due to configuration error: Malformed Lambda proxy response"

REMAPPED = frozenset({"connection", "content-length", "date", "server"})
"""Recorded: of a proxy response these reach the client as x-amzn-Remapped-<name>."""

DROPPED = frozenset({"transfer-encoding", "x-amzn-requestid", "x-amz-apigw-id", "x-amzn-trace-id"})
"""The connection's own, and the ids that the gateway sets itself."""

TOKEN = re.compile(r"[!#$%&'*+\-.^_`|~0-9A-Za-z]+\Z")
"""A header's name as HTTP allows it."""


def read(result: FunctionResult, exchange: Exchange) -> Response:
    """Make the response of a function's result. Raises Refusal (INTEGRATION_FAILURE with 502) when it is malformed."""
    if result.error:
        text = result.payload.decode("utf-8", "replace")
        _refuse(f"Lambda execution failed with status 200 due to customer function error: {text}")
    answer = _parse(result.payload)
    headers = _headers(answer)
    if not any(name.lower() == "content-type" for name, _ in headers):
        headers += (("Content-Type", JSON),)
    return Response(_status(answer), headers, _body(answer, exchange))


def _parse(payload: bytes) -> dict[str, Any]:
    try:
        answer = orjson.loads(payload)
    except ValueError:
        answer = _parse_leniently(payload)
    if not isinstance(answer, dict) or not answer.keys() <= FIELDS:
        _refuse(MALFORMED)
    return answer


def _parse_leniently(payload: bytes) -> Any:
    """What orjson refuses and Python's json takes: NaN, half a surrogate pair, UTF-16, deep nesting."""
    try:
        return json.loads(payload)
    except (ValueError, RecursionError):
        _refuse(MALFORMED)


def _status(answer: dict[str, Any]) -> int:
    given = answer.get("statusCode")
    if given is None or given == "":
        return 200
    try:
        status = int(given)
    except (TypeError, ValueError, OverflowError):
        _refuse(MALFORMED)
    if not 100 <= status <= 599:
        _refuse(MALFORMED)
    return status


def _headers(answer: dict[str, Any]) -> Headers:
    """Multi values first, then the single value of the same name unless it is among them; the first spelling stays."""
    merged: dict[str, tuple[str, list[str]]] = {}
    multi, single = _map(answer.get("multiValueHeaders")), _map(answer.get("headers"))
    for name, values in multi.items():
        if not isinstance(values, list):
            _refuse(MALFORMED)
        merged.setdefault(name.lower(), (name, []))[1].extend(map(_text, values))
    for name, value in single.items():
        _, known = merged.setdefault(name.lower(), (name, []))
        text = _text(value)
        if text not in known:
            known.append(text)
    lines: list[tuple[str, str]] = []
    for lowered, (name, texts) in merged.items():
        if not TOKEN.match(name):
            _refuse(MALFORMED)
        if lowered not in DROPPED:
            shown = f"x-amzn-Remapped-{name}" if lowered in REMAPPED else name
            lines += [(shown, text) for text in texts]
    return tuple(lines)


def _map(value: Any) -> dict[str, Any]:
    if value is not None and not isinstance(value, dict):
        _refuse(MALFORMED)
    return value or {}


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if not isinstance(value, str):
        _refuse(MALFORMED)
    # A line break would start a header of the function's choice; beyond ASCII, UTF-8 is what goes over the wire.
    return value.replace("\r", "").replace("\n", "").encode("utf-8", "replace").decode("latin-1")


def _body(answer: dict[str, Any], exchange: Exchange) -> bytes:
    body = answer.get("body")
    if body is None:
        return b""
    if not isinstance(body, str):
        _refuse(MALFORMED)
    binary_types = exchange.deployment.api.binary_media_types
    if not answer.get("isBase64Encoded") or not is_binary(exchange.header("accept"), binary_types):
        return body.encode("utf-8", "replace")
    try:
        return base64.b64decode(body, validate=True)
    except (binascii.Error, ValueError):
        log = "Execution failed due to configuration error: Unable to base64 decode the body."
        raise Refusal("API_CONFIGURATION_ERROR", "Internal server error", log) from None


def _refuse(log: str) -> NoReturn:
    raise Refusal("INTEGRATION_FAILURE", "Internal server error", log, status=502)
