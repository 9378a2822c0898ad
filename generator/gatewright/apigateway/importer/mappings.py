"""Mapping expressions of integrations (`requestParameters`, `responseParameters`): what AWS accepts where.

Comes in: one pair of target and source; goes out: AWS's reason to refuse it, with the rule's id, or None.
"""

from __future__ import annotations

import re
from collections.abc import Container

from gatewright.apigateway.importer.reading import is_opaque

Refusal = tuple[str, str]
_REQUEST_TARGET = re.compile(r"^integration\.request\.(header|path|querystring)\.[^\s.][^\s]*$")
_RESPONSE_TARGET = re.compile(r"^method\.response\.header\.[^\s]+$")
_PARAMETER = re.compile(
    r"^method\.request\.(?:(multivaluequerystring|multivalueheader|querystring|header|path))\.(\S+)$"
)
_BODY = re.compile(r"^method\.request\.body([.\[].*)?$")
_RESPONSE = re.compile(r"^integration\.response\.(?:(?:header|multivalueheader)\.\S+|body(?:[.\[].*)?)$")
_COMMON = re.compile(r"^(stageVariables\.[A-Za-z0-9_]+|context\.[A-Za-z0-9_.\-]+)$")
_STATIC = re.compile(r"^'[^']*'$")
_PREFIX = re.compile(r"^\$?(method|integration|stageVariables|context)\.")
_PLACES = {"multivaluequerystring": "querystring", "multivalueheader": "header"}


def request_refusal(target: str, source: str, declared: Container[str]) -> Refusal | None:
    """Why AWS refuses one entry of an integration's `requestParameters`."""
    if not _REQUEST_TARGET.match(target):
        return ("Invalid mapping identifier specified", "INT-024")
    if is_opaque(source) or _STATIC.match(source) or _COMMON.match(source) or _BODY.match(source):
        return None
    parameter = _PARAMETER.match(source)
    if parameter:
        name = f"method.request.{_PLACES.get(parameter[1], parameter[1])}.{parameter[2]}"
        if name in declared:
            return None
        return (f"Invalid mapping expression parameter specified: {source}", "INT-027")
    return _malformed(source, "INT-025")


def response_refusal(target: str, source: str, declared: Container[str]) -> Refusal | None:
    """Why AWS refuses one entry of an integration response's `responseParameters`."""
    if not _RESPONSE_TARGET.match(target):
        return ("Invalid mapping identifier specified", "INT-037")
    if target not in declared:
        return ("Invalid mapping identifier specified", "RESP-006")
    if is_opaque(source) or _STATIC.match(source) or _COMMON.match(source) or _RESPONSE.match(source):
        return None
    return _malformed(source, "INT-038")


def cache_key_refusal(key: str, declared: Container[str]) -> Refusal | None:
    """Why AWS refuses one of `cacheKeyParameters`: integration parameters, or declared request parameters."""
    if key.startswith("integration.request.") or is_opaque(key) or key in declared:
        return None
    return ("Invalid cache key", "INT-023")


def _malformed(source: str, code: str) -> Refusal:
    if _PREFIX.match(source) or "'" in source or source in ("true", "false"):
        return (f"Invalid mapping expression specified: {source}", code)
    return ("Static parameter value must be valid and encoded ", "INT-026")
