"""The aws integration with a Lambda function: the transformed body is its event, its result is mapped back."""

from __future__ import annotations

import json
from typing import Any

from gatewright.apigateway.gateway.exchange import Exchange, Refusal
from gatewright.apigateway.gateway.integrate import trace
from gatewright.apigateway.gateway.integrate.http import own_headers
from gatewright.apigateway.gateway.integrate.payload import to_bytes
from gatewright.apigateway.gateway.integrate.prepare import prepare
from gatewright.apigateway.gateway.integrate.respond import Answer, respond
from gatewright.apigateway.gateway.lambda_uri import UriError, function_arn
from gatewright.apigateway.gateway.types import Backends, FunctionResult, Headers, Response
from gatewright.apigateway.model import Integration

_JSON: Headers = (("Content-Type", "application/json"),)


async def answer(exchange: Exchange, integration: Integration, backends: Backends) -> Response:
    """Invoke the function, asynchronously when X-Amz-Invocation-Type is mapped to Event. Raises Refusal and
    BackendError."""
    prepared = prepare(exchange, integration)
    try:
        arn = function_arn(integration.uri, exchange.stage_variables)
    except UriError as error:
        raise _configuration(str(error)) from error
    if (integration.http_method or "").upper() != "POST":
        raise _configuration("a function is invoked with POST")
    payload = to_bytes(prepared.body) or b"{}"
    headers = own_headers(exchange, prepared)
    event = any(name.lower() == "x-amz-invocation-type" and value == "Event" for name, value in headers)
    region = arn.split(":")[3]
    url = f"https://lambda.{region}.amazonaws.com/2015-03-31/functions/{arn}/invocations"
    trace.request(exchange, url, headers, payload)
    received, text = await _invoke(exchange, integration, backends, arn, payload, event=event)
    exchange.integration_status = received.status
    trace.response(exchange, received)
    return respond(exchange, integration, Answer(received, text or "", error=text is not None))


async def _invoke(
    exchange: Exchange, integration: Integration, backends: Backends, arn: str, payload: bytes, *, event: bool
) -> tuple[Response, str | None]:
    """The response that Lambda's Invoke gives, and the function's error message if it failed."""
    refused = _not_json(payload)
    if refused is not None:
        exchange.integration_latency = 0
        return Response(400, _JSON, refused), None
    started = backends.monotonic()
    try:
        result = await backends.invoke(
            arn,
            payload,
            source_arn=exchange.source_arn,
            credentials=integration.credentials,
            timeout=integration.timeout_in_millis / 1000,
            event=event,
        )
    finally:
        exchange.integration_latency = round((backends.monotonic() - started) * 1000)
    if event:
        return Response(202), None
    return Response(200, _JSON, result.payload), _error_message(result)


def _not_json(payload: bytes) -> bytes | None:
    """What Lambda says to an event that is no JSON (InvalidRequestContentException)."""
    try:
        json.loads(payload)
    except (ValueError, RecursionError) as error:
        message = f"Could not parse request body into json: {error}"
        return json.dumps({"Type": "User", "message": message}).encode()
    return None


def _error_message(result: FunctionResult) -> str | None:
    if result.error is None:
        return None
    try:
        payload: Any = json.loads(result.payload)
    except (ValueError, RecursionError):
        return ""
    message = payload.get("errorMessage") if isinstance(payload, dict) else None
    return message if isinstance(message, str) else ""


def _configuration(reason: str) -> Refusal:
    log = f"Execution failed due to configuration error: {reason}"
    return Refusal("API_CONFIGURATION_ERROR", "Internal server error", log)
