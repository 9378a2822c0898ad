"""Access log lines: the stage's format with every `$context.…` filled in, "-" where there is no value, as AWS does."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from gatewright.apigateway.gateway.exchange import Exchange
from gatewright.apigateway.gateway.lookup import context_text
from gatewright.apigateway.gateway.types import Response

VARIABLE = re.compile(r"\$context((?:\.[A-Za-z0-9_:-]+)+)")
LINE_BREAK = re.compile(r"[\r\n]")
ABSENT = "-"


def line(template: str, facts: Mapping[str, Any]) -> str:
    """One log line; `facts` is what `facts()` gave. Line breaks in values are taken out: a line is one request."""
    parts = []
    for text, name in _parse(template):
        parts.append(text)
        if name:
            value = context_text(facts, name)
            parts.append(LINE_BREAK.sub(" ", value) if value else ABSENT)
    return "".join(parts)


@lru_cache(maxsize=256)
def _parse(template: str) -> tuple[tuple[str, str], ...]:
    """(text, name of the variable after it) pairs; the last has no variable."""
    pairs = []
    at = 0
    for found in VARIABLE.finditer(template):
        pairs.append((template[at : found.start()], found.group(1)[1:]))
        at = found.end()
    return (*pairs, (template[at:], ""))


def facts(exchange: Exchange, response: Response, times: Mapping[str, float]) -> dict[str, Any]:
    """`$context` with what only access logs know (developer guide, "variables for access logging")."""
    context = exchange.context
    error = context.get("error") or {}
    integration = _integration(exchange, error)
    known = {
        **context,
        "status": response.status,
        "responseLength": len(response.body),
        "responseLatency": round(sum(times.values()) * 1000),
        "integration": integration,
        "integrationErrorMessage": integration["error"],
        "integrationLatency": exchange.integration_latency,
        "integrationStatus": exchange.integration_status,
        "endpointType": next(iter(exchange.deployment.api.endpoint_types), None),
        "customDomain": {"basePathMatched": exchange.request.base_path},
        "xrayTraceId": exchange.trace_id.removeprefix("Root=") if exchange.snapshot.stage.tracing_enabled else None,
    }
    return known | _authorization(exchange, error)


def _integration(exchange: Exchange, error: Mapping[str, Any]) -> dict[str, Any]:
    failed = str(error.get("responseType", "")).startswith("INTEGRATION_")
    return {
        "error": error.get("message") if failed else None,
        "integrationStatus": exchange.integration_status,
        "latency": exchange.integration_latency,
        "requestId": None,
        "status": exchange.integration_status,
    }


REFUSED_BY = {
    "UNAUTHORIZED": 401,
    "ACCESS_DENIED": 403,
    "AUTHORIZER_FAILURE": 500,
    "AUTHORIZER_CONFIGURATION_ERROR": 500,
}
SIGNATURE_TYPES = frozenset({"INVALID_SIGNATURE", "EXPIRED_TOKEN", "MISSING_AUTHENTICATION_TOKEN"})


def _authorization(exchange: Exchange, error: Mapping[str, Any]) -> dict[str, Any]:
    """`authorize`, `authenticate` and `authorizer`: what each phase that ran came to."""
    kind, how = error.get("responseType"), exchange.method.authorization_type
    message = error.get("message")
    status = REFUSED_BY.get(str(kind), 200)
    failed = status != 200
    known: dict[str, Any] = {}
    if how in ("CUSTOM", "COGNITO_USER_POOLS"):
        known["authorizer"] = {
            **exchange.context.get("authorizer", {}),
            "error": message if failed else None,
            "integrationLatency": exchange.authorizer_latency,
            "integrationStatus": None if exchange.authorizer_latency is None else 200,
            "latency": exchange.authorizer_latency,
            "requestId": exchange.request_id,
            "status": status,
        }
    if how == "AWS_IAM":
        unsigned = kind in SIGNATURE_TYPES
        known["authenticate"] = {"error": message if unsigned else None, "status": 403 if unsigned else 200}
    if how != "NONE" and kind not in SIGNATURE_TYPES:
        known["authorize"] = {"error": message if failed else None, "status": status}
    return known
