"""Content handling: whether a payload goes on as text, as bytes, or as base64 of bytes.

The two directions follow AWS's table (developer guide, payload encodings workflow; recorded for both directions).
Bytes where a template is to be applied are a mistake: a template only reads text.
"""

from __future__ import annotations

import base64
import binascii

from gatewright.apigateway.gateway.exchange import Refusal

TO_TEXT = "CONVERT_TO_TEXT"
TO_BINARY = "CONVERT_TO_BINARY"

Payload = str | bytes
"""Text, or bytes that no template can read."""


def convert_request(body: bytes, *, binary: bool, handling: str | None) -> Payload:
    """`binary`: the request's Content-Type is among the binary media types. Raises Refusal (500) when text that is no
    base64 shall become bytes."""
    if binary:
        return base64.b64encode(body).decode("ascii") if handling == TO_TEXT else body
    text = body.decode("utf-8", "replace")
    return _decoded(text, "request") if handling == TO_BINARY else text


def convert_response(body: bytes, *, binary: bool, wanted_binary: bool, handling: str | None) -> Payload:
    """`binary`: the payload's own Content-Type is among the binary media types; `wanted_binary`: the client's Accept
    is. Raises Refusal (500) when text that is no base64 shall become bytes."""
    if binary:
        as_text = handling == TO_TEXT or (handling is None and not wanted_binary)
        return base64.b64encode(body).decode("ascii") if as_text else body
    text = body.decode("utf-8", "replace")
    as_bytes = handling == TO_BINARY or (handling is None and wanted_binary)
    return _decoded(text, "response") if as_bytes else text


def to_bytes(payload: Payload) -> bytes:
    return payload if isinstance(payload, bytes) else payload.encode("utf-8", "replace")


def _decoded(text: str, direction: str) -> bytes:
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError) as error:
        log = f"Execution failed due to configuration error: Unable to base64 decode the {direction} body"
        raise Refusal("API_CONFIGURATION_ERROR", "Internal server error", log) from error
