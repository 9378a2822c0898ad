"""Lambda authorizers, TOKEN and REQUEST: ask the function (or the stage's cache) and get a Grant.

Raises Refusal: 401 for a missing identity or "Unauthorized", 500 for anything else that is not a usable answer.
"""

from __future__ import annotations

import json
from typing import Any

from gatewright.apigateway.gateway import proxy_event
from gatewright.apigateway.gateway.authorize import denial
from gatewright.apigateway.gateway.authorize.grant import Grant, GrantError, read
from gatewright.apigateway.gateway.authorize.guard import Guard, identities
from gatewright.apigateway.gateway.exchange import Exchange
from gatewright.apigateway.gateway.lambda_uri import UriError, function_arn
from gatewright.apigateway.gateway.types import BackendError, Backends, FunctionResult, StageState
from gatewright.apigateway.model import Authorizer

TIMEOUT_S = 29.0
MAX_CACHED = 10_000


async def ask(exchange: Exchange, guard: Guard, state: StageState, backends: Backends) -> Grant:
    """The grant for this request's identity: from the cache while it lives there, else from the function."""
    authorizer = guard.authorizer
    assert authorizer is not None
    given = identities(exchange, guard.sources)
    if given is None:
        raise denial.unauthorized("")
    if guard.kind == "TOKEN" and guard.pattern is not None and not guard.pattern.fullmatch(given[0]):
        raise denial.unauthorized("")
    key = (f"{exchange.deployment.id}/{authorizer.id}", repr(given))
    if guard.ttl:
        kept = state.authorizer_cache.get(key)
        if kept is not None and kept[0] > backends.monotonic():
            return _as_grant(kept[1])
    grant = await _invoke(exchange, authorizer, _event(exchange, guard, given), backends)
    if guard.ttl:
        _keep(state, key, (backends.monotonic() + guard.ttl, grant), backends.monotonic())
    return grant


def method_arn(exchange: Exchange) -> str:
    """The ARN that policies are evaluated against. It is put together from the resource's literal parts and the values
    of its parameters, so that no other spelling of the same path gets around a Deny."""
    values = exchange.path_parameters
    segments = exchange.resource.path.lstrip("/").split("/")
    path = "/".join(values[part.strip("{+}")] if part.startswith("{") else part for part in segments)
    where = f"{exchange.deployment.api.id}/{exchange.snapshot.stage.name}/{exchange.request.method}/{path}"
    return f"arn:aws:execute-api:{exchange.snapshot.region}:{exchange.snapshot.account}:{where}"


def _as_grant(value: Any) -> Grant:
    assert isinstance(value, Grant)
    return value


def _keep(state: StageState, key: tuple[str, str], entry: tuple[float, Grant], now: float) -> None:
    cache = state.authorizer_cache
    if len(cache) >= MAX_CACHED:
        for old in [each for each, (end, _) in cache.items() if end <= now] or list(cache)[: MAX_CACHED // 10]:
            del cache[old]
    cache[key] = entry


def _event(exchange: Exchange, guard: Guard, given: tuple[str, ...]) -> dict[str, Any]:
    if guard.kind == "TOKEN":
        return {"type": "TOKEN", "methodArn": method_arn(exchange), "authorizationToken": given[0]}
    whole = proxy_event.event(exchange)
    del whole["body"], whole["isBase64Encoded"]
    for key in MAPS:
        whole[key] = whole[key] or {}
    return {"type": "REQUEST", "methodArn": method_arn(exchange), **whole}


MAPS = (
    "headers",
    "multiValueHeaders",
    "queryStringParameters",
    "multiValueQueryStringParameters",
    "pathParameters",
    "stageVariables",
)
"""Empty objects, not null, in an authorizer's event (developer guide)."""


async def _invoke(exchange: Exchange, authorizer: Authorizer, event: dict[str, Any], backends: Backends) -> Grant:
    source = f"{exchange.deployment.api.id}/authorizers/{authorizer.id}"
    source_arn = f"arn:aws:execute-api:{exchange.snapshot.region}:{exchange.snapshot.account}:{source}"
    exchange.log.append(f"Starting authorizer: {authorizer.id} for request: {exchange.request_id}")
    exchange.log.append("Incoming identity: *****")
    started = backends.monotonic()
    try:
        result = await backends.invoke(
            function_arn(authorizer.authorizer_uri, exchange.stage_variables),
            json.dumps(event, separators=(",", ":")).encode(),
            source_arn=source_arn,
            credentials=authorizer.authorizer_credentials,
            timeout=TIMEOUT_S,
        )
    except UriError as error:
        raise denial.misconfigured(f"{error}: {authorizer.authorizer_uri}") from error
    except BackendError as error:
        refuse = denial.failed if error.kind == "timeout" else denial.misconfigured
        raise refuse(error.log) from error
    exchange.authorizer_latency = round((backends.monotonic() - started) * 1000)
    return _answer(exchange, result)


def _answer(exchange: Exchange, result: FunctionResult) -> Grant:
    if result.error:
        if _error_message(result.payload) == "Unauthorized":
            raise denial.unauthorized("Unauthorized request")
        text = result.payload.decode("utf-8", "replace")
        raise denial.misconfigured(f"Authorizer error: {text}")
    if exchange.traced:
        text = result.payload.decode("utf-8", "replace")
        exchange.log.append(f"Authorizer result body before parsing: {text}")
    try:
        grant = read(result.payload)
    except GrantError as error:
        raise denial.misconfigured(f"Authorizer: {error}") from error
    exchange.log.append("Using valid authorizer policy for principal: *****")
    exchange.log.append("Successfully completed authorizer execution")
    return grant


def _error_message(payload: bytes) -> Any:
    try:
        data = json.loads(payload)
    except (ValueError, RecursionError):
        return None
    return data.get("errorMessage") if isinstance(data, dict) else None
